// A PIN that is forgotten, or was wrong too often: with signal and a fresh link from the team admin a new one is chosen.
// Nothing that was written is lost by it.
import { useState } from 'preact/hooks';
import { core, refreshStatus } from '../core/app';
import { Trouble } from '../core/core';
import { Input } from '../parts/fields';
import { Notice, sentence } from '../parts/notice';
import { enrolmentIn, go } from '../route';
import { refusalWords } from '../words/waiting';
import { t } from '../words/words';
import { Pin, pinTrouble, SHORTEST_PIN, useShownPin } from './pin';

export function LetIn({ lockedOut }: { lockedOut: boolean }) {
  const opened = enrolmentIn(location.href);
  const [typed, setLink] = useState('');
  const link = typed || (opened ?? '');
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [wrong, setWrong] = useState<{ link?: string; pin?: string; again?: string; whole?: string }>({});
  const [working, setWorking] = useState(false);
  const [shown, showBox] = useShownPin();

  const letIn = async (event: Event) => {
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
      const { ended } = await core.call('let_in', { link: enrolmentIn(link) ?? link, pin });
      if (ended === 'quiet') {
        go({ at: 'today' }, true);
        await refreshStatus();
        return;
      }
      setWrong({ whole: ended === 'offline' ? t('let-in-offline') : refusalWords(ended.refused) });
    } catch (error) {
      setWrong({ whole: error instanceof Trouble ? sentence(error.message) : String(error) });
    }
    setWorking(false);
  };

  return (
    <form onSubmit={(event) => void letIn(event)} noValidate>
      {wrong.whole && <Notice kind="bad" now title={t('let-in-failed')}><p>{wrong.whole}</p></Notice>}
      {opened && !wrong.whole && !typed
        ? <p class="govuk-body">{t('let-in-link-here')}</p>
        : <>
            {!lockedOut && <p class="govuk-body">{t('let-in-how')}</p>}
            <Input label={t('let-in-link')} hint={t('let-in-link-hint')} error={wrong.link} value={link}
            autoComplete="off" spellcheck={false} onInput={(event) => setLink(event.currentTarget.value)} />
          </>}
      <Pin label={t('pin-new')} hint={t('pin-new-hint', { n: SHORTEST_PIN })} error={wrong.pin ?? null} value={pin}
        fresh shown={shown} onType={setPin} />
      <Pin label={t('pin-again')} error={wrong.again ?? null} value={again} fresh shown={shown} onType={setAgain} />
      {showBox}
      <button type="submit" class="govuk-button" aria-busy={working || undefined}>
        {working ? t('let-in-working') : t('let-in-do')}
      </button>
    </form>
  );
}
