// Which screen is shown: by where the phone stands first (new, locked, open, open elsewhere), then by the address.
import { useEffect, useState } from 'preact/hooks';
import { useShared } from './core/app';
import { lockWhenIdle } from './core/idle';
import { passByItself } from './core/passes';
import { useRoute, type Route } from './route';
import { About } from './screens/about';
import { Add } from './screens/add';
import { Copy } from './screens/copy';
import { Door } from './screens/door';
import { Elsewhere, Fallen, Starting, Unsupported } from './screens/closed';
import { Enrol } from './screens/enrol';
import { Finish } from './screens/finish';
import { Join, Together } from './screens/together';
import { NotePage } from './screens/note';
import { PersonPage } from './screens/person';
import { MyQuarter } from './screens/my-quarter';
import { LookedUpPage, Someone } from './screens/someone';
import { ThisPhone } from './screens/this-phone';
import { Today } from './screens/today';
import { Unlock } from './screens/unlock';
import { WaitingNotes } from './screens/waiting-notes';
import { Write } from './screens/write';
import { anythingUnsaved } from './write/saving';

export function App() {
  const status = useShared().status;
  // Whoever has just set the phone up sees whose it is before anything else.
  const [welcomed, setWelcomed] = useState(true);
  if (!status) return <Starting />;
  // A page with words that nobody else has is not taken away.
  const fallen = status.stage === 'unsupported' && anythingUnsaved();
  if (fallen || (status.stage === 'open' && welcomed)) return <>{fallen && <Fallen />}<Open /></>;
  switch (status.stage) {
    case 'new': return <Enrol status={status} onSetUp={() => setWelcomed(false)} />;
    case 'locked': return <Unlock status={status} />;
    case 'elsewhere': return <Elsewhere />;
    case 'unsupported': return <Unsupported why={status.why ?? ''} />;
    case 'open': return <Enrol status={status} onSetUp={() => undefined} onWelcomed={() => setWelcomed(true)} />;
  }
}

function Open() {
  const route = useRoute();
  useEffect(passByItself, []);
  useEffect(lockWhenIdle, []);
  return <Screen key={`${route.at}/${'id' in route ? route.id : ''}`} route={route} />;
}

function Screen({ route }: { route: Route }) {
  switch (route.at) {
    case 'today': return <Today />;
    case 'phone': return <ThisPhone />;
    case 'door': return <Door />;
    case 'waiting': return <WaitingNotes />;
    case 'someone': return <Someone />;
    case 'quarter': return <MyQuarter />;
    case 'look-up': return <Someone caseId={route.id} />;
    case 'looked-up': return <LookedUpPage caseId={route.id} />;
    case 'person': return <PersonPage caseId={route.id} />;
    case 'about': return <About caseId={route.id} />;
    case 'write': return <Write id={route.id} />;
    case 'finish': return <Finish id={route.id} />;
    case 'note': return <NotePage id={route.id} />;
    case 'add': return <Add id={route.id} />;
    case 'copy': return <Copy id={route.id} />;
    case 'together': return <Together id={route.id} />;
    case 'join': return <Join id={route.id} />;
  }
}
