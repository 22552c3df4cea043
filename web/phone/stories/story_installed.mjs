// Siân's phone has Doorstep on its home screen. It can be put there; it starts from cold with no server anywhere; a new
// version comes while a note is unsent and takes it along; and its clock is two years wrong, both ways.
import assert from 'node:assert/strict';
import { finish, goTo, openPerson, PIN, saved, unlock, writeNote } from './steps.mjs';
import { buildAs } from './second-build.mjs';
import { onlyFiles } from './strangers.mjs';
import { story } from './town.mjs';

const TWO_YEARS_MS = 2 * 365 * 86_400_000;

await story('installed', async (server, phone, look) => {
  const newer = buildAs('0.2.0', server.folder);
  const sian = phone('sian');
  let page = await sian.setUp('W103', PIN);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));

  // What a browser asks of an app before it offers the home screen, asked of the browser.
  const devtools = await sian.browser.newCDPSession(page);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  assert.deepEqual(installabilityErrors, []);
  const manifest = await devtools.send('Page.getAppManifest');
  assert.deepEqual(manifest.errors, []);
  const { name, display, start_url: start } = JSON.parse(manifest.data);
  assert.deepEqual([name, display, start], ['Doorstep', 'standalone', '/']);
  await goTo(page, '#/phone');
  await page.getByRole('button', { name: 'Put it on the home screen' }).waitFor();
  await page.getByText('The browser has not promised to keep your notes').waitFor();

  // A browser promises to keep what an app on the home screen stores; she sees that it has.
  await devtools.send('Browser.grantPermissions', { origin: server.url, permissions: ['durableStorage'] });
  await page.reload();
  await unlock(page);
  await page.getByText('This browser has promised to keep what is stored').waitFor();
  await look(page, 'this-phone-storage-kept');

  // From cold with no server at all: two taps after the PIN she types.
  await sian.close();
  await server.stop();
  page = await sian.open();
  await unlock(page);
  await openPerson(page, 'Llŷr Prydderch');
  const words = 'Daeth y ferch â chawl. Mae’r grisiau’n rhy serth.';
  await (await writeNote(page)).pressSequentially(words);
  await saved(page);
  const note = page.url();

  // A new version is there; what takes notes is not. The note comes along, unsent and whole.
  const files = await onlyFiles(await newer);
  sian.signal.leadTo(files.port);
  await goTo(page, '#/');
  await page.reload();
  await unlock(page);
  await page.getByText('A new version of Doorstep is ready').waitFor();
  await page.getByText('1 note is waiting to be sent').waitFor();
  await look(page, 'today-new-version');
  await page.getByRole('button', { name: 'Start the new version' }).click();
  await page.getByRole('heading', { name: 'Unlock Doorstep' }).waitFor();
  await unlock(page);
  await goTo(page, '#/phone');
  await page.getByText('Doorstep 0.2.0').waitFor();
  await page.getByText('1 note is waiting to be sent').waitFor();
  await page.goto(note);
  assert.equal(await page.getByLabel('What happened').inputValue(), words);
  files.end();

  // The server is back, and her clock is two years ahead, then two years behind: her notes go all the same.
  server.app = await newer;
  await server.start();
  sian.signal.leadTo(null);
  for (const [ahead_ms, side] of [[TWO_YEARS_MS, 'ahead of'], [-TWO_YEARS_MS, 'behind']]) {
    sian.clock.set(ahead_ms);
    await goTo(page, '#/');
    await openPerson(page, 'Llŷr Prydderch');
    await page.getByRole('button', { name: 'No reply' }).click();
    await page.getByRole('button', { name: 'Finish this note' }).click();
    await page.getByText('On the team server').first().waitFor();
    await goTo(page, '#/phone');
    await page.getByText(new RegExp(`${side} the server’s`)).waitFor();
    await look(page, `this-phone-${side.split(' ')[0]}`);
  }
  sian.clock.set(0);
  await page.goto(note);
  await finish(page);
  await page.getByText('On the team server').first().waitFor();

  // A phone whose clock was wrong from the first moment is set up like any other.
  const early = phone('early');
  early.clock.set(TWO_YEARS_MS);
  const there = await early.setUp('W103', PIN);
  await openPerson(there, 'Llŷr Prydderch');
  await there.getByText('Daeth y ferch').waitFor();
});
