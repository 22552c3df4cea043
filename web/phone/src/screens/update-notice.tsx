// A new version of the app is here: said once, started when the writer wants. Notes stay as they are.
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { newVersion, onUpdateNews } from '../update';
import { t } from '../words/words';

export function UpdateNotice() {
  const [, again] = useState(0);
  useEffect(() => onUpdateNews(() => again((n) => n + 1)), []);
  const start = newVersion();
  return start && (
    <Notice kind="info" title={t('update-ready')}>
      <p>{t('update-safe')}</p>
      <Button look="second" onTap={start}>{t('update-now')}</Button>
    </Notice>
  );
}
