// Deciding about an issue: choose what to do, say what it needs to be told, see what it does, do it. What was typed stays,
// also where somebody else was faster.
import { useRef, useState } from 'preact/hooks';
import { post, type Problem, type Schemas } from '../api/client';
import { Deed } from './button';
import { LineField, TextField } from './fields';
import { DECISIONS, inWords } from './kinds';
import { Notice } from './notice';
import { Radios } from './radios';
import { Said } from './said';

interface Told { told: (problem: Problem | null) => void; did: (words: string, effects: string[]) => Promise<void> }

/** What each argument is called. */
const ARGS: Record<string, string> = {
  index: 'Which value', first: 'Which comes first', person: 'Case id', note: 'Which note', worker: 'Whom', message: 'Message', from: 'From whom',
};

export function Decide({ issue, told, did }: Told & { issue: Schemas['Issue'] }) {
  const [action, setAction] = useState('');
  const [given, setGiven] = useState<Record<string, unknown>>({});
  const [reason, setReason] = useState('');
  const [shown, setShown] = useState<string[] | null>(null);
  // What was on offer stays while somebody is at it.
  const before = useRef(issue.actions);
  if (issue.actions.length > 0 || (action === '' && reason === '')) before.current = issue.actions;
  const offers = before.current;
  const offer = offers.find((one) => one.action === action);
  if (offers.length === 0) return null;
  // The document says of them only that they are an object.
  const args = Object.fromEntries((offer?.args ?? []).flatMap(({ name }) => (given[name] === undefined || given[name] === '' ? [] : [[name, given[name]]]))) as Record<string, never>;
  const missing = (offer?.args ?? []).filter((arg) => arg.needed && args[arg.name] === undefined);
  const choose = (name: string) => {
    setAction(name);
    setShown(null);
    told(null);
  };
  const give = (name: string) => (value: unknown) => {
    setGiven((old) => ({ ...old, [name]: value }));
    setShown(null);
  };
  const look = async () => {
    if (missing[0]) {
      told({ code: 'missing', status: 0, title: `Say first: ${missing.map((arg) => (ARGS[arg.name] ?? arg.name).toLowerCase()).join(', ')}.` });
      return;
    }
    setShown((await post('/v1/desk/issues/{id}/preview', { ids: [issue.id], body: { action, args } })).effects);
  };
  const settle = async () => {
    const what = await post('/v1/desk/issues/{id}/settle', { ids: [issue.id], body: { action, args, reason } });
    setAction('');
    setGiven({});
    setReason('');
    setShown(null);
    await did(`Done: ${inWords(DECISIONS, what.action)}.`, what.effects);
  };
  return (
    <section>
      <h2 class="govuk-heading-m">What to do</h2>
      <Radios legend="Choose one" chosen={action} choose={choose} choices={offers.map((one) => ({ key: one.action, label: one.words, hint: one.can_undo ? 'It can be undone.' : null }))} />
      {offer && (
        <>
          {offer.args.map((arg) => <ArgField key={`${action} ${arg.name}`} arg={arg} value={given[arg.name]} give={give(arg.name)} />)}
          {offer.settles && <TextField label="Reason" value={reason} change={setReason} hint="It stands in the audit." rows={2} />}
          {!shown && <Deed kind="secondary" does={look} told={told}>See what this does</Deed>}
          {shown && (
            <>
              <Notice>
                <p class="govuk-body"><strong>This will happen:</strong></p>
                <ul class="govuk-list govuk-list--bullet">{shown.map((effect) => <li key={effect}><Said text={effect} /></li>)}</ul>
              </Notice>
              <Deed does={settle} told={told}>Do it</Deed>
              <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setShown(null)}>Not now</button>
            </>
          )}
        </>
      )}
    </section>
  );
}

function ArgField({ arg, value, give }: { arg: Schemas['IssueArg']; value: unknown; give: (value: unknown) => void }) {
  const label = `${ARGS[arg.name] ?? arg.name}${arg.needed ? '' : ' (optional)'}`;
  const choices = arg.candidates.map((one) => ({ key: JSON.stringify(one.value), label: one.label, hint: one.hint }));
  const choose = (key: string) => give(arg.candidates.find((one) => JSON.stringify(one.value) === key)?.value);
  const text = typeof value === 'string' ? value : '';
  if (arg.kind === 'case_id') {
    return (
      <>
        {choices.length > 0 && <Radios legend="Likely people" choices={choices} chosen={JSON.stringify(value)} choose={choose} />}
        <LineField label={choices.length > 0 ? 'Case id, or another one' : label} value={text} change={give} />
      </>
    );
  }
  if (choices.length > 0) return <Radios legend={label} choices={choices} chosen={JSON.stringify(value)} choose={choose} />;
  if (arg.name === 'message') return <TextField label={label} value={text} change={give} hint="Shown on their phones. Leave it empty for the usual words." />;
  return <LineField label={label} value={text} change={give} />;
}

/** Opens it again. */
export function Undo({ id, told, did }: Told & { id: string }) {
  const [reason, setReason] = useState('');
  const undo = async () => {
    await post('/v1/desk/issues/{id}/reopen', { ids: [id], body: { reason } });
    setReason('');
    await did('Undone. The issue is open again.', []);
  };
  return (
    <section>
      <h2 class="govuk-heading-m">Undo</h2>
      <TextField label="Reason for undoing" value={reason} change={setReason} hint="It stands in the audit." rows={2} />
      <Deed kind="secondary" does={undo} told={told}>Undo</Deed>
    </section>
  );
}
