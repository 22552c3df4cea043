// Ruth is back from two weeks away and has forgotten her PIN. Ten tries later her phone takes none any more, with a note
// in it that nobody else has. A new link of hers opens it; the old one, a colleague's, and no signal do not.
import assert from 'node:assert/strict';
import { fetched, openPerson, PIN, saved, unlock, writeNote } from './steps.mjs';
import { story } from './town.mjs';

const HOUR_MS = 3_600_000;
const NEW_PIN = '975318';

await story('forgotten', async (server, phone, look) => {
  const ruth = phone('ruth');
  const spent = server.link('W101');
  let page = await ruth.setUpBy(spent, PIN);
  await fetched(page);
  ruth.signal.cut();
  await openPerson(page, 'Maureen Gillespie');
  const box = await writeNote(page);
  await box.pressSequentially('Nobody else has this');
  await saved(page);
  await ruth.close();

  page = await ruth.open();
  for (let tries = 0; tries < 10; tries++) {
    await page.getByLabel('PIN').first().fill('135790');
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByText('This PIN is not right').or(page.getByText('Too many wrong PINs')).first().waitFor();
    ruth.clock.pass(HOUR_MS);
    if (tries < 9) await page.waitForFunction(() => !document.querySelector('button[type=submit]').disabled);
  }
  await page.getByText('Too many wrong PINs').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Unlock' }).count(), 0, 'no PIN is taken, the right one neither');
  await look(page, 'locked-out');
  // Nor by a restart.
  await ruth.close();
  page = await ruth.open();
  await page.getByText('Too many wrong PINs').waitFor();

  const link = page.getByLabel('The new link');
  const choose = async (with_link) => {
    await link.fill(with_link);
    await page.getByLabel('Choose a PIN').fill(NEW_PIN);
    await page.getByLabel('The same PIN again').fill(NEW_PIN);
    await page.getByRole('button', { name: 'Choose this PIN and open' }).click();
  };
  // The team admin's clock goes right: hers is ten hours ahead by now.
  ruth.clock.set(0);
  const fresh = server.link('W101');
  await choose(fresh);
  await page.getByText('Your link is not used up').waitFor();
  await look(page, 'let-in-no-signal');
  ruth.signal.back();
  for (const wrong of [spent, server.link('W102'), `${server.url}/#enrol=K7Q2M-9XW4T`]) {
    await choose(wrong);
    await page.getByText('The code is not known, was used, or has expired. Ask for a fresh one.').waitFor();
  }
  await choose('not a link');
  await page.getByText('This is not a link that sets up a phone').waitFor();
  await choose(fresh);
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  // Her note is here, and goes out.
  await page.getByText('All sent').waitFor();
  await page.locator('a[href^="#/write/"]').first().click();
  const kept = page.getByLabel('What happened');
  await kept.waitFor();
  assert.equal(await kept.inputValue(), 'Nobody else has this');

  // The new PIN opens it, the old one does not.
  await ruth.close();
  page = await ruth.open();
  await unlock(page, PIN);
  await page.getByText('This PIN is not right').waitFor();
  await look(page, 'unlock');
  await unlock(page, NEW_PIN);
  await page.getByRole('heading', { name: 'Today' }).waitFor();

  // Who only opens the link on the locked phone gets to the same place.
  const again = server.link('W101');
  await ruth.close();
  page = await ruth.open(again);
  await page.getByText('Your new link is here').waitFor();
  await look(page, 'let-in-by-link');
  await page.getByLabel('Choose a PIN').fill(PIN);
  await page.getByLabel('The same PIN again').fill(PIN);
  await page.getByRole('button', { name: 'Choose this PIN and open' }).click();
  await page.getByRole('heading', { name: 'Today' }).waitFor();
});
