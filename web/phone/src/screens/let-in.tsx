// A PIN that is forgotten, or was wrong too often: with signal and a fresh link from the team admin a new one is chosen.
// Nothing that was written is lost by it.
import { core, refreshStatus } from '../core/app';
import { go } from '../route';
import { t } from '../words/words';
import { NewPin } from './new-pin';

export function LetIn({ lockedOut }: { lockedOut: boolean }) {
  const open = () => {
    go({ at: 'today' }, true);
    return refreshStatus();
  };
  const words = {
    failed: t('let-in-failed'), offline: t('let-in-offline'), linkHere: t('let-in-link-here'),
    // Whoever is locked out was told already.
    how: lockedOut ? null : t('let-in-how'),
    link: t('let-in-link'), linkHint: t('let-in-link-hint'), send: t('let-in-do'), sending: t('let-in-working'),
  };
  return <NewPin send={(typed) => core.call('let_in', typed)} onDone={open} words={words} />;
}
