// Who is signed in, for every page.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Schemas } from './api/client';

export const Me = createContext<Schemas['Me'] | null>(null);

export function useMe(): Schemas['Me'] {
  const me = useContext(Me);
  if (!me) throw new Error('a page without anybody');
  return me;
}

/** Whether they may change anything. */
export function mayDecide(me: Schemas['Me']): boolean {
  return me.role !== 'auditor';
}

export const ROLES: Record<string, string> = {
  team_admin: 'Team admin',
  organisation_admin: 'Organisation admin',
  auditor: 'Auditor',
};
