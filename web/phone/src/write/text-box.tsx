// A text of a note on the screen: a plain textarea that grows with its words, so that the phone's own dictation,
// spelling and keyboard work as everywhere.
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { core } from '../core/app';
import type { Saving } from './saving';
import { Pen } from './pen';

export interface TextBoxProps {
  note: string;
  field: string;
  label: string;
  hint?: string;
  starts: string;
  saving: Saving;
  /** `big` for the one box that a page is about, `small` for one of many. */
  size?: 'big' | 'small';
  focus?: boolean;
  /** The label is seen by screen readers only: what stands above says the same. */
  quiet?: boolean;
  /** Called with the box when the writer is in it, or selects. */
  onUse?: (pen: Pen, box: HTMLTextAreaElement) => void;
}

export function TextBox({ note, field, label, hint, starts, saving, size = 'small', focus, quiet, onUse }: TextBoxProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const pen = useRef<Pen | null>(null);
  useLayoutEffect(() => {
    const box = area.current!;
    hold(box, starts);
    box.value = starts;
    const holder = new Pen(note, field, box, starts, saving, () => { grow(box); onUse?.(holder, box); });
    pen.current = holder;
    grow(box);
    if (focus) {
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
    }
    holder.look();
    const stop = core.on((event) => {
      if (event.event === 'changed' && (event.notes.length === 0 || event.notes.includes(note))) holder.look();
    });
    return () => { stop(); holder.stop(); };
  }, [note, field]);
  const use = () => { if (pen.current && area.current) onUse?.(pen.current, area.current); };
  useEffect(() => {
    // A selection that ends outside the box still is the box's.
    const selected = () => { if (document.activeElement === area.current) use(); };
    document.addEventListener('selectionchange', selected);
    return () => document.removeEventListener('selectionchange', selected);
  }, [note, field]);
  useEffect(() => {
    // The phone's keyboard came up: the box one writes in moves to where it can be seen.
    const shrunk = () => {
      const box = area.current;
      if (box && document.activeElement === box && box.offsetHeight < innerHeight * 1.2) box.scrollIntoView({ block: 'start' });
    };
    addEventListener('resize', shrunk);
    return () => removeEventListener('resize', shrunk);
  }, []);
  return (
    <div class="govuk-form-group text-box">
      <label class={quiet ? 'govuk-visually-hidden' : 'govuk-label field-label'} for={id}>{label}</label>
      {hint && <div id={`${id}-hint`} class="govuk-hint">{hint}</div>}
      <textarea
        ref={area} id={id} class={`govuk-textarea text-box--${size}`} rows={size === 'big' ? 8 : 3} spellcheck autoCapitalize="sentences"
        aria-describedby={hint ? `${id}-hint` : undefined} dir="auto"
        onBeforeInput={(event) => hold(area.current!, event.data ?? '')}
        onInput={() => { grow(area.current!); pen.current?.typed(performance.now()); }}
        onCompositionStart={() => pen.current?.compose(true)}
        onCompositionEnd={() => pen.current?.compose(false)}
        onFocus={use} onSelect={use}
      />
    </div>
  );
}

/**
 * A text with more letters than this was pasted. It scrolls in its box, and has one direction: a browser that looks for
 * that of each paragraph (`dir=auto`) takes seconds for each key in a million letters.
 */
const LONG_LETTERS = 50_000;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** How the box holds what is in it, and what is about to come. */
function hold(box: HTMLTextAreaElement, coming = ''): void {
  const long = box.value.length + coming.length > LONG_LETTERS;
  if (long === box.classList.contains('text-box--long')) return;
  box.classList.toggle('text-box--long', long);
  const first = /\p{L}/u.exec(box.value || coming)?.[0] ?? '';
  box.dir = long ? (RIGHT_TO_LEFT.test(first) ? 'rtl' : 'ltr') : 'auto';
  box.style.height = '';
}

/** Where the browser does not let a box grow with its words by itself. */
function grow(box: HTMLTextAreaElement): void {
  hold(box);
  if (box.classList.contains('text-box--long')) return;
  if (CSS.supports('field-sizing', 'content')) return;
  box.style.height = 'auto';
  box.style.height = `${box.scrollHeight + 4}px`;
}
