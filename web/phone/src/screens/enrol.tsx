// A new phone: the link from the team, a PIN twice, and then whose phone this has become, to confirm. Nobody types
// a server's address: it is in the link.
import { useEffect, useRef, useState } from 'preact/hooks';
import { core, refreshStatus } from '../core/app';
import { Trouble } from '../core/core';
import type { Ended, Status } from '../core/calls';
import { Button } from '../parts/button';
import { Input } from '../parts/fields';
import { Notice, sentence } from '../parts/notice';
import { Page } from '../parts/page';
import { enrolmentIn, go, useRoute } from '../route';
import { refusalWords } from '../words/waiting';
import { t } from '../words/words';
import { Pin, pinTrouble, SHORTEST_PIN, useShownPin } from './pin';

interface EnrolProps { status: Status; onSetUp: () => void; onWelcomed?: () => void }

export function Enrol({ status, onSetUp, onWelcomed }: EnrolProps) {
  if (onWelcomed) return <Welcome status={status} onWelcomed={onWelcomed} />;
  return <SetUp status={status} onSetUp={onSetUp} />;
}

function SetUp({ status, onSetUp }: { status: Status; onSetUp: () => void }) {
  // The link may be opened while this page is there already.
  useRoute();
  const opened = enrolmentIn(location.href);
  const [typed, setLink] = useState('');
  const link = typed || (opened ?? '');
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [wrong, setWrong] = useState<{ link?: string; pin?: string; again?: string; whole?: string }>({});
  const [working, setWorking] = useState(false);
  const [shown, showBox] = useShownPin();
  const form = useRef<HTMLFormElement>(null);
  // The first field that is wrong may stand above what one sees.
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [wrong]);

  const setUp = async (event: Event) => {
    event.preventDefault();
    const trouble = pinTrouble(pin);
    const found = {
      ...(enrolmentIn(link) ? {} : { link: t('enrol-link-wrong') }),
      ...(trouble ? { pin: trouble } : pin === again ? {} : { again: t('pin-differs') }),
    };
    setWrong(found);
    if (Object.keys(found).length > 0 || working) return;
    setWorking(true);
    try {
      const { ended } = await core.call('enrol', { link: enrolmentIn(link) ?? link, pin });
      if (ended === 'quiet') {
        onSetUp();
        await refreshStatus();
        return;
      }
      setWrong({ whole: endedWords(ended) });
    } catch (error) {
      setWrong({ whole: error instanceof Trouble ? sentence(error.message) : String(error) });
    }
    setWorking(false);
  };

  return (
    <Page title={t('enrol-title')}>
      {wrong.whole && !working && <Notice kind="bad" now title={t('enrol-failed')}><p>{wrong.whole}</p></Notice>}
      {onAppleInBrowser() && <Notice kind="care" title={t('enrol-apple')}><p>{t('enrol-apple-do')}</p></Notice>}
      {!status.storage.persisted && <Notice kind="info"><p>{t('enrol-storage')}</p></Notice>}
      <form ref={form} onSubmit={(event) => void setUp(event)} noValidate>
        {opened && !wrong.whole && !typed
          ? <p class="govuk-body">{t('enrol-link-here', { server: location.host })}</p>
          : <>
              <p class="govuk-body">{t('enrol-how')}</p>
              <Input label={t('enrol-link')} hint={t('enrol-link-hint')} error={wrong.link} value={link}
                autoComplete="off" spellcheck={false} onInput={(event) => setLink(event.currentTarget.value)} />
            </>}
        <Pin label={t('pin-new')} hint={t('pin-new-hint', { n: SHORTEST_PIN })} error={wrong.pin ?? null} value={pin}
          fresh shown={shown} onType={setPin} />
        <Pin label={t('pin-again')} error={wrong.again ?? null} value={again} fresh shown={shown} onType={setAgain} />
        {showBox}
        <button type="submit" class="govuk-button" aria-busy={working || undefined}>
          {working ? t('enrol-working') : t('enrol-do')}
        </button>
      </form>
    </Page>
  );
}

/** Apple's phones keep an app on the home screen apart from the browser: notes written here would not be there. */
function onAppleInBrowser(): boolean {
  return 'standalone' in navigator && !navigator.standalone;
}

function endedWords(ended: Exclude<Ended, 'quiet'>): string {
  return ended === 'offline' ? t('enrol-offline') : refusalWords(ended.refused);
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
