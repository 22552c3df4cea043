// What people do again and again in these stories, each step ended by what is then on the screen.

export const PIN = '246813';

export async function unlock(page, pin = PIN) {
  await page.getByLabel('PIN').first().fill(pin);
  await page.getByRole('button', { name: 'Unlock' }).click();
}

/** All that is there for a new phone has come. */
export async function fetched(page) {
  await page.getByText(/Last sent today/).waitFor();
}

/** From Today to a person's page. */
export async function openPerson(page, name) {
  // A note of theirs that is not finished stands above them, under the same name.
  await page.locator('a[href^="#/person/"]', { hasText: name }).first().click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

/** From a person's page: one tap, and the box has the focus. */
export async function writeNote(page) {
  await page.getByRole('button', { name: 'Write a note' }).click();
  const box = page.getByLabel('What happened');
  await box.waitFor();
  return box;
}

/** Everything typed so far is said to be saved. */
export async function saved(page) {
  await page.locator('.saved:not(.saved--pending)').getByText(/^Saved on this phone \d\d:\d\d$/).waitFor();
}

export async function finish(page) {
  await page.getByRole('link', { name: 'Finish', exact: true }).click();
  await page.getByRole('button', { name: 'Finish this note' }).click();
  await page.getByRole('link', { name: 'Add to this note' }).waitFor();
}

/** Unfolds a part of Write. */
export async function unfold(page, words) {
  await page.locator('summary', { hasText: words }).click();
}

export async function goTo(page, hash) {
  await page.evaluate((to) => { location.hash = to; }, hash);
}

/** What is here can be seen without scrolling. */
export async function inSight(thing) {
  await thing.waitFor();
  const box = await thing.evaluate((it) => { const { top, bottom } = it.getBoundingClientRect(); return { top, bottom, most: innerHeight }; });
  if (box.top < 0 || box.bottom > box.most) throw new Error(`out of sight: ${JSON.stringify(box)} ${await thing.innerText()}`);
}
