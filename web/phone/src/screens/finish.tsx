// Finishing: one page to check what will leave, plain words about what happens next, and one tap.
import { useState } from 'preact/hooks';
import { core, useAsked } from '../core/app';
import { pass } from '../core/passes';
import { Trouble } from '../core/core';
import type { Note } from '../core/calls';
import { Button, ButtonLink } from '../parts/button';
import { NoteBody } from '../parts/note-body';
import { noteTitle } from '../parts/note-row';
import { Notice, TroubleNotice } from '../parts/notice';
import { Page } from '../parts/page';
import { useWaiting } from '../parts/waiting';
import { useWorkers } from '../parts/workers';
import { go } from '../route';
import { visibly } from '../words/letters';
import { t } from '../words/words';

export function Finish({ id }: { id: string }) {
  const [wrong, setWrong] = useState<Trouble | null>(null);
  const back = { to: { at: 'write', id }, words: t('back-to-writing') } as const;
  const { value: note, trouble } = useAsked('show', { note: id }, (notes) => notes.includes(id));
  if (!note) return <Page title={t('opening')} back={back}><TroubleNotice trouble={trouble} /></Page>;
  const finish = async () => {
    try {
      await core.call('finish', { note: id });
      void pass();
      go({ at: 'note', id }, true);
    } catch (error) {
      if (error instanceof Trouble) setWrong(error);
    }
  };
  const bar = (
    <div class="bar__buttons">
      <Button onTap={finish}>{t('finish')}</Button>
      <ButtonLink to={back.to} look="second">{t('keep-writing')}</ButtonLink>
    </div>
  );
  return (
    <Page title={t('finish-title')} back={back} bar={note.stage === 'open' ? bar : null}>
      <TroubleNotice trouble={wrong} />
      <CouncilSays />
      <Summary note={note} />
      <h2 class="govuk-heading-m">{t('finish-leaves')}</h2>
      <Emptiness note={note} />
      <NoteBody note={note} />
      <WhatNext note={note} />
    </Page>
  );
}

/** What the council wants to be read before a note is finished. */
function CouncilSays() {
  const words = useAsked('settings', {}).value?.finish_text;
  return words ? <p class="govuk-body said" dir="auto">{visibly(words)}</p> : null;
}

function Summary({ note }: { note: Note }) {
  const workers = useWorkers();
  return (
    <dl class="facts">
      <dt>{t('fact-person')}</dt><dd>{note.name ?? t('name-unknown')}{note.case_id && ` (${note.case_id})`}</dd>
      <dt>{t('fact-what')}</dt><dd>{noteTitle(note)}</dd>
      <dt>{t('fact-workers')}</dt><dd>{note.workers.map((worker) => workers[worker.id] ?? worker.id).join(', ')}</dd>
    </dl>
  );
}

function WhatNext({ note }: { note: Note }) {
  const { online, ended } = useWaiting();
  return (
    <Notice kind="info" title={t('finish-next')}>
      <ul class="govuk-list govuk-list--bullet">
        <li>{online && ended !== 'offline' ? t('finish-next-online') : t('finish-next-offline')}</li>
        <li>{note.case_id ? t('finish-next-case-system') : t('finish-next-unmatched')}</li>
        <li>{t('finish-next-closed')}</li>
        {note.private.length > 0 && <li>{t('finish-next-private', { n: note.private.length })}</li>}
      </ul>
    </Notice>
  );
}

/** A note without words is allowed, but nobody should send one by mistake. */
function Emptiness({ note }: { note: Note }) {
  const blank = note.body.trim() === '' && note.kind !== 'no_reply' && note.outcomes.length === 0 && note.attachments.length === 0;
  return (
    <>
      {blank && <Notice kind="care"><p>{t('finish-empty')}</p></Notice>}
      {note.kind === 'no_reply' && note.body.trim() === '' && <p class="govuk-body">{t('finish-no-reply')}</p>}
    </>
  );
}
