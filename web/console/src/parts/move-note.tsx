// A note that was written about the wrong person: looked at first, then moved.
import { useState } from 'preact/hooks';
import { post, type Problem, type Schemas } from '../api/client';
import { Deed } from './button';
import { LineField, TextField } from './fields';
import { Notice } from './notice';
import { Said } from './said';

interface MoveProps { id: string; told: (problem: Problem | null) => void; moved: (what: Schemas['NoteMove']) => void }

export function MoveNote({ id, told, moved }: MoveProps) {
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const [shown, setShown] = useState<string[] | null>(null);
  const body = { case_id: to.trim(), reason };
  const look = async () => setShown((await post('/v1/desk/notes/{id}/move-preview', { ids: [id], body })).effects);
  const move = async () => moved(await post('/v1/desk/notes/{id}/move', { ids: [id], body }));
  return (
    <details class="govuk-details no-print">
      <summary class="govuk-details__summary"><span class="govuk-details__summary-text">Wrong person?</span></summary>
      <p class="govuk-body">Move this note to the person whom it is about. Case systems that have it are told.</p>
      <LineField label="Case id of the right person" value={to} change={(value) => { setTo(value); setShown(null); }} />
      <TextField label="Reason" value={reason} change={setReason} hint="It stands in the audit." rows={2} />
      {!shown && <Deed kind="secondary" does={look} told={told}>See what this does</Deed>}
      {shown && (
        <>
          <Notice><ul class="govuk-list govuk-list--bullet">{shown.map((effect) => <li key={effect}><Said text={effect} /></li>)}</ul></Notice>
          <Deed kind="warning" does={move} told={told}>Move it</Deed>
          <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setShown(null)}>Not now</button>
        </>
      )}
    </details>
  );
}
