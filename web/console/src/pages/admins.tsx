// Who sits at the desk, and one-time links for others.
import { useState } from 'preact/hooks';
import { get, post, type Problem, type Schemas } from '../api/client';
import { useLive } from '../api/live';
import { mayDecide, ROLES, useMe } from '../me';
import { Deed } from '../parts/button';
import { ChoiceField, LineField } from '../parts/fields';
import { Notice, Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { Said } from '../parts/said';
import { Time } from '../parts/times';

export function Admins() {
  const me = useMe();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [link, setLink] = useState<{ for: string; link: Schemas['Link'] } | null>(null);
  const [after, setAfter] = useState('');
  const list = useLive(`admins ${after}`, () => get('/v1/desk/admins', { query: after ? { after } : {} }));
  const invite = async (worker: string, role: string) => {
    const given = role === '' ? null : role as 'team_admin';
    setLink({ for: worker, link: await post('/v1/desk/admins/{worker_id}/invite', { ids: [worker], body: { role: given } }) });
    await list.again();
  };
  const revoke = async (worker: string) => {
    await post('/v1/desk/admins/{worker_id}/revoke', { ids: [worker] });
    await list.again();
  };
  return (
    <Page title="Admins" at="admins">
      <Trouble problem={problem ?? list.problem} />
      {link && (
        <Notice kind="good">
          <p class="govuk-body">The sign-in link for {link.for}. It works once, until <Time at={link.link.expires_at} />, and is shown only here. Give it to nobody else.</p>
          <p class="words"><code>{link.link.link}</code></p>
        </Notice>
      )}
      <table class="table table--stack">
        <thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Passkeys</th><th scope="col">Here</th>{mayDecide(me) && <th scope="col">Change</th>}</tr></thead>
        <tbody>
          {list.value?.admins.map((one) => (
            <tr key={one.worker_id}>
              <td><Said text={one.name} /> ({one.worker_id})</td>
              <td data-label="Role">{ROLES[one.role] ?? one.role}{one.team ? `, ${one.team}` : ''}</td>
              <td data-label="Passkeys">{one.passkeys}</td>
              <td data-label="Here">{one.seen_at ? <Time at={one.seen_at} /> : 'not now'}</td>
              {mayDecide(me) && (
                <td>
                  {(me.role === 'organisation_admin' || one.role === 'team_admin') && <Deed plain does={() => invite(one.worker_id, '')} told={setProblem}>New sign-in link<span class="govuk-visually-hidden"> for {one.name}</span></Deed>}
                  {me.role === 'organisation_admin' && one.worker_id !== me.worker_id && <Deed plain does={() => revoke(one.worker_id)} told={setProblem}>End access<span class="govuk-visually-hidden"> of {one.name}</span></Deed>}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {list.value?.next && <Deed kind="secondary" does={async () => setAfter(list.value?.next ?? '')} told={setProblem}>Next page</Deed>}
      {me.role === 'organisation_admin' && <Invite invite={invite} told={setProblem} />}
    </Page>
  );
}

function Invite({ invite, told }: { invite: (worker: string, role: string) => Promise<void>; told: (problem: Problem | null) => void }) {
  const [worker, setWorker] = useState('');
  const [role, setRole] = useState('');
  return (
    <section>
      <h2 class="govuk-heading-m">Invite somebody</h2>
      <div class="row">
        <LineField label="Worker id" value={worker} change={setWorker} />
        <ChoiceField label="Role" value={role} change={setRole} choices={[['', 'As the case system says'], ['team_admin', 'Team admin'], ['organisation_admin', 'Organisation admin'], ['auditor', 'Auditor']]} />
      </div>
      <Deed does={() => invite(worker.trim(), role)} told={told}>Make a sign-in link</Deed>
    </section>
  );
}
