// Kind and time, filled in already and shown in one line; they open when they need another value. No time lies in
// the future.
import { useState } from 'preact/hooks';
import { core } from '../core/app';
import type { Note } from '../core/calls';
import { Input, Select } from '../parts/fields';
import { noteTitle } from '../parts/note-row';
import { fieldTime } from '../words/times';
import { t } from '../words/words';
import { Fold } from './fold';
import { momentTrouble } from './moment';
import type { Saving } from './saving';

export const KINDS = [
  'home_visit', 'phone_call', 'video_call', 'conversation', 'hub_appointment', 'office_visit', 'hospital_visit', 'no_reply',
] as const;

export function When({ note, saving, onSaved }: { note: Note; saving: Saving; onSaved: () => void }) {
  const put = (path: string, value: string | null) => {
    const again = () => put(path, value);
    void saving.follow(core.call('set', { note: note.id, path, value }), again).then(onSaved);
  };
  return (
    <Fold summary={noteTitle(note)} quiet={t('change-kind-and-time')}>
      <Select label={t('field-kind')} value={note.kind ?? ''} onChoose={(kind) => put('kind', kind)}
        choices={KINDS.map((kind) => ({ value: kind, words: t(`kind-${kind}`) }))} />
      <Moment label={t('field-started_at')} at={note.started_at} onPut={(at) => put('started_at', at)} />
      <Moment label={t('field-ended_at')} at={note.ended_at} after={note.started_at} onPut={(at) => put('ended_at', at)} />
    </Fold>
  );
}

interface MomentProps { label: string; at: string | null; after?: string | null; onPut: (at: string) => void }

function Moment({ label, at, after, onPut }: MomentProps) {
  const [error, setError] = useState<string | null>(null);
  const take = (text: string) => {
    const chosen = new Date(text).getTime();
    if (text === '' || Number.isNaN(chosen)) return;
    const wrong = momentTrouble(chosen, Date.now(), after ? Date.parse(after) : null);
    setError(wrong);
    if (!wrong) onPut(new Date(chosen).toISOString());
  };
  return (
    <Input type="datetime-local" label={label} error={error} max={fieldTime(Date.now())}
      value={at ? fieldTime(Date.parse(at)) : ''} onChange={(event) => take(event.currentTarget.value)} />
  );
}
