// A PIN field: numbers on the phone's keyboard, hidden unless the person wants to see it.
import { useState } from 'preact/hooks';
import { Check, Input } from '../parts/fields';
import { t } from '../words/words';

export const SHORTEST_PIN = 6;

interface PinProps {
  label: string;
  hint?: string;
  error?: string | null;
  value: string;
  fresh?: boolean;
  shown: boolean;
  onType: (pin: string) => void;
  inputRef?: { current: HTMLInputElement | null };
}

export function Pin({ label, hint, error, value, fresh, shown, onType, inputRef }: PinProps) {
  return (
    <Input
      label={label} hint={hint} error={error} value={value} class="pin"
      type={shown ? 'text' : 'password'} inputMode="numeric" spellcheck={false}
      autoComplete={fresh ? 'new-password' : 'current-password'}
      onInput={(event) => onType(event.currentTarget.value)}
      {...(inputRef ? { inputRef } : {})}
    />
  );
}

/** The tick box beside it. */
export function useShownPin(): [boolean, preact.JSX.Element] {
  const [shown, setShown] = useState(false);
  return [shown, <Check words={t('pin-show')} on={shown} onSet={setShown} />];
}

/** What is wrong with a new PIN, or null. */
export function pinTrouble(pin: string): string | null {
  if (pin.length < SHORTEST_PIN) return t('pin-short', { n: SHORTEST_PIN });
  if (/^(.)\1*$/u.test(pin)) return t('pin-one-digit');
  if ('01234567890'.includes(pin) || '09876543210'.includes(pin)) return t('pin-in-order');
  return null;
}
