// This phone: whose it is, what waits, whether the browser promised to keep what is stored, the clock, the version,
// and signing out, which is refused while something is unsent.
import { useEffect, useState } from 'preact/hooks';
import { core, refreshStatus, useShared } from '../core/app';
import { pass } from '../core/passes';
import type { Status } from '../core/calls';
import { Button, ButtonLink } from '../parts/button';
import { size } from '../parts/files';
import { Notice, TroubleNotice } from '../parts/notice';
import { Page } from '../parts/page';
import { useWaiting } from '../parts/waiting';
import { installer, onUpdateNews } from '../update';
import { dayAndHour, span } from '../words/times';
import { t } from '../words/words';
import { waitingWords } from '../words/waiting';
import { UpdateNotice } from './update-notice';

export function ThisPhone() {
  const status = useShared().status;
  const waiting = useWaiting();
  useEffect(() => void refreshStatus(), []);
  if (!status) return null;
  return (
    <Page title={t('phone-title')} back={{ to: { at: 'today' }, words: t('today') }}>
      <UpdateNotice />
      <section class="section">
        <p class="govuk-body" role="status">{waitingWords(waiting, Date.now()).join(' ')}</p>
        <Button onTap={() => pass()} off={waiting.passing}>{t('send-now')}</Button>
        {(waiting.waiting ?? 0) > 0 && <ButtonLink to={{ at: 'waiting' }} look="second">{t('waiting-link')}</ButtonLink>}
      </section>
      <Stored status={status} />
      <Facts status={status} last={waiting.last_sent_at_ms} />
      <Install />
      <section class="section">
        <p class="govuk-body">{t('quarter-why')}</p>
        <ButtonLink to={{ at: 'quarter' }} look="second">{t('quarter-title')}</ButtonLink>
      </section>
      {waiting.waiting !== null && <SignOut waiting={waiting.waiting} />}
    </Page>
  );
}

function Stored({ status }: { status: Status }) {
  return status.storage.persisted
    ? <Notice kind="good"><p>{t('stored-kept')}</p></Notice>
    : <Notice kind="care" title={t('stored-not-promised')}><p>{t('stored-not-promised-do')}</p></Notice>;
}

const CLOCK_SLACK_MS = 60_000;

function Facts({ status, last }: { status: Status; last: number | null }) {
  const { identity, storage, clock_offset_ms: offset = 0 } = status;
  const clock = Math.abs(offset) < CLOCK_SLACK_MS
    ? t('clock-right')
    : t(offset > 0 ? 'clock-behind' : 'clock-ahead', { time: span(Math.abs(offset)) });
  return (
    <dl class="facts">
      <dt>{t('fact-worker')}</dt><dd>{identity?.worker_name}</dd>
      {identity?.team && <><dt>{t('fact-team')}</dt><dd>{identity.team}</dd></>}
      <dt>{t('fact-last-sent')}</dt><dd>{last === null ? t('never') : dayAndHour(last, Date.now())}</dd>
      <dt>{t('fact-stored')}</dt>
      <dd>{storage.quota_bytes > 0 ? t('stored-of', { used: size(storage.used_bytes), quota: size(storage.quota_bytes) }) : size(storage.used_bytes)}</dd>
      <dt>{t('fact-clock')}</dt><dd>{clock}</dd>
      <dt>{t('fact-version')}</dt><dd>{status.app}</dd>
    </dl>
  );
}

function Install() {
  const [, again] = useState(0);
  useEffect(() => onUpdateNews(() => again((n) => n + 1)), []);
  const install = installer();
  return install && <section class="section"><p class="govuk-body">{t('install-why')}</p><Button look="second" onTap={install}>{t('install-do')}</Button></section>;
}

function SignOut({ waiting }: { waiting: number }) {
  const [sure, setSure] = useState(false);
  const [wrong, setWrong] = useState<Error | null>(null);
  const signOut = async () => {
    try {
      await core.call('sign_out', {});
      await refreshStatus();
    } catch (error) {
      if (error instanceof Error) setWrong(error);
    }
  };
  return (
    <section class="section">
      <h2 class="govuk-heading-m">{t('sign-out-title')}</h2>
      <TroubleNotice trouble={wrong} />
      {waiting > 0
        ? <p class="govuk-body">{t('sign-out-not-yet', { n: waiting })}</p>
        : <p class="govuk-body">{t('sign-out-what')}</p>}
      {sure && waiting === 0
        ? <div class="after"><Button look="grave" onTap={signOut}>{t('sign-out-sure')}</Button><Button look="second" onTap={() => setSure(false)}>{t('sign-out-stay')}</Button></div>
        : <Button look="second" off={waiting > 0} onTap={() => setSure(true)}>{t('sign-out')}</Button>}
    </section>
  );
}
