// Adding to a finished note: it stays closed, and what is added stands below it with who and when. Until then each word
// is kept on this phone, as in a note.
import { useEffect, useState } from 'preact/hooks';
import { core, useAsked } from '../core/app';
import { pass } from '../core/passes';
import { Button } from '../parts/button';
import { Area } from '../parts/fields';
import { noteTitle } from '../parts/note-row';
import { TroubleNotice } from '../parts/notice';
import { Page } from '../parts/page';
import { go } from '../route';
import { t } from '../words/words';

/** Puts these words to what was begun already. */
export async function beginAdding(id: string, words: string): Promise<void> {
  const begun = await core.call('addition', { note: id });
  const text = [begun, words.trim()].filter(Boolean).join('\n\n');
  await core.call('keep_addition', { note: id, text });
}

export function Add({ id }: { id: string }) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [wrong, setWrong] = useState<Error | null>(null);
  const note = useAsked('show', { note: id }, () => false).value;
  const add = async () => {
    if (text.trim() === '') return setError(t('add-empty'));
    try {
      await core.call('add', { note: id, text });
      void pass();
      go({ at: 'note', id }, true);
    } catch (trouble) {
      if (trouble instanceof Error) setWrong(trouble);
    }
  };
  useEffect(() => {
    core.call('addition', { note: id }).then((begun) => setText((typed) => typed || (begun ?? '')), setWrong);
  }, [id]);
  const keep = (words: string) => {
    setText(words);
    setError(null);
    core.call('keep_addition', { note: id, text: words }).then(() => setWrong(null), setWrong);
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
