// The audit: who looked at or changed what, and why. Looking here is written down too.
import { useState } from 'preact/hooks';
import { get, type Schemas } from '../api/client';
import { useLive } from '../api/live';
import { valueWords } from '../parts/differ';
import { DateField, LineField } from '../parts/fields';
import { Notice, Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { Said } from '../parts/said';
import { Time } from '../parts/times';
import { hashOf, type Place } from '../route';

const ASKED = ['person', 'worker', 'device', 'what', 'from', 'until'] as const;
type Asked = Record<(typeof ASKED)[number], string>;

export function Audit({ place }: { place: Place }) {
  const first = Object.fromEntries(ASKED.map((name) => [name, place.query.get(name) ?? ''])) as Asked;
  const [typed, setTyped] = useState(first);
  const [asked, setAsked] = useState(first);
  const [after, setAfter] = useState('');
  const query = Object.fromEntries(Object.entries({ ...asked, after }).filter(([, value]) => value.trim() !== '').map(([name, value]) => [name, value.trim()]));
  const found = useLive(`audit ${JSON.stringify(query)}`, () => get('/v1/desk/audit', { query }));
  const field = (name: keyof Asked) => ({ value: typed[name], change: (value: string) => setTyped((old) => ({ ...old, [name]: value })) });
  const ask = (what: Asked) => {
    setTyped(what);
    setAsked(what);
    setAfter('');
    history.replaceState(null, '', hashOf('audit', [], what));
  };
  const view = found.value;
  const none = Object.fromEntries(ASKED.map((name) => [name, ''])) as Asked;
  const ofDevice = (device: string) => ask({ ...none, device });
  return (
    <Page title="Audit" at="audit">
      <Trouble problem={found.problem} />
      {view && <Chain chain={view.chain} />}
      {view && view.break_glass.length > 0 && (
        <section>
          <h2 class="govuk-heading-m">Looked up outside their own caseload</h2>
          <Deeds rows={view.break_glass} ofDevice={ofDevice} />
        </section>
      )}
      <h2 class="govuk-heading-m">Who looked at or changed what</h2>
      <form onSubmit={(event) => { event.preventDefault(); ask(typed); }}>
        <div class="row">
          <LineField label="Person (case id)" {...field('person')} />
          <LineField label="Worker (id)" {...field('worker')} />
          <LineField label="Device (id)" {...field('device')} />
          <LineField label="Kind of deed" {...field('what')} />
          <DateField label="From" {...field('from')} />
          <DateField label="Until" {...field('until')} />
        </div>
        <button type="submit" class="govuk-button">Show</button>
        {Object.values(asked).some((value) => value !== '') && <button type="button" class="govuk-button govuk-button--secondary" onClick={() => ask(none)}>Show everything</button>}
      </form>
      {view && (view.rows.length > 0 ? <Deeds rows={view.rows} ofDevice={ofDevice} /> : <p class="govuk-body">Nothing of that kind is written down{view.next ? ' on this page' : ''}.</p>)}
      {after && <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setAfter('')}>Newest</button>}
      {view?.next && <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setAfter(view.next ?? '')}>Older</button>}
    </Page>
  );
}

function Chain({ chain }: { chain: Schemas['ChainState'] }) {
  if (!chain.at) return <Notice><p class="govuk-body">The chain of the audit has not been followed yet. The server does so by itself; <code>doorstep verify</code> does it at once.</p></Notice>;
  return (
    <Notice kind={chain.holds ? 'info' : 'bad'}>
      <p class="govuk-body">{chain.holds
        ? <>The chain holds: verified up to entry {chain.audit_n} of the audit and {chain.log_n} of the log, <Time at={chain.at} />.</>
        : <>The chain does not hold. {chain.words}</>}</p>
    </Notice>
  );
}

function Deeds({ rows, ofDevice }: { rows: Schemas['Deed'][]; ofDevice: (id: string) => void }) {
  return (
    <table class="table table--stack">
      <thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">About</th><th scope="col">Why, and what else</th></tr></thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.n}>
            <td><Time at={row.at} /></td>
            <td data-label="Who"><Said text={row.who_name} /></td>
            <td data-label="What">{verb(row.what)}</td>
            <td data-label="About">{about(row, ofDevice)}</td>
            <td data-label="Why, and what else">{row.reason && <div><Said text={row.reason} /></div>}<More detail={row.detail} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `note.read` is `note read`. */
function verb(what: string): string {
  return what.replaceAll('.', ': ').replaceAll('_', ' ');
}

function about(row: Schemas['Deed'], ofDevice: (id: string) => void) {
  if (row.outside) return 'somebody of another team';
  const { person, note_id, device_id } = row;
  if (!person && !note_id && !device_id) return '–';
  return (
    <>
      {person && <a class="govuk-link" href={hashOf('person', [person.case_id])}><Said text={person.name} /></a>}{person && note_id && ', '}
      {note_id && <a class="govuk-link" href={hashOf('note', [note_id])}>a note</a>}
      {device_id && <button type="button" class="plain" onClick={() => ofDevice(device_id)}>a phone</button>}
    </>
  );
}

/** What stands elsewhere in the row, or says nothing to a person. */
const LEFT_OUT = ['reason', 'device', 'actor'];

function More({ detail }: { detail: Record<string, unknown> }) {
  const said = Object.entries(detail).filter(([name, value]) => !LEFT_OUT.includes(name) && value !== null && value !== '');
  if (said.length === 0) return null;
  return <small>{said.map(([name, value], at) => <span key={name}>{at > 0 && ' · '}{name.replaceAll('_', ' ')}: <Said text={valueWords(value)} /></span>)}</small>;
}
