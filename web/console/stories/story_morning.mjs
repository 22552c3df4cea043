// Lesley's morning: what needs a person, a concern that she acknowledges by name, what waits; the audit says who looked;
// Tom changes a setting with a reason; and reports say nothing about a few notes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Headless } from './headless.mjs';
import { Clock } from '../../phone/stories/clock.mjs';
import { ROOT, story } from './desk.mjs';

await story('morning', async ({ server, admin, look }) => {
  // Imran's phone was here the day before yesterday, and since then not.
  const clock = new Clock(ROOT, server.folder, 'town');
  clock.set(-40 * 3_600_000);
  await server.stop();
  Object.assign(process.env, clock.env);
  await server.start();
  new Headless(server, 'imran').enrol('W102');
  for (const name of Object.keys(clock.env)) delete process.env[name];
  await server.stop();
  await server.start();
  const ruth = new Headless(server, 'ruth').enrol('W101');
  const { id } = ruth.run('new', 'P104201', 'home_visit');
  ruth.run('type', id, 'She was on the floor of the kitchen when I came.');
  ruth.run('set', id, 'concerns.+', JSON.stringify({ kind: 'safeguarding', text: 'Bruises on both arms.' }));
  ruth.run('set', id, 'feedback', JSON.stringify({ was_it_useful: 'yes', words: 'You <b>listened</b>.' }));
  ruth.run('finish', id);
  const stranger = ruth.run('new', '--name', 'Wilfred Ashdown', 'home_visit');
  ruth.run('type', stranger.id, 'A neighbour, met at the door.');
  ruth.run('finish', stranger.id);
  ruth.run('sync');

  // Today: one issue, one concern, every phone as it is.
  const lesley = admin('lesley');
  const page = await lesley.signUp('W110');
  const issue = page.getByRole('link', { name: 'Person not known yet' });
  await issue.waitFor();
  assert.match(await issue.getAttribute('href'), /^#\/issues\/.+/);
  await page.getByText('1 issue needs a person').waitFor();
  assert.match(await page.locator('.cards').innerText(), /^1\s+up to date\s+0\s+with notes waiting\s+1\s+silent$/);
  const acknowledge = page.getByRole('button', { name: 'Acknowledge the concern' });
  await acknowledge.waitFor();
  assert.ok(!(await page.locator('main').innerText()).includes('Bruises'), 'its words stay in the note');
  // It is hers by name and time, and done once.
  await acknowledge.click();
  await page.getByText('You have acknowledged the concern about').waitFor();
  await page.getByText(/^by Lesley/).waitFor();
  assert.equal(await acknowledge.count(), 0);
  // A new issue comes without reloading.
  const second = ruth.run('new', '--name', 'Nora Quill', 'phone_call');
  ruth.run('type', second.id, 'She asked to be called back.');
  ruth.run('finish', second.id);
  ruth.run('sync');
  await page.getByText('2 issues need a person').waitFor({ timeout: 10_000 });
  await look(page, 'today');

  // The audit: who acknowledged, and that Lesley is looking now.
  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  await page.getByRole('cell', { name: 'concern: acknowledged' }).waitFor();
  await page.getByRole('cell', { name: 'audit: seen' }).first().waitFor();
  await look(page, 'audit');
  await page.getByLabel('Worker (id)').fill('W101');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByRole('cell', { name: /Lesley/ }).first().waitFor({ state: 'detached' });
  await page.getByLabel('Worker (id)').fill('W999');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByRole('alert').getByText('There is nothing here by that name').waitFor();
  assert.equal(await page.getByLabel('Worker (id)').inputValue(), 'W999');

  // Settings: she sees them; Tom changes one, with a reason.
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('Only an organisation admin can change these').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Change/ }).count(), 0);
  const tom = admin('tom');
  const desk = await tom.signUp('W111', '--role', 'organisation_admin');
  await desk.getByRole('link', { name: 'Settings' }).click();
  await desk.getByRole('button', { name: 'Change Timeliness' }).click();
  await desk.getByLabel('New value of “Timeliness”').fill('1000');
  await desk.getByRole('button', { name: 'Save' }).click();
  await desk.getByRole('alert').getByText('Give a reason').waitFor();
  await desk.getByLabel('Reason').fill('The board of 3 March');
  await desk.getByRole('button', { name: 'Save' }).click();
  await desk.getByRole('alert').getByText('1 to 720 hours').waitFor();
  await look(desk, 'setting-refused');
  await desk.getByLabel('New value of “Timeliness”').fill('24');
  await desk.getByRole('button', { name: 'Save' }).click();
  await desk.getByText('Timeliness is changed.').waitFor();
  await desk.getByText('Timeliness: 24 hours').waitFor();
  await look(desk, 'settings');
  await desk.getByRole('link', { name: 'All changes, in the audit' }).click();
  await desk.getByText('The board of 3 March').waitFor();
  await desk.getByText('after: 24').waitFor();

  // Reports: of a few notes no time is told; what is counted is counted, and comes as a file too.
  await page.getByRole('link', { name: 'Reports' }).click();
  await page.getByRole('link', { name: 'From contact to case system' }).click();
  await page.getByText('Something is left out because it was about fewer than five notes').waitFor();
  await page.getByText('There is nothing to show for these months').waitFor();
  await page.getByRole('link', { name: 'Feedback' }).click();
  await page.getByText('You <b>listened</b>.').waitFor();
  await look(page, 'report');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as CSV' }).click()]);
  assert.match(fs.readFileSync(await file.path(), 'utf8'), /^team,answer,notes\r\n.*,yes,1\r\n$/);
  // A worker's own quarter is theirs first.
  await page.getByRole('link', { name: 'A worker’s own quarter' }).click();
  await page.getByLabel('Worker id').fill('W101');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByRole('alert').getAttribute('data-code'), 'not_yet_seen');
  await look(page, 'not-yet-seen');
});
