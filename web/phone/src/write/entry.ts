// When a row of a list is worth saving, and what of it is new.
import type { Slots } from '../core/calls';

/** The slots that differ, or null where none does. */
export function slotsChanged(saved: Slots, now: Slots): Slots | null {
  const changed = Object.entries(now).filter(([slot, value]) => (saved[slot] ?? null) !== (value ?? null));
  return changed.length > 0 ? Object.fromEntries(changed) : null;
}

/** A new row becomes an entry when something in it was said; ticks that are off and blanks are nothing. */
export function passesAsEntry(slots: Slots): boolean {
  return Object.values(slots).some((value) => (typeof value === 'string' ? value.trim() !== '' : value === true));
}
