import { hashOf } from '../route';
import { Page } from '../parts/page';

export function Missing() {
  return (
    <Page title="There is no such page" at="">
      <p class="govuk-body">The address may be old, or cut off. <a class="govuk-link" href={hashOf('today')}>Go to Today</a>.</p>
    </Page>
  );
}
