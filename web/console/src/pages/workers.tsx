// Workers and their devices: who has which phone, when it was last here, what is known to wait on it, and what can be
// ordered. A phone is lost sooner than a note: a wipe sends first, and what is unsent goes only where that was typed.
import { useState } from 'preact/hooks';
import { encode } from 'uqr';
import { get, post, type Problem, type Schemas } from '../api/client';
import { useLive } from '../api/live';
import { mayDecide, useMe } from '../me';
import { Deed } from '../parts/button';
import { LineField, TextField } from '../parts/fields';
import { Notice, Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { Said, Words } from '../parts/said';
import { age, many, Time } from '../parts/times';
import { hashOf, type Place } from '../route';

export function Workers({ place }: { place: Place }) {
  const id = place.ids[0];
  return id === undefined ? <List /> : <One id={id} />;
}

function List() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [after, setAfter] = useState('');
  const list = useLive(`workers ${after}`, () => get('/v1/desk/workers', { query: after ? { after } : {} }));
  return (
    <Page title="Workers and devices" at="workers">
      <Trouble problem={problem ?? list.problem} />
      <table class="table table--stack">
        <thead><tr><th scope="col">Name</th><th scope="col">Team</th><th scope="col">Phones in use</th><th scope="col">Notes waiting</th><th scope="col">Last seen</th></tr></thead>
        <tbody>
          {list.value?.workers.map((one) => (
            <tr key={one.worker_id}>
              <td><a class="govuk-link" href={hashOf('workers', [one.worker_id])}><Said text={one.name} /></a> ({one.worker_id}){one.left_at && ', has left'}</td>
              <td data-label="Team">{one.team ?? 'none'}</td>
              <td data-label="Phones in use">{one.devices}</td>
              <td data-label="Notes waiting">{one.waiting}</td>
              <td data-label="Last seen">{one.seen_at ? <Time at={one.seen_at} /> : 'never'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.value?.next && <Deed kind="secondary" does={async () => setAfter(list.value?.next ?? '')} told={setProblem}>Next page</Deed>}
    </Page>
  );
}

interface DeedsProps { told: (problem: Problem | null) => void; done: (words: string) => Promise<void> }

function One({ id }: { id: string }) {
  const me = useMe();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');
  const found = useLive(`worker ${id}`, () => get('/v1/desk/workers/{worker_id}', { ids: [id] }));
  const worker = found.value;
  const done = async (words: string) => {
    setSaid(words);
    await found.again();
  };
  // What was done before is over when the next deed begins.
  const told = (trouble: Problem | null) => {
    setSaid('');
    setProblem(trouble);
  };
  const deeds = { told, done };
  return (
    <Page title={worker?.name ?? 'One moment …'} at="workers" back={{ hash: hashOf('workers'), words: 'Workers and devices' }}>
      <Trouble problem={problem ?? found.problem} />
      {said && <Notice kind="good"><p class="govuk-body">{said}</p></Notice>}
      {worker && (
        <>
          <p class="govuk-body">{worker.worker_id}{worker.team && ` · ${worker.team}`} · {many(worker.caseload, 'person').replace('persons', 'people')} on the caseload · <a class="govuk-link" href={hashOf('reports', ['supervision', worker.worker_id])}>Their own quarter</a>{worker.left_at && <> · left <Time at={worker.left_at} /></>}</p>
          <h2 class="govuk-heading-m">Devices</h2>
          {worker.devices.length === 0 && <p class="govuk-body">No phone is enrolled yet.</p>}
          {worker.devices.map((device) => <Device key={device.device_id} device={device} may={mayDecide(me)} {...deeds} />)}
          {mayDecide(me) && !worker.left_at && <Enrol id={id} told={told} />}
          <Messages worker={worker} may={mayDecide(me)} {...deeds} />
          {mayDecide(me) && !worker.left_at && <Leaves worker={worker} {...deeds} />}
        </>
      )}
    </Page>
  );
}

const ORDERS: Record<string, string> = {
  lock: 'It is to ask for the PIN', wipe: 'It is to be wiped once all is sent', wipe_unsent: 'It is to be wiped at once',
};

function Device({ device, may, told, done }: DeedsProps & { device: Schemas['Device']; may: boolean }) {
  const name = device.name ?? 'Phone without a name';
  const standing = device.wiped_at ? 'wiped' : device.revoked_at ? 'may only send what it has, and that is held' : 'in use';
  return (
    <section class="card">
      <h3 class="govuk-heading-s"><Said text={name} /></h3>
      <dl class="pairs">
        <dt>Standing</dt><dd>{standing}</dd>
        {device.order && <><dt>Order</dt><dd>{ORDERS[device.order.what] ?? device.order.what}, since <Time at={device.order.at} />: <Said text={device.order.reason} /></dd></>}
        {device.wiped_at && <><dt>Wiped</dt><dd><Time at={device.wiped_at} /></dd></>}
        <dt>Last seen</dt><dd>{device.seen_at ? <><Time at={device.seen_at} /> ({age(device.seen_at)} ago)</> : 'never'}</dd>
        <dt>Last up to date</dt><dd>{device.passed_at ? <Time at={device.passed_at} /> : 'not known'}</dd>
        <dt>Notes waiting then</dt><dd>{device.waiting}{device.held ? `, and ${many(device.held, 'note')} held` : ''}</dd>
        <dt>Storage</dt><dd>{storage(device)}</dd>
        <dt>Clock</dt><dd>{Math.abs(device.clock_offset_ms) < 60_000 ? 'right' : `${many(Math.round(Math.abs(device.clock_offset_ms) / 60_000), 'minute')} ${device.clock_offset_ms > 0 ? 'ahead' : 'behind'}`}</dd>
        <dt>App</dt><dd><Said text={device.app} /></dd>
        <dt>Enrolled</dt><dd><Time at={device.enrolled_at} /></dd>
      </dl>
      {may && !device.wiped_at && <Deeds device={device} name={name} told={told} done={done} />}
    </section>
  );
}

function storage(device: Schemas['Device']): string {
  if (device.persisted === null) return 'not known';
  const used = device.used_bytes === null ? '' : `, ${Math.ceil(device.used_bytes / 1_000_000)} MB used`;
  const free = device.free_bytes === null ? '' : `, ${Math.floor(device.free_bytes / 1_000_000)} MB free`;
  return `${device.persisted ? 'the browser has promised to keep it' : 'the browser has not promised to keep it'}${used}${free}`;
}

const TYPED = 'wipe unsent';

function Deeds({ device, name, told, done }: DeedsProps & { device: Schemas['Device']; name: string }) {
  const [reason, setReason] = useState('');
  const [called, setCalled] = useState(device.name ?? '');
  const [typed, setTyped] = useState('');
  const ids = [device.device_id];
  const because = { ids, body: { reason } };
  const last = device.seen_at ? `It was last here ${age(device.seen_at)} ago, with ${many(device.waiting, 'note')} waiting.` : 'It has never been here since it was enrolled.';
  return (
    <details class="govuk-details">
      <summary class="govuk-details__summary"><span class="govuk-details__summary-text">Change {name}</span></summary>
      <LineField label="Name" value={called} change={setCalled} hint="Such as: Alice’s tablet" />
      <Deed kind="secondary" told={told} does={async () => { await post('/v1/desk/devices/{device_id}/rename', { ids, body: { name: called } }); await done('The name is changed.'); }}>Save the name</Deed>
      <TextField label="Reason" value={reason} change={setReason} hint="For all that is below. It stands in the audit." rows={2} />
      {!device.order && (
        <p class="govuk-body">
          <Deed kind="secondary" told={told} does={async () => { await post('/v1/desk/devices/{device_id}/lock', because); await done('It asks for the PIN the next time that it is online.'); }}>Lock it</Deed>
        </p>
      )}
      {!device.revoked_at && (
        <>
          <p class="govuk-body">Revoking takes its rights away at once. What it still sends is kept, and held for you to decide.</p>
          <Deed kind="secondary" told={told} does={async () => { await post('/v1/desk/devices/{device_id}/revoke', because); await done('It is revoked.'); }}>Revoke it</Deed>
        </>
      )}
      {device.order?.what !== 'wipe_unsent' && (
        <>
          <p class="govuk-body">{last} Wiping revokes it, lets it send what it has, and then empties it.</p>
          {device.order?.what !== 'wipe' && <Deed kind="warning" told={told} does={async () => { await post('/v1/desk/devices/{device_id}/wipe', because); await done('It empties itself once everything on it was sent.'); }}>Wipe it once all is sent</Deed>}
          <LineField label={`To wipe what was not sent too, type “${TYPED}”`} value={typed} change={setTyped} hint="What only this phone has is lost for good." />
          {typed.trim() === TYPED && <Deed kind="warning" told={told} does={async () => { await post('/v1/desk/devices/{device_id}/wipe', { ids, body: { reason, unsent: typed } }); await done('It empties itself the next time that it is online.'); }}>Wipe it at once</Deed>}
        </>
      )}
    </details>
  );
}

function Enrol({ id, told }: { id: string; told: (problem: Problem | null) => void }) {
  const [link, setLink] = useState<Schemas['EnrolLink'] | null>(null);
  const make = async () => setLink(await post('/v1/desk/workers/{worker_id}/enrol', { ids: [id] }));
  return (
    <section>
      <Deed told={told} does={make}>{link ? 'Make another code' : 'Enrol a phone'}</Deed>
      {link && (
        <Notice>
          <p class="govuk-body">Scan this with the phone, or open the link there. It is for one phone of this worker, until <Time at={link.expires_at} />, and is shown only here.</p>
          <Qr text={link.link} />
          <p class="words"><code>{link.link}</code></p>
        </Notice>
      )}
    </section>
  );
}

/** Black on white in either coat, with the quiet zone that scanners need. */
function Qr({ text }: { text: string }) {
  const { data, size } = encode(text, { border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return <svg class="qr" viewBox={`0 0 ${size} ${size}`} width="240" height="240" role="img" aria-label="QR code of the link" shape-rendering="crispEdges"><rect width={size} height={size} fill="#fff" /><path d={path} fill="#000" /></svg>;
}

function Messages({ worker, may, told, done }: DeedsProps & { worker: Schemas['Worker']; may: boolean }) {
  const [text, setText] = useState('');
  const send = async () => {
    await post('/v1/desk/workers/{worker_id}/messages', { ids: [worker.worker_id], body: { text } });
    setText('');
    await done('It is shown on their phones until they say that they have read it.');
  };
  return (
    <section>
      <h2 class="govuk-heading-m">What the desk said</h2>
      {worker.messages.length === 0 && <p class="govuk-body">Nothing yet.</p>}
      {worker.messages.map((one) => (
        <div key={one.message_id}>
          <p class="govuk-body"><Said text={one.from} />, <Time at={one.sent_at} />, {one.read_at ? <>read <Time at={one.read_at} /></> : 'not read yet'}</p>
          <Words text={one.text} />
        </div>
      ))}
      {may && !worker.left_at && (
        <>
          <TextField label="Say something" value={text} change={setText} hint="Shown on their phones. Name nobody who uses services." />
          <Deed kind="secondary" told={told} does={send}>Send it to their phones</Deed>
        </>
      )}
    </section>
  );
}

function Leaves({ worker, told, done }: DeedsProps & { worker: Schemas['Worker'] }) {
  const [reason, setReason] = useState('');
  const [to, setTo] = useState('');
  const used = worker.devices.filter((device) => !device.revoked_at).length;
  const leave = async () => {
    const body = { reason, hand_to: to.trim() === '' ? null : to.trim() };
    const left = await post('/v1/desk/workers/{worker_id}/left', { ids: [worker.worker_id], body });
    await done(`Done: ${many(left.devices, 'phone')} revoked, ${left.handed_on} handed on, ${left.left_behind} still on this caseload.`);
  };
  return (
    <details class="govuk-details">
      <summary class="govuk-details__summary"><span class="govuk-details__summary-text">{worker.name} has left</span></summary>
      <p class="govuk-body">{many(used, 'phone')} will be revoked. What {used === 1 ? 'it has' : 'they have'} not sent can still arrive, and is held for you. {worker.caseload} on the caseload {to.trim() === '' ? 'stay on it until you hand them on' : `come to ${to.trim()}`}.</p>
      <LineField label="Hand the caseload to (worker id)" value={to} change={setTo} />
      <LineField label="Reason for leaving" value={reason} change={setReason} hint="It stands in the audit." />
      <Deed kind="warning" told={told} does={leave}>Record that they left</Deed>
    </details>
  );
}
