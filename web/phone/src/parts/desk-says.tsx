// What the team's desk says to this worker, until they say that they have read it, and what it ordered this phone to do.
import { core, useAsked } from '../core/app';
import type { Message } from '../core/calls';
import { hashOf } from '../route';
import { visibly } from '../words/letters';
import { dayAndHour } from '../words/times';
import { has, t } from '../words/words';
import { Button } from './button';
import { Notice } from './notice';

/** All messages, for Today. */
export function DeskSays() {
  const { value: messages, again } = useAsked('messages', {});
  if (!messages || messages.length === 0) return null;
  return (
    <section class="section">
      <h2 class="govuk-heading-m">{t('desk-says', { n: messages.length })}</h2>
      <ul class="rows">
        {messages.map((message) => <li class="row" key={message.id}><Said message={message} leads onRead={again} /></li>)}
      </ul>
    </section>
  );
}

/** Those about one note, where it is read or written. */
export function DeskSaysOf({ note }: { note: string }) {
  const { value: messages, again } = useAsked('messages', {});
  const about = messages?.filter((message) => message.note === note) ?? [];
  if (about.length === 0) return null;
  return <Notice kind="care">{about.map((message) => <Said key={message.id} message={message} onRead={again} />)}</Notice>;
}

function Said({ message, leads, onRead }: { message: Message; leads?: boolean; onRead: () => void }) {
  const read = async () => {
    await core.call('read_message', { id: message.id });
    onRead();
  };
  const kind = has(`message-${message.kind}`) ? message.kind : 'note';
  return (
    <div class="message">
      <p class="message__who">
        {t(`message-${kind}`, { from: message.from })} <span class="govuk-hint">{dayAndHour(Date.parse(message.sent_at), Date.now())}</span>
      </p>
      <p class="message__text" dir="auto">{visibly(message.text)}</p>
      {leads && message.note && (
        <p><a class="govuk-link tall" href={hashOf({ at: 'note', id: message.note })}>{t('message-to-note', { name: message.name ?? t('name-unknown') })}</a></p>
      )}
      <Button look="second" onTap={read}>{t('message-read')}<span class="govuk-visually-hidden"> {visibly(message.text)}</span></Button>
    </div>
  );
}

/** That the phone is to let go of everything, and what it still waits for. */
export function DeskOrders() {
  const ordered = useAsked('ordered', {}).value;
  if (!ordered?.wipe) return null;
  if (ordered.wipe !== 'sends') return <Notice kind="care" now title={t('wiped')}><p>{t('wiped-to-tell')}</p></Notice>;
  return (
    <Notice kind="care" title={t('wipe-ordered')}>
      <p>{t('wipe-sends', { n: ordered.waiting })}</p>
      {ordered.additions.length > 0 && (
        <>
          <p>{t('wipe-additions')}</p>
          <ul class="govuk-list">
            {ordered.additions.map((note) => <li key={note}><a class="govuk-link tall" href={hashOf({ at: 'add', id: note })}>{t('wipe-to-addition')}</a></li>)}
          </ul>
        </>
      )}
    </Notice>
  );
}
