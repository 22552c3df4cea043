// Somebody who is not on the caseload: met on the stairs, or a colleague's. The exact case number and a reason open
// their record for a day, to read and not to write in; who asked, when and why is written down, and the page says so.
import { useEffect, useState } from 'preact/hooks';
import { core, useAsked } from '../core/app';
import { Trouble } from '../core/core';
import type { FoundNote, Lookup, Note } from '../core/calls';
import { ButtonLink } from '../parts/button';
import { Input } from '../parts/fields';
import { Identifiers } from '../parts/identity';
import { NoteBody } from '../parts/note-body';
import { noteTitle } from '../parts/note-row';
import { Notice, sentence, TroubleNotice } from '../parts/notice';
import { Page } from '../parts/page';
import { go, hashOf } from '../route';
import { dayAndHour } from '../words/times';
import { refusalWords } from '../words/waiting';
import { t } from '../words/words';
import { Fold } from '../write/fold';
import { HEADINGS } from './about';

const BACK = { to: { at: 'today' }, words: t('today') } as const;
/** As the server asks for. */
const SHORTEST_REASON = 5;

/** Whom to look up; `caseId` is filled in where one comes from a person's page. */
export function Someone({ caseId = '' }: { caseId?: string }) {
  const [asked, setAsked] = useState(caseId);
  const [reason, setReason] = useState('');
  const [wrong, setWrong] = useState<{ id?: string; reason?: string; whole?: string }>({});
  const [working, setWorking] = useState(false);
  const open = useAsked('looked_up', {}).value ?? [];

  const ask = async (event: Event) => {
    event.preventDefault();
    const found = {
      ...(asked.trim() ? {} : { id: t('someone-no-id') }),
      ...([...reason.trim()].length >= SHORTEST_REASON ? {} : { reason: t('someone-no-reason') }),
    };
    setWrong(found);
    if (Object.keys(found).length > 0 || working) return;
    setWorking(true);
    try {
      const { ended } = await core.call('look_up', { case_id: asked.trim(), reason: reason.trim() });
      if (ended === 'quiet') return go({ at: 'looked-up', id: asked.trim() });
      setWrong({ whole: ended === 'offline' ? t('someone-offline') : refusalWords(ended.refused) });
    } catch (error) {
      setWrong({ whole: error instanceof Trouble ? sentence(error.message) : String(error) });
    }
    setWorking(false);
  };

  return (
    <Page title={t('someone-title')} back={BACK}>
      <Notice kind="care" title={t('someone-recorded')}><p>{t('someone-recorded-what')}</p></Notice>
      {wrong.whole && <Notice kind="bad" now title={t('someone-failed')}><p>{wrong.whole}</p></Notice>}
      <form onSubmit={(event) => void ask(event)} noValidate>
        <Input label={t('someone-id')} hint={t('someone-id-hint')} error={wrong.id} value={asked} autoComplete="off"
          autoCapitalize="characters" spellcheck={false} onInput={(event) => setAsked(event.currentTarget.value)} />
        <Input label={t('someone-reason')} hint={t('someone-reason-hint')} error={wrong.reason} value={reason} spellcheck
          autoComplete="off" maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} />
        <button type="submit" class="govuk-button" aria-busy={working || undefined}>
          {working ? t('someone-working') : t('someone-do')}
        </button>
      </form>
      {open.length > 0 && (
        <section class="section">
          <h2 class="govuk-heading-m">{t('someone-open')}</h2>
          <ul class="rows">
            {open.map((person) => (
              <li class="row" key={person.case_id}>
                <a class="row__link" href={hashOf({ at: 'looked-up', id: person.case_id })}>
                  <span class="row__name">{person.name}</span>
                  <span class="row__line">{t('someone-until', { when: dayAndHour(person.until_ms, Date.now()) })}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Page>
  );
}

/** What was given, to read. */
export function LookedUpPage({ caseId }: { caseId: string }) {
  const [found, setFound] = useState<Lookup | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  // Once: each time that it is asked for is a reading.
  useEffect(() => {
    core.call('lookup', { case_id: caseId }).then(setFound, (error: unknown) => {
      if (error instanceof Trouble) setTrouble(error);
    });
  }, [caseId]);
  const until = useAsked('looked_up', {}).value?.find((person) => person.case_id === caseId)?.until_ms;
  const back = { to: { at: 'someone' }, words: t('back') } as const;
  if (!found) {
    return (
      <Page title={trouble ? t('someone-over') : t('opening')} back={back}>
        {trouble && trouble.code !== 'NoPerson' && <TroubleNotice trouble={trouble} />}
        {trouble?.code === 'NoPerson' && (
          <>
            <p class="govuk-body">{t('someone-over-do')}</p>
            <ButtonLink to={{ at: 'look-up', id: caseId }}>{t('someone-again')}</ButtonLink>
          </>
        )}
      </Page>
    );
  }
  const { person, about, notes, left_out } = found;
  const said = HEADINGS.filter((heading) => about?.[heading]);
  return (
    <Page title={person.name} back={back}>
      <Identifiers person={person} />
      <Notice kind="info">
        <p>{until ? t('someone-read-until', { when: dayAndHour(until, Date.now()) }) : t('someone-recorded-what')}</p>
        <p>{t('someone-no-writing')}</p>
      </Notice>
      {person.alerts && <Notice kind="care" title={t('alerts')}><p class="pre">{person.alerts}</p></Notice>}
      {person.communication_needs && <p class="communicate"><strong>{t('communication')}</strong> {person.communication_needs}</p>}
      <p class="contact">
        {person.worker && <span>{t('someone-worker', { worker: person.worker, team: person.team ?? '' })}</span>}
        {person.preferred_name && <span>{t('likes-name', { name: person.preferred_name })}</span>}
        {person.address && <span>{person.address}</span>}
        {person.phone && <a href={`tel:${person.phone.replace(/\s/g, '')}`}>{t('ring', { phone: person.phone })}</a>}
      </p>
      {said.length > 0 && (
        <section class="section">
          <h2 class="govuk-heading-m">{t('about-title')}</h2>
          <dl class="about">
            {said.map((heading) => <div key={heading}><dt>{t(`about-${heading}`)}</dt><dd class="pre">{about?.[heading]}</dd></div>)}
          </dl>
        </section>
      )}
      <section class="section">
        <h2 class="govuk-heading-m">{t('thread')}</h2>
        {notes.length === 0 && <p class="govuk-body">{t('someone-no-notes')}</p>}
        {notes.map((note) => <Reading key={note.id} note={note} />)}
        {left_out > 0 && <p class="govuk-body">{t('someone-left-out', { n: left_out })}</p>}
      </section>
    </Page>
  );
}

function Reading({ note }: { note: FoundNote }) {
  const stage = note.finished ? '' : t('stage-open');
  return (
    <Fold summary={noteTitle(note)} holds={[note.authors.join(', '), stage].filter(Boolean).join(' · ')}>
      <NoteBody note={{ ...note, ...ELSEWHERE }} bare />
    </Fold>
  );
}

/** What only a note of one's own has. */
const ELSEWHERE = {
  case_id: null, name: null, stage: 'finished', state: 'on_server', version: null, case_system_ref: null, reason: null,
} satisfies Partial<Note>;
