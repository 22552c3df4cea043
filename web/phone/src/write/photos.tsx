// Photographs and other files: taken offline, made smaller unless the writer wants them as they are, stored encrypted
// by the core, sent after the words.
import { useState } from 'preact/hooks';
import { core } from '../core/app';
import type { Note } from '../core/calls';
import { Check, Input } from '../parts/fields';
import { Notice, sentence } from '../parts/notice';
import { t } from '../words/words';
import { Files } from '../parts/files';
import { fitting } from './photo-size';
import type { Saving } from './saving';

export function Photos({ note, saving, again }: { note: Note; saving: Saving; again: () => void }) {
  const [caption, setCaption] = useState('');
  const [whole, setWhole] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const [working, setWorking] = useState(false);
  const take = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (!file) return;
    setWorking(true);
    setWrong(null);
    try {
      const bytes = await fitting(file, whole);
      const words = caption.trim();
      await core.call('attach', { note: note.id, bytes, ...(words ? { caption: words } : {}) }, [bytes]);
      saving.saved_at_ms = Date.now();
      setCaption('');
      again();
    } catch (error) {
      setWrong(error instanceof Error ? sentence(error.message) : String(error));
    }
    input.value = '';
    setWorking(false);
  };
  return (
    <>
      {wrong && <Notice kind="bad" now title={t('photo-not-taken')}><p>{wrong}</p></Notice>}
      <Files note={note} />
      <Input label={t('photo-caption')} value={caption} onInput={(event) => setCaption(event.currentTarget.value)} />
      <Check words={t('photo-whole')} on={whole} onSet={setWhole} />
      <label class={`govuk-button govuk-button--secondary file-button ${working ? 'file-button--busy' : ''}`}>
        {working ? t('photo-working') : t('photo-take')}
        <input type="file" class="file-button__input" accept="image/*,audio/*,application/pdf,text/plain" disabled={working || undefined}
          onChange={(event) => void take(event.currentTarget)} />
      </label>
    </>
  );
}
