// A worker's caseload: the page that the next worker reads (it prints well), and handing all or some of it on.
import { useState } from 'preact/hooks';
import { get, post, type Problem, type Schemas } from '../api/client';
import { useLive } from '../api/live';
import { mayDecide, useMe } from '../me';
import { Deed } from '../parts/button';
import { LineField, TextField } from '../parts/fields';
import { Notice, Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { born } from '../parts/person-table';
import { Said } from '../parts/said';
import { many, Time } from '../parts/times';
import { hashOf, type Place } from '../route';

export function Caseload({ place }: { place: Place }) {
  const me = useMe();
  const worker = place.ids[0] ?? '';
  const [problem, setProblem] = useState<Problem | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [done, setDone] = useState<Schemas['HandedOn'] | null>(null);
  const live = useLive(`caseload ${worker}`, () => get('/v1/desk/caseloads/{worker_id}', { ids: [worker] }));
  const load = live.value;
  const choose = (id: string) => setChosen((old) => {
    const next = new Set(old);
    if (!next.delete(id)) next.add(id);
    return next;
  });
  return (
    <Page title={load ? `Caseload of ${load.worker.name}` : 'Caseload'} at="people" back={{ hash: hashOf('people'), words: 'People' }}>
      <Trouble problem={problem ?? live.problem} />
      {done && (
        <Notice kind="good">
          <p class="govuk-body">{many(done.people.length, 'person').replace('persons', 'people')} handed on to {done.to.name}. <a class="govuk-link" href={hashOf('caseload', [done.to.id])}>See {done.to.name}’s caseload</a>.</p>
        </Notice>
      )}
      {load && load.people.length === 0 && <p class="govuk-body">Nobody is on this caseload.</p>}
      {load && load.people.length > 0 && (
        <>
          <table class="table table--stack">
            <thead><tr>{mayDecide(me) && <th scope="col" class="no-print"><span class="govuk-visually-hidden">Hand on</span></th>}<th scope="col">Name</th><th scope="col">Born</th><th scope="col">Last contact</th><th scope="col">Open</th><th scope="col">To know</th></tr></thead>
            <tbody>
              {load.people.map((person) => (
                <tr key={person.case_id}>
                  {mayDecide(me) && (
                    <td class="no-print">
                      <div class="govuk-checkboxes govuk-checkboxes--small"><div class="govuk-checkboxes__item">
                        <input class="govuk-checkboxes__input" type="checkbox" id={`c-${person.case_id}`} checked={chosen.has(person.case_id)} onChange={() => choose(person.case_id)} />
                        <label class="govuk-label govuk-checkboxes__label" for={`c-${person.case_id}`}>Hand on<span class="govuk-visually-hidden"> {person.name}</span></label>
                      </div></div>
                    </td>
                  )}
                  <td><a class="govuk-link" href={hashOf('person', [person.case_id])}><Said text={person.name} /></a> ({person.case_id})</td>
                  <td data-label="Born">{born(person.date_of_birth)}</td>
                  <td data-label="Last contact">{person.last_contact_at ? <Time at={person.last_contact_at} /> : 'none yet'}</td>
                  <td data-label="Open">{[person.open_notes ? many(person.open_notes, 'note') : '', person.open_issues ? many(person.open_issues, 'issue') : ''].filter(Boolean).join(', ') || 'nothing'}</td>
                  <td data-label={person.alerts || person.communication_needs ? 'To know' : undefined}>{[person.alerts, person.communication_needs].filter((text): text is string => !!text).map((text) => <div key={text}><Said text={text} /></div>)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <button type="button" class="govuk-button govuk-button--secondary no-print" onClick={() => print()}>Print this page</button>
          {mayDecide(me) && <HandOn worker={worker} chosen={[...chosen]} all={load.people.length} told={setProblem} handed={async (what) => { setDone(what); setChosen(new Set()); await live.again(); }} />}
        </>
      )}
    </Page>
  );
}

interface HandOnProps { worker: string; chosen: string[]; all: number; told: (problem: Problem | null) => void; handed: (what: Schemas['HandedOn']) => Promise<void> }

function HandOn({ worker, chosen, all, told, handed }: HandOnProps) {
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const [shown, setShown] = useState<Schemas['HandedOn'] | null>(null);
  const body = { to: to.trim(), case_ids: chosen, reason };
  const look = async () => setShown(await post('/v1/desk/caseloads/{worker_id}/preview', { ids: [worker], body }));
  const hand = async () => {
    const what = await post('/v1/desk/caseloads/{worker_id}/hand-on', { ids: [worker], body });
    setShown(null);
    setReason('');
    await handed(what);
  };
  const whom = chosen.length === 0 ? `all ${all}` : String(chosen.length);
  return (
    <section class="no-print">
      <h2 class="govuk-heading-m">Hand on {whom}</h2>
      <p class="govuk-hint">Tick people above to hand on only those.</p>
      <LineField label="To (worker id)" value={to} change={(value) => { setTo(value); setShown(null); }} />
      <TextField label="Reason" value={reason} change={setReason} />
      {!shown && <Deed kind="secondary" does={look} told={told}>See what this does</Deed>}
      {shown && (
        <>
          <Notice><ul class="govuk-list govuk-list--bullet">{shown.effects.map((effect) => <li key={effect}>{effect}</li>)}</ul></Notice>
          <Deed does={hand} told={told}>Hand on to {shown.to.name}</Deed>
          <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setShown(null)}>Not now</button>
        </>
      )}
    </section>
  );
}
