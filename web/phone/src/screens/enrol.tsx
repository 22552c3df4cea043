// A new phone: the link from the team, a PIN twice, and then whose phone this has become, to confirm. Nobody types
// a server's address: it is in the link.
import { useState } from 'preact/hooks';
import { core, refreshStatus } from '../core/app';
import { Trouble } from '../core/core';
import type { Status } from '../core/calls';
import { Button } from '../parts/button';
import { Notice, sentence } from '../parts/notice';
import { Page } from '../parts/page';
import { go, useRoute } from '../route';
import { dayAndHour } from '../words/times';
import { t } from '../words/words';
import { NewPin } from './new-pin';

interface EnrolProps { status: Status; onSetUp: () => void; onWelcomed?: () => void }

export function Enrol({ status, onSetUp, onWelcomed }: EnrolProps) {
  if (onWelcomed) return <Welcome status={status} onWelcomed={onWelcomed} />;
  return <SetUp status={status} onSetUp={onSetUp} />;
}

function SetUp({ status, onSetUp }: { status: Status; onSetUp: () => void }) {
  // The link may be opened while this page is there already.
  useRoute();
  const done = () => {
    onSetUp();
    return refreshStatus();
  };
  const words = {
    failed: t('enrol-failed'), offline: t('enrol-offline'), linkHere: t('enrol-link-here', { server: location.host }),
    how: t('enrol-how'), link: t('enrol-link'), linkHint: t('enrol-link-hint'), send: t('enrol-do'), sending: t('enrol-working'),
  };
  return (
    <Page title={t('enrol-title')}>
      <NewPin send={(typed) => core.call('enrol', typed)} onDone={done} words={words}>
        {status.wiped_at_ms !== undefined && <Notice kind="care" now title={t('wiped')}><p>{t('wiped-when', { when: dayAndHour(status.wiped_at_ms, Date.now()) })}</p></Notice>}
        {onAppleInBrowser() && <Notice kind="care" title={t('enrol-apple')}><p>{t('enrol-apple-do')}</p></Notice>}
        {!status.storage.persisted && <Notice kind="info"><p>{t('enrol-storage')}</p></Notice>}
      </NewPin>
    </Page>
  );
}

/** Apple's phones keep an app on the home screen apart from the browser: notes written here would not be there. */
function onAppleInBrowser(): boolean {
  return 'standalone' in navigator && !navigator.standalone;
}

function Welcome({ status, onWelcomed }: { status: Status; onWelcomed: () => void }) {
  const [wrong, setWrong] = useState<string | null>(null);
  const me = status.identity;
  const notMe = async () => {
    try {
      await core.call('sign_out', {});
      await refreshStatus();
    } catch (error) {
      setWrong(error instanceof Trouble ? sentence(error.message) : String(error));
    }
  };
  const right = () => {
    go({ at: 'today' }, true);
    onWelcomed();
  };
  return (
    <Page title={t('welcome-title', { worker: me?.worker_name ?? '' })} alone>
      {me?.team && <p class="govuk-body-l">{me.team}</p>}
      {wrong && <Notice kind="bad" now><p>{wrong}</p></Notice>}
      <p class="govuk-body">{t('welcome-check')}</p>
      <Button onTap={right}>{t('welcome-right')}</Button>
      <Button look="second" onTap={notMe}>{t('welcome-not-me')}</Button>
      <p class="govuk-hint">{t('welcome-not-me-hint')}</p>
    </Page>
  );
}
