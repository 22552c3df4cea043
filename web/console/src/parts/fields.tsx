// Fields of a form, each with its label, a hint, and what is wrong with it.
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  value: string;
  change: (value: string) => void;
  hint?: string;
  wrong?: string | undefined;
}

function Around({ id, label, hint, wrong, children }: { id: string; label: string; hint?: string | undefined; wrong?: string | undefined; children: preact.ComponentChildren }) {
  return (
    <div class={`govuk-form-group${wrong ? ' govuk-form-group--error' : ''}`}>
      <label class="govuk-label" for={id}>{label}</label>
      {hint && <div class="govuk-hint" id={`${id}-hint`}>{hint}</div>}
      {wrong && <p class="govuk-error-message" id={`${id}-wrong`}><span class="govuk-visually-hidden">Error: </span>{wrong}</p>}
      {children}
    </div>
  );
}

function described(id: string, hint?: string, wrong?: string): string | undefined {
  const ids = [hint ? `${id}-hint` : '', wrong ? `${id}-wrong` : ''].filter(Boolean).join(' ');
  return ids || undefined;
}

export function LineField({ label, value, change, hint, wrong }: FieldProps) {
  const id = useId();
  return (
    <Around id={id} label={label} hint={hint} wrong={wrong}>
      <input class="govuk-input" id={id} type="text" value={value} aria-describedby={described(id, hint, wrong)} aria-invalid={!!wrong} onInput={(event) => change(event.currentTarget.value)} />
    </Around>
  );
}

export function TextField({ label, value, change, hint, wrong, rows = 3 }: FieldProps & { rows?: number }) {
  const id = useId();
  return (
    <Around id={id} label={label} hint={hint} wrong={wrong}>
      <textarea class="govuk-textarea" id={id} rows={rows} value={value} aria-describedby={described(id, hint, wrong)} aria-invalid={!!wrong} onInput={(event) => change(event.currentTarget.value)} />
    </Around>
  );
}

export function ChoiceField({ label, value, change, hint, wrong, choices }: FieldProps & { choices: [string, string][] }) {
  const id = useId();
  return (
    <Around id={id} label={label} hint={hint} wrong={wrong}>
      <select class="govuk-select" id={id} value={value} aria-describedby={described(id, hint, wrong)} onChange={(event) => change(event.currentTarget.value)}>
        {choices.map(([code, words]) => <option key={code} value={code}>{words}</option>)}
      </select>
    </Around>
  );
}

export function DateField({ label, value, change, hint, wrong }: FieldProps) {
  const id = useId();
  return (
    <Around id={id} label={label} hint={hint} wrong={wrong}>
      <input class="govuk-input" id={id} type="date" value={value} aria-describedby={described(id, hint, wrong)} aria-invalid={!!wrong} onInput={(event) => change(event.currentTarget.value)} />
    </Around>
  );
}
