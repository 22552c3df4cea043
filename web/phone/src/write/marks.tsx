// Passages that stay out of the person's own copy: marked by selecting them, listed below the box in words. A mark
// is never taken away, and the buttons say so.
import { core } from '../core/app';
import type { Note, Private } from '../core/calls';
import type { Here } from '../screens/write';
import { t } from '../words/words';
import { scalars, unitsOf } from './letters';
import type { Saving } from './saving';

/** The texts of a note. */
export type TextField = 'body' | 'what_matters' | 'strengths' | 'persons_words' | 'analysis' | 'person_view';

const KINDS: Private[] = ['third_party', 'do_not_share'];

interface MarkToolsProps { note: string; here: Here; saving: Saving; onMarked: () => void }

export function MarkTools({ note, here, saving, onMarked }: MarkToolsProps) {
  const { box, field, start, end } = here;
  const mark = (kind: Private) => {
    const range = { start: scalars(box.value, 0, start), end: scalars(box.value, 0, end) };
    const again = () => mark(kind);
    void saving.follow(core.call('mark', { note, field, ...range, kind }), again).then(onMarked);
    box.setSelectionRange(end, end);
  };
  return (
    <div class="mark-tools" role="group" aria-label={t('mark-selected')}>
      <p class="mark-tools__words">{t('mark-selected')}</p>
      {KINDS.map((kind) => (
        <button type="button" class="plain" key={kind} onPointerDown={(event) => event.preventDefault()} onClick={() => mark(kind)}>
          {t(`private-${kind}`)}
        </button>
      ))}
    </div>
  );
}

/** The marked passages of one text, in its order. */
export function Marks({ note, field }: { note: Note; field: TextField }) {
  const text = note[field];
  const marks = note.private.filter((mark) => mark.field === field);
  if (marks.length === 0) return null;
  return (
    <ul class="marks" aria-label={t('marks-title')}>
      {marks.map((mark) => (
        <li key={`${mark.start}-${mark.end}-${mark.kind}`}>
          <q>{text.slice(unitsOf(text, mark.start), unitsOf(text, mark.end))}</q> {t(`private-${mark.kind}`)}
        </li>
      ))}
    </ul>
  );
}
