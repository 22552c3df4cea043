// Who a page is about, with two identifiers to check before anything is written in the wrong record.
import type { PersonItem } from '../core/calls';
import { date } from '../words/times';
import { t } from '../words/words';

export function Identifiers({ person }: { person: Pick<PersonItem, 'case_id' | 'date_of_birth'> }) {
  return (
    <p class="identifiers">
      <span>{person.date_of_birth ? t('born', { date: date(person.date_of_birth) }) : t('born-unknown')}</span>
      <span>{t('case-id', { id: person.case_id })}</span>
    </p>
  );
}
