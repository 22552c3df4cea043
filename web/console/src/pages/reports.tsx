// Reports: what the team learns of its own recording. They are about the work and never rank anybody; of fewer than five
// notes no time is told. Each is a picture, a table and a file for a spreadsheet.
import { useState } from 'preact/hooks';
import { address, get, type Problem, type Schemas } from '../api/client';
import { useLive } from '../api/live';
import { Rows } from '../parts/chart';
import { LineField } from '../parts/fields';
import { inWords, VISITS } from '../parts/kinds';
import { Notice, Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { born } from '../parts/person-table';
import { Said, Words } from '../parts/said';
import { hashOf, type Place } from '../route';
import { Supervision } from './supervision';

interface Months { from: string; until: string }
/** A report as the page shows it. */
interface Shown { leftOut: boolean; heads: string[]; rows: string[][]; bars: { name: string; value: number }[]; unit: string; picture: string }
interface Kind { title: string; words: string; file: string; look: (months: Months) => Promise<Shown> }

const ANSWERS: Record<string, string> = { yes: 'Yes', partly: 'Partly', no: 'No', not_asked: 'Not asked' };
const REASONS: Record<string, string> = { budget: 'Budget', language: 'Language', none_available: 'None available', declined: 'Declined', other: 'Another reason' };
const REVIEWS: Record<string, string> = { initial: 'First review', annual: 'Yearly review', direct_payment: 'Direct payment', joint: 'Held jointly' };

const team = (name: string | null) => name ?? 'no team';
const group = (row: { team: string | null; kind: string | null }) => `${team(row.team)}: ${row.kind === null ? 'all visits' : row.kind === '' ? 'kind not said' : inWords(VISITS, row.kind)}`;
const spread = (of: Schemas['Spread'] | null) => of ? `${of.median} (${of.lower} to ${of.upper})` : 'too few';

const KINDS: Record<string, Kind> = {
  recording: {
    title: 'Recording time', words: 'Minutes of writing against minutes of contact: the middle note, and between which the middle half lies.', file: 'recording',
    look: async (query) => {
      const report = await get('/v1/desk/reports/recording', { query });
      return {
        leftOut: report.left_out, picture: 'Writing, in hundredths of the contact', unit: '%',
        heads: ['Team and visit', 'Notes', 'Writing', 'Contact', 'Writing, % of contact'],
        rows: report.rows.map((row) => [group(row), String(row.recording?.count ?? 'too few'), spread(row.recording), spread(row.contact), spread(row.share)]),
        bars: report.rows.flatMap((row) => row.share ? [{ name: group(row), value: row.share.median }] : []),
      };
    },
  },
  path: {
    title: 'From contact to case system', words: 'Minutes of each step: the middle note, and between which the middle half lies.', file: 'path',
    look: async (query) => {
      const report = await get('/v1/desk/reports/path', { query });
      return {
        leftOut: report.left_out, picture: 'Minutes from the contact to the finished note', unit: '',
        heads: ['Team and visit', 'To finished', 'To the server', 'To the case system', 'All of it', 'Finished in time'],
        rows: report.rows.map((row) => [group(row), spread(row.to_finish), spread(row.to_server), spread(row.to_case_system), spread(row.whole), row.in_time_percent === null ? 'too few' : `${row.in_time_percent}%`]),
        bars: report.rows.flatMap((row) => row.to_finish ? [{ name: group(row), value: row.to_finish.median }] : []),
      };
    },
  },
  fields: {
    title: 'Fields', words: 'Which fields of a note are used, seldom (in fewer than one note in twenty) or never.', file: 'fields',
    look: async (query) => {
      const report = await get('/v1/desk/reports/fields', { query });
      return {
        leftOut: report.left_out, picture: 'Notes that used a field', unit: '',
        heads: ['Field', 'Used in', 'Of finished notes', 'Use'],
        rows: report.rows.map((row) => [row.field.replaceAll('_', ' '), String(row.used), String(row.notes), row.usage]),
        bars: report.rows.map((row) => ({ name: row.field.replaceAll('_', ' '), value: row.used })),
      };
    },
  },
  'unmet-needs': {
    title: 'Unmet needs', words: 'Needs that were not met, by reason: counted for the team, never hidden.', file: 'unmet-needs',
    look: async (query) => {
      const report = await get('/v1/desk/reports/unmet-needs', { query });
      return {
        leftOut: report.left_out, picture: 'Unmet needs by reason', unit: '',
        heads: ['Team', 'Reason', 'Needs', 'Notes'],
        rows: report.rows.map((row) => [team(row.team), inWords(REASONS, row.reason_code), String(row.needs), String(row.notes)]),
        bars: report.rows.map((row) => ({ name: `${team(row.team)}: ${inWords(REASONS, row.reason_code)}`, value: row.needs })),
      };
    },
  },
  feedback: {
    title: 'Feedback', words: 'Was the visit useful? What people answered, and their words without any name.', file: 'feedback',
    look: async (query) => {
      const report = await get('/v1/desk/reports/feedback', { query });
      return {
        leftOut: report.left_out, picture: 'Was it useful', unit: '',
        heads: ['Team', 'Answer', 'Notes'],
        rows: report.rows.map((row) => [team(row.team), inWords(ANSWERS, row.answer), String(row.notes)]),
        bars: report.rows.map((row) => ({ name: `${team(row.team)}: ${inWords(ANSWERS, row.answer)}`, value: row.notes })),
      };
    },
  },
  reviews: {
    title: 'Reviews', words: 'Done in these months; due soon and overdue as of today.', file: 'reviews',
    look: async (query) => {
      const report = await get('/v1/desk/reports/reviews', { query });
      return {
        leftOut: report.left_out, picture: 'Overdue reviews', unit: '',
        heads: ['Team', 'Review', 'Done', 'Due soon', 'Overdue'],
        rows: report.rows.map((row) => [team(row.team), inWords(REVIEWS, row.kind), String(row.done), String(row.due_soon), String(row.overdue)]),
        bars: report.rows.map((row) => ({ name: `${team(row.team)}: ${inWords(REVIEWS, row.kind)}`, value: row.overdue })),
      };
    },
  },
};

/** This month and the two before it. */
function lately(): Months {
  const month = (back: number) => {
    const now = new Date();
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
  };
  return { from: month(2), until: month(0) };
}

export function Reports({ place }: { place: Place }) {
  const name = place.ids[0] ?? 'recording';
  const usual = lately();
  const first = { from: place.query.get('from') ?? usual.from, until: place.query.get('until') ?? usual.until };
  const [typed, setTyped] = useState(first);
  const [months, setMonths] = useState(first);
  if (name === 'supervision') return <Supervision place={place} />;
  const kind = KINDS[name];
  return (
    <Page title={kind ? `Reports: ${kind.title}` : 'Reports'} at="reports">
      <ul class="key" aria-label="Reports">
        {Object.entries(KINDS).map(([at, { title }]) => <li key={at}><a class="govuk-link tall" href={hashOf('reports', [at], { ...months })} aria-current={at === name ? 'page' : undefined}>{title}</a></li>)}
        <li><a class="govuk-link tall" href={hashOf('reports', ['supervision'])}>A worker’s own quarter</a></li>
      </ul>
      <form class="row" onSubmit={(event) => { event.preventDefault(); setMonths(typed); history.replaceState(null, '', hashOf('reports', [name], { ...typed })); }}>
        <LineField label="From month" hint="As 2026-01" value={typed.from} change={(from) => setTyped({ ...typed, from })} />
        <LineField label="Until month" hint="At most a year" value={typed.until} change={(until) => setTyped({ ...typed, until })} />
        <button type="submit" class="govuk-button">Show</button>
      </form>
      {kind && <One key={name} name={name} kind={kind} months={months} />}
      {name === 'feedback' && <Feedback months={months} />}
      {name === 'reviews' && <Due />}
    </Page>
  );
}

function One({ name, kind, months }: { name: string; kind: Kind; months: Months }) {
  const found = useLive(`report ${name} ${months.from} ${months.until}`, () => kind.look(months));
  const report = found.value;
  return (
    <section>
      <Trouble problem={found.problem} />
      <p class="govuk-body">{kind.words}</p>
      {report?.leftOut && <Notice><p class="govuk-body">Something is left out because it was about fewer than five notes of a team, a kind of visit and a month.</p></Notice>}
      {report && report.rows.length === 0 && <p class="govuk-body">There is nothing to show for these months.</p>}
      {report && report.rows.length > 0 && (
        <>
          {report.bars.length > 0 && <Rows title={report.picture} rows={report.bars} unit={report.unit} />}
          <table class="table table--stack">
            <caption>{kind.title}, {months.from} to {months.until}</caption>
            <thead><tr>{report.heads.map((head) => <th scope="col" key={head}>{head}</th>)}</tr></thead>
            <tbody>{report.rows.map((row) => <tr key={`${row[0]} ${row[1]}`}>{row.map((cell, at) => at === 0 ? <th scope="row" key={at}><Said text={cell} /></th> : <td key={at} data-label={report.heads[at]}>{cell}</td>)}</tr>)}</tbody>
          </table>
          <p class="govuk-body"><a class="govuk-link" href={address(`/v1/desk/reports/${kind.file}`, [], { ...months, format: 'csv' })} download={`${kind.file}-${months.from}-${months.until}.csv`}>Download as CSV</a></p>
        </>
      )}
    </section>
  );
}

function Feedback({ months }: { months: Months }) {
  const [after, setAfter] = useState('');
  const found = useLive(`words ${months.from} ${months.until} ${after}`, () => get('/v1/desk/reports/feedback/words', { query: after ? { ...months, after } : { ...months } }));
  const problem: Problem | null = found.problem;
  return (
    <section>
      <h2 class="govuk-heading-m">In their words</h2>
      {problem?.code !== 'parameter_invalid' && <Trouble problem={problem} />}
      {found.value?.rows.length === 0 && <p class="govuk-body">Nobody’s words are in these months.</p>}
      {found.value?.rows.map((row, at) => <div key={at}><p class="govuk-body">{row.month}, {team(row.team)}: {inWords(ANSWERS, row.answer).toLowerCase()}</p><Words text={row.words} /></div>)}
      {found.value?.next && <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setAfter(found.value?.next ?? '')}>Older words</button>}
    </section>
  );
}

function Due() {
  const [after, setAfter] = useState('');
  const found = useLive(`due ${after}`, () => get('/v1/desk/reports/reviews/due', { query: after ? { after } : {} }));
  return (
    <section>
      <h2 class="govuk-heading-m">Overdue and due soon</h2>
      <Trouble problem={found.problem} />
      {found.value?.rows.length === 0 && <p class="govuk-body">No review is due within four weeks.</p>}
      <ul class="govuk-list">
        {found.value?.rows.map((row) => <li key={`${row.person.id} ${row.kind}`}><a class="govuk-link" href={hashOf('person', [row.person.case_id])}><Said text={row.person.name} /></a>: {inWords(REVIEWS, row.kind).toLowerCase()}, {row.overdue ? 'was due' : 'due'} {born(row.due)}</li>)}
      </ul>
      {found.value?.next && <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setAfter(found.value?.next ?? '')}>More</button>}
    </section>
  );
}
