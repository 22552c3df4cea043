// One's own account: who one is here, passkeys, and where one is signed in.
import { useState } from 'preact/hooks';
import { get, post, type Problem } from '../api/client';
import { useLive } from '../api/live';
import { ROLES, useMe } from '../me';
import { Deed } from '../parts/button';
import { Notice, Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { browserOf, make, thisMachine } from '../parts/passkey';
import { Said } from '../parts/said';
import { Time } from '../parts/times';

export function Account() {
  const me = useMe();
  const [problem, setProblem] = useState<Problem | null>(null);
  const passkeys = useLive('passkeys', () => get('/v1/desk/passkeys'));
  const sessions = useLive('sessions', () => get('/v1/desk/sessions'));
  const add = async () => {
    const ask = await post('/v1/desk/passkeys/challenge');
    const credential = await make(ask.options);
    await post('/v1/desk/passkeys', { body: { ceremony: ask.ceremony, credential, label: thisMachine() } });
    await passkeys.again();
  };
  const remove = async (id: string) => {
    await post('/v1/desk/passkeys/{id}/remove', { ids: [id] });
    await passkeys.again();
  };
  const end = async (id: string) => {
    await post('/v1/desk/sessions/{id}/end', { ids: [id] });
    await sessions.again();
  };
  const signOut = async () => {
    await post('/v1/desk/sign-out');
    location.href = location.pathname;
  };
  return (
    <Page title="Your account" at="account">
      <Trouble problem={problem ?? passkeys.problem ?? sessions.problem} />
      <p class="govuk-body">{me.name}, {ROLES[me.role]}{me.team ? ` of ${me.team}` : ''}. This session ends <Time at={me.expires_at} />.</p>
      <Deed does={signOut} told={setProblem}>Sign out</Deed>
      <h2 class="govuk-heading-m">Passkeys</h2>
      <ul class="govuk-list">
        {passkeys.value?.passkeys.map((key) => (
          <li key={key.id}>
            <Said text={key.label} />, made <Time at={key.made_at} />{key.used_at && <>, last used <Time at={key.used_at} /></>}{' '}
            {(passkeys.value?.passkeys.length ?? 0) > 1 && <Deed plain does={() => remove(key.id)} told={setProblem}>Remove</Deed>}
          </li>
        ))}
      </ul>
      <Deed kind="secondary" does={add} told={setProblem}>Add a passkey for this device</Deed>
      <h2 class="govuk-heading-m">Where you are signed in</h2>
      <ul class="govuk-list">
        {sessions.value?.sessions.map((one) => (
          <li key={one.id}>
            <Said text={browserOf(one.agent)} />, since <Time at={one.made_at} />, last used <Time at={one.seen_at} />{' '}
            {one.current ? '(here)' : <Deed plain does={() => end(one.id)} told={setProblem}>End</Deed>}
          </li>
        ))}
      </ul>
      {me.role === 'auditor' && <Notice><p class="govuk-body">You can read all of the desk and change nothing. What you read is recorded.</p></Notice>}
    </Page>
  );
}
