// One worker's own quarter, for reflective supervision. It is theirs: nobody at the desk sees it before they have.
import { useState } from 'preact/hooks';
import { get, type Problem, type Schemas } from '../api/client';
import { Deed } from '../parts/button';
import { LineField } from '../parts/fields';
import { Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { Said, Words } from '../parts/said';
import { many, Time } from '../parts/times';
import { hashOf, type Place } from '../route';

function thisQuarter(): string {
  const now = new Date();
  return `${now.getUTCFullYear()}-Q${Math.floor(now.getUTCMonth() / 3) + 1}`;
}

export function Supervision({ place }: { place: Place }) {
  const [worker, setWorker] = useState(place.ids[1] ?? '');
  const [quarter, setQuarter] = useState(thisQuarter());
  const [page, setPage] = useState<Schemas['Reflection'] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  // Asked for once and not again and again: each look is written down.
  const open = async () => {
    setPage(null);
    setPage(await get('/v1/desk/workers/{worker_id}/reflection', { ids: [worker.trim()], query: { quarter: quarter.trim() } }));
  };
  return (
    <Page title="A worker’s own quarter" at="reports" back={{ hash: hashOf('reports'), words: 'Reports' }}>
      <Trouble problem={problem} />
      <p class="govuk-body">For reflective supervision, together with the worker. They see it first, on their phone; that you looked is written down.</p>
      <LineField label="Worker id" value={worker} change={setWorker} />
      <LineField label="Quarter" hint="As 2026-Q1" value={quarter} change={setQuarter} />
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
      {page.words.length === 0 ? <p class="govuk-body">Nothing yet.</p> : page.words.map((said) => <Words key={said.note_id} text={said.words} />)}
      <h3 class="govuk-heading-s">Concerns raised</h3>
      {page.concerns.length === 0 ? <p class="govuk-body">None.</p> : (
        <ul class="govuk-list">
          {page.concerns.map((one, at) => <li key={at}><a class="govuk-link" href={hashOf('note', [one.note_id])}>{one.kind?.replaceAll('_', ' ') ?? 'kind not said'}</a>, {one.acknowledged_at ? <>acknowledged <Time at={one.acknowledged_at} /></> : 'not acknowledged yet'}</li>)}
        </ul>
      )}
    </section>
  );
}
