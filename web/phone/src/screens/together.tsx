// Two workers, one visit, one note. The colleague scans this page's code with their own phone's camera, or picks the
// note on the person's page; both write in it, and what was typed apart comes together when there is signal.
import { useMemo, useState } from 'preact/hooks';
import { renderSVG } from 'uqr';
import { core, useAsked } from '../core/app';
import { Button } from '../parts/button';
import { noteTitle } from '../parts/note-row';
import { TroubleNotice } from '../parts/notice';
import { Page } from '../parts/page';
import { StateLabel } from '../parts/state';
import { useWorkers } from '../parts/workers';
import { go, hashOf } from '../route';
import { t } from '../words/words';

export function Together({ id }: { id: string }) {
  const link = `${location.origin}/${hashOf({ at: 'join', id })}`;
  // A square of black on white in both coats: cameras read nothing else as well.
  const picture = useMemo(() => URL.createObjectURL(new Blob([renderSVG(link, { border: 2 })], { type: 'image/svg+xml' })), [link]);
  const note = useAsked('show', { note: id }, (notes) => notes.includes(id)).value;
  const workers = useWorkers();
  return (
    <Page title={t('together-title')} back={{ to: { at: 'write', id }, words: t('back-to-writing') }}>
      <p class="govuk-body">{t('together-how')}</p>
      <p class="qr"><img src={picture} alt={t('together-code')} width="248" height="248" /></p>
      {note && (
        <>
          <h2 class="govuk-heading-s">{t('together-now')}</h2>
          <ul class="govuk-list govuk-list--bullet">{note.workers.map((worker) => <li key={worker.id}>{workers[worker.id] ?? worker.id}</li>)}</ul>
          <p><StateLabel note={note} /></p>
        </>
      )}
      <p class="govuk-hint">{t('together-else')}</p>
    </Page>
  );
}

export function Join({ id }: { id: string }) {
  const [wrong, setWrong] = useState<Error | null>(null);
  const note = useAsked('listed', { note: id }).value;
  const join = async () => {
    try {
      await core.call('join', { note: id });
      go({ at: 'write', id }, true);
    } catch (error) {
      if (error instanceof Error) setWrong(error);
    }
  };
  return (
    <Page title={t('join-title')} back={{ to: { at: 'today' }, words: t('today') }}>
      <TroubleNotice trouble={wrong} />
      {note
        ? <p class="govuk-body-l">{note.name ?? t('name-unknown')}, {noteTitle(note)}</p>
        : <p class="govuk-body">{t('join-not-here-yet')}</p>}
      <p class="govuk-body">{t('join-why')}</p>
      <Button onTap={join}>{t('join-do')}</Button>
    </Page>
  );
}
