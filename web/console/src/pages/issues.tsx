// What waits for a decision, the oldest first, and what was decided. The filter stands in the address, so that a list can
// be kept and passed on.
import { get } from '../api/client';
import { useLive } from '../api/live';
import { ChoiceField, LineField } from '../parts/fields';
import { DECISIONS, inWords, ISSUES } from '../parts/kinds';
import { Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { Said } from '../parts/said';
import { age, Time } from '../parts/times';
import { go, hashOf, type Place } from '../route';
import { Issue } from './issue';

const AGES: [string, string][] = [['', 'any'], ['1', 'more than an hour'], ['24', 'more than a day'], ['72', 'more than 3 days'], ['168', 'more than a week'], ['720', 'more than 30 days']];

export function Issues({ place }: { place: Place }) {
  const id = place.ids[0];
  return id === undefined ? <List query={place.query} /> : <Issue id={id} />;
}

function List({ query }: { query: URLSearchParams }) {
  const of = (name: string) => query.get(name) ?? '';
  const settled = of('settled') === 'true';
  const asked = {
    ...(of('kind') && { kind: of('kind') }), ...(of('worker') && { worker: of('worker') }), ...(of('team') && { team: Number(of('team')) }),
    ...(of('age_h') && { age_h: Number(of('age_h')) }), ...(settled && { settled }), ...(of('after') && { after: of('after') }),
  };
  const list = useLive(`issues ${query.toString()}`, () => get('/v1/desk/issues', { query: asked }));
  // What is chosen anew begins at the first page.
  const change = (name: string) => (value: string) => go('issues', [], { ...Object.fromEntries(query), after: '', [name]: value.trim() });
  const counts = list.value?.counts ?? {};
  const count = (kind: string) => counts[kind] ?? 0;
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const more = list.value?.counts_more ? '+' : '';
  const kinds = Object.keys(ISSUES).sort((a, b) => count(b) - count(a));
  const filtered = ['kind', 'worker', 'team', 'age_h'].some((name) => of(name) !== '');
  return (
    <Page title={settled ? 'Settled issues' : 'Issues'} at="issues">
      <Trouble problem={list.problem} />
      <div class="row">
        <ChoiceField label="Show" value={of('settled')} change={change('settled')} choices={[['', `Open (${all}${more})`], ['true', 'Settled']]} />
        <ChoiceField label="Kind" value={of('kind')} change={change('kind')} choices={[['', 'all'], ...kinds.map((kind): [string, string] => [kind, `${ISSUES[kind] ?? kind} (${count(kind)}${more})`])]} />
        {list.value && list.value.teams.length > 1 && <ChoiceField label="Team" value={of('team')} change={change('team')} choices={[['', 'all'], ...list.value.teams.map((team): [string, string] => [String(team.id), team.name])]} />}
        <LineField label="Worker id" value={of('worker')} change={change('worker')} />
        <ChoiceField label="Age" value={of('age_h')} change={change('age_h')} choices={AGES} />
      </div>
      {list.value?.issues.length === 0 && <p class="govuk-body">{filtered ? 'None like this.' : settled ? 'Nothing was settled yet.' : 'Nothing waits for a decision.'}</p>}
      {list.value && list.value.issues.length > 0 && (
        <table class="table table--stack">
          <thead><tr><th scope="col">Issue</th><th scope="col">Person</th><th scope="col">Worker</th><th scope="col">{settled ? 'Settled' : 'Open for'}</th></tr></thead>
          <tbody>
            {list.value.issues.map((one) => (
              <tr key={one.id}>
                <td>
                  <a class="govuk-link" href={hashOf('issues', [one.id])}>{inWords(ISSUES, one.kind)}</a>
                  <div><Said text={one.words} /></div>
                  {one.last && <div class="govuk-hint">Last: {inWords(DECISIONS, one.last.action)}, by <Said text={one.last.by_name} />, <Time at={one.last.at} /></div>}
                </td>
                <td data-label="Person">{one.person ? <><Said text={one.person.name} /> ({one.person.case_id})</> : 'not known'}</td>
                <td data-label="Worker">{one.worker ? <Said text={one.worker.name} /> : 'nobody'}</td>
                <td data-label={settled ? 'Settled' : 'Open for'}>{one.settled ? <><Time at={one.settled.at} /> by <Said text={one.settled.by_name} />: {inWords(DECISIONS, one.settled.action)}</> : age(one.opened_at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {of('after') && <button type="button" class="govuk-button govuk-button--secondary" onClick={() => change('after')('')}>First page</button>}
      {list.value?.next && <button type="button" class="govuk-button govuk-button--secondary" onClick={() => change('after')(list.value?.next ?? '')}>Next page</button>}
    </Page>
  );
}
