// Today: what needs a person, gravest and oldest first; concerns; and whether anything is stuck.
import { useState } from 'preact/hooks';
import { get, post, type Problem, type Schemas } from '../api/client';
import { useLive } from '../api/live';
import { mayDecide, useMe } from '../me';
import { Deed } from '../parts/button';
import { Bars, Rows } from '../parts/chart';
import { inWords, ISSUES } from '../parts/kinds';
import { Notice, Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { Said } from '../parts/said';
import { age, many, Time } from '../parts/times';
import { hashOf } from '../route';

const CONCERNS: Record<string, string> = { safeguarding: 'Safeguarding', professional_disagreement: 'Professional disagreement' };

export function Today() {
  const today = useLive('today', () => get('/v1/desk/today'));
  const value = today.value;
  return (
    <Page title="Today" at="today">
      <Trouble problem={today.problem} />
      {value && (
        <>
          <Issues today={value} />
          <Concerns rows={value.concerns} again={today.again} />
          <Phones today={value} />
          <Systems today={value} />
          <Pictures days={value.days} />
        </>
      )}
    </Page>
  );
}

function Issues({ today }: { today: Schemas['Today'] }) {
  const open = today.issues.reduce((sum, kind) => sum + kind.open, 0);
  return (
    <section>
      <h2 class="govuk-heading-m">{open === 0 ? 'Nothing needs a person' : open === 1 ? '1 issue needs a person' : `${open} issues need a person`}</h2>
      {open === 0
        ? <p class="govuk-body">Every issue is settled. New ones appear here by themselves.</p>
        : (
          <table class="table table--stack">
            <thead><tr><th scope="col">What</th><th scope="col">About</th><th scope="col">Open for</th></tr></thead>
            <tbody>
              {today.first_issues.map((issue) => (
                <tr key={issue.id}>
                  <td><a class="govuk-link" href={hashOf('issues', [issue.id])}>{inWords(ISSUES, issue.kind)}</a></td>
                  <td data-label="About">{issue.person ? <Said text={issue.person.name} /> : 'not known yet'}</td>
                  <td data-label="Open for">{age(issue.opened_at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      {open > today.first_issues.length && <p class="govuk-body">These are the first {today.first_issues.length}: {today.issues.map((kind) => `${inWords(ISSUES, kind.kind).toLowerCase()} ${kind.open}`).join(', ')}. <a class="govuk-link" href={hashOf('issues')}>All issues</a></p>}
    </section>
  );
}

function Concerns({ rows, again }: { rows: Schemas['ConcernRow'][]; again: () => Promise<void> }) {
  const me = useMe();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');
  const acknowledge = async (row: Schemas['ConcernRow']) => {
    setSaid('');
    try {
      await post('/v1/desk/concerns/{note_id}/acknowledge', { ids: [row.note_id], body: { entry: row.entry } });
      setSaid(`You have acknowledged the concern${row.person ? ` about ${row.person.name}` : ''}.`);
    } finally {
      await again();
    }
  };
  return (
    <section>
      <h2 class="govuk-heading-m">Concerns</h2>
      <Trouble problem={problem} />
      {said && <Notice kind="good"><p class="govuk-body">{said}</p></Notice>}
      {rows.length === 0 ? <p class="govuk-body">Nobody has raised a concern.</p> : (
        <table class="table table--stack">
          <thead><tr><th scope="col">Kind</th><th scope="col">About</th><th scope="col">Came</th><th scope="col">Acknowledged</th></tr></thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.note_id} ${row.entry}`}>
                <td><a class="govuk-link" href={hashOf('note', [row.note_id])}>{row.kind ? inWords(CONCERNS, row.kind) : 'Kind not said'}</a></td>
                <td data-label="About">{row.person ? <Said text={row.person.name} /> : 'not known yet'}</td>
                <td data-label="Came"><Time at={row.seen_at} /></td>
                <td data-label="Acknowledged">
                  {row.acknowledged_at ? <>by <Said text={row.acknowledged_by ?? ''} />, <Time at={row.acknowledged_at} /></> : mayDecide(me)
                    ? <Deed plain does={() => acknowledge(row)} told={setProblem}>Acknowledge<span class="govuk-visually-hidden"> the concern about {row.person?.name ?? 'somebody'}</span></Deed>
                    : 'not yet'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Phones({ today }: { today: Schemas['Today'] }) {
  const { up_to_date, waiting, silent } = today.phones;
  const cards: [string, number][] = [['up to date', up_to_date], ['with notes waiting', waiting], ['silent', silent]];
  return (
    <section>
      <h2 class="govuk-heading-m">Phones</h2>
      <div class="cards">
        {cards.map(([words, count]) => <div class="card" key={words}><div class="card__number">{count}</div><div>{words}</div></div>)}
      </div>
      {today.waiting.length > 0 && (
        <>
          <Rows title="Notes that wait, by phone" rows={today.waiting.map((phone) => ({ name: phone.worker_name, value: phone.waiting }))} />
          <table class="table table--stack">
            <thead><tr><th scope="col">Whose</th><th scope="col" class="number">Notes waiting</th><th scope="col">Last seen</th></tr></thead>
            <tbody>
              {today.waiting.map((phone) => (
                <tr key={phone.device_id}>
                  <td><a class="govuk-link" href={hashOf('workers', [phone.worker_id])}><Said text={phone.worker_name} /></a></td>
                  <td data-label="Notes waiting" class="number">{phone.waiting}</td>
                  <td data-label="Last seen">{phone.last_seen_at ? <Time at={phone.last_seen_at} /> : 'never'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

function Systems({ today }: { today: Schemas['Today'] }) {
  const refused = today.days.reduce((sum, day) => sum + day.refused, 0);
  return (
    <section>
      <h2 class="govuk-heading-m">Backup and case system</h2>
      {today.backup_at
        ? <p class="govuk-body">The last backup was made <Time at={today.backup_at} /> ({age(today.backup_at)} ago).</p>
        : <Notice kind="care"><p class="govuk-body">There is no backup yet. Phones keep what they sent until there is one.</p></Notice>}
      {today.feeds.length === 0 && <p class="govuk-body">No case system is connected.</p>}
      <ul class="govuk-list">
        {today.feeds.map((feed) => (
          <li key={feed.client_id}><Said text={feed.name} />: {feed.outstanding === 0 ? 'nothing outstanding' : `${many(feed.outstanding, 'event')} without a receipt`}{feed.oldest_at && <>, the oldest since <Time at={feed.oldest_at} /></>}</li>
        ))}
      </ul>
      {refused > 0 && <p class="govuk-body">{many(refused, 'note')} of the last four weeks refused by a case system.</p>}
    </section>
  );
}

function dayOf(day: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

function Pictures({ days }: { days: Schemas['DayCount'][] }) {
  const labels = days.map((day) => dayOf(day.day));
  const some = days.filter((day) => day.drafts + day.on_server + day.in_case_system + day.refused > 0).reverse();
  const hours = days.some((day) => day.median_hours !== null);
  return (
    <section>
      <h2 class="govuk-heading-m">The last four weeks</h2>
      <Bars
        title="Notes by day of contact"
        labels={labels}
        series={[
          { name: 'Not finished', values: days.map((day) => day.drafts) },
          { name: 'On the server', values: days.map((day) => day.on_server) },
          { name: 'In the case system', values: days.map((day) => day.in_case_system) },
          { name: 'Refused', values: days.map((day) => day.refused) },
        ]}
      />
      {hours
        ? <Bars title="Hours from contact to case system (the middle note)" labels={labels} series={[{ name: 'Hours', values: days.map((day) => day.median_hours) }]} />
        : <p class="govuk-body">Hours from contact to case system are shown for days with five notes or more there.</p>}
      {some.length === 0 ? <p class="govuk-body">No notes in the last four weeks.</p> : (
        <table class="table table--stack">
          <caption>The same figures, newest day first; days without notes are left out</caption>
          <thead><tr><th scope="col">Day</th><th scope="col" class="number">Not finished</th><th scope="col" class="number">On the server</th><th scope="col" class="number">In the case system</th><th scope="col" class="number">Refused</th><th scope="col" class="number">Hours to case system</th></tr></thead>
          <tbody>
            {some.map((day) => (
              <tr key={day.day}>
                <th scope="row">{dayOf(day.day)}</th>
                <td data-label="Not finished" class="number">{day.drafts}</td>
                <td data-label="On the server" class="number">{day.on_server}</td>
                <td data-label="In the case system" class="number">{day.in_case_system}</td>
                <td data-label="Refused" class="number">{day.refused}</td>
                <td data-label="Hours to case system" class="number">{day.median_hours ?? 'too few'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
