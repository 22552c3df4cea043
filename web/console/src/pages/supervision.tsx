// One worker's own quarter, for reflective supervision. It is theirs: nobody at the desk sees it before they have.
import { useState } from 'preact/hooks';
import { get, type Problem, type Schemas } from '../api/client';
import { Deed } from '../parts/button';
import { ChoiceField, LineField } from '../parts/fields';
import { Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { Said, Words } from '../parts/said';
import { many, Time } from '../parts/times';
import { hashOf, type Place } from '../route';

/** This quarter, and those that one still talks about: the newest first. */
function quarters(now = new Date()): string[] {
  const last = now.getUTCFullYear() * 4 + Math.floor(now.getUTCMonth() / 3);
  return Array.from({ length: 5 }, (_, back) => `${Math.floor((last - back) / 4)}-Q${(last - back) % 4 + 1}`);
}

export function Supervision({ place }: { place: Place }) {
  const [worker, setWorker] = useState(place.ids[1] ?? '');
  const [quarter, setQuarter] = useState(quarters()[0]!);
  const [page, setPage] = useState<Schemas['Reflection'] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  // Asked for once and not again and again: each look is written down.
  const open = async () => {
    setPage(null);
    setPage(await get('/v1/desk/workers/{worker_id}/reflection', { ids: [worker.trim()], query: { quarter } }));
  };
  return (
    <Page title="A worker’s own quarter" at="reports" back={{ hash: hashOf('reports'), words: 'Reports' }}>
      <Trouble problem={problem} />
      <p class="govuk-body">For reflective supervision, together with the worker. They see it first, on their phone; that you looked is written down.</p>
      <LineField label="Worker id" value={worker} change={setWorker} />
      <ChoiceField label="Quarter" value={quarter} change={setQuarter} choices={quarters().map((name) => [name, name.replace('-', ' ')])} />
      <Deed does={open} told={setProblem}>Open</Deed>
      {page && <Shown page={page} />}
    </Page>
  );
}

function Shown({ page }: { page: Schemas['Reflection'] }) {
  const measures: [string, Schemas['OwnBesideTeam']][] = [['Writing', page.recording], ['Contact', page.contact], ['From contact to finished', page.to_finish]];
  return (
    <section>
      <h2 class="govuk-heading-m"><Said text={page.worker_name} />, {page.quarter}</h2>
      <p class="govuk-body">{many(page.notes, 'finished note')}. First opened by them <Time at={page.opened_at} />.</p>
      <table class="table table--stack">
        <caption>Minutes: the middle note</caption>
        <thead><tr><th scope="col">What</th><th scope="col">Own</th><th scope="col">The team’s</th></tr></thead>
        <tbody>{measures.map(([name, of]) => <tr key={name}><th scope="row">{name}</th><td data-label="Own">{of.own ?? 'none'}</td><td data-label="The team’s">{of.team ?? 'too few'}</td></tr>)}</tbody>
      </table>
      <h3 class="govuk-heading-s">What people said</h3>
      {page.words.length === 0 ? <p class="govuk-body">Nothing yet.</p> : page.words.map((said) => (
        <div key={said.note_id}>
          {said.answer && <p class="govuk-body">Was it useful: {said.answer.replaceAll('_', ' ')}</p>}
          <Words text={said.words} />
        </div>
      ))}
      <h3 class="govuk-heading-s">Concerns raised</h3>
      {page.concerns.length === 0 ? <p class="govuk-body">None.</p> : (
        <ul class="govuk-list">
          {page.concerns.map((one, at) => <li key={at}><a class="govuk-link" href={hashOf('note', [one.note_id])}>{one.kind?.replaceAll('_', ' ') ?? 'kind not said'}</a>, {one.acknowledged_at ? <>acknowledged <Time at={one.acknowledged_at} /></> : 'not acknowledged yet'}</li>)}
        </ul>
      )}
    </section>
  );
}
