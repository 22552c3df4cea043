// The first page: whom I may write about, what is still to be sent, what I began and did not finish, which reviews
// and first actions are due. Two taps from here one is typing.
import { useEffect, useState } from 'preact/hooks';
import { core, useAsked, useShared } from '../core/app';
import type { NoteItem, PersonItem, TodayView } from '../core/calls';
import { pass } from '../core/passes';
import { Button, ButtonLink } from '../parts/button';
import { Input } from '../parts/fields';
import { NoteRow } from '../parts/note-row';
import { Notice, TroubleNotice } from '../parts/notice';
import { Page } from '../parts/page';
import { useWaiting } from '../parts/waiting';
import { DeskOrders, DeskSays } from '../parts/desk-says';
import { Icon } from '../parts/icons';
import { hashOf } from '../route';
import { date, isoDate, span } from '../words/times';
import { t } from '../words/words';
import { waitingWords } from '../words/waiting';
import { Fold } from '../write/fold';
import { UpdateNotice } from './update-notice';

/** So many notes are shown of what was found. */
const MOST_FOUND = 20;

/** So many are seen at once; the rest is folded away. */
const FIRST_ACTIONS = 5;

export function Today() {
  const [words, setWords] = useState('');
  const me = useShared().status?.identity;
  const trouble = useAsked('amiss', {}).value ?? [];
  return (
    <Page title={t('today')}>
      <UpdateNotice />
      <WaitingBox />
      <ClockNotice />
      <DeskOrders />
      <DeskSays />
      {trouble.length > 0 && <Section title={t('today-trouble', { n: trouble.length })}><Rows notes={trouble} /></Section>}
      <div class="find">
        <Input label={t('find')} hint={t('find-hint')} type="search" value={words} autoComplete="off"
          onInput={(event) => setWords(event.currentTarget.value)} />
      </div>
      {words.trim() === ''
        ? <Mine />
        : <Found words={words.trim()} />}
      <p class="today__lock">
        <Button look="second" onTap={() => core.call('lock', {})}><Icon sign="lock" />{t('lock-now')}</Button>
        <span class="govuk-hint">{me && t('today-who', { worker: me.worker_name, team: me.team ?? '' })}</span>
      </p>
    </Page>
  );
}

/** More than this is no longer what any two clocks differ by. */
const CLOCK_SLACK_MS = 5 * 60_000;

function ClockNotice() {
  const offset = useShared().status?.clock_offset_ms ?? 0;
  if (Math.abs(offset) < CLOCK_SLACK_MS) return null;
  const words = t(offset > 0 ? 'clock-wrong-behind' : 'clock-wrong-ahead', { time: span(Math.abs(offset)) });
  return <Notice kind="care" title={t('clock-wrong')}><p>{words}</p></Notice>;
}

function WaitingBox() {
  const waiting = useWaiting();
  const kind = waiting.waiting !== 0 ? 'waiting waiting--some' : 'waiting';
  return (
    <section class={kind} aria-label={t('waiting-title')}>
      <p role="status">{waitingWords(waiting, Date.now()).join(' ')}</p>
      {((waiting.waiting ?? 0) > 0 || waiting.ended !== 'quiet') && (
        <Button look="second" off={waiting.passing} onTap={() => pass()}>{t('send-now')}</Button>
      )}
    </section>
  );
}

/** Unless the council has settled another number. */
const OVERDUE_H = 72;

function Mine() {
  const { value: people, trouble } = useAsked('people', { query: '' });
  const today = useAsked('today', {}).value;
  const overdueH = useAsked('settings', {}).value?.overdue_draft_h ?? OVERDUE_H;
  const coming = useComing(people);
  const mine = people?.filter((person) => person.mine) ?? [];
  return (
    <>
      {today && today.drafts.length > 0 && <Section title={t('today-drafts')}><Rows notes={today.drafts} mine overdueH={overdueH} /></Section>}
      <Section title={t('today-people')}>
        {people && mine.length === 0 && <p class="govuk-body">{t(coming ? 'today-coming' : 'today-nobody')}</p>}
        <TroubleNotice trouble={trouble} />
        {mine.length > 0 && <People people={mine} />}
        <Others />
      </Section>
      {today && <Due today={today} />}
    </>
  );
}

/** How long what came is still on its way from the store to the screen. */
const ARRIVING_MS = 1_000;

/** Whether a list that is empty may yet be filled: nobody is told that they have no people while those are fetched. */
function useComing(people: PersonItem[] | null): boolean {
  const { passing, last_sent_at_ms } = useShared();
  const [still, setStill] = useState(true);
  useEffect(() => {
    setStill(true);
    const timer = setTimeout(() => setStill(false), ARRIVING_MS);
    return () => clearTimeout(timer);
  }, [passing, people]);
  return still || (passing && last_sent_at_ms === null);
}

/** Those who are on no list here. */
function Others() {
  return (
    <div class="after">
      <ButtonLink to={{ at: 'door' }} look="second"><Icon sign="plus" />{t('door-link')}</ButtonLink>
      <ButtonLink to={{ at: 'someone' }} look="second"><Icon sign="server" />{t('someone-link')}</ButtonLink>
    </div>
  );
}

function Due({ today }: { today: TodayView }) {
  const now = isoDate(Date.now());
  return (
    <>
      {today.reviews.length > 0 && (
        <Section title={t('today-reviews')}>
          <ul class="rows">
            {today.reviews.map((review) => (
              <li class="row" key={review.note}>
                <a class="row__link row__name" href={hashOf({ at: 'person', id: review.case_id })}>{review.name}</a>
                <p class="row__line">
                  {review.kind && `${t(`review-${review.kind}`)} · `}{review.due < now ? t('due-past', { date: date(review.due) }) : t('due', { date: date(review.due) })}
                </p>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {today.actions.length > 0 && (
        <Section title={t('today-actions')}>
          <Actions actions={today.actions.slice(0, FIRST_ACTIONS)} now={now} />
          {today.actions.length > FIRST_ACTIONS && (
            <Fold summary={t('today-more-actions', { n: today.actions.length - FIRST_ACTIONS })}>
              <Actions actions={today.actions.slice(FIRST_ACTIONS)} now={now} />
            </Fold>
          )}
        </Section>
      )}
    </>
  );
}

function Actions({ actions, now }: { actions: TodayView['actions']; now: string }) {
  return (
    <ul class="rows">
      {actions.map((action) => (
        <li class="row" key={action.entry.id}>
          <a class="row__link row__name" href={hashOf({ at: 'note', id: action.note })}>{String(action.entry.what ?? '')}</a>
          <p class="row__line">{actionWords(action.name, action.entry.who, action.entry.by, now)}</p>
        </li>
      ))}
    </ul>
  );
}

function actionWords(name: string | null, who: unknown, by: unknown, now: string): string {
  const when = typeof by !== 'string' ? '' : t(by < now ? 'due-past' : 'due', { date: date(by) });
  return [name, typeof who === 'string' ? who : '', when].filter(Boolean).join(' · ');
}

function Found({ words }: { words: string }) {
  const people = useAsked('people', { query: words }).value ?? [];
  const notes = useAsked('search', { words, most: MOST_FOUND }).value ?? [];
  return (
    <>
      <p class="govuk-visually-hidden" role="status">{t('found', { people: people.length, notes: notes.length })}</p>
      <Section title={t('found-people')}>
        {people.length === 0 ? <p class="govuk-body">{t('found-nobody')}</p> : <People people={people} />}
        <Others />
      </Section>
      {notes.length > 0 && (
        <Section title={t('found-notes')}>
          <Rows notes={notes} />
          {notes.length === MOST_FOUND && <p class="govuk-hint">{t('found-most', { n: MOST_FOUND })}</p>}
        </Section>
      )}
    </>
  );
}

function People({ people }: { people: PersonItem[] }) {
  return (
    <ul class="rows">
      {people.map((person) => (
        <li class="row" key={person.id}>
          <a class="row__link" href={hashOf({ at: 'person', id: person.case_id })}>
            <span class="row__name">{person.name}</span>
            <span class="row__line">
              {person.date_of_birth ? t('born', { date: date(person.date_of_birth) }) : t('born-unknown')} · {person.case_id}
            </span>
          </a>
          {person.alerts && <p class="row__alert"><Icon sign="warn" />{person.alerts}</p>}
        </li>
      ))}
    </ul>
  );
}

function Rows({ notes, mine, overdueH }: { notes: NoteItem[]; mine?: boolean; overdueH?: number }) {
  return <ul class="rows">{notes.map((note) => <NoteRow key={note.id} note={note} showName mine={mine ?? false} overdueH={overdueH ?? 0} />)}</ul>;
}

function Section({ title, children }: { title: string; children: preact.ComponentChildren }) {
  return <section class="section"><h2 class="govuk-heading-m">{title}</h2>{children}</section>;
}
