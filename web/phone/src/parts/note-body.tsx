// What a note says, for reading: only what is there, each under its own heading, what is private said beside it. The
// person's copy is the same without what must stay out of it.
import type { Entry, Note, Value } from '../core/calls';
import { date, dayAndHour } from '../words/times';
import { t } from '../words/words';
import { unitsOf } from '../write/letters';
import { fileKind, Files } from './files';
import { useWorkers } from './workers';

export const TEXTS = ['body', 'what_matters', 'persons_words', 'strengths', 'analysis', 'person_view'] as const;
const LISTS = ['outcomes', 'actions', 'present', 'unmet_needs', 'concerns'] as const;

interface NoteBodyProps {
  note: Note;
  forPerson?: boolean;
  /** The note itself is not here: its files are named, and cannot be opened. */
  bare?: boolean;
}

export function NoteBody({ note, forPerson, bare }: NoteBodyProps) {
  const workers = useWorkers();
  const title = (field: string) => t(forPerson ? `copy-field-${field}` : `field-${field}`);
  return (
    <div class="reading">
      {TEXTS.filter((field) => note[field].trim()).map((field) => (
        <section key={field}>
          <h2 class="govuk-heading-s">{title(field)}</h2>
          <p class="prose" dir="auto"><Passages note={note} field={field} /></p>
        </section>
      ))}
      {LISTS.filter((field) => note[field].length > 0).map((field) => (
        <section key={field}>
          <h2 class="govuk-heading-s">{title(field)}</h2>
          <ul class="reading__list">
            {note[field].map((entry) => (
              <li key={entry.id}>{entryWords(field, entry)}{!forPerson && <PrivateWord entry={entry} />}</li>
            ))}
          </ul>
        </section>
      ))}
      <Record title={title('review')} lines={reviewWords(note)} />
      <Record title={title('feedback')} lines={feedbackWords(note, forPerson ?? false)} />
      {note.attachments.length > 0 && (
        <section><h2 class="govuk-heading-s">{title('attachments')}</h2>{bare ? <FileNames note={note} /> : <Files note={note} forPerson={forPerson ?? false} />}</section>
      )}
      {note.addenda.map((addendum) => (
        <section key={addendum.id}>
          <h2 class="govuk-heading-s">
            {t('addendum', { worker: workers[String(addendum.author)] ?? String(addendum.author ?? ''), when: when(addendum.at) })}
          </h2>
          <p class="prose" dir="auto">{String(addendum.text ?? '')}{!forPerson && <PrivateWord entry={addendum} />}</p>
        </section>
      ))}
    </div>
  );
}

function FileNames({ note }: { note: Note }) {
  return (
    <ul class="reading__list">
      {note.attachments.map((file) => <li key={file.id}>{String(file.caption ?? '') || t(`file-${fileKind(String(file.media_type ?? ''))}`)}</li>)}
    </ul>
  );
}

/** A text with its marked passages told apart in words, not by colour alone. */
function Passages({ note, field }: { note: Note; field: (typeof TEXTS)[number] }) {
  const text = note[field];
  const marks = note.private.filter((mark) => mark.field === field);
  if (marks.length === 0) return <>{text}</>;
  const parts: preact.ComponentChildren[] = [];
  let done = 0;
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    const [start, end] = [Math.max(done, unitsOf(text, mark.start)), unitsOf(text, mark.end)];
    if (end <= start) continue;
    parts.push(text.slice(done, start));
    parts.push(<mark key={start}>{text.slice(start, end)} <span class="mark-word">[{t(`private-${mark.kind}`)}]</span></mark>, ' ');
    done = end;
  }
  return <>{parts}{text.slice(done)}</>;
}

function PrivateWord({ entry }: { entry: Entry }) {
  return entry.private ? <span class="mark-word"> [{t(`private-${entry.private}`)}]</span> : null;
}

function Record({ title, lines }: { title: string; lines: string[] }) {
  if (lines.length === 0) return null;
  return (
    <section>
      <h2 class="govuk-heading-s">{title}</h2>
      <ul class="reading__list">{lines.map((line) => <li key={line}>{line}</li>)}</ul>
    </section>
  );
}

function when(at: Value | undefined): string {
  return typeof at === 'string' ? dayAndHour(Date.parse(at), Date.now()) : '';
}

/** An entry in one line. */
export function entryWords(field: (typeof LISTS)[number], entry: Entry): string {
  const says = (slot: string) => (typeof entry[slot] === 'string' ? (entry[slot] as string) : '');
  const code = (name: string, slot: string) => (says(slot) ? t(`${name}-${says(slot)}`) : '');
  const parts: Record<(typeof LISTS)[number], string[]> = {
    outcomes: [says('text'), code('progress', 'progress')],
    actions: [says('what'), says('who'), says('by') && t('due', { date: date(says('by')) }), entry.done === true ? t('action-done') : ''],
    present: [says('name'), says('relationship')],
    unmet_needs: [says('need'), code('need', 'reason_code'), says('reason')],
    concerns: [code('concern', 'kind'), says('text')],
  };
  return parts[field].filter(Boolean).join(' · ');
}

function reviewWords({ review }: Note): string[] {
  if (!review) return [];
  const next = [review.kind && t(`review-${String(review.kind)}`), review.due && date(String(review.due))].filter(Boolean).join(', ');
  return [review.was ? t('review-was-said', { kind: t(`review-${String(review.was)}`) }) : '', next && t('review-next-said', { next })].filter(Boolean);
}

function feedbackWords({ feedback }: Note, forPerson: boolean): string[] {
  if (!feedback) return [];
  return [
    feedback.was_it_useful ? t('useful-said', { answer: t(`useful-${String(feedback.was_it_useful)}`) }) : '',
    feedback.words ? String(feedback.words) : '',
    feedback.copy_offered && !forPerson ? t('copy-offered') : '',
    feedback.how_to_reach_us && !forPerson ? t('how-to-reach-us') : '',
  ].filter(Boolean);
}
