// Where a note stands, in words with a sign: never by a colour alone, and never more than is true.
import type { NoteItem, NoteState } from '../core/calls';
import { t } from '../words/words';
import { Icon, type Sign } from './icons';

const SIGN: Record<NoteState, Sign> = {
  on_phone: 'phone', on_server: 'server', in_case_system: 'tick', refused: 'warn', held: 'hand', conflict: 'fork',
};

export function StateLabel({ note }: { note: Pick<NoteItem, 'state' | 'case_system_ref' | 'stage'> }) {
  return (
    <span class={`state state--${note.state}`}>
      <Icon sign={SIGN[note.state]} />
      <span>{stateWords(note)}</span>
    </span>
  );
}

export function stateWords(note: Pick<NoteItem, 'state' | 'case_system_ref'>): string {
  if (note.state === 'in_case_system' && note.case_system_ref) {
    return t('state-in_case_system-as', { ref: note.case_system_ref });
  }
  return t(`state-${note.state}`);
}
