// Imran meets somebody on the stairs who is not his. With her case number and a reason he reads what Ruth wrote, for a
// day; that he did is written down. With a guess, without a reason or without signal he reads nothing. And what he left
// open himself is not forgotten.
import assert from 'node:assert/strict';
import { finish, goTo, openPerson, PIN, saved, writeNote } from './steps.mjs';
import { story } from './town.mjs';

const HOUR_MS = 3_600_000;

await story('someone', async (server, phone, look) => {
  const ruth = phone('ruth');
  const hers = await ruth.setUp('W101', PIN);
  await openPerson(hers, 'Maureen Gillespie');
  const case_id = (await hers.getByText(/^Case /).first().innerText()).replace('Case ', '');
  const box = await writeNote(hers);
  await box.pressSequentially('Mo fell on the stairs on Monday.');
  await saved(hers);
  await finish(hers);
  await hers.getByText('On the team server').first().waitFor();
  await ruth.close();

  const imran = phone('imran');
  const page = await imran.setUp('W102', PIN);
  assert.equal(await page.getByText('Maureen Gillespie').count(), 0, 'she is none of his');
  await page.getByRole('link', { name: 'Someone who is not mine' }).click();
  await page.getByText('This is recorded').waitFor();
  await look(page, 'someone');
  const ask = async (id, reason) => {
    await page.getByLabel('Case number').fill(id);
    await page.getByLabel('Why you need to read it').fill(reason);
    await page.getByRole('button', { name: 'Read their record' }).click();
  };
  await ask('', '');
  await page.getByText('Type the case number.').waitFor();
  await page.getByText('Say in a few words why').waitFor();
  await look(page, 'someone-errors');
  await ask('P-0', 'met her on the stairs');
  await page.getByText('Nobody has this case id.').waitFor();
  imran.signal.cut();
  await ask(case_id, 'met her on the stairs');
  await page.getByText('Looking someone up needs signal').waitFor();
  await look(page, 'someone-no-signal');
  imran.signal.back();
  await ask(case_id, 'met her on the stairs');
  await page.getByRole('heading', { level: 1, name: 'Maureen Gillespie' }).waitFor();
  await page.getByText('You can read this until').waitFor();
  await page.locator('summary', { hasText: 'Home visit' }).click();
  await page.getByText('Mo fell on the stairs on Monday.').waitFor();
  await look(page, 'looked-up');

  // It is read without signal, too, and is none of his notes.
  imran.signal.cut();
  await goTo(page, '#/');
  await page.getByLabel('Find a person or a note').fill('stairs');
  await page.getByText('Nobody in your team is called that').or(page.getByText('People')).first().waitFor();
  assert.equal(await page.getByText('Mo fell').count(), 0);
  await goTo(page, '#/someone');
  await page.getByRole('link', { name: /Maureen Gillespie/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Maureen Gillespie' }).waitFor();
  imran.signal.back();

  // A day later it is over.
  imran.clock.pass(25 * HOUR_MS);
  await goTo(page, '#/');
  await goTo(page, `#/looked-up/${encodeURIComponent(case_id)}`);
  await page.getByText('This record is not open any more').first().waitFor();
  await look(page, 'looked-up-over');
  await goTo(page, '#/someone');
  await page.getByText('This is recorded').waitFor();
  assert.equal(await page.getByText('Open on this phone').count(), 0);

  // A note of his own that he left open says so on Today after three days, and not before.
  await goTo(page, '#/');
  await openPerson(page, 'Jean-Luc Abernethy');
  await (await writeNote(page)).pressSequentially('To be finished.');
  await saved(page);
  await goTo(page, '#/');
  await page.getByRole('heading', { name: 'Not finished yet' }).waitFor();
  assert.equal(await page.getByText(/^Open for/).count(), 0);
  imran.clock.pass(73 * HOUR_MS);
  await goTo(page, '#/someone');
  await goTo(page, '#/');
  await page.getByText('Open for 3 days.').waitFor();
  await look(page, 'today-overdue');
});
