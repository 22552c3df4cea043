// The person's copy: a plain page to print or to save as PDF, in large print when they want it. What was marked is
// not hidden in it, it is not in it.
import { useState } from 'preact/hooks';
import { useAsked, useShared } from '../core/app';
import { Button } from '../parts/button';
import { Check } from '../parts/fields';
import { NoteBody } from '../parts/note-body';
import { noteTitle } from '../parts/note-row';
import { TroubleNotice } from '../parts/notice';
import { Page } from '../parts/page';
import { useWorkers } from '../parts/workers';
import { t } from '../words/words';
import { copyOf } from './copy-of';

export function Copy({ id }: { id: string }) {
  const [large, setLarge] = useState(false);
  const workers = useWorkers();
  const team = useShared().status?.identity?.team ?? '';
  const back = { to: { at: 'note', id }, words: t('back-to-note') } as const;
  const { value, trouble } = useAsked('show', { note: id }, (notes) => notes.includes(id));
  if (!value) return <Page title={t('opening')} back={back}><TroubleNotice trouble={trouble} /></Page>;
  const { note, left_out } = copyOf(value);
  return (
    <Page title={t('copy-title')} back={back}>
      <div class="no-print">
        <p class="govuk-body">{left_out === 0 ? t('copy-whole') : t('copy-left-out', { n: left_out })}</p>
        <Check words={t('copy-large')} on={large} onSet={setLarge} />
        <Button onTap={() => print()}>{t('copy-print')}</Button>
      </div>
      <article class={large ? 'paper paper--large' : 'paper'}>
        <p class="paper__head">{t('copy-for', { name: note.name ?? t('name-unknown') })}</p>
        <p>{noteTitle(note)}</p>
        <p>{t('copy-by', { workers: note.workers.map((worker) => workers[worker.id] ?? worker.id).join(', '), team })}</p>
        <NoteBody note={note} forPerson />
        <p class="paper__foot">{t('copy-foot')}</p>
      </article>
    </Page>
  );
}
