// A note to read: where it stands in words, what to do where it cannot go on by itself, both versions of what two
// phones wrote differently, and what it says.
import { useState } from 'preact/hooks';
import { core, useAsked, useShared } from '../core/app';
import type { Note, Value } from '../core/calls';
import { Button, ButtonLink } from '../parts/button';
import { NoteBody } from '../parts/note-body';
import { DeskSaysOf } from '../parts/desk-says';
import { noteTitle } from '../parts/note-row';
import { Notice, sentence, TroubleNotice } from '../parts/notice';
import { Page, wayBack } from '../parts/page';
import { StateLabel } from '../parts/state';
import { useWorkers } from '../parts/workers';
import { dayAndHour } from '../words/times';
import { has, t } from '../words/words';

export function NotePage({ id }: { id: string }) {
  const { value: note, trouble, again } = useAsked('show', { note: id }, (notes) => notes.includes(id));
  const back = wayBack(note?.case_id ?? null);
  if (!note) {
    return (
      <Page title={trouble ? t('note-not-here') : t('opening')} back={back}>
        {trouble && <p class="govuk-body">{t('note-not-here-do')}</p>}
      </Page>
    );
  }
  const finished = note.stage === 'finished';
  const name = note.name ?? t('name-unknown');
  return (
    <Page title={t('note-of', { name })} heading={name} back={back}>
      <p class="govuk-body-l">{noteTitle(note)}</p>
      <State note={note} />
      <DeskSaysOf note={id} />
      <Conflicts note={note} again={again} />
      <Who note={note} />
      <NoteBody note={note} />
      <div class="after">
        {finished
          ? <ButtonLink to={{ at: 'add', id }}>{t('add-link')}</ButtonLink>
          : <OpenNote note={note} />}
        <ButtonLink to={{ at: 'copy', id }} look="second">{t('copy-link')}</ButtonLink>
      </div>
    </Page>
  );
}

function OpenNote({ note }: { note: Note }) {
  const workers = useWorkers();
  const me = useShared().status?.identity?.worker;
  if (note.workers.some((worker) => worker.id === me)) {
    return <ButtonLink to={{ at: 'write', id: note.id }}>{t('carry-on')}</ButtonLink>;
  }
  const names = note.workers.map((worker) => workers[worker.id] ?? worker.id).join(', ');
  return (
    <>
      <p class="govuk-body">{t('note-still-open', { workers: names })}</p>
      <ButtonLink to={{ at: 'join', id: note.id }}>{t('join-do')}</ButtonLink>
    </>
  );
}

function State({ note }: { note: Note }) {
  const grave = note.state === 'refused' || note.state === 'held' || note.state === 'conflict';
  return (
    <section class="where" aria-label={t('where-title')}>
      <p class="where__state"><StateLabel note={note} /></p>
      {grave
        ? (
          <Notice kind="care">
            {note.reason && note.conflicts.length === 0 && <p>{sentence(note.reason)}</p>}
            <p>{t(`state-${note.state}-do`)}</p>
          </Notice>
        )
        : <p class="govuk-hint">{note.reason ? sentence(note.reason) : t(whatNext(note))}</p>}
    </section>
  );
}

function whatNext(note: Note): string {
  if (note.state === 'on_server' && note.stage === 'open') return 'state-on_server-open-do';
  if (note.state === 'on_server' && !note.case_id) return 'state-on_server-unmatched-do';
  return `state-${note.state}-do`;
}

/** Whoever has seen both values ends it by choosing one. */
function Conflicts({ note, again }: { note: Note; again: () => void }) {
  const [trouble, setTrouble] = useState<Error | null>(null);
  if (note.conflicts.length === 0) return null;
  const take = async (path: string, value: Value) => {
    try {
      await core.call('set', { note: note.id, path, value });
      again();
    } catch (error) {
      if (error instanceof Error) setTrouble(error);
    }
  };
  return (
    <section class="section">
      <h2 class="govuk-heading-m">{t('conflict-title')}</h2>
      <TroubleNotice trouble={trouble} />
      {note.conflicts.map((conflict) => (
        <div class="conflict" key={conflict.path}>
          <h3 class="govuk-heading-s">{pathWords(conflict.path)}</h3>
          {[conflict.shown, ...conflict.others].map((value, i) => (
            <p class="conflict__value" key={i}>
              <span>{valueWords(conflict.path, value)}{i === 0 && <span class="mark-word"> [{t('conflict-shown')}]</span>}</span>
              {note.stage === 'open' && (
                <Button look="second" onTap={() => take(conflict.path, value)}>
                  {t('conflict-take')}<span class="govuk-visually-hidden"> {valueWords(conflict.path, value)}</span>
                </Button>
              )}
            </p>
          ))}
          {note.stage === 'finished' && <p class="govuk-body">{t('conflict-finished')}</p>}
        </div>
      ))}
    </section>
  );
}

function pathWords(path: string): string {
  const [field = '', ...rest] = path.split('.');
  const slot = rest.at(-1);
  const name = `field-${field}`;
  const words = has(name) ? t(name) : field;
  // Its own question says it all.
  if (field === 'feedback' && slot && has(`slot-${slot}`)) return t(`slot-${slot}`);
  return slot && has(`slot-${slot}`) ? `${words}: ${t(`slot-${slot}`)}` : words;
}

function valueWords(path: string, value: Value): string {
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value !== 'string') return String(value ?? t('nothing'));
  const field = path.split('.').at(-1) ?? '';
  if (has(`${field}-${value}`)) return t(`${field}-${value}`);
  return /^\d{4}-\d\d-\d\dT/.test(value) ? dayAndHour(Date.parse(value), Date.now()) : value;
}

function Who({ note }: { note: Note }) {
  const workers = useWorkers();
  return (
    <p class="govuk-hint">
      {t('note-by', { workers: note.workers.map((worker) => workers[worker.id] ?? worker.id).join(', ') })}
      {note.finished && ` ${t('note-finished-at', { when: dayAndHour(Date.parse(note.finished.at), Date.now()) })}`}
      {note.version !== null && ` ${t('note-version', { n: note.version })}`}
    </p>
  );
}
