// Ruth's own quarter, for supervision. Nobody at the desk sees it before she has; without signal there is none; she is
// told beforehand who will see it. Then Lesley opens it, which is written down.
import assert from 'node:assert/strict';
import { Looks } from '../../phone/stories/look.mjs';
import { goTo, PIN } from '../../phone/stories/steps.mjs';
import { ROOT, story } from './desk.mjs';
import { Headless } from './headless.mjs';

const now = new Date();
const QUARTER = `${now.getUTCFullYear()}-Q${Math.floor(now.getUTCMonth() / 3) + 1}`;
const NAMES = ['January to March', 'April to June', 'July to September', 'October to December'];
const NAME = `${NAMES[Math.floor(now.getUTCMonth() / 3)]} ${now.getUTCFullYear()}`;

await story('supervision', async ({ server, admin, phone, look }) => {
  // The same worker on two phones: on one she wrote, on the other she reads.
  const pen = new Headless(server, 'ruth').enrol('W101');
  const { id } = pen.run('new', 'P104241', 'home_visit');
  pen.run('type', id, 'She was on the floor of the kitchen when I came.');
  pen.run('set', id, 'concerns.+', JSON.stringify({ kind: 'safeguarding', text: 'Bruises on both arms.' }));
  pen.run('set', id, 'feedback', JSON.stringify({ was_it_useful: 'yes', words: 'You <b>listened</b>.' }));
  pen.run('finish', id);
  pen.run('sync');
  new Headless(server, 'imran').enrol('W102').visit('P104288', 'Not hers.');

  // The desk asks first, and is told to wait.
  const lesley = admin('lesley');
  const desk = await lesley.signUp('W110');
  const ask = async () => {
    await lesley.go('today');
    await desk.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
    await lesley.go('reports/supervision/W101');
    await desk.getByLabel('Quarter').selectOption(QUARTER);
    await desk.getByRole('button', { name: 'Open', exact: true }).click();
  };
  await ask();
  await desk.getByRole('alert').getByText('The worker has not opened this page yet').waitFor();
  await look(desk, 'not-yet');

  // Ruth: without signal nothing; with it, hers.
  const looks = new Looks(ROOT, 'supervision');
  const ruth = phone('ruth');
  const page = await ruth.setUp('W101', PIN);
  await goTo(page, '#/phone');
  await page.getByRole('link', { name: 'My own quarter' }).click();
  await page.getByText('You see it first').waitFor();
  await looks.at(page, 'before');
  ruth.signal.cut();
  const open = page.getByRole('button', { name: 'Open this quarter' });
  await open.click();
  await page.getByText('This page needs signal').waitFor();
  await looks.at(page, 'no-signal');
  assert.deepEqual(await lesley.audit('reflection.opened'), []);
  ruth.signal.back();
  await open.click();
  await page.getByRole('heading', { name: NAME }).waitFor();
  await page.getByText('You finished 1 note.').waitFor();
  await page.getByText('You <b>listened</b>.').waitFor();
  await page.getByText('Nobody at the desk has taken note yet').waitFor();
  assert.equal(await page.getByText('Your team: too few notes by others to say').count() > 0, true);
  assert.ok(!(await page.locator('main').innerText()).includes('Bruises'), 'the words of a concern stay in the note');
  await looks.at(page, 'quarter');
  // The note behind it is hers to read.
  await page.getByRole('link', { name: 'Safeguarding' }).click();
  await page.getByText('She was on the floor of the kitchen').waitFor();
  await page.goBack();
  // Another quarter is another opening: nothing of this one stays under its name.
  await page.getByLabel('Quarter').selectOption('1');
  assert.equal(await page.getByText('You <b>listened</b>.').count(), 0);
  await open.click();
  await page.getByText('You finished no notes.').waitFor();
  await looks.at(page, 'empty');

  // Now the desk may, and both the opening and the look are written down.
  await ask();
  await desk.getByText('1 finished note').waitFor();
  await desk.getByText('You <b>listened</b>.').waitFor();
  await look(desk, 'quarter');
  const [seen] = await lesley.audit('reflection.seen');
  assert.deepEqual([seen.who_name, seen.detail.quarter], ['Lesley Marchetti', QUARTER]);
  const opened = await lesley.audit('reflection.opened');
  assert.deepEqual(opened.map(({ who_name, detail }) => [who_name, detail.quarter]).at(-1), ['Ruth Bannister', QUARTER]);
  assert.equal(opened.length, 2);
  assert.deepEqual(looks.amiss, []);
});
