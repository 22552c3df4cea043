// Somebody new at the door: a note can begin with a name only. Who it is, is settled later at the desk.
import { useEffect, useRef, useState } from 'preact/hooks';
import { core, useAsked } from '../core/app';
import type { Kind } from '../core/calls';
import { Input, Select } from '../parts/fields';
import { Notice, TroubleNotice } from '../parts/notice';
import { Page } from '../parts/page';
import { go, hashOf } from '../route';
import { date } from '../words/times';
import { t } from '../words/words';
import { KINDS } from '../write/when';

export function Door() {
  const [name, setName] = useState('');
  const [kind, setKind] = useState<string>('conversation');
  const [error, setError] = useState<string | null>(null);
  const [wrong, setWrong] = useState<Error | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const begin = async (event: Event) => {
    event.preventDefault();
    if (name.trim() === '') return setError(t('door-no-name'));
    try {
      const { id } = await core.call('new_note', { name: name.trim(), kind: kind as Kind });
      go({ at: 'write', id }, true);
    } catch (trouble) {
      if (trouble instanceof Error) setWrong(trouble);
    }
  };
  return (
    <Page title={t('door-title')} back={{ to: { at: 'today' }, words: t('today') }} ownFocus>
      <TroubleNotice trouble={wrong} />
      <form onSubmit={(event) => void begin(event)} noValidate>
        <Input label={t('door-name')} hint={t('door-name-hint')} error={error} value={name} inputRef={field}
          autoComplete="off" maxLength={500} onInput={(event) => { setName(event.currentTarget.value); setError(null); }} />
        <Perhaps name={name.trim()} />
        <Select label={t('field-kind')} value={kind} onChoose={setKind}
          choices={KINDS.map((one) => ({ value: one, words: t(`kind-${one}`) }))} />
        <button type="submit" class="govuk-button">{t('door-begin')}</button>
      </form>
      <p class="govuk-hint">{t('door-matched-later')}</p>
    </Page>
  );
}

const ENOUGH_LETTERS = 3;

/** Perhaps they are known: a note in their own record is better than one to be matched. */
function Perhaps({ name }: { name: string }) {
  const people = useAsked('people', { query: name.length >= ENOUGH_LETTERS ? name : '\u0000' }).value ?? [];
  if (name.length < ENOUGH_LETTERS || people.length === 0) return null;
  return (
    <Notice kind="info" title={t('door-perhaps')}>
      <ul class="rows">
        {people.slice(0, 3).map((person) => (
          <li class="row" key={person.id}>
            <a class="row__link" href={hashOf({ at: 'person', id: person.case_id })}>
              <span class="row__name">{person.name}</span>
              <span class="row__line">{person.date_of_birth ? t('born', { date: date(person.date_of_birth) }) : t('born-unknown')} · {person.case_id}</span>
            </a>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
