// Places in the console stand behind the `#`: `#/issues/ID?kind=held`. Nothing of them is sent to the server.
import { useEffect, useState } from 'preact/hooks';

export interface Place {
  /** `issues`, `people`, … */
  page: string;
  /** What of it. */
  ids: string[];
  query: URLSearchParams;
}

export function placeOf(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [page = '', ...ids] = path.split('/').map(decode);
  return { page: page || 'today', ids, query: new URLSearchParams(search) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function hashOf(page: string, ids: string[] = [], query: Record<string, string> = {}): string {
  const path = [page, ...ids].map(encodeURIComponent).join('/');
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${path}${search ? `?${search}` : ''}`;
}

export function go(page: string, ids: string[] = [], query: Record<string, string> = {}): void {
  location.hash = hashOf(page, ids, query);
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const moved = () => setPlace(placeOf(location.hash));
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return place;
}
