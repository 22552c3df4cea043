// The notes that are only on this phone, one by one: what waits, and for what.
import { useAsked } from '../core/app';
import { pass } from '../core/passes';
import { Button } from '../parts/button';
import { NoteRow } from '../parts/note-row';
import { Page } from '../parts/page';
import { useWaiting } from '../parts/waiting';
import { t } from '../words/words';
import { waitingWords } from '../words/waiting';

export function WaitingNotes() {
  const waiting = useWaiting();
  const notes = useAsked('unsent', {}).value ?? [];
  return (
    <Page title={t('waiting-title')} back={{ to: { at: 'phone' }, words: t('phone-title') }}>
      <p class="govuk-body" role="status">{waitingWords(waiting, Date.now()).join(' ')}</p>
      <Button onTap={() => pass()} off={waiting.passing}>{t('send-now')}</Button>
      {notes.length > 0 && <ul class="rows">{notes.map((note) => <NoteRow key={note.id} note={note} showName />)}</ul>}
    </Page>
  );
}
