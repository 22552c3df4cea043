import { Page } from '../parts/page';

export function Today() {
  return <Page title="Today" at="today"><p class="govuk-body">Nothing yet.</p></Page>;
}
