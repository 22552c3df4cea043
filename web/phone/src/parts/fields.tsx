// Fields of forms in govuk-frontend's own markup: label, hint, error, control, in that order, tied together for
// screen readers.
import type { ComponentChildren, LooseInputHTMLAttributes, TextareaHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: ComponentChildren;
  hint?: string | undefined;
  error?: string | null | undefined;
  /** The label is seen by screen readers only. */
  quiet?: boolean;
}

type InputProps = FieldProps & Omit<LooseInputHTMLAttributes<HTMLInputElement>, 'label' | 'role'> & {
  inputRef?: { current: HTMLInputElement | null };
};

export function Input({ label, hint, error, quiet, inputRef, class: extra, ...input }: InputProps) {
  const id = useId();
  return (
    <Group id={id} label={label} hint={hint} error={error} quiet={quiet ?? false}>
      <input
        {...(input as object)} id={id} ref={inputRef ?? null} aria-describedby={described(id, hint, error)}
        aria-invalid={error ? true : undefined}
        class={`govuk-input ${error ? 'govuk-input--error' : ''} ${typeof extra === 'string' ? extra : ''}`}
      />
    </Group>
  );
}

type AreaProps = FieldProps & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'label'> & {
  areaRef?: { current: HTMLTextAreaElement | null };
};

export function Area({ label, hint, error, quiet, areaRef, ...area }: AreaProps) {
  const id = useId();
  return (
    <Group id={id} label={label} hint={hint} error={error} quiet={quiet ?? false}>
      <textarea
        {...area} id={id} ref={areaRef ?? null} aria-describedby={described(id, hint, error)}
        class={`govuk-textarea text-box--big ${error ? 'govuk-textarea--error' : ''}`}
      />
    </Group>
  );
}

export interface Choice { value: string; words: string; hint?: string }

interface ChoiceProps extends FieldProps {
  value: string;
  choices: Choice[];
  onChoose: (value: string) => void;
}

export function Select({ label, hint, error, quiet, value, choices, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <Group id={id} label={label} hint={hint} error={error} quiet={quiet ?? false}>
      <select
        id={id} class="govuk-select" value={value} aria-describedby={described(id, hint, error)}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.words}</option>)}
      </select>
    </Group>
  );
}

export function Radios({ label, hint, value, choices, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <fieldset class="govuk-fieldset govuk-form-group" aria-describedby={described(id, hint, null)}>
      <legend class="govuk-fieldset__legend">{label}</legend>
      {hint && <div id={`${id}-hint`} class="govuk-hint">{hint}</div>}
      <div class="govuk-radios">
        {choices.map((choice) => (
          <div class="govuk-radios__item" key={choice.value}>
            <input
              class="govuk-radios__input" type="radio" name={id} id={`${id}-${choice.value}`}
              checked={choice.value === value} onChange={() => onChoose(choice.value)}
            />
            <label class="govuk-label govuk-radios__label" for={`${id}-${choice.value}`}>{choice.words}</label>
          </div>
        ))}
      </div>
    </fieldset>
  );
}

export function Check({ words, on, onSet }: { words: string; on: boolean; onSet: (on: boolean) => void }) {
  const id = useId();
  return (
    <div class="govuk-checkboxes check">
      <div class="govuk-checkboxes__item">
        <input
          class="govuk-checkboxes__input" type="checkbox" id={id} checked={on}
          onChange={(event) => onSet(event.currentTarget.checked)}
        />
        <label class="govuk-label govuk-checkboxes__label" for={id}>{words}</label>
      </div>
    </div>
  );
}

function Group({ id, label, hint, error, quiet, children }: FieldProps & { id: string; children: ComponentChildren }) {
  return (
    <div class={error ? 'govuk-form-group govuk-form-group--error' : 'govuk-form-group'}>
      <label class={quiet ? 'govuk-visually-hidden' : 'govuk-label field-label'} for={id}>{label}</label>
      {hint && <div id={`${id}-hint`} class="govuk-hint">{hint}</div>}
      {error && <p id={`${id}-error`} class="govuk-error-message" role="alert">{error}</p>}
      {children}
    </div>
  );
}

function described(id: string, hint: string | undefined, error: string | null | undefined): string | undefined {
  const by = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return by || undefined;
}
