// Adding to a finished note: it stays closed, and what is added stands below it with who and when. The words are
// kept on the page until the core has them.
import { useState } from 'preact/hooks';
import { core, useAsked } from '../core/app';
import { pass } from '../core/passes';
import { Button } from '../parts/button';
import { Area } from '../parts/fields';
import { noteTitle } from '../parts/note-row';
import { TroubleNotice } from '../parts/notice';
import { Page } from '../parts/page';
import { go } from '../route';
import { t } from '../words/words';

/** What was begun and not added yet, so that a lock in between loses nothing. It is kept while the page lives. */
const begun = new Map<string, string>();

/** Begins with these words when the page is opened. */
export function beginAdding(id: string, words: string): void {
  if (words.trim()) begun.set(id, words.trim());
}

export function Add({ id }: { id: string }) {
  const [text, setText] = useState(begun.get(id) ?? '');
  const [error, setError] = useState<string | null>(null);
  const [wrong, setWrong] = useState<Error | null>(null);
  const note = useAsked('show', { note: id }, () => false).value;
  const add = async () => {
    if (text.trim() === '') return setError(t('add-empty'));
    try {
      await core.call('add', { note: id, text });
      begun.delete(id);
      void pass();
      go({ at: 'note', id }, true);
    } catch (trouble) {
      if (trouble instanceof Error) setWrong(trouble);
    }
  };
  const keep = (words: string) => {
    begun.set(id, words);
    setText(words);
    setError(null);
  };
  return (
    <Page title={t('add-title')} back={{ to: { at: 'note', id }, words: t('back-to-note') }}
      bar={<div class="bar__buttons"><Button onTap={add}>{t('add-do')}</Button></div>}>
      <TroubleNotice trouble={wrong} />
      {note && <p class="govuk-body-l">{note.name ?? t('name-unknown')}, {noteTitle(note)}</p>}
      <Area label={t('add-words')} hint={t('add-hint')} error={error} rows={6} value={text} spellcheck dir="auto"
        onInput={(event) => keep(event.currentTarget.value)} />
    </Page>
  );
}
