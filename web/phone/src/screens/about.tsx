// The person's own page, under the PRSB About Me headings. It is written in like a note, letter by letter, by
// everybody of the team, and is never finished.
import { useEffect, useState } from 'preact/hooks';
import { core, useAsked } from '../core/app';
import { Page } from '../parts/page';
import { TroubleNotice } from '../parts/notice';
import { SavedLine } from '../write/saved-line';
import { Saving } from '../write/saving';
import { TextBox } from '../write/text-box';
import { EntryRows, type SlotField } from '../write/entry-rows';
import { t } from '../words/words';

export const HEADINGS = [
  'what_matters_most', 'people_who_matter', 'how_i_communicate', 'my_wellness', 'please_do', 'please_dont',
  'how_and_when_to_support', 'also_worth_knowing', 'written_with',
] as const;

const CONTACT: SlotField[] = [
  { slot: 'name', words: t('contact-name') },
  { slot: 'relationship', words: t('contact-relationship') },
  { slot: 'phone', words: t('contact-phone'), type: 'tel' },
];
const ALERT: SlotField[] = [{ slot: 'text', words: t('alert-text') }];

export function About({ caseId }: { caseId: string }) {
  const back = { to: { at: 'person', id: caseId }, words: t('back-to-person') } as const;
  const { value: page, trouble } = useAsked('about', { case_id: caseId }, () => false);
  if (!page) return <Page title={t('opening')} back={back}><TroubleNotice trouble={trouble} /></Page>;
  return <AboutForm id={page.id} back={back} />;
}

function AboutForm({ id, back }: { id: string; back: { to: { at: 'person'; id: string }; words: string } }) {
  const [saving] = useState(() => new Saving());
  useEffect(() => {
    void core.call('watch', { notes: [id] }).catch(() => undefined);
    return () => void core.call('watch', { notes: [] }).catch(() => undefined);
  }, [id]);
  const { value: page, trouble, again } = useAsked('show_about', { note: id }, (notes) => notes.includes(id));
  const title = t('about-of', { name: page?.name ?? '' });
  if (!page) return <Page title={t('opening')} back={back}><TroubleNotice trouble={trouble} /></Page>;
  return (
    <Page title={title} back={back} bar={<SavedLine saving={saving} />}>
      <p class="govuk-hint">{t('about-hint')}</p>
      {HEADINGS.map((heading) => (
        <TextBox key={heading} note={id} field={heading} label={t(`about-${heading}`)} saving={saving}
          starts={String(page[heading] ?? '')} />
      ))}
      <h2 class="govuk-heading-m">{t('about-contacts')}</h2>
      <EntryRows note={id} field="contacts" slots={CONTACT} entries={page.contacts} saving={saving} onSaved={again}
        one={t('about-contact')} more={t('about-contact-more')} />
      <h2 class="govuk-heading-m">{t('about-alerts')}</h2>
      <EntryRows note={id} field="alerts" slots={ALERT} entries={page.alerts} saving={saving} onSaved={again}
        one={t('about-alert')} more={t('about-alert-more')} />
    </Page>
  );
}
