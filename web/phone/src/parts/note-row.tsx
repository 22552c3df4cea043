// One note in a list: what it was, when, by whom, where it stands.
import type { NoteItem, ThreadItem } from '../core/calls';
import { hashOf } from '../route';
import { dayAndHour, span } from '../words/times';
import { t } from '../words/words';
import { Icon } from './icons';
import { StateLabel } from './state';

interface NoteRowProps {
  note: NoteItem | ThreadItem;
  showName?: boolean;
  /** Known to be this worker's: an open one opens for writing. */
  mine?: boolean;
  /** An open one is overdue so many hours after the contact. */
  overdueH?: number;
}

export function NoteRow({ note, showName, mine, overdueH }: NoteRowProps) {
  const thread = 'authors' in note ? note : null;
  const open = note.stage === 'open';
  const writes = open && (thread?.mine ?? mine ?? false);
  const to = writes ? { at: 'write', id: note.id } as const : { at: 'note', id: note.id } as const;
  return (
    <li class="row">
      <a class="row__link" href={hashOf(to)}>
        {showName && <span class="row__name">{note.name ?? t('name-unknown')}</span>}
        <span class={showName ? 'row__line' : 'row__name'}>{noteTitle(note)}</span>
      </a>
      {thread && <p class="row__line">{thread.authors.join(', ')}</p>}
      {thread?.begins && <p class="row__begins">{thread.begins}</p>}
      <p class="row__line">
        {open && !mine && <span class="row__open">{t('stage-open')}</span>}
        <StateLabel note={note} />
      </p>
      {open && overdueH && <Overdue since={note.started_at} hours={overdueH} />}
    </li>
  );
}

function Overdue({ since, hours }: { since: string | null; hours: number }) {
  const age = since === null ? 0 : Date.now() - Date.parse(since);
  if (age < hours * 3_600_000) return null;
  return <p class="row__alert"><Icon sign="warn" />{t('note-overdue', { time: span(age) })}</p>;
}

/** `Home visit, today at 14:02`. */
export function noteTitle(note: Pick<NoteItem, 'kind' | 'started_at'>): string {
  const kind = note.kind ? t(`kind-${note.kind}`) : t('kind-none');
  if (!note.started_at) return kind;
  return t('note-title', { kind, when: dayAndHour(Date.parse(note.started_at), Date.now()) });
}
