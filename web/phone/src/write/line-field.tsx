// A single line of a note that is not edited letter by letter: saved a moment after the last key, and at once when
// the page goes.
import { useEffect, useRef, useState } from 'preact/hooks';
import { core } from '../core/app';
import { Input } from '../parts/fields';
import type { Saving } from './saving';

const REST_MS = 500;

interface LineFieldProps { note: string; path: string; label: string; starts: string; saving: Saving }

export function LineField({ note, path, label, starts, saving }: LineFieldProps) {
  const [text, setText] = useState(starts);
  const typed = useRef(starts);
  const saved = useRef(starts);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const save = () => {
    clearTimeout(timer.current);
    if (typed.current === saved.current) return;
    const value = typed.current;
    saved.current = value;
    void saving.follow(core.call('set', { note, path, value: value || null }), again);
  };
  const again = () => { saved.current = '\u0000'; save(); };
  useEffect(() => {
    const stop = saving.flushedBy(save);
    return () => { save(); stop(); };
  }, []);
  const put = (value: string) => {
    typed.current = value;
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(save, REST_MS);
  };
  return <Input label={label} value={text} maxLength={10_000} onInput={(event) => put(event.currentTarget.value)} onBlur={save} />;
}
