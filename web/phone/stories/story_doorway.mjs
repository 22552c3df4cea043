// Ruth sets her phone up at the office, and writes in a doorway without signal. The phone dies in the middle; what was
// shown as saved is there when it starts again, still without signal. At the bus stop it is sent.
import assert from 'node:assert/strict';
import { story } from './town.mjs';

const PIN = '246813';

await story('doorway', async (server, phone) => {
  const ruth = phone('ruth');
  let page = await ruth.setUp('W101', PIN);
  // All of the app is on the phone before the first visit.
  await page.waitForFunction(() => navigator.serviceWorker.controller || navigator.serviceWorker.ready.then(() => true));
  await server.stop();

  // No signal from here on.
  await page.getByRole('link', { name: /Maureen Gillespie/ }).click();
  await page.getByText('Do not leave voicemail').waitFor();
  await page.getByRole('button', { name: 'Write a note' }).or(page.getByRole('link', { name: 'Write a note' })).click();
  let box = page.getByLabel('What happened');
  await box.waitFor();
  const words = 'Mo made tea 🫖 and showed me the new rail. Ẅelsh dresser moved.';
  await box.pressSequentially(words);
  await page.getByText(/Saved on this phone \d/).first().waitFor();
  // What is on this phone alone is not shown as sent.
  await page.getByText('1 waiting').waitFor();
  assert.equal(await page.getByText('All sent').count(), 0);
  await box.pressSequentially(' And then');
  await page.waitForTimeout(300);
  const shown = await page.getByText(/Saved on this phone \d/).count() > 0;
  const address = page.url();
  await ruth.kill();

  // From cold, with no server anywhere.
  page = await ruth.open(server.url);
  await page.getByLabel('PIN').first().fill('111111');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByText('This PIN is not right').first().waitFor();
  await page.getByLabel('PIN').first().fill(PIN);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  await page.goto(address);
  box = page.getByLabel('What happened');
  await box.waitFor();
  const kept = await box.inputValue();
  assert.ok(kept.startsWith(words), `shown as saved, and not there: ${kept}`);
  assert.ok(`${words} And then`.startsWith(kept), `nothing that was not typed: ${kept}`);

  // A second tab keeps its hands off.
  const second = await ruth.tab(server.url);
  await second.getByText('Doorstep is open in another tab').waitFor();
  await second.close();

  // The bus stop: there is signal again.
  await server.start();
  await page.getByRole('link', { name: 'Finish', exact: true }).or(page.getByRole('button', { name: 'Finish', exact: true })).click();
  await page.getByRole('button', { name: 'Finish this note' }).click();
  await page.getByText('On the team server').first().waitFor();

  // Her other phone has it from there.
  const other = phone('other');
  const there = await other.setUp('W101', PIN);
  await there.getByRole('link', { name: /Maureen Gillespie/ }).click();
  await there.getByText('Mo made tea 🫖').first().waitFor();

  // She gives that phone back: nothing of hers stays on it.
  await there.goto(`${server.url}/#/phone`);
  await there.getByRole('button', { name: 'Sign out' }).click();
  await there.getByRole('button', { name: 'Yes, sign out' }).click();
  await there.getByRole('heading', { name: 'Set up this phone' }).waitFor();
  await there.reload();
  await there.getByRole('heading', { name: 'Set up this phone' }).waitFor();
  await other.close();
  // A colleague takes it over.
  const imran = await other.setUp('W102', PIN);
  await imran.getByRole('heading', { name: 'Your people' }).waitFor();
  assert.equal(await imran.getByText('Maureen Gillespie').count(), 0, 'she is none of his');
});
