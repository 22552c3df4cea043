// Lesley and Tom look at the same list. What happens on a phone stands on both screens within ten seconds, without anybody
// reloading; what one of them decides is seen by the other. A session that is ended in the middle of a decision loses no
// word of it. An auditor reads all of it, is written down for it, and can change nothing.
import assert from 'node:assert/strict';
import { story } from './desk.mjs';
import { Headless } from './headless.mjs';

const LIVE_MS = 10_000;
const PATIENCE = 'P104255';

await story('two-desks', async ({ server, admin, look }) => {
  const dawn = new Headless(server, 'dawn').enrol('W104');
  const kofi = new Headless(server, 'kofi').enrol('W105');
  const lesley = admin('lesley');
  const tom = admin('tom');
  const hers = await lesley.signUp('W110');
  const his = await tom.signUp('W111', '--role', 'organisation_admin');
  for (const who of [lesley, tom]) {
    await who.go('issues');
    await who.page.getByText('Nothing waits for a decision.').waitFor();
  }
  await look(hers, 'none');
  // A reload would lose this.
  for (const page of [hers, his]) await page.evaluate(() => { window.same = true; });
  const reloaded = async () => (await Promise.all([hers, his].map((page) => page.evaluate(() => window.same)))).some((same) => !same);
  const unknown = (name) => {
    const { id } = dawn.run('new', '--name', name, 'home_visit');
    dawn.run('type', id, 'Met at the door.');
    dawn.run('sync');
    return id;
  };

  // Within ten seconds, on both.
  unknown('Patience');
  const known = Date.now();
  const soon = { timeout: LIVE_MS };
  await Promise.all([hers, his].map((page) => page.getByRole('link', { name: 'Person not known yet' }).waitFor(soon)));
  console.log(`a new issue stood on both screens after ${Date.now() - known} ms`);
  for (const page of [hers, his]) await page.locator('.count', { hasText: '1' }).waitFor(soon);

  // Both open it, he is faster: she sees it without touching anything, and by whom.
  for (const page of [hers, his]) {
    await page.getByRole('link', { name: 'Person not known yet' }).click();
    await page.getByRole('heading', { name: 'What to do' }).waitFor();
  }
  await hers.getByLabel('Say whom the note is about').check();
  await hers.getByLabel('Reason', { exact: true }).fill('I was about to.');
  await his.getByLabel('Say whom the note is about').check();
  await his.getByLabel(/^Case id/).fill(PATIENCE);
  await his.getByLabel('Reason', { exact: true }).fill('The address is hers.');
  await his.getByRole('button', { name: 'See what this does' }).click();
  await his.getByRole('button', { name: 'Do it' }).click();
  const done = Date.now();
  await his.getByRole('status').getByText('Done:').waitFor();
  await hers.getByText('Settled by Tom Whitby').waitFor(soon);
  console.log(`his decision stood on her screen after ${Date.now() - done} ms`);
  assert.equal(await hers.getByLabel('Reason', { exact: true }).inputValue(), 'I was about to.', 'what she typed stays');
  await look(hers, 'he-was-faster');
  assert.equal(await reloaded(), false);

  // The filters say what they leave out, and the address keeps them.
  unknown('Somebody');
  const at = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+/, '');
  for (const phone of [dawn, kofi]) phone.visit(PATIENCE, 'At the door.', { more: ['--started-at', at(50), '--ended-at', at(10)] });
  await lesley.go('issues');
  await hers.getByRole('link', { name: 'Maybe one visit twice' }).waitFor(soon);
  const rows = hers.locator('main tbody tr');
  assert.equal(await rows.count(), 2);
  await hers.getByLabel('Kind', { exact: true }).selectOption('possible_duplicate');
  await hers.getByRole('link', { name: 'Person not known yet' }).waitFor({ state: 'detached' });
  await hers.getByRole('link', { name: 'Maybe one visit twice' }).waitFor();
  assert.equal(await rows.count(), 1);
  await hers.getByLabel('Age', { exact: true }).selectOption('24');
  await hers.getByText('None like this.').waitFor();
  await look(hers, 'filtered');
  await hers.reload();
  await hers.getByText('None like this.').waitFor();
  assert.equal(await hers.getByLabel('Kind', { exact: true }).inputValue(), 'possible_duplicate');
  await lesley.go('issues?worker=W101');
  await hers.getByText('None like this.').waitFor();

  // Her session is ended while she decides; she signs in and goes on where she was.
  await lesley.go('issues');
  await hers.getByRole('link', { name: 'Maybe one visit twice' }).click();
  await hers.getByLabel('They are two visits').check();
  await hers.getByLabel('Reason', { exact: true }).fill('One came an hour later.');
  await hers.getByRole('button', { name: 'See what this does' }).click();
  await hers.getByText('This will happen:').waitFor();
  await lesley.loseSession(hers.getByRole('button', { name: 'Do it' }));
  const open = () => JSON.parse(server.run('issue', 'list', '--json')).map((one) => one.kind).sort();
  assert.deepEqual(open(), ['possible_duplicate', 'unmatched_person'], 'nothing was done by half');
  await hers.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await hers.getByRole('heading', { name: 'Maybe one visit twice', level: 1 }).waitFor();
  assert.equal(await hers.getByLabel('Reason', { exact: true }).inputValue(), 'One came an hour later.');
  await hers.getByRole('button', { name: 'Do it' }).click();
  await hers.getByRole('status').getByText('Done:').waitFor();
  assert.deepEqual(open(), ['unmatched_person']);

  // The auditor reads, and that is written down.
  const ruth = admin('ruth');
  const page = await ruth.signUp('W101', '--role', 'auditor');
  await ruth.go('issues');
  await page.getByRole('link', { name: 'Person not known yet' }).click();
  await page.getByText('Open since').waitFor();
  assert.equal(await page.getByRole('heading', { name: 'What to do' }).count(), 0);
  await look(page, 'auditor');
  await ruth.go('settings');
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  assert.equal(await page.getByRole('button', { name: /Save|Change/ }).count(), 0);
  await look(page, 'auditor-settings');
  await ruth.go('admins');
  await page.getByRole('heading', { name: 'Admins', level: 1 }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Make a sign-in link' }).count(), 0);
  await look(page, 'auditor-admins');
  const { rows: read } = await page.evaluate(async () => (await fetch('/v1/desk/audit?worker=W101')).json());
  const seen = read.filter((row) => row.who === 'worker:W101').map((row) => row.what);
  assert.ok(seen.some((what) => what.includes('issue')), `her reading is in the audit: ${seen}`);
  const refused = await page.evaluate(async () => {
    const [issue] = (await (await fetch('/v1/desk/issues')).json()).issues;
    const body = JSON.stringify({ action: 'match', args: { person: 'P104255' }, reason: 'I may not.' });
    return (await fetch(`/v1/desk/issues/${issue.id}/settle`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
  });
  assert.equal(refused, 403);
  assert.deepEqual(open(), ['unmatched_person']);
});
