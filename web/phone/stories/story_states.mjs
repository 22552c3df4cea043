// Where Ruth's notes are, in words that are true at each moment: on her phone, on the server, held for a person who has
// moved, refused by the case system and mended. Nothing is called sent that is not.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { CaseSystem } from './case-system.mjs';
import { finish, goTo, openPerson, PIN, saved, writeNote } from './steps.mjs';
import { story } from './town.mjs';

await story('states', async (server, phone, look) => {
  const ruth = phone('ruth');
  const page = await ruth.setUp('W101', PIN);

  // Two visits out of reach of everything.
  ruth.signal.cut();
  const write = async (name, words) => {
    await goTo(page, '#/');
    await openPerson(page, name);
    await (await writeNote(page)).pressSequentially(words);
    await saved(page);
    await finish(page);
    await page.getByText('It goes to the team server by itself when there is signal').waitFor();
    assert.equal(await page.getByText('All sent').count(), 0, 'nothing was sent');
    return page.url();
  };
  const agnes = await write('Agnes Winterbourne', 'Agnes wants letters, not calls.');
  await look(page, 'note-on-phone');
  const edna = await write('Edna Quill', 'Edna has new glasses.');
  await goTo(page, '#/');
  await page.getByText('2 notes are waiting to be sent').waitFor();
  await page.getByText('The server cannot be reached. Nothing is lost').waitFor();
  await look(page, 'today-waiting');
  await page.getByRole('link', { name: /2 waiting/ }).click();
  await page.getByText('2 notes are not sent yet. Send them first').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Sign out of this phone' }).isDisabled(), 'not over unsent notes');
  await look(page, 'this-phone-waiting');
  await page.getByRole('link', { name: 'See what waits' }).click();
  await page.getByText('Agnes Winterbourne').waitFor();
  await page.getByText('Edna Quill').waitFor();
  await look(page, 'waiting-notes');

  // Meanwhile Agnes has become the South team's.
  const moved = path.join(server.folder, 'moved.csv');
  fs.writeFileSync(moved, 'case_id,forename,surname,allocated_worker,allocated_team\nP104247,Agnes,Winterbourne,W106,Ashmere South Community Team\n');
  server.run('import', 'people', moved);
  ruth.signal.back();
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.getByText('Nothing waits to be sent').waitFor();
  await page.goto(edna);
  await page.getByText('On the team server').first().waitFor();
  // Agnes is not hers to see any more, and she is told so plainly. Her words wait for the admin.
  await page.goto(agnes);
  await page.getByRole('heading', { name: 'This note is not on this phone' }).waitFor();
  await page.getByText('Whatever you wrote is kept').waitFor();
  await look(page, 'note-not-hers-any-more');
  const held = issue(server, 'held');
  assert.equal(held.person.case_id, 'P104247');
  server.run('issue', 'settle', held.id, 'accept', '--reason', 'She was hers on the day');

  // The case system refuses Edna's note, and says why.
  const mosaic = new CaseSystem(server);
  const first = await mosaic.event('Edna has new glasses');
  await mosaic.answer(first, { outcome: 'refused', reason_code: 'no_episode', reason: 'No open episode for this person' });
  await sendNow(page);
  await page.goto(edna);
  await page.getByText('Refused by the case system').first().waitFor();
  await page.getByText('No open episode for this person').waitFor();
  await page.getByText('add to it; the new version is offered again').waitFor();
  await look(page, 'note-refused');
  await goTo(page, '#/');
  await page.getByRole('heading', { name: '1 note needs you' }).waitFor();
  await look(page, 'today-trouble');

  // She adds to it; what is new is not called refused.
  await page.goto(edna);
  await page.getByRole('link', { name: 'Add to this note' }).click();
  await page.getByLabel('What you add').fill('The episode is open since Monday.');
  await page.getByRole('button', { name: 'Add to the note' }).click();
  await page.getByText('On the team server').first().waitFor();
  const second = await mosaic.event('The episode is open since Monday');
  assert.notEqual(second.event_id, first.event_id);
  await mosaic.answer(second, { outcome: 'imported', case_system_ref: 'EQ-77' });
  await sendNow(page);
  await page.goto(edna);
  await page.getByText('In the case system as EQ-77').first().waitFor();

  // Agnes's note has gone its way, too.
  assert.equal((await mosaic.event('Agnes wants letters')).person.case_id, 'P104247');

  // The phone is reported lost while it is in her bag: what she writes on it is held, and she sees by whom.
  const [device] = JSON.parse(server.run('device', 'list', '--json')).filter((one) => one.worker_id === 'W101');
  server.run('device', 'revoke', device.device_id ?? device.id);
  await goTo(page, '#/');
  await openPerson(page, 'Ivy Sowerbutts-Lane');
  await (await writeNote(page)).pressSequentially('Ivy found her purse.');
  await saved(page);
  await finish(page);
  await page.getByText('Held: with your admin').first().waitFor();
  await page.getByText('there is nothing that you must do').waitFor();
  await page.getByText('Ivy found her purse').waitFor();
  await look(page, 'note-held');

  // Signed out: nothing of hers is on this phone.
  await goTo(page, '#/phone');
  await page.getByRole('button', { name: 'Sign out of this phone' }).click();
  await page.getByRole('button', { name: 'Yes, sign out' }).waitFor();
  await look(page, 'sign-out-sure');
  await page.getByRole('button', { name: 'Yes, sign out' }).click();
  await page.getByRole('heading', { name: 'Set up this phone' }).waitFor();
});

function issue(server, kind) {
  return JSON.parse(server.run('issue', 'list', '--json')).find((one) => one.kind === kind);
}

async function sendNow(page) {
  await goTo(page, '#/phone');
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.getByText(/Sending now|taking a while/).waitFor({ state: 'detached' });
}
