// What a note says, field by field, in the order in which a reader wants it; what is empty is left out. Words that are not
// for the person's copy are marked as such.
import { Said } from './said';

const TEXTS: [string, string][] = [
  ['body', 'What happened'], ['what_matters', 'What matters to them'], ['strengths', 'Strengths'], ['persons_words', 'In their own words'],
  ['analysis', 'Analysis'], ['person_view', 'Where they see it differently'],
];

const LISTS: [string, string, string[]][] = [
  ['present', 'Who was there', ['name', 'relationship']], ['outcomes', 'Outcomes wanted', ['text', 'progress']], ['actions', 'Actions', ['what', 'who', 'by', 'done']],
  ['unmet_needs', 'Needs that were not met', ['need', 'reason_code', 'reason']], ['concerns', 'Concerns', ['kind', 'text']],
  ['attachments', 'Files', ['caption', 'media_type']], ['addenda', 'Added afterwards', ['text']],
];

interface Mark { field: string; start: number; end: number; kind: string }

export function NoteSaid({ said }: { said: Record<string, unknown> }) {
  const marks = (Array.isArray(said.private) ? said.private : []) as Mark[];
  const feedback = said.feedback as Record<string, unknown> | null | undefined;
  return (
    <>
      {TEXTS.map(([field, name]) => {
        const text = said[field];
        if (typeof text !== 'string' || text === '') return null;
        return (
          <section key={field}>
            <h2 class="govuk-heading-s">{name}</h2>
            <div class="words" dir="auto">
              {cut(text, marks.filter((mark) => mark.field === field)).map(({ words, kept }, at) => kept
                ? <mark key={at} class="kept" title="Not for the person's copy"><Said text={words} /><span class="govuk-visually-hidden"> (not for the person’s copy)</span></mark>
                : <Said key={at} text={words} />)}
            </div>
          </section>
        );
      })}
      {LISTS.map(([field, name, members]) => {
        const entries = said[field];
        if (!Array.isArray(entries) || entries.length === 0) return null;
        return (
          <section key={field}>
            <h2 class="govuk-heading-s">{name}</h2>
            <ul class="govuk-list govuk-list--bullet">
              {(entries as Record<string, unknown>[]).map((entry, at) => (
                <li key={String(entry.id ?? at)}>{members.map((member) => shown(member, entry[member])).filter(Boolean).map((words, n) => <span key={n}>{n > 0 ? ' · ' : ''}<Said text={words} /></span>)}</li>
              ))}
            </ul>
          </section>
        );
      })}
      {feedback && typeof feedback === 'object' && Object.keys(feedback).length > 0 && (
        <section>
          <h2 class="govuk-heading-s">Feedback</h2>
          <p class="govuk-body">Was it useful: <Said text={String(feedback.was_it_useful ?? 'not asked').replaceAll('_', ' ')} />{typeof feedback.words === 'string' && feedback.words && <>. “<Said text={feedback.words} />”</>}</p>
        </section>
      )}
    </>
  );
}

function shown(member: string, value: unknown): string {
  if (value === null || value === undefined || value === false || value === '') return '';
  if (value === true) return member;
  return member === 'progress' || member === 'reason_code' || member === 'kind' ? String(value).replaceAll('_', ' ') : String(value);
}

/** A text cut where its marks begin and end; places are counted in Unicode scalar values. */
export function cut(text: string, marks: { start: number; end: number }[]): { words: string; kept: boolean }[] {
  const letters = [...text];
  const kept = letters.map((_, at) => marks.some(({ start, end }) => at >= start && at < end));
  const parts: { words: string; kept: boolean }[] = [];
  letters.forEach((letter, at) => {
    const last = parts[parts.length - 1];
    if (last && last.kept === kept[at]) last.words += letter;
    else parts.push({ words: letter, kept: kept[at] === true });
  });
  return parts;
}
