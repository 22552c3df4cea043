// 'Saved on this phone 14:02': moves by itself, asks nothing, and says plainly what could not be saved.
import { Icon } from '../parts/icons';
import { sentence } from '../parts/notice';
import { hour } from '../words/times';
import { t } from '../words/words';
import { useFlush, useSaving, type Saving } from './saving';

export function SavedLine({ saving }: { saving: Saving }) {
  const { pending, saved_at_ms, unsaved } = useSaving(saving);
  useFlush(saving);
  if (unsaved) {
    return (
      <div class="unsaved" role="alert">
        <Icon sign="warn" />
        <span><strong>{t('not-saved')}</strong> {sentence(unsaved.words)} {t('not-saved-do')}</span>
        <button type="button" class="plain" onClick={unsaved.again}>{t('try-again')}</button>
      </div>
    );
  }
  // Shown for as long as it is true, but not for each key: a moment of saving is not worth a flicker.
  const words = saved_at_ms !== null ? t('saved', { hour: hour(saved_at_ms) }) : pending > 0 ? t('saving') : t('saves-itself');
  return (
    <p class={pending > 0 ? 'saved saved--pending' : 'saved'}>
      <Icon sign={saved_at_ms !== null ? 'tick' : 'phone'} /><span>{words}</span>
    </p>
  );
}
