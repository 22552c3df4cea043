// All that a note may have beside the big box, in the order of a talk: what matters first, what is next last. Each is
// folded away, and none is required.
import { core } from '../core/app';
import type { Note, Slots, Value } from '../core/calls';
import { Check, Input, Radios, Select } from '../parts/fields';
import { isoDate } from '../words/times';
import { t } from '../words/words';
import { Fold } from './fold';
import { EntryRows, type SlotField } from './entry-rows';
import { LineField } from './line-field';
import { Marks, type TextField } from './marks';
import type { Pen } from './pen';
import { Photos } from './photos';
import type { Saving } from './saving';
import { TextBox } from './text-box';

interface FoldsProps {
  note: Note;
  saving: Saving;
  again: () => void;
  use: (field: string) => (pen: Pen, box: HTMLTextAreaElement) => void;
}

const codes = (name: string, list: string[]) => [
  { value: '', words: t('choose-none') },
  ...list.map((code) => ({ value: code, words: t(`${name}-${code}`) })),
];

const PRESENT: SlotField[] = [
  { slot: 'name', words: t('present-name') },
  { slot: 'relationship', words: t('present-relationship') },
];
const OUTCOME: SlotField[] = [
  { slot: 'text', words: t('outcome-text') },
  { slot: 'progress', words: t('outcome-progress'), type: 'choice', choices: codes('progress', ['new', 'some', 'met', 'not_met']) },
];
const ACTION: SlotField[] = [
  { slot: 'what', words: t('action-what') },
  { slot: 'who', words: t('action-who') },
  { slot: 'by', words: t('action-by'), type: 'date' },
  { slot: 'done', words: t('action-done'), type: 'tick' },
];
const NEED: SlotField[] = [
  { slot: 'need', words: t('need-need') },
  { slot: 'reason_code', words: t('need-why'), type: 'choice', choices: codes('need', ['budget', 'language', 'none_available', 'declined', 'other']) },
  { slot: 'reason', words: t('need-reason') },
];
const CONCERN: SlotField[] = [
  { slot: 'kind', words: t('concern-kind'), type: 'choice', choices: codes('concern', ['safeguarding', 'professional_disagreement']) },
  { slot: 'text', words: t('concern-text') },
];

export function Folds(props: FoldsProps) {
  return (
    <div class="folds">
      <h2 class="govuk-heading-m">{t('more')}</h2>
      <TextFold {...props} field="what_matters" />
      <TextFold {...props} field="persons_words" />
      <TextFold {...props} field="strengths" />
      <TextFold {...props} field="analysis" />
      <Outcomes {...props} />
      <ListFold {...props} field="actions" slots={ACTION} />
      <ListFold {...props} field="present" slots={PRESENT} />
      <ListFold {...props} field="unmet_needs" slots={NEED} />
      <ListFold {...props} field="concerns" slots={CONCERN} />
      <Review {...props} />
      <Fold summary={t('field-attachments')} {...held(props.note.attachments.length)}><Photos {...props} /></Fold>
      <Feedback {...props} />
    </div>
  );
}

function held(n: number): { holds?: string } {
  return n > 0 ? { holds: String(n) } : {};
}

function written(text: string): { holds?: string } {
  return text.trim() ? { holds: t('fold-written') } : {};
}

function TextFold({ note, saving, use, field }: FoldsProps & { field: TextField }) {
  return (
    <Fold summary={t(`field-${field}`)} {...written(note[field])}>
      <TextBox note={note.id} field={field} label={t(`field-${field}`)} hint={t(`field-${field}-hint`)} quiet
        starts={note[field]} saving={saving} onUse={use(field)} />
      <Marks note={note} field={field} />
    </Fold>
  );
}

type ListField = 'actions' | 'present' | 'unmet_needs' | 'concerns' | 'outcomes';

function ListFold({ note, saving, again, field, slots }: FoldsProps & { field: ListField; slots: SlotField[] }) {
  return (
    <Fold summary={t(`field-${field}`)} {...held(note[field].length)}>
      <EntryRows note={note.id} field={field} slots={slots} entries={note[field]} saving={saving} onSaved={again}
        one={t(`one-${field}`)} more={t(`more-${field}`)} canBePrivate />
    </Fold>
  );
}

function Outcomes({ note, saving, again, use }: FoldsProps) {
  const words = t('conversation-was-outcome');
  const said = note.outcomes.some((outcome) => outcome.text === words);
  const say = () => {
    const value = { text: words, progress: 'met' };
    void saving.follow(core.call('set', { note: note.id, path: 'outcomes.+', value }), say).then(again);
  };
  return (
    <>
      <ListFold note={note} saving={saving} again={again} use={use} field="outcomes" slots={OUTCOME} />
      {said
        ? <p class="one-tap one-tap--done">{t('conversation-noted')}</p>
        : <button type="button" class="plain one-tap" onClick={say}>{words}</button>}
    </>
  );
}

function put({ note, saving, again }: FoldsProps, path: string, value: Value | Slots): void {
  const once = () => put({ note, saving, again, use: () => () => undefined }, path, value);
  void saving.follow(core.call('set', { note: note.id, path, value }), once).then(again);
}

function Review(props: FoldsProps) {
  const { note } = props;
  const review = note.review ?? {};
  const kinds = codes('review', ['initial', 'annual', 'direct_payment']);
  const text = (slot: string) => (typeof review[slot] === 'string' ? review[slot] : '');
  const choose = (slot: string) => (value: string) => put(props, `review.${slot}`, value || null);
  return (
    <Fold summary={t('field-review')} {...(note.review ? { holds: t('fold-written') } : {})}>
      <Select label={t('review-was')} value={text('was')} choices={kinds} onChoose={choose('was')} />
      <Select label={t('review-next')} value={text('kind')} choices={kinds} onChoose={choose('kind')} />
      <Input label={t('review-due')} type="date" value={text('due')} min={isoDate(Date.now())}
        onChange={(event) => choose('due')(event.currentTarget.value)} />
    </Fold>
  );
}

function Feedback(props: FoldsProps) {
  const { note, saving, use } = props;
  const feedback = note.feedback ?? {};
  const asked = ['yes', 'partly', 'no', 'not_asked'].map((code) => ({ value: code, words: t(`useful-${code}`) }));
  const set = (slot: string, value: Value) => put(props, `feedback.${slot}`, value);
  return (
    <Fold summary={t('field-feedback')} {...(note.feedback || note.person_view ? { holds: t('fold-written') } : {})}>
      <Radios label={t('was-it-useful')} value={String(feedback.was_it_useful ?? '')} choices={asked}
        onChoose={(code) => set('was_it_useful', code)} />
      <LineField note={note.id} path="feedback.words" label={t('feedback-words')} starts={String(feedback.words ?? '')}
        saving={saving} />
      <Check words={t('copy-offered')} on={feedback.copy_offered === true} onSet={(on) => set('copy_offered', on)} />
      <Check words={t('how-to-reach-us')} on={feedback.how_to_reach_us === true} onSet={(on) => set('how_to_reach_us', on)} />
      <TextBox note={note.id} field="person_view" label={t('field-person_view')} hint={t('field-person_view-hint')}
        starts={note.person_view} saving={saving} onUse={use('person_view')} />
    </Fold>
  );
}
