// One note as it was written, and what became of each of its versions.
import { useState } from 'preact/hooks';
import { get, type Problem, type Schemas } from '../api/client';
import { useLive } from '../api/live';
import { mayDecide, useMe } from '../me';
import { inWords, ISSUES, VISITS } from '../parts/kinds';
import { MoveNote } from '../parts/move-note';
import { Notice, Trouble } from '../parts/notice';
import { NoteSaid } from '../parts/note-said';
import { Page } from '../parts/page';
import { born } from '../parts/person-table';
import { Said } from '../parts/said';
import { age, Time } from '../parts/times';
import { hashOf, type Place } from '../route';
import { Fact, State } from './person';

const EVENTS: Record<string, string> = {
  'note.finished': 'Finished', 'note.amended': 'Amended', 'note.withdrawn': 'Withdrawn', 'note.removed': 'Removed',
};

export function Note({ place }: { place: Place }) {
  const id = place.ids[0] ?? '';
  const live = useLive(`note ${id}`, () => get('/v1/desk/notes/{id}', { ids: [id] }));
  const me = useMe();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [moved, setMoved] = useState<Schemas['NoteMove'] | null>(null);
  const note = live.value;
  const person = note?.person;
  const back = person ? { hash: hashOf('person', [person.case_id]), words: person.name } : { hash: hashOf('people'), words: 'People' };
  return (
    <Page title={note ? inWords(VISITS, note.kind) : 'Note'} at="people" back={back}>
      <Trouble problem={moved ? null : problem ?? live.problem} />
      {moved && (
        <Notice kind="good">
          <p class="govuk-body"><strong>The note was moved.</strong> <a class="govuk-link" href={hashOf('note', [moved.became ?? ''])}>See it where it is now</a>.</p>
          <ul class="govuk-list govuk-list--bullet">{moved.effects.map((effect) => <li key={effect}>{effect}</li>)}</ul>
        </Notice>
      )}
      {note && !moved && (
        <>
          {!person && <Notice kind="care"><p class="govuk-body">Nobody knows yet whom this note is about. It waits here, and is not in the case system.</p></Notice>}
          <dl class="facts">
            {person && <Fact name="About"><Said text={person.name} />, born {born(person.date_of_birth)}, {person.case_id}</Fact>}
            <Fact name="By">{note.authors.length > 0 ? note.authors.map((author) => author.name).join(', ') : 'nobody yet'}</Fact>
            <Fact name="Contact">{note.started_at ? <Time at={note.started_at} /> : 'not said'}</Fact>
            <Fact name="Finished">{note.finished_at ? <Time at={note.finished_at} /> : 'not yet'}</Fact>
            <Fact name="Received">{note.received_at ? <Time at={note.received_at} /> : 'not yet'}</Fact>
            <Fact name="Where it is"><State code={note.state} /></Fact>
          </dl>
          {note.issues.map((issue) => (
            <Notice kind="care" key={issue.id}>
              <p class="govuk-body"><a class="govuk-link" href={hashOf('issues', [issue.id])}>{inWords(ISSUES, issue.kind)}</a>, waiting for a decision for {age(issue.opened_at)}.</p>
            </Notice>
          ))}
          <NoteSaid said={note.said as Record<string, unknown>} />
          <h2 class="govuk-heading-m">For the case system</h2>
          {note.versions.length === 0 && <p class="govuk-body">Nothing yet: a note goes to the case system when it is finished.</p>}
          {note.versions.length > 0 && (
            <table class="table table--stack">
              <thead><tr><th scope="col">Version</th><th scope="col">What</th><th scope="col">When</th><th scope="col">Answer</th></tr></thead>
              <tbody>
                {note.versions.map((version) => (
                  <tr key={version.version}>
                    <td data-label="Version">{version.version}</td>
                    <td data-label="What">{EVENTS[version.event] ?? version.event}</td>
                    <td data-label="When"><Time at={version.created_at} /></td>
                    <td data-label="Answer">
                      {version.receipts.length === 0 && 'none yet'}
                      {version.receipts.map((receipt) => (
                        <div key={receipt.client}>
                          <State code={receipt.outcome} /> <Said text={receipt.client} />{receipt.case_system_ref && <>, as <Said text={receipt.case_system_ref} /></>}{receipt.reason && <>: <Said text={receipt.reason} /></>}
                        </div>
                      ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {mayDecide(me) && person && <MoveNote id={id} told={setProblem} moved={setMoved} />}
        </>
      )}
    </Page>
  );
}
