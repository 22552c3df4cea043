// The worker's own quarter, for reflective supervision. It is asked of the server and not kept here. They see it first:
// that they opened it lets their team's desk see it too, and the page says so before they do.
import { useState } from 'preact/hooks';
import { core } from '../core/app';
import type { OwnBesideTeam, Reflection } from '../core/calls';
import { Trouble } from '../core/core';
import { Select } from '../parts/fields';
import { Button } from '../parts/button';
import { Notice, sentence } from '../parts/notice';
import { Page } from '../parts/page';
import { hashOf } from '../route';
import { dayAndHour } from '../words/times';
import { refusalWords } from '../words/waiting';
import { t } from '../words/words';

const BACK = { to: { at: 'phone' }, words: t('phone-title') } as const;
/** This quarter, and those that one still talks about. */
const OFFERED = 5;

/** The quarters that can be opened, the newest first: by UTC, as the server reckons. */
function quarters(now: Date): { year: number; quarter: number }[] {
  const last = now.getUTCFullYear() * 4 + Math.floor(now.getUTCMonth() / 3);
  return Array.from({ length: OFFERED }, (_, back) => ({ year: Math.floor((last - back) / 4), quarter: (last - back) % 4 + 1 }));
}

export function MyQuarter() {
  const offered = quarters(new Date());
  const [chosen, setChosen] = useState(0);
  const [shown, setShown] = useState<Reflection | null>(null);
  const [wrong, setWrong] = useState('');
  const open = async () => {
    setWrong('');
    setShown(null);
    try {
      const said = await core.call('reflection', offered[chosen] ?? quarters(new Date())[0]!);
      if ('page' in said) return setShown(said.page);
      setWrong(said.ended === 'offline' ? t('quarter-offline') : said.ended === 'quiet' ? '' : refusalWords(said.ended.refused));
    } catch (error) {
      setWrong(error instanceof Trouble ? sentence(error.message) : String(error));
    }
  };
  const choices = offered.map(({ year, quarter }, n) => ({ value: String(n), words: t(`quarter-${quarter}`, { year: String(year) }) }));
  return (
    <Page title={t('quarter-title')} back={BACK}>
      <Notice kind="care" title={t('quarter-first')}><p>{t('quarter-first-what')}</p></Notice>
      {wrong && <Notice kind="bad" now title={t('quarter-failed')}><p>{wrong}</p></Notice>}
      <Select label={t('quarter-which')} value={String(chosen)} choices={choices} onChoose={(n) => { setChosen(Number(n)); setShown(null); }} />
      <Button onTap={open}>{t('quarter-open')}</Button>
      {shown && <Shown page={shown} name={choices[chosen]?.words ?? shown.quarter} />}
    </Page>
  );
}

function Shown({ page, name }: { page: Reflection; name: string }) {
  return (
    <section class="section after" aria-live="polite">
      <h2 class="govuk-heading-m">{name}</h2>
      <p class="govuk-body">{t('quarter-notes', { n: page.notes })} {t('quarter-opened', { when: dayAndHour(Date.parse(page.opened_at), Date.now()) })}</p>
      <p class="govuk-body">{t('quarter-middle')}</p>
      <dl class="facts">
        <Measure name={t('quarter-recording')} of={page.recording} />
        <Measure name={t('quarter-contact')} of={page.contact} />
        <Measure name={t('quarter-to-finish')} of={page.to_finish} />
      </dl>
      <h2 class="govuk-heading-m">{t('quarter-words')}</h2>
      {page.words.length === 0 && <p class="govuk-body">{t('quarter-no-words')}</p>}
      <ul class="rows">
        {page.words.map((said) => (
          <li class="row" key={said.note_id}>
            {said.answer && <p class="row__line">{t('useful-said', { answer: t(`useful-${said.answer}`) })}</p>}
            <p class="said">{said.words}</p>
            <NoteLink id={said.note_id} words={t('quarter-note')} />
          </li>
        ))}
      </ul>
      <h2 class="govuk-heading-m">{t('quarter-concerns')}</h2>
      {page.concerns.length === 0 && <p class="govuk-body">{t('quarter-no-concerns')}</p>}
      <ul class="rows">
        {page.concerns.map((raised, n) => (
          <li class="row" key={n}>
            <NoteLink id={raised.note_id} words={t(raised.kind ? `concern-${raised.kind}` : 'one-concerns')} />
            <p class="row__line">{raised.acknowledged_at ? t('quarter-acknowledged', { when: dayAndHour(Date.parse(raised.acknowledged_at), Date.now()) }) : t('quarter-not-acknowledged')}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function NoteLink({ id, words }: { id: string; words: string }) {
  return <a class="row__link" href={hashOf({ at: 'note', id })}><span class="row__says">{words}</span></a>;
}

function inMinutes(n: number): string {
  return n === 0 ? t('quarter-under-a-minute') : t('minutes', { n });
}

function Measure({ name, of }: { name: string; of: OwnBesideTeam }) {
  const own = of.own === null ? t('quarter-none') : inMinutes(of.own);
  const team = of.team === null ? t('quarter-too-few') : t('quarter-team', { time: inMinutes(of.team) });
  return <><dt>{name}</dt><dd>{own}<p class="row__line measure__team">{team}</p></dd></>;
}
