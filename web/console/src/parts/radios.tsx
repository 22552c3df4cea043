// One of several, each with how to tell it from the others.
import { useId } from 'preact/hooks';
import { Said } from './said';

export interface Choice { key: string; label: string; hint?: string | null | undefined }

interface RadiosProps { legend: string; hint?: string; choices: Choice[]; chosen: string; choose: (key: string) => void }

export function Radios({ legend, hint, choices, chosen, choose }: RadiosProps) {
  const id = useId();
  return (
    <div class="govuk-form-group">
      <fieldset class="govuk-fieldset" aria-describedby={hint ? `${id}-hint` : undefined}>
        <legend class="govuk-fieldset__legend">{legend}</legend>
        {hint && <div class="govuk-hint" id={`${id}-hint`}>{hint}</div>}
        <div class="govuk-radios govuk-radios--small">
          {choices.map((one, at) => (
            <div class="govuk-radios__item" key={one.key}>
              <input class="govuk-radios__input" type="radio" id={`${id}-${at}`} name={id} checked={chosen === one.key} onChange={() => choose(one.key)} aria-describedby={one.hint ? `${id}-${at}-hint` : undefined} />
              <label class="govuk-label govuk-radios__label" for={`${id}-${at}`}><Said text={one.label} /></label>
              {one.hint && <div class="govuk-hint govuk-radios__hint" id={`${id}-${at}-hint`}><Said text={one.hint} /></div>}
            </div>
          ))}
        </div>
      </fieldset>
    </div>
  );
}
