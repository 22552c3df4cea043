// Who is here, and which page they see. Where a session ends in the middle of something, the sign-in comes over it and
// what was typed stays below.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, onSignedOut, Refused, type Schemas } from './api/client';
import { Me } from './me';
import { Caseload } from './pages/caseload';
import { Import } from './pages/import';
import { Issues } from './pages/issues';
import { Missing } from './pages/missing';
import { Note } from './pages/note';
import { People } from './pages/people';
import { Person } from './pages/person';
import { Account } from './pages/account';
import { Admins } from './pages/admins';
import { Audit } from './pages/audit';
import { Reports } from './pages/reports';
import { Settings } from './pages/settings';
import { SignIn } from './pages/sign-in';
import { Today } from './pages/today';
import { Workers } from './pages/workers';
import { usePlace, type Place } from './route';

/** Each page by its name in the address. */
const PAGES: Record<string, ComponentType<{ place: Place }>> = {
  today: Today,
  issues: Issues,
  people: People,
  person: Person,
  note: Note,
  caseload: Caseload,
  import: Import,
  workers: Workers,
  reports: Reports,
  audit: Audit,
  settings: Settings,
  admins: Admins,
  account: Account,
};

type State = { at: 'starting' } | { at: 'out' } | { at: 'in'; me: Schemas['Me'] } | { at: 'again'; me: Schemas['Me'] };

export function App() {
  const [state, setState] = useState<State>({ at: 'starting' });
  const place = usePlace();
  useEffect(() => {
    onSignedOut(() => setState((old) => (old.at === 'in' ? { at: 'again', me: old.me } : old.at === 'again' ? old : { at: 'out' })));
    if (invitation() !== null) {
      setState({ at: 'out' });
      return;
    }
    get('/v1/desk/me').then((me) => setState({ at: 'in', me }), (error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      setState({ at: 'out' });
    });
  }, []);
  const enter = (me: Schemas['Me']) => setState({ at: 'in', me });
  if (state.at === 'starting') return <p class="starting">One moment …</p>;
  if (state.at === 'out') return <SignIn invitation={invitation()} enter={enter} />;
  const Page = PAGES[place.page] ?? Missing;
  return (
    <Me.Provider value={state.me}>
      {state.at === 'again' && <SignIn invitation={null} enter={enter} again={state.me} />}
      {/* Only hidden: what was typed there stays. */}
      <div hidden={state.at === 'again'}>
        <Page key={`${place.page}/${place.ids.join('/')}`} place={place} />
      </div>
    </Me.Provider>
  );
}

/** The code of a one-time link, where one was opened. */
function invitation(): string | null {
  return /^#invite=([0-9A-Za-z-]+)$/.exec(location.hash)?.[1] ?? null;
}
