// Where in the app one is: a word and an id behind the `#` of the address, so that the phone's own back button
// works, and a link from a colleague's screen opens the right page.
import { useEffect, useState } from 'preact/hooks';

export type Route =
  | { at: 'today' } | { at: 'phone' } | { at: 'door' } | { at: 'waiting' } | { at: 'someone' } | { at: 'quarter' }
  | { at: 'person'; id: string } | { at: 'look-up'; id: string } | { at: 'looked-up'; id: string } | { at: 'about'; id: string }
  | { at: 'write'; id: string } | { at: 'finish'; id: string } | { at: 'note'; id: string }
  | { at: 'add'; id: string } | { at: 'copy'; id: string } | { at: 'together'; id: string } | { at: 'join'; id: string };

type Place = Route['at'];
const ALONE: Place[] = ['phone', 'door', 'waiting', 'someone', 'quarter'];
const WITH_ID: Place[] = ['person', 'look-up', 'looked-up', 'about', 'write', 'finish', 'note', 'add', 'copy', 'together', 'join'];

/** Reads an address's hash; whatever is not known is Today. */
export function readRoute(hash: string): Route {
  const [at = '', id = '', ...rest] = hash.replace(/^#\/?/, '').split('/');
  if (rest.length > 0) return { at: 'today' };
  if (id === '' && (ALONE as string[]).includes(at)) return { at } as Route;
  if (id !== '' && (WITH_ID as string[]).includes(at)) return { at, id: decoded(id) } as Route;
  return { at: 'today' };
}

/** The hash of a place. */
export function hashOf(route: Route): string {
  if (route.at === 'today') return '#/';
  return 'id' in route ? `#/${route.at}/${encodeURIComponent(route.id)}` : `#/${route.at}`;
}

/** The one-time code of a link that enrols a phone, where the address has one. */
export function enrolmentIn(address: string): string | null {
  return /#enrol=[^\s#]+$/.test(address.trim()) ? address.trim() : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Goes there. `instead` leaves no way back to the page that one comes from. */
export function go(route: Route, instead = false): void {
  if (instead) location.replace(hashOf(route));
  else location.hash = hashOf(route);
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => readRoute(location.hash));
  useEffect(() => {
    const moved = () => setRoute(readRoute(location.hash));
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return route;
}
