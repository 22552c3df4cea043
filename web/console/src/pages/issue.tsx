// One issue: what happened, who and when, the versions side by side, and what can be done about it. Each action says what
// it will do before it is done.
import { useState } from 'preact/hooks';
import { get, type Problem, type Schemas } from '../api/client';
import { useLive } from '../api/live';
import { mayDecide, useMe } from '../me';
import { Decide, Undo } from '../parts/decide';
import { Marked, valueWords } from '../parts/differ';
import { DECISIONS, inWords, ISSUES, VISITS } from '../parts/kinds';
import { Notice, Trouble } from '../parts/notice';
import { NoteSaid } from '../parts/note-said';
import { Page } from '../parts/page';
import { born } from '../parts/person-table';
import { Said } from '../parts/said';
import { age, inWords as timeInWords, many, Time } from '../parts/times';
import { hashOf } from '../route';

type View = Schemas['Issue'];

export function Issue({ id }: { id: string }) {
  const me = useMe();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [done, setDone] = useState<{ words: string; effects: string[] } | null>(null);
  const live = useLive(`issue ${id}`, () => get('/v1/desk/issues/{id}', { ids: [id] }));
  const issue = live.value;
  const told = (what: Problem | null) => {
    setProblem(what && faster(what));
    if (what?.code === 'issue_settled') void live.again();
  };
  const did = async (words: string, effects: string[]) => {
    setDone({ words, effects });
    await live.again();
  };
  return (
    <Page title={issue ? inWords(ISSUES, issue.kind) : 'Issue'} at="issues" back={{ hash: hashOf('issues'), words: 'Issues' }}>
      <Trouble problem={problem ?? live.problem} />
      {done && (
        <Notice kind="good">
          <p class="govuk-body"><strong>{done.words}</strong></p>
          <Effects effects={done.effects} />
        </Notice>
      )}
      {issue && (
        <>
          <p class="govuk-body"><Said text={issue.words} /></p>
          {issue.settled && (
            <Notice>
              <p class="govuk-body">Settled by <Said text={issue.settled.by_name} />, <Time at={issue.settled.at} />: {inWords(DECISIONS, issue.settled.action)}. Reason: <Said text={issue.settled.reason} /></p>
            </Notice>
          )}
          <Who issue={issue} />
          <Versions issue={issue} />
          {issue.trail.length > 0 && <Trail steps={issue.trail} />}
          {mayDecide(me) && <Decide key={`decide ${id}`} issue={issue} told={told} did={did} />}
          {mayDecide(me) && issue.settled?.can_undo && <Undo id={id} told={told} did={did} />}
        </>
      )}
    </Page>
  );
}

/** Somebody else was faster: who, when and how. */
function faster(problem: Problem): Problem {
  const { settled } = problem;
  if (!settled) return problem;
  const { detail: _, ...rest } = problem;
  const when = timeInWords(new Date(settled.at), new Date());
  // `today 09:30`, the hour first.
  const at = `${when.slice(-5)} ${when.slice(0, -6)}`;
  return { ...rest, title: `Already settled by ${settled.by} at ${at}: ${inWords(DECISIONS, settled.action)}.` };
}

export function Effects({ effects }: { effects: string[] }) {
  return <ul class="govuk-list govuk-list--bullet">{effects.map((effect) => <li key={effect}><Said text={effect} /></li>)}</ul>;
}

function Who({ issue }: { issue: View }) {
  const { person, worker, device, note } = issue;
  // What was held is all of it.
  const fresh = issue.held?.changes.some((change) => change.path === 'kind' && change.before === null);
  const minutes = device ? Math.round(Math.abs(device.clock_offset_ms) / 60_000) : 0;
  return (
    <dl class="pairs">
      <dt>Open since</dt><dd><Time at={issue.opened_at} /> ({age(issue.opened_at)})</dd>
      {person && <><dt>Person</dt><dd><a class="govuk-link" href={hashOf('person', [person.case_id])}><Said text={person.name} /></a>, born {born(person.date_of_birth)}, {person.case_id}</dd></>}
      {worker && <><dt>Worker</dt><dd><a class="govuk-link" href={hashOf('workers', [worker.id])}><Said text={worker.name} /></a> ({worker.id})</dd></>}
      {note && !fresh && <><dt>Note</dt><dd><a class="govuk-link" href={hashOf('note', [note.id])}>{inWords(VISITS, note.kind)}</a></dd><Times note={note} /></>}
      {note && fresh && <><dt>Note</dt><dd>nothing of it is in the record yet{note.received_at && <>; it came <Time at={note.received_at} /></>}</dd></>}
      {device && (
        <>
          <dt>Phone</dt><dd><Said text={device.app} />, {device.last_seen_at ? <>last seen <Time at={device.last_seen_at} /></> : 'never seen'}, {many(device.waiting, 'note')} waiting then{device.revoked_at && <>, revoked <Time at={device.revoked_at} /></>}</dd>
          <dt>Its clock</dt><dd>{minutes === 0 ? 'right' : `${many(minutes, 'minute')} ${device.clock_offset_ms > 0 ? 'ahead' : 'behind'}`}</dd>
        </>
      )}
    </dl>
  );
}

function Times({ note }: { note: Schemas['IssueNote'] }) {
  return (
    <>
      <dt>Contact</dt><dd>{note.started_at ? <Time at={note.started_at} /> : 'not said'}{note.ended_at && <> until <Time at={note.ended_at} /></>}</dd>
      <dt>Finished</dt><dd>{note.finished_at ? <Time at={note.finished_at} /> : 'not yet'}</dd>
      <dt>Received</dt><dd>{note.received_at ? <Time at={note.received_at} /> : 'not yet'}{note.last_received_at && note.last_received_at !== note.received_at && <>, the last part <Time at={note.last_received_at} /></>}</dd>
    </>
  );
}

function Versions({ issue }: { issue: View }) {
  const [first, second] = issue.values;
  return (
    <>
      {first && (
        <section>
          <h2 class="govuk-heading-m">The values</h2>
          <div class="sides">
            {issue.values.map((one) => (
              <div class="card" key={one.index}>
                <h3 class="govuk-heading-s">{!one.shown ? 'Beside it' : issue.settled ? 'The note showed this' : 'The note shows this now'}</h3>
                <Marked text={valueWords(one.value)} other={valueWords((one === first ? second ?? first : first).value)} how="only" />
                {(one.worker_name || !issue.settled) && <p class="govuk-body">{one.worker_name ? <>Written by <Said text={one.worker_name} /></> : 'It is not known who wrote it'}{one.written_at && <>, <Time at={one.written_at} /></>}</p>}
              </div>
            ))}
          </div>
        </section>
      )}
      {issue.held && <Held held={issue.held} />}
      {issue.notes.length > 0 && (
        <section>
          <h2 class="govuk-heading-m">The notes</h2>
          <div class="sides">
            {issue.notes.map((one) => (
              <div class="card" key={one.id}>
                <h3 class="govuk-heading-s"><a class="govuk-link" href={hashOf('note', [one.id])}>{inWords(VISITS, one.note?.kind ?? null)} by <Said text={one.worker?.name ?? 'somebody not known'} /></a></h3>
                {one.note && <dl class="pairs"><Times note={one.note} /></dl>}
                <NoteSaid said={one.says as Record<string, unknown>} />
              </div>
            ))}
          </div>
        </section>
      )}
    </>
  );
}

function Held({ held }: { held: Schemas['IssueHeld'] }) {
  return (
    <section>
      <h2 class="govuk-heading-m">What was held</h2>
      {held.reason_given && <p class="govuk-body">The worker’s reason: {held.reason_given === 'joint_visit' ? 'a joint visit' : <Said text={held.reason_given} />}</p>}
      {!held.readable && <p class="govuk-body">It cannot be read as a change of this note. Its bytes are kept as they came.</p>}
      {held.changes.map((change) => (
        <div key={change.path}>
          <h3 class="govuk-heading-s"><Said text={change.label} /></h3>
          <div class="sides">
            <div><p class="govuk-body">In the note now</p><Marked text={valueWords(change.before)} other={valueWords(change.after)} how="out" /></div>
            <div><p class="govuk-body">With what was held</p><Marked text={valueWords(change.after)} other={valueWords(change.before)} how="in" /></div>
          </div>
        </div>
      ))}
      {held.readable && held.changes.length === 0 && <p class="govuk-body">The note would say the same with it.</p>}
      <table class="table table--stack">
        <caption>Kept as it came</caption>
        <thead><tr><th scope="col">Received</th><th scope="col">Size</th><th scope="col">SHA-256</th></tr></thead>
        <tbody>
          {held.parts.map((part) => (
            <tr key={part.seq}><td data-label="Received"><Time at={part.received_at} /></td><td data-label="Size">{many(part.bytes, 'byte')}</td><td data-label="SHA-256"><code>{part.sha256}</code></td></tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Trail({ steps }: { steps: Schemas['IssueStep'][] }) {
  return (
    <section>
      <h2 class="govuk-heading-m">What was done so far</h2>
      <ul class="govuk-list govuk-list--bullet">
        {steps.map((step, at) => <li key={at}><Time at={step.at} />, <Said text={step.by_name} />: {inWords(DECISIONS, step.action)}{step.to && ` (${step.to})`}{step.text && <>: “<Said text={step.text} />”</>}</li>)}
      </ul>
    </section>
  );
}
