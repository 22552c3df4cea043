// The lock: a PIN, offline too. Wrong tries make one wait, and after ten the phone must be let in; no note is ever
// destroyed by it, and the page says so.
import { useEffect, useRef, useState } from 'preact/hooks';
import { core, refreshStatus } from '../core/app';
import { Trouble } from '../core/core';
import type { Status } from '../core/calls';
import { Notice } from '../parts/notice';
import { Page } from '../parts/page';
import { enrolmentIn, useRoute } from '../route';
import { Button } from '../parts/button';
import { t } from '../words/words';
import { LetIn } from './let-in';
import { Pin, useShownPin } from './pin';

export function Unlock({ status }: { status: Status }) {
  const [pin, setPin] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [waitUntil, setWaitUntil] = useState(status.wait_until_ms ?? 0);
  const [lockedOut, setLockedOut] = useState(status.locked_out ?? false);
  const [opening, setOpening] = useState(false);
  const seconds = useSecondsUntil(waitUntil);
  // A link that is opened on a locked phone is for this.
  useRoute();
  const [forgotten, setForgotten] = useState<boolean | null>(null);
  const lettingIn = lockedOut || (forgotten ?? enrolmentIn(location.href) !== null);
  const field = useRef<HTMLInputElement>(null);
  const [shown, showBox] = useShownPin();
  useEffect(() => field.current?.focus(), []);

  const unlock = async (event: Event) => {
    event.preventDefault();
    if (opening || seconds > 0) return;
    if (pin === '') return setError(t('pin-empty'));
    setOpening(true);
    try {
      const answer = await core.call('unlock', { pin });
      setWaitUntil(answer.wait_until_ms ?? 0);
      setLockedOut(answer.locked_out ?? false);
      if (answer.right) await refreshStatus();
      else setError(t(answer.wait_until_ms ? 'pin-wrong-wait' : 'pin-wrong'));
    } catch (trouble) {
      setError(trouble instanceof Trouble ? trouble.message : String(trouble));
    }
    setPin('');
    setOpening(false);
    field.current?.focus();
  };

  return (
    <Page title={t(lettingIn ? 'let-in-title' : 'unlock-title')} ownFocus={!lettingIn}>
      {status.identity && <p class="govuk-body-l">{status.identity.worker_name}</p>}
      {status.why === 'ordered' && <Notice kind="info" now><p>{t('lock-ordered')}</p></Notice>}
      {lockedOut && <Notice kind="care" now title={t('locked-out')}><p>{t('locked-out-do')}</p></Notice>}
      {lettingIn && <LetIn lockedOut={lockedOut} />}
      {!lettingIn && <form onSubmit={(event) => void unlock(event)} noValidate>
        <Pin label={t('pin')} value={pin} error={error} shown={shown} inputRef={field}
          onType={(typed) => { setPin(typed); setError(null); }} />
        {showBox}
        <button type="submit" class="govuk-button" disabled={seconds > 0} aria-busy={opening || undefined}>
          {opening ? t('unlocking') : t('unlock')}
        </button>
      </form>}
      <p class="govuk-body" role="status">{lettingIn ? '' : waitWords(seconds)}</p>
      {!lockedOut && <Button look="second" onTap={() => setForgotten(!lettingIn)}>{t(lettingIn ? 'unlock-remembered' : 'unlock-forgotten')}</Button>}
      <p class="govuk-hint">{t('unlock-kept')}</p>
    </Page>
  );
}

const MINUTE_S = 60;

/** Long waits are told in minutes. */
function waitWords(seconds: number): string {
  if (seconds === 0) return '';
  return seconds <= 2 * MINUTE_S ? t('pin-wait', { n: seconds }) : t('pin-wait-minutes', { n: Math.ceil(seconds / MINUTE_S) });
}

/** Counts down to a time, in whole seconds. */
function useSecondsUntil(at_ms: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (at_ms <= Date.now()) return setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [at_ms]);
  return Math.max(0, Math.ceil((at_ms - now) / 1000));
}
