// Imran writes what keyboards bring: emoji, Arabic and Hebrew, letters that are put together, a whole report pasted,
// a photograph that is too large and one that is none. Each is kept as it was typed or
// refused in plain words, and undo never takes half a letter.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { goTo, openPerson, PIN, saved, unfold, unlock, writeNote } from './steps.mjs';
import { story } from './town.mjs';

const LINES = ['👩🏽‍🦽 came with her 🏴󠁧󠁢󠁷󠁬󠁳󠁿 flag.', 'قالت فاطمة: «أهلاً» (hello).', 'הוא אמר שלום.', 'Ẅ ne\u0301e Zoë, Llŷr, Fọlákẹ́.', 'नमस्ते 여보세요 你好'];
const MEGABYTE = 1024 * 1024;

await story('hard_words', async (server, phone, look) => {
  const imran = phone('imran');
  let page = await imran.setUp('W102', PIN);
  await openPerson(page, 'Jean-Luc Abernethy');
  const box = await writeNote(page);
  const note = page.url();

  // Typed key by key, and pasted; each undo gives back a text that was there before.
  let text = '';
  for (const [n, line] of LINES.entries()) {
    if (n % 2 === 0) await box.pressSequentially(`${line} `);
    else await paste(page, `${line} `);
    text += `${line} `;
    await saved(page);
    assert.equal(await box.inputValue(), text);
    await page.waitForTimeout(1_600);
  }
  await look(page, 'write-many-scripts');
  const undo = page.getByRole('button', { name: 'Undo' });
  for (let left = text; await undo.isEnabled();) {
    await undo.click();
    const now = await box.inputValue();
    assert.ok(now.length < left.length && text.startsWith(now), `undo gave "${now}"`);
    assert.ok(!/[\ud800-\udbff]$/.test(now), 'half a letter');
    left = now;
  }
  assert.equal(await box.inputValue(), '');
  await box.pressSequentially(LINES[0]);
  // In front of what reads from right to left, and deleted in the middle of it.
  await page.keyboard.press('Home');
  await paste(page, LINES[1]);
  await page.keyboard.press('Backspace');
  const whole = LINES[1].slice(0, -1) + LINES[0];
  assert.equal(await box.inputValue(), whole);
  await saved(page);
  await unfold(page, 'Their words');
  await page.getByLabel('Their words').fill(LINES[1]);
  await saved(page);
  await unlocked(imran, note).then((now) => { page = now; });
  assert.equal(await page.getByLabel('What happened').inputValue(), whole, 'as it was typed');

  // A megabyte pasted is more than a note takes: said, kept on the page, and taken back with one tap. A fifth of it is taken.
  const report = 'It was a long assessment. '.repeat(MEGABYTE / 26);
  const here = page.getByLabel('What happened');
  await here.focus();
  await page.keyboard.press('Control+End');
  await paste(page, report + report.slice(0, 100));
  await page.getByText('the text is longer than a note takes').waitFor();
  await page.getByText('Your words are still on this page').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await saved(page);
  assert.equal(await here.inputValue(), whole);
  await paste(page, report.slice(0, MEGABYTE / 5));
  await saved(page);
  await page.keyboard.type('So it ended.');
  await saved(page);
  await unlocked(imran, note).then((now) => { page = now; });
  assert.ok((await page.getByLabel('What happened').inputValue()).endsWith('So it ended.'));
  await page.getByLabel('What happened').evaluate((it, words) => { it.value = words; it.dispatchEvent(new Event('input')); }, whole);
  await saved(page);

  // Files: too large, and empty of any picture.
  await unfold(page, 'Photos and files');
  const file = page.locator('input[type=file]');
  const [wall, empty] = ['wall.jpg', 'empty.jpg'].map((name) => path.join(server.folder, name));
  fs.writeFileSync(wall, randomBytes(40 * MEGABYTE));
  fs.writeFileSync(empty, 'this is no picture at all');
  await file.setInputFiles(wall);
  await page.getByText('The file is larger than 25 MB. Add a smaller one').waitFor();
  await look(page, 'write-photo-too-large');
  await file.setInputFiles(empty);
  // Whatever its name says, it is text; it is sent at once where there is signal.
  await page.getByText(/^(Only on this phone so far|On the team server)/).first().waitFor();
  await look(page, 'write-no-picture');

  // The core itself falls in the middle of a word: what it had not taken stays on the page, to be copied.
  await page.workers()[0].evaluate(() => setTimeout(() => {
    for (const end = Date.now() + 2_000; Date.now() < end;);
    throw new Error('fallen');
  }));
  await page.getByLabel('What happened').focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(' Not taken');
  await page.getByText('Doorstep has stopped').waitFor();
  assert.equal(await page.getByLabel('What happened').inputValue(), `${whole} Not taken`);
  await look(page, 'write-fallen');
  imran.faults = imran.faults.filter((fault) => !fault.includes('fallen'));
  await unlocked(imran, note).then((now) => { page = now; });
  await goTo(page, '#/phone');
  await page.getByText('Nothing waits to be sent').waitFor();
});

async function paste(page, text) {
  await page.keyboard.insertText(text);
}

/** Ends the browser and opens the note again: what is on the disk. */
async function unlocked(one, note) {
  await one.close();
  const page = await one.open(note);
  await unlock(page);
  await page.getByLabel('What happened').waitFor();
  return page;
}
