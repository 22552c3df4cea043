// Dawn's phone fills up while she writes. It says so at once, keeps her words on the page through beats and passes, takes
// them when there is room again, and has lost none; a photograph that does not fit is refused in plain words.
import assert from 'node:assert/strict';
import { openPerson, PIN, saved, unfold, unlock, writeNote } from './steps.mjs';
import { story } from './town.mjs';

const PASSAGE = 'a long story '.repeat(1_500);

await story('full', async (server, phone, look) => {
  const dawn = phone('dawn');
  let page = await dawn.setUp('W104', PIN);
  await openPerson(page, 'Harold Jessop');
  const box = await writeNote(page);
  const note = page.url();
  await box.pressSequentially('Harry told me');
  await saved(page);
  const devtools = await dawn.browser.newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.url, quotaSize: 1_000 });
  const refused = page.getByText('Not saved.');
  for (let n = 0; n < 45 && await refused.count() === 0; n++) await page.keyboard.insertText(` ${PASSAGE}${n}.`);
  await refused.waitFor();
  await page.getByText('This phone has no room left. Free some storage and try again').waitFor();
  await page.getByText('Your words are still on this page: do not leave it yet').waitFor();
  await page.keyboard.type(' And that was all.');
  await look(page, 'write-no-room');

  // Beats and passes come and go; her page stays, and so do her words.
  await unfold(page, 'Photos and files');
  await page.locator('input[type=file]').setInputFiles({ name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from(PASSAGE.repeat(30)) });
  await page.getByText('The file was not added').waitFor();
  await page.waitForTimeout(12_000);
  await refused.waitFor();
  const all = await box.inputValue();
  assert.ok(all.startsWith('Harry told me') && all.endsWith('And that was all.'));

  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.url });
  await page.getByRole('button', { name: 'Try again' }).click();
  await saved(page);
  await dawn.close();
  page = await dawn.open(note);
  await unlock(page);
  await page.getByLabel('What happened').waitFor();
  assert.equal(await page.getByLabel('What happened').inputValue(), all);
});
