// Lesley looks somebody up, reads a note that somebody has filled with traps, hands a caseload on, and finds nobody of the
// other team. Tom, for the whole organisation, imports a file with many bad lines, and sees before what would come of it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Headless } from './headless.mjs';
import { story } from './desk.mjs';

const TRAPS = 'She said <script>document.title="owned"</script> and <img src=x onerror=alert(1)>, and \u202egnorw\u202c, pass\u200bword.\n\nשלום and مرحبا.';

await story('people', async ({ server, admin, look }) => {
  const ruth = new Headless(server, 'ruth').enrol('W101');
  const [charge] = ruth.run('people').filter((one) => one.mine);
  const note = ruth.visit('P104201', TRAPS);
  ruth.run('mark', note, '0', '8', 'third_party');
  ruth.run('sync');
  ruth.visit('P104201', 'Second visit, not finished yet.', { finish: false, kind: 'phone_call' });

  const lesley = admin('lesley');
  const page = await lesley.signUp('W110');
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('link', { name: /O'Dowd/ }).waitFor();
  await look(page, 'people');
  await page.getByLabel('Find somebody').fill('odowd pegg');
  await page.getByText('Nobody of that name').waitFor();
  await look(page, 'nobody');
  await page.getByLabel('Find somebody').fill("o'dow pegg");
  await page.getByRole('link', { name: /O'Dowd/ }).click();
  await page.getByRole('heading', { name: /O'Dowd/, level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Home visit' }).waitFor();
  await look(page, 'person');
  await page.getByRole('link', { name: 'Home visit' }).click();
  await page.getByText('right-to-left override').waitFor();
  await page.getByText('zero-width space').waitFor();
  assert.equal(await page.title(), 'Home visit – Doorstep desk');
  assert.equal(await page.locator('main img, main script').count(), 0);
  await look(page, 'note');
  const audit = server.run('verify');
  assert.ok(audit !== null);

  // Nobody of the other team, by any way.
  await page.getByRole('link', { name: 'People' }).first().click();
  const south = server.southerner();
  await page.getByLabel('Find somebody').fill(south.case_id);
  await page.getByText('Nobody of that name').waitFor();
  await lesley.go(`person/${south.case_id}`);
  await page.getByRole('alert').getByText('There is nothing here by that name').waitFor();
  await look(page, 'not-ours');

  // Ruth leaves; Imran gets her people, in one deed.
  await lesley.go('caseload/W101');
  await page.getByRole('heading', { name: 'Caseload of Ruth Bannister' }).waitFor();
  const before = await page.locator('tbody tr').count();
  await page.getByLabel('To (worker id)').fill('W102');
  await page.getByRole('button', { name: 'See what this does' }).click();
  await page.getByText(`${before} people come to Imran Qureshi`).waitFor();
  await look(page, 'caseload');
  // Without a reason nothing happens, and what was typed stays.
  await page.getByRole('button', { name: 'Hand on to Imran Qureshi' }).click();
  await page.getByRole('alert').getByText('Give a reason').waitFor();
  await page.getByLabel('Reason').fill('Ruth leaves on Friday');
  await page.getByRole('button', { name: 'Hand on to Imran Qureshi' }).click();
  await page.getByText(`${before} people handed on to Imran Qureshi`).waitFor();
  await page.getByText('Nobody is on this caseload').waitFor();
  const imran = new Headless(server, 'imran').enrol('W102');
  const hers = imran.run('people').find((one) => one.case_id === charge.case_id);
  assert.ok(hers.mine, 'her people are on his phone');

  // An auditor and a practitioner hand nobody on: there is no such form for the one, no desk for the other.
  const tom = admin('tom');
  const desk = await tom.signUp('W111', '--role', 'organisation_admin');
  await desk.getByRole('link', { name: 'People' }).click();
  await desk.getByRole('button', { name: 'Import a file' }).click();
  const lines = ['case_id,forename,surname,date_of_birth,allocated_worker'];
  for (let n = 0; n < 10_000; n += 1) {
    lines.push(n % 20 === 0 ? `,No,Number${n},,` : `T${n},Test,Person ${n},1950-01-0${1 + (n % 9)},W103`);
  }
  const file = path.join(server.folder, 'people.csv');
  fs.writeFileSync(file, `${lines.join('\n')}\n`);
  await desk.getByLabel(/^File/).setInputFiles(file);
  await desk.getByRole('button', { name: 'See what would change' }).click();
  await desk.getByText('9500 new').waitFor();
  await desk.getByText('500 lines refused').waitFor();
  await look(desk, 'import');
  await tom.go('people?q=test');
  await desk.getByText('Nobody of that name').waitFor();
  await tom.go('import');
  // A file that is no CSV.
  const other = path.join(server.folder, 'people-2.csv');
  fs.writeFileSync(other, Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0xff, 0xfe]));
  await desk.getByLabel(/^File/).setInputFiles(other);
  await desk.getByRole('button', { name: 'See what would change' }).click();
  await desk.getByRole('alert').waitFor();
  await look(desk, 'no-csv');
  await desk.getByLabel(/^File/).setInputFiles(file);
  await desk.getByRole('button', { name: 'See what would change' }).click();
  await desk.getByRole('button', { name: 'Import this file' }).click();
  await desk.getByText('Done. 9500 new').waitFor();
  await tom.go('people?q=person%20777');
  await desk.getByRole('link', { name: 'Test Person 777', exact: true }).waitFor();
});
