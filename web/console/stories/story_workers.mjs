// Lesley enrols a phone for Ruth by the code on her screen, sees it come, asks it to lock, and says a word to her; then Ruth
// leaves: one deed takes her phone's rights, hands her people on, and what she had not sent still comes in, held.
import assert from 'node:assert/strict';
import { Headless } from './headless.mjs';
import { story } from './desk.mjs';

await story('workers', async ({ server, admin, look }) => {
  const lesley = admin('lesley');
  const page = await lesley.signUp('W110');
  await page.getByRole('link', { name: 'Workers and devices' }).click();
  await page.getByRole('link', { name: 'Ruth Bannister' }).waitFor();
  await look(page, 'workers');
  await page.getByRole('link', { name: 'Ruth Bannister' }).click();
  await page.getByRole('heading', { name: 'Ruth Bannister', level: 1 }).waitFor();
  // The code on the screen enrols a phone.
  await page.getByRole('button', { name: 'Enrol a phone' }).click();
  const link = await page.locator('code').innerText();
  await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
  await look(page, 'enrol');
  const ruth = new Headless(server, 'ruth');
  ruth.run('enrol', link);
  await page.getByRole('heading', { name: 'Phone without a name' }).waitFor();
  await page.getByText('Change Phone without a name').click();
  await page.getByLabel('Name').fill('Ruth’s phone');
  await page.getByRole('button', { name: 'Save the name' }).click();
  await page.getByRole('heading', { name: 'Ruth’s phone' }).waitFor();
  // A word to her is on her phone, and read there.
  await page.getByLabel('Say something').fill('Please bring the blue folder.');
  await page.getByRole('button', { name: 'Send it to their phones' }).click();
  await page.getByText('not read yet').waitFor();
  ruth.run('sync');
  const [word] = ruth.run('messages');
  assert.equal(word.text, 'Please bring the blue folder.');
  ruth.run('read', word.id);
  ruth.run('sync');
  await page.getByText(/, read today/).waitFor();
  // To lock it needs a reason; without one nothing happens.
  await page.getByRole('button', { name: 'Lock it' }).click();
  await page.getByRole('alert').getByText('Give a reason').waitFor();
  await look(page, 'device');

  // Ruth leaves with words on her phone that nobody has yet.
  const unsent = ruth.run('new', 'P104241', 'home_visit').id;
  ruth.run('type', unsent, 'Written on the last day, without signal.');
  await page.getByText('Ruth Bannister has left').click();
  await page.getByLabel('Hand the caseload to (worker id)').fill('W102');
  await page.getByLabel('Reason for leaving').fill('Her last day');
  await look(page, 'leaving');
  await page.getByRole('button', { name: 'Record that they left' }).click();
  await page.getByText(/^Done: 1 phone revoked, 4 handed on, 0 still on this caseload/).waitFor();
  await look(page, 'left');
  ruth.run('sync');
  const issues = JSON.parse(server.run('issue', 'list', '--json'));
  assert.ok(issues.some((issue) => issue.kind === 'held' && issue.note_id === unsent), 'her last words came in, and wait for a decision');
});
