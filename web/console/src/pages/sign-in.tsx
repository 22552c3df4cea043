// Coming to the desk: by a one-time link, which makes a passkey, or with a passkey. Where a session ended in the middle of
// something, it comes over that page.
import { useState } from 'preact/hooks';
import { post, type Problem, type Schemas } from '../api/client';
import { Deed } from '../parts/button';
import { Notice, Trouble } from '../parts/notice';
import { make, show, thisMachine } from '../parts/passkey';
import { toMain } from '../parts/page';
import { ROLES } from '../me';

interface SignInProps {
  invitation: string | null;
  enter: (me: Schemas['Me']) => void;
  /** Who was signed in until now. */
  again?: Schemas['Me'];
}

export function SignIn({ invitation, enter, again }: SignInProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const signIn = async () => {
    const ask = await post('/v1/desk/sign-in/challenge');
    const credential = await show(ask.options);
    const me = await post('/v1/desk/sign-in/assertion', { body: { ceremony: ask.ceremony, credential } });
    if (again && me.worker_id !== again.worker_id) {
      // What the other one typed is not for these eyes.
      location.reload();
      return;
    }
    enter(me);
  };
  return (
    <div class="page">
      <a class="govuk-skip-link" href="#main" onClick={toMain}>Skip to main content</a>
      <header class="top"><div class="top__in"><span class="top__name">Doorstep desk</span></div></header>
      <main id="main" class="main" tabIndex={-1}>
        <h1 class="govuk-heading-l">{invitation ? 'Set up your sign-in' : again ? 'Sign in again' : 'Sign in'}</h1>
        <Trouble problem={problem} />
        {invitation
          ? <Newcomer code={invitation} enter={enter} told={setProblem} />
          : (
            <>
              {again && <Notice kind="care"><p class="govuk-body">Your session has ended. What you typed is still there, and comes back when you have signed in.</p></Notice>}
              <p class="govuk-body">Sign in with the passkey that you made for this desk.</p>
              <Deed does={signIn} told={setProblem}>Sign in with a passkey</Deed>
              <p class="govuk-body">No passkey, or lost it? Ask another admin, or whoever runs the server, for a new sign-in link.</p>
            </>
          )}
      </main>
    </div>
  );
}

function Newcomer({ code, enter, told }: { code: string; enter: SignInProps['enter']; told: (problem: Problem | null) => void }) {
  const [known, setKnown] = useState<Schemas['Newcomer'] | null>(null);
  const look = async () => setKnown(await post('/v1/desk/sign-in/invitation', { body: { code } }));
  const register = async () => {
    // Asked anew: a question is answered once.
    const fresh = await post('/v1/desk/sign-in/invitation', { body: { code } });
    const credential = await make(fresh.ask.options);
    const body = { code, ceremony: fresh.ask.ceremony, credential, label: thisMachine() };
    const me = await post('/v1/desk/sign-in/registration', { body });
    // The link is spent, and no longer in the history.
    history.replaceState(null, '', location.pathname);
    dispatchEvent(new HashChangeEvent('hashchange'));
    enter(me);
  };
  if (!known) {
    return (
      <>
        <p class="govuk-body">This link sets up how you sign in, once. Use your own device.</p>
        <Deed does={look} told={told}>Continue</Deed>
      </>
    );
  }
  return (
    <>
      <p class="govuk-body">Hello {known.name}. You are: {ROLES[known.role] ?? known.role}.</p>
      <p class="govuk-body">Your device will ask for your fingerprint, face or PIN, and keeps a passkey for this desk. There is no password.</p>
      {known.replaces && <Notice kind="care"><p class="govuk-body">You have passkeys already. They end, and you are signed out everywhere else.</p></Notice>}
      <Deed does={register} told={told}>Make a passkey</Deed>
    </>
  );
}
