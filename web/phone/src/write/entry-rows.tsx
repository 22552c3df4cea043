// Lists in a note (actions, outcomes, people present, …): each row is saved by itself a moment after the last key,
// and at once when the page goes. There is no 'Add' to forget: a row that has words is an entry.
import { useEffect, useRef, useState } from 'preact/hooks';
import { core } from '../core/app';
import type { Entry, Slots } from '../core/calls';
import { Check, Input, Select, type Choice } from '../parts/fields';
import { t } from '../words/words';
import { passesAsEntry, slotsChanged } from './entry';
import type { Saving } from './saving';

const REST_MS = 500;

export interface SlotField {
  slot: string;
  words: string;
  hint?: string;
  type?: 'text' | 'date' | 'tel' | 'tick' | 'choice';
  /** With `choice`; the first is for nothing. */
  choices?: Choice[];
}

interface EntryRowsProps {
  note: string;
  field: string;
  slots: SlotField[];
  entries: Entry[];
  saving: Saving;
  /** What one is called: `Action`. */
  one: string;
  /** `Add another action`. */
  more: string;
  /** May stay out of the person's copy. */
  canBePrivate?: boolean;
  onSaved?: () => void;
}

export function EntryRows(props: EntryRowsProps) {
  // Rows on the screen: those of the note, and new ones that get an id when they have words.
  const [fresh, setFresh] = useState<{ key: string; id: string | null }[]>([]);
  const known = new Set(fresh.map((row) => row.id));
  const rows = [
    ...props.entries.filter((entry) => !known.has(entry.id)).map((entry) => ({ key: entry.id, entry: entry as Entry | null })),
    ...fresh.map((row) => ({ key: row.key, entry: props.entries.find((entry) => entry.id === row.id) ?? null })),
  ];
  const [gone, setGone] = useState<string[]>([]);
  const shown = rows.filter((row) => !gone.includes(row.key));
  const add = () => setFresh((before) => [...before, { key: `new-${Date.now()}-${before.length}`, id: null }]);
  useEffect(() => { if (shown.length === 0) add(); }, [shown.length]);
  return (
    <div class="entries">
      {shown.map((row, i) => (
        <EntryRow {...props} key={row.key} entry={row.entry} number={i + 1}
          onMade={(id) => setFresh((before) => before.map((one) => (one.key === row.key ? { ...one, id } : one)))}
          onRemoved={() => setGone((before) => [...before, row.key])} />
      ))}
      <button type="button" class="plain" onClick={add}>{props.more}</button>
    </div>
  );
}

interface EntryRowProps extends EntryRowsProps {
  entry: Entry | null;
  number: number;
  onMade: (id: string) => void;
  onRemoved: () => void;
}

function EntryRow({ note, field, slots, entry, saving, one, number, canBePrivate, onMade, onRemoved, onSaved }: EntryRowProps) {
  const id = useRef<string | null>(entry?.id ?? null);
  const names = slots.map((slot) => slot.slot);
  const [values, setValues] = useState<Slots>(() => pick(entry, names));
  const saved = useRef<Slots>(pick(entry, names));
  const current = useRef(values);
  current.current = values;
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const working = useRef<Promise<unknown>>(Promise.resolve());

  const save = () => {
    clearTimeout(timer.current);
    // One after the other: the first save of a row gives it the id that the next one needs.
    working.current = working.current.then(async () => {
      const news = slotsChanged(saved.current, current.current);
      if (!news || (id.current === null && !passesAsEntry(news))) return;
      const path = `${field}.${id.current ?? '+'}`;
      const call = core.call('set', { note, path, value: news });
      const done = await saving.follow(call, save);
      if (!done) return;
      saved.current = { ...saved.current, ...news };
      if (id.current === null && done.id) {
        id.current = done.id;
        onMade(done.id);
      }
      onSaved?.();
    });
  };
  useEffect(() => {
    const stop = saving.flushedBy(save);
    return () => { save(); stop(); };
  }, []);
  // What a colleague changed shows, unless this writer is at it.
  useEffect(() => {
    if (!entry || slotsChanged(saved.current, current.current)) return;
    saved.current = pick(entry, names);
    setValues(saved.current);
  }, [entry && JSON.stringify(pick(entry, names))]);

  const put = (slot: string, value: string | boolean, atOnce: boolean) => {
    const next = { ...current.current, [slot]: value === '' ? null : value };
    current.current = next;
    setValues(next);
    clearTimeout(timer.current);
    if (atOnce) save();
    else timer.current = setTimeout(save, REST_MS);
  };
  const remove = () => {
    clearTimeout(timer.current);
    working.current = working.current.then(async () => {
      saved.current = {};
      current.current = {};
      if (id.current) await saving.follow(core.call('set', { note, path: `${field}.${id.current}`, value: null }), remove);
      onRemoved();
      onSaved?.();
    });
  };
  const hide = () => {
    const call = core.call('set', { note, path: `${field}.${id.current}.private`, value: 'do_not_share' });
    void saving.follow(call, hide).then(() => onSaved?.());
  };

  return (
    <fieldset class="entry">
      <legend class="entry__name">{t('entry-number', { one, n: number })}</legend>
      {slots.map((slot) => <Slot key={slot.slot} slot={slot} value={values[slot.slot] ?? null} onPut={put} onLeave={save} />)}
      <p class="entry__tools">
        {canBePrivate && id.current && (entry?.private
          ? <span class="entry__private">{t(`private-${entry.private}`)}</span>
          : <button type="button" class="plain" onClick={hide}>{t('keep-from-copy')}</button>)}
        {(id.current || passesAsEntry(values)) && (
          <button type="button" class="plain" onClick={remove}>
            {t('remove')}<span class="govuk-visually-hidden"> {t('entry-number', { one, n: number })}</span>
          </button>
        )}
      </p>
    </fieldset>
  );
}

interface SlotProps {
  slot: SlotField;
  value: string | number | boolean | null;
  onPut: (slot: string, value: string | boolean, atOnce: boolean) => void;
  onLeave: () => void;
}

function Slot({ slot, value, onPut, onLeave }: SlotProps) {
  if (slot.type === 'tick') {
    return <Check words={slot.words} on={value === true} onSet={(on) => onPut(slot.slot, on, true)} />;
  }
  if (slot.type === 'choice') {
    return (
      <Select label={slot.words} value={typeof value === 'string' ? value : ''} choices={slot.choices ?? []}
        onChoose={(chosen) => onPut(slot.slot, chosen, true)} />
    );
  }
  return (
    <Input label={slot.words} hint={slot.hint} type={slot.type ?? 'text'} value={typeof value === 'string' ? value : ''}
      maxLength={10_000} onInput={(event) => onPut(slot.slot, event.currentTarget.value, slot.type === 'date')} onBlur={onLeave} />
  );
}

function pick(entry: Entry | null, names: string[]): Slots {
  return Object.fromEntries(names.map((name) => [name, entry?.[name] ?? null]));
}
