// One person: who they are, what is open about them, and the thread of their notes.
import { useState } from 'preact/hooks';
import { get } from '../api/client';
import { useLive } from '../api/live';
import { inWords, ISSUES, STATES, VISITS } from '../parts/kinds';
import { Notice, Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { born } from '../parts/person-table';
import { Said } from '../parts/said';
import { age, Time } from '../parts/times';
import { hashOf, type Place } from '../route';

export function Person({ place }: { place: Place }) {
  const caseId = place.ids[0] ?? '';
  const [after, setAfter] = useState('');
  const live = useLive(`person ${caseId}`, () => get('/v1/desk/people/{case_id}', { ids: [caseId] }));
  const thread = useLive(`thread ${caseId} ${after}`, () => get('/v1/desk/people/{case_id}/notes', { ids: [caseId], query: after ? { after } : {} }));
  const person = live.value;
  return (
    <Page title={person?.name ?? 'Person'} at="people" back={{ hash: hashOf('people'), words: 'People' }}>
      <Trouble problem={live.problem} />
      {person && (
        <>
          {person.left_at && <Notice kind="care"><p class="govuk-body">The case system names this person no longer, since <Time at={person.left_at} />. Their notes stay.</p></Notice>}
          {person.on_hold && <Notice><p class="govuk-body">Legal hold: nothing about this person is removed.</p></Notice>}
          {person.alerts && <Notice kind="care"><p class="govuk-body"><strong>Alert:</strong> <Said text={person.alerts} /></p></Notice>}
          <dl class="facts">
            <Fact name="Case id">{person.case_id}{person.earlier_case_ids.length > 0 && ` (earlier: ${person.earlier_case_ids.join(', ')})`}</Fact>
            <Fact name="Born">{born(person.date_of_birth)}</Fact>
            {person.preferred_name && <Fact name="Likes to be called"><Said text={person.preferred_name} /></Fact>}
            {person.nhs_number && <Fact name="NHS number">{person.nhs_number}</Fact>}
            {person.address && <Fact name="Address"><Said text={person.address} /></Fact>}
            {person.phone && <Fact name="Phone"><Said text={person.phone} /></Fact>}
            {person.communication_needs && <Fact name="How to speak with them"><Said text={person.communication_needs} /></Fact>}
            <Fact name="With">{person.worker ? <a class="govuk-link" href={hashOf('caseload', [person.worker.id])}><Said text={person.worker.name} /></a> : 'nobody'}{person.team ? `, ${person.team}` : ''}</Fact>
          </dl>
          {person.issues.length > 0 && (
            <section>
              <h2 class="govuk-heading-m">Waits for a decision</h2>
              <ul class="govuk-list">
                {person.issues.map((issue) => (
                  <li key={issue.id}><a class="govuk-link" href={hashOf('issues', [issue.id])}>{inWords(ISSUES, issue.kind)}</a>, for {age(issue.opened_at)}</li>
                ))}
              </ul>
            </section>
          )}
          <h2 class="govuk-heading-m">Notes</h2>
          <Trouble problem={thread.problem} />
          {thread.value?.notes.length === 0 && <p class="govuk-body">No notes yet.</p>}
          {thread.value && thread.value.notes.length > 0 && (
            <table class="table table--stack">
              <thead><tr><th scope="col">Contact</th><th scope="col">When</th><th scope="col">Where it is</th><th scope="col">In the case system as</th></tr></thead>
              <tbody>
                {thread.value.notes.map((note) => (
                  <tr key={note.id}>
                    <td><a class="govuk-link" href={hashOf('note', [note.id])}>{inWords(VISITS, note.kind)}</a></td>
                    <td data-label="When">{note.started_at ? <Time at={note.started_at} /> : 'not said'}</td>
                    <td data-label="Where it is"><State code={note.state} /></td>
                    <td data-label="In the case system as">{note.case_system_ref ? <Said text={note.case_system_ref} /> : ''}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {after && <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setAfter('')}>Latest notes</button>}
          {thread.value?.next && <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setAfter(thread.value?.next ?? '')}>Earlier notes</button>}
        </>
      )}
    </Page>
  );
}

export function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return <div class="fact"><dt>{name}</dt><dd>{children}</dd></div>;
}

export function State({ code }: { code: string }) {
  const state = STATES[code];
  return <span class={`tag${state?.look ? ` tag--${state.look}` : ''}`}>{state?.words ?? code}</span>;
}
