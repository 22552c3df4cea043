// A link and a new PIN, twice: what a new phone and a forgotten PIN both ask for. What is wrong is said at its field,
// and the first such field has the focus; what the server or the core says stands above them.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Trouble } from '../core/core';
import type { Ended } from '../core/calls';
import { Input } from '../parts/fields';
import { Notice, sentence } from '../parts/notice';
import { enrolmentIn } from '../route';
import { refusalWords } from '../words/waiting';
import { t } from '../words/words';
import { Pin, pinTrouble, SHORTEST_PIN, useShownPin } from './pin';

interface NewPinProps {
  send: (typed: { link: string; pin: string }) => Promise<{ ended: Ended }>;
  /** It is done. */
  onDone: () => unknown;
  words: {
    failed: string; offline: string;
    /** In place of the field, where the page was opened by a link. */
    linkHere: string;
    how: string | null; link: string; linkHint: string; send: string; sending: string;
  };
  /** Between what went wrong and the fields. */
  children?: ComponentChildren;
}

export function NewPin({ send, onDone, words, children }: NewPinProps) {
  const opened = enrolmentIn(location.href);
  const [typed, setLink] = useState('');
  const link = typed || (opened ?? '');
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [wrong, setWrong] = useState<{ link?: string; pin?: string; again?: string; whole?: string }>({});
  const [working, setWorking] = useState(false);
  const [shown, showBox] = useShownPin();
  const form = useRef<HTMLFormElement>(null);
  // The first field that is wrong may stand above what one sees.
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [wrong]);

  const submit = async (event: Event) => {
    event.preventDefault();
    const trouble = pinTrouble(pin);
    const found = {
      ...(enrolmentIn(link) ? {} : { link: t('enrol-link-wrong') }),
      ...(trouble ? { pin: trouble } : pin === again ? {} : { again: t('pin-differs') }),
    };
    setWrong(found);
    if (Object.keys(found).length > 0 || working) return;
    setWorking(true);
    try {
      const { ended } = await send({ link: enrolmentIn(link) ?? link, pin });
      if (ended === 'quiet') {
        await onDone();
        return;
      }
      setWrong({ whole: ended === 'offline' ? words.offline : refusalWords(ended.refused) });
    } catch (error) {
      setWrong({ whole: error instanceof Trouble ? sentence(error.message) : String(error) });
    }
    setWorking(false);
  };

  return (
    <>
      {wrong.whole && !working && <Notice kind="bad" now title={words.failed}><p>{wrong.whole}</p></Notice>}
      {children}
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        {opened && !wrong.whole && !typed
          ? <p class="govuk-body">{words.linkHere}</p>
          : <>
              {words.how && <p class="govuk-body">{words.how}</p>}
              <Input label={words.link} hint={words.linkHint} error={wrong.link} value={link}
                autoComplete="off" spellcheck={false} onInput={(event) => setLink(event.currentTarget.value)} />
            </>}
        <Pin label={t('pin-new')} hint={t('pin-new-hint', { n: SHORTEST_PIN })} error={wrong.pin ?? null} value={pin}
          fresh shown={shown} onType={setPin} />
        <Pin label={t('pin-again')} error={wrong.again ?? null} value={again} fresh shown={shown} onType={setAgain} />
        {showBox}
        <button type="submit" class="govuk-button" aria-busy={working || undefined}>
          {working ? words.sending : words.send}
        </button>
      </form>
    </>
  );
}
