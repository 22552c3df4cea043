// The pages on which nothing can be written: starting, open in another tab, and a browser that cannot keep notes
// safely. The last says so before the first word is typed, and what to do.
import { core } from '../core/app';
import { Page } from '../parts/page';
import { Notice } from '../parts/notice';
import { Button } from '../parts/button';
import { useEffect, useState } from 'preact/hooks';
import { has, t } from '../words/words';

const SLOW_MS = 400;

export function Starting() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return <main class="page"><h1 class="govuk-visually-hidden">{t('app')}</h1><p class="starting" role="status">{slow ? t('starting') : ''}</p></main>;
}

export function Elsewhere() {
  return (
    <Page title={t('elsewhere-title')}>
      <p class="govuk-body-l">{t('elsewhere-why')}</p>
      <p class="govuk-body">{t('elsewhere-do')}</p>
    </Page>
  );
}

/** The core has stopped while there were words on the page that it had not taken. */
export function Fallen() {
  return (
    <div class="page page--part">
      <Notice kind="bad" now title={t('fallen')}>
        <p>{t('fallen-do')}</p>
        <Button look="second" onTap={() => location.reload()}>{t('fallen-again')}</Button>
      </Notice>
    </div>
  );
}

async function startOver(): Promise<void> {
  await core.call('start_over', {});
  location.reload();
}

export function Unsupported({ why }: { why: string }) {
  const known = has(`unsupported-${why}`) ? why : 'other';
  return (
    <Page title={t(`unsupported-${known}`)}>
      <p class="govuk-body-l">{t(`unsupported-${known}-do`)}</p>
      {why === 'evicted'
        ? <Button onTap={startOver}>{t('start-over')}</Button>
        : <>
            <Button onTap={() => location.reload()}>{t('try-again')}</Button>
            <Notice kind="info"><p>{t('unsupported-nothing-lost')}</p></Notice>
          </>}
    </Page>
  );
}
