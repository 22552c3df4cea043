// Bea at the desk asks Ruth about a note, then Ruth's phone is lost: it is locked, wiped once all that was written is
// sent, and set up again. Another one, which nobody will find, is wiped with what was not sent.
import assert from 'node:assert/strict';
import { fetched, goTo, openPerson, PIN, saved, unlock, writeNote } from './steps.mjs';
import { story } from './town.mjs';

const WORDS = 'Which number is right? <b>The second?</b> \u202Eno';

await story('desk-says', async (server, phone, look) => {
  const ruth = phone('ruth');
  let page = await ruth.setUp('W101', PIN);
  await openPerson(page, 'Agnes Winterbourne');
  await (await writeNote(page)).pressSequentially('Her number is 01632 960001 or 960002.');
  await saved(page);
  const note = page.url().split('/').at(-1);
  await goTo(page, '#/');
  const send = () => page.getByRole('button', { name: 'Send now' });
  await page.getByText('Nothing waits to be sent').waitFor();

  // A question, with markup and a turn of direction in it: text, and nothing else.
  server.run('message', 'W101', WORDS, '--note', note, '--from', 'Bea Admin');
  await passes(page);
  await page.getByRole('heading', { name: 'Your team’s desk asks you' }).waitFor();
  await page.getByText('Bea Admin asks:').waitFor();
  assert.equal(await page.locator('.message__text').innerText(), WORDS.replace('\u202E', '[U+202E]'));
  assert.equal(await page.locator('.message__text b').count(), 0);
  await look(page, 'today-asked');
  await page.getByRole('link', { name: 'Open the note about Agnes Winterbourne' }).click();
  await page.getByText('Bea Admin asks:').waitFor();
  await look(page, 'note-asked');
  await page.getByRole('link', { name: 'Carry on writing' }).click();
  await page.getByText('Bea Admin asks:').waitFor();
  await look(page, 'write-asked');
  // Unread it outlives a restart; what was read without a signal is told later.
  await ruth.close();
  page = await ruth.open();
  await unlock(page);
  await page.getByText('Bea Admin asks:').waitFor();
  ruth.signal.cut();
  await page.getByRole('button', { name: /^Done/ }).click();
  await page.getByText('Bea Admin asks:').waitFor({ state: 'detached' });
  await look(page, 'today-answered');
  ruth.signal.back();
  await passes(page);
  const tablet = phone('tablet');
  let other = await tablet.setUp('W101', PIN);
  assert.equal(await other.getByText('Bea Admin asks:').count(), 0, 'read on one phone, read on all');

  // Locked from the desk.
  const [first, second] = devices(server);
  assert.equal(first.app.startsWith('Doorstep '), true);
  server.run('device', 'lock', first.id, '--reason', 'left on a table');
  await passes(page);
  await page.getByText('Your team’s desk has locked this phone').waitFor();
  await look(page, 'locked-by-desk');
  assert.equal(devices(server)[0].order, null, 'it said so first');
  await unlock(page);
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  await passes(page);
  assert.equal(await page.getByText('has locked this phone').count(), 0, 'once');

  // Wiped, with a note on it that nobody else has. It waits for the signal.
  ruth.signal.cut();
  await openPerson(page, 'Edna Quill');
  await (await writeNote(page)).pressSequentially('Nobody else has this.');
  await saved(page);
  const unsent = page.url().split('/').at(-1);
  server.run('device', 'wipe', first.id, '--reason', 'lost on a bus');
  ruth.signal.back();
  await page.getByRole('heading', { name: 'Set up this phone' }).waitFor();
  await page.getByText('Your team’s desk had this phone wiped').waitFor();
  await look(page, 'wiped');
  const held = JSON.parse(server.run('issue', 'list', '--json')).find((issue) => issue.note_id === unsent);
  assert.equal(held?.kind, 'held', 'what was written is on the server');
  const [gone] = devices(server);
  assert.ok(gone.wiped_at > 0 && gone.waiting === 0);
  // Nothing is left in the browser: no file of the store but an empty pool's, no key.
  const left = await page.evaluate(async () => {
    const kept = await new Promise((give) => {
      const open = indexedDB.open('doorstep');
      open.onsuccess = () => {
        const asked = open.result.transaction('kept').objectStore('kept').getAllKeys();
        asked.onsuccess = () => give(asked.result);
      };
    });
    return kept;
  });
  assert.deepEqual(left, ['wiped_at_ms']);
  // Set up again, by a new link.
  await ruth.close();
  page = await ruth.setUpBy(server.link('W101'), PIN);
  await fetched(page);
  await openPerson(page, 'Agnes Winterbourne');

  // The tablet is not found: what is unsent on it goes too.
  tablet.signal.cut();
  await openPerson(other, 'Edna Quill');
  await (await writeNote(other)).pressSequentially('Lost for good.');
  await saved(other);
  server.run('device', 'wipe', second.id, '--unsent-too', '--reason', 'stolen');
  tablet.signal.back();
  await other.getByText('Your team’s desk had this phone wiped').waitFor();
  assert.ok(devices(server)[1].wiped_at > 0);
});

/** The next pass, by hand where there is nothing to send. */
async function passes(page) {
  await goTo(page, '#/phone');
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.getByRole('button', { name: 'Send now' }).or(page.getByLabel('PIN')).first().waitFor();
  if (await page.getByRole('button', { name: 'Send now' }).count() > 0) await goTo(page, '#/');
}

function devices(server) {
  return JSON.parse(server.run('device', 'list', '--json'));
}
