// A person: two identifiers to check before writing, alerts, how to communicate, their own page, what is wanted and
// still open, and the thread of earlier notes. What a new worker needs in one minute, and one tap to write.
import { useState } from 'preact/hooks';
import { core, useAsked } from '../core/app';
import { Trouble } from '../core/core';
import type { Gathered, Kind, PersonItem, PersonView, ThreadItem } from '../core/calls';
import { Button, ButtonLink } from '../parts/button';
import { Identifiers } from '../parts/identity';
import { Icon } from '../parts/icons';
import { NoteRow } from '../parts/note-row';
import { Notice, TroubleNotice } from '../parts/notice';
import { Page } from '../parts/page';
import { go, hashOf } from '../route';
import { date, isoDate } from '../words/times';
import { t } from '../words/words';
import { HEADINGS } from './about';

const BACK = { to: { at: 'today' }, words: t('today') } as const;

export function PersonPage({ caseId }: { caseId: string }) {
  const { value: view, trouble } = useAsked('person', { case_id: caseId });
  if (!view) {
    return (
      <Page title={trouble ? t('person-not-here') : t('opening')} back={BACK}>
        {trouble && <p class="govuk-body">{t('person-not-here-do')}</p>}
      </Page>
    );
  }
  const { person } = view;
  const draft = view.thread.find((note) => note.mine && note.stage === 'open');
  return (
    <Page title={person.name} back={BACK} bar={<WriteBar caseId={caseId} draft={draft} />}>
      <Identifiers person={person} />
      <Details person={person} />
      <OpenByColleagues thread={view.thread} />
      <AboutPerson view={view} caseId={caseId} />
      <Wanted outcomes={view.outcomes} actions={view.actions} />
      <section class="section">
        <h2 class="govuk-heading-m">{t('thread')}</h2>
        {view.thread.length === 0
          ? <p class="govuk-body">{person.mine ? t('thread-empty') : t('thread-not-mine')}</p>
          : <ul class="rows">{view.thread.map((note) => <NoteRow key={note.id} note={note} />)}</ul>}
        {!person.mine && <p><a class="govuk-link tall" href={hashOf({ at: 'look-up', id: caseId })}>{t('thread-look-up')}</a></p>}
        {draft && <Another caseId={caseId} />}
      </section>
    </Page>
  );
}

function WriteBar({ caseId, draft }: { caseId: string; draft: ThreadItem | undefined }) {
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const begin = async (kind: Kind) => {
    try {
      // 'No reply' tapped twice is one note.
      const { id } = kind === 'no_reply' && draft?.kind === kind ? draft : await core.call('new_note', { case_id: caseId, kind });
      go(kind === 'no_reply' ? { at: 'finish', id } : { at: 'write', id });
    } catch (error) {
      if (error instanceof Trouble) setTrouble(error);
    }
  };
  return (
    <>
      <TroubleNotice trouble={trouble} />
      <div class="bar__buttons">
        {draft
          ? <ButtonLink to={{ at: 'write', id: draft.id }}><Icon sign="pen" />{t('carry-on')}</ButtonLink>
          : <Button onTap={() => begin('home_visit')}><Icon sign="pen" />{t('write-note')}</Button>}
        <Button look="second" onTap={() => begin('no_reply')}>{t('kind-no_reply')}</Button>
      </div>
    </>
  );
}

/** A second note while one is open: a call on the same day, say. */
function Another({ caseId }: { caseId: string }) {
  const begin = async () => {
    const { id } = await core.call('new_note', { case_id: caseId, kind: 'home_visit' });
    go({ at: 'write', id });
  };
  return <Button look="second" onTap={begin}><Icon sign="plus" />{t('another-note')}</Button>;
}

function Details({ person }: { person: PersonItem }) {
  return (
    <>
      {person.alerts && <Notice kind="care" title={t('alerts')}><p class="pre">{person.alerts}</p></Notice>}
      {person.communication_needs && <p class="communicate"><strong>{t('communication')}</strong> {person.communication_needs}</p>}
      <p class="contact">
        {person.preferred_name && <span>{t('likes-name', { name: person.preferred_name })}</span>}
        {person.address && <span>{person.address}</span>}
        {person.phone && <a href={`tel:${person.phone.replace(/\s/g, '')}`}>{t('ring', { phone: person.phone })}</a>}
      </p>
    </>
  );
}

function OpenByColleagues({ thread }: { thread: ThreadItem[] }) {
  const open = thread.filter((note) => note.stage === 'open' && !note.mine && note.kind !== null);
  return (
    <>
      {open.map((note) => (
        <Notice kind="info" key={note.id} title={t('colleague-writes', { worker: note.authors[0] ?? t('a-colleague') })}>
          <p>{t('colleague-writes-why')}</p>
          <ButtonLink to={{ at: 'join', id: note.id }} look="second">{t('join-do')}</ButtonLink>
        </Notice>
      ))}
    </>
  );
}

function AboutPerson({ view, caseId }: { view: PersonView; caseId: string }) {
  const about = view.about ?? {};
  const said = HEADINGS.filter((heading) => about[heading]);
  return (
    <section class="section">
      <h2 class="govuk-heading-m">{t('about-title')}</h2>
      {said.length === 0 && <p class="govuk-body">{t('about-empty')}</p>}
      <dl class="about">
        {said.map((heading) => (
          <div key={heading}>
            <dt>{t(`about-${heading}`)}</dt>
            <dd class="pre">{about[heading]}</dd>
          </div>
        ))}
      </dl>
      {view.person.mine && <p><a class="govuk-link tall" href={hashOf({ at: 'about', id: caseId })}>{said.length === 0 ? t('about-begin') : t('about-change')}</a></p>}
    </section>
  );
}

function Wanted({ outcomes, actions }: { outcomes: Gathered[]; actions: Gathered[] }) {
  const now = isoDate(Date.now());
  // What is met is wanted no more; it stands in its note.
  const wanted = outcomes.filter(({ entry }) => entry.progress !== 'met');
  return (
    <>
      {wanted.length > 0 && (
        <section class="section">
          <h2 class="govuk-heading-m">{t('outcomes')}</h2>
          <ul class="rows">
            {wanted.map(({ note, entry }) => (
              <li class="row" key={entry.id}>
                <a class="row__link row__says" href={hashOf({ at: 'note', id: note })}>{String(entry.text ?? '')}</a>
                {typeof entry.progress === 'string' && <p class="row__line">{t(`progress-${entry.progress}`)}</p>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {actions.length > 0 && (
        <section class="section">
          <h2 class="govuk-heading-m">{t('open-actions')}</h2>
          <ul class="rows">
            {actions.map(({ note, entry }) => (
              <li class="row" key={entry.id}>
                <a class="row__link row__says" href={hashOf({ at: 'note', id: note })}>{String(entry.what ?? '')}</a>
                <p class="row__line">
                  {[entry.who, typeof entry.by === 'string' && t(entry.by < now ? 'due-past' : 'due', { date: date(entry.by) })].filter(Boolean).join(' · ')}
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
