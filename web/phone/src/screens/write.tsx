// Writing: the heart. The big box has the focus, all else is folded away until it is wanted, and every key is safe
// on this phone before one could ask.
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { core, useAsked, useShared } from '../core/app';
import type { Note } from '../core/calls';
import { Button, ButtonLink } from '../parts/button';
import { DeskSaysOf } from '../parts/desk-says';
import { Icon } from '../parts/icons';
import { Notice, TroubleNotice } from '../parts/notice';
import { Page, wayBack, type WayBack } from '../parts/page';
import { go, hashOf } from '../route';
import { minutes } from '../words/times';
import { visibly } from '../words/letters';
import { t } from '../words/words';
import { Fold } from '../write/fold';
import { Folds } from '../write/folds';
import { MarkTools, Marks } from '../write/marks';
import type { Pen } from '../write/pen';
import { SavedLine } from '../write/saved-line';
import { Saving } from '../write/saving';
import { TextBox } from '../write/text-box';
import { When } from '../write/when';
import { useWorkers } from '../parts/workers';
import { beginAdding } from './add';
import { Join } from './together';

/** Where the writer is: which box, and what of it is selected, in UTF-16 units. */
export interface Here { pen: Pen; box: HTMLTextAreaElement; field: string; start: number; end: number }

export function Write({ id }: { id: string }) {
  const me = useShared().status?.identity?.worker;
  const [saving] = useState(() => new Saving());
  useEffect(() => {
    void core.call('watch', { notes: [id] }).catch(() => undefined);
    return () => void core.call('watch', { notes: [] }).catch(() => undefined);
  }, [id]);
  const { value: note, trouble, again } = useAsked('show', { note: id }, (notes) => notes.includes(id));
  const back = wayBack(note?.case_id ?? null);
  if (!note) return <Page title={t('opening')} back={back}><TroubleNotice trouble={trouble} /></Page>;
  // Words that came too late for a note that a colleague has finished stay on the page, to be added to it.
  if (note.stage === 'finished' && !saving.unsaved) return <Closed note={note} />;
  // Whoever writes in it stands under it: a colleague's note is joined first.
  if (me && !note.workers.some((worker) => worker.id === me)) return <Join id={id} />;
  return <Open note={note} again={again} back={back} saving={saving} />;
}

/** Finished meanwhile, perhaps by a colleague: what was written is all there. */
function Closed({ note }: { note: Note }) {
  return (
    <Page title={t('finished-meanwhile')} back={{ to: { at: 'today' }, words: t('today') }}>
      <p class="govuk-body">{t('finished-meanwhile-why')}</p>
      <ButtonLink to={{ at: 'note', id: note.id }}>{t('look-at-note')}</ButtonLink>
    </Page>
  );
}

interface OpenProps { note: Note; again: () => void; back: WayBack; saving: Saving }

function Open({ note, again, back, saving }: OpenProps) {
  const [here, setHere] = useState<Here | null>(null);
  const [, undoable] = useState(0);
  const use = useCallback((field: string) => (pen: Pen, box: HTMLTextAreaElement) => {
    setHere({ pen, box, field, start: box.selectionStart, end: box.selectionEnd });
    undoable((n) => n + 1);
  }, []);
  const finish = (event: Event) => {
    event.preventDefault();
    saving.flush();
    go({ at: 'finish', id: note.id });
  };
  const bar = (
    <>
      {here && here.end > here.start && <MarkTools note={note.id} here={here} saving={saving} onMarked={again} />}
      <SavedLine saving={saving} />
      {note.stage === 'open' && (
        <div class="bar__buttons">
          <a class="govuk-button" href={hashOf({ at: 'finish', id: note.id })} onClick={finish}>{t('to-finish')}</a>
          <button type="button" class="govuk-button govuk-button--secondary" disabled={!here?.pen.undo.possible || undefined}
            onPointerDown={(event) => event.preventDefault()} onClick={() => here?.pen.back(performance.now())}>
            <Icon sign="undo" />{t('undo')}
          </button>
        </div>
      )}
    </>
  );
  const name = note.name ?? t('name-unknown');
  // Drawn anew when the note changes, not at each key.
  const [above, below] = useMemo(() => [
    <When note={note} saving={saving} onSaved={again} />,
    <>
      <Marks note={note} field="body" />
      <Together note={note} />
      <Folds note={note} saving={saving} again={again} use={use} />
      <Spent note={note} />
    </>,
  ], [note, saving, again, use]);
  return (
    <Page title={t('write-title', { name })} heading={name} back={back} bar={bar} ownFocus>
      <p class="identifiers">{note.case_id ? t('case-id', { id: note.case_id }) : t('not-matched')}</p>
      {above}
      {note.stage === 'finished' && <Late note={note} saving={saving} here={here} />}
      <Conflict note={note} />
      <DeskSaysOf note={note.id} />
      <Consent />
      <TextBox note={note.id} field="body" label={t('field-body')} starts={note.body} saving={saving} size="big" focus
        onUse={use('body')} />
      {below}
    </Page>
  );
}

/** A colleague finished the note while words were being typed: they go into an addition. */
function Late({ note, saving, here }: { note: Note; saving: Saving; here: Here | null }) {
  const take = async () => {
    await beginAdding(note.id, here?.pen.unsent ?? '');
    saving.unsaved = null;
    go({ at: 'add', id: note.id }, true);
  };
  return (
    <Notice kind="care" now title={t('finished-meanwhile')}>
      <p>{t('finished-late')}</p>
      <Button look="second" onTap={take}>{t('finished-late-do')}</Button>
    </Notice>
  );
}

/** What the council wants people to be told about the notes. */
function Consent() {
  const words = useAsked('settings', {}).value?.consent_text;
  return words ? <Fold summary={t('consent')}><p class="said" dir="auto">{visibly(words)}</p></Fold> : null;
}

/** The time spent writing, for the writer to see. */
function Spent({ note }: { note: Note }) {
  const ms = Object.values(note.recording_ms).reduce((sum, one) => sum + one, 0);
  return ms > 0 ? <p class="govuk-hint">{t('writing-time', { minutes: minutes(ms) })}</p> : null;
}

function Together({ note }: { note: Note }) {
  const workers = useWorkers();
  const names = note.workers.map((worker) => workers[worker.id] ?? worker.id);
  return (
    <p class="with">
      {names.length > 1 && <span>{t('written-with', { workers: names.join(', ') })}</span>}
      <a class="govuk-link tall" href={hashOf({ at: 'together', id: note.id })}>{t('together-link')}</a>
    </p>
  );
}

function Conflict({ note }: { note: Note }) {
  if (note.conflicts.length === 0) return null;
  return (
    <Notice kind="care" title={t('state-conflict')}>
      <p><a class="govuk-link" href={hashOf({ at: 'note', id: note.id })}>{t('conflict-look')}</a></p>
    </Notice>
  );
}
