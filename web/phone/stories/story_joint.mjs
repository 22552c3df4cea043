// Ruth and Imran sit at one kitchen table and write one note, each on their own phone. Over the live socket each sees
// the other's words as they come; the signal goes in the middle; and they disagree about one answer.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { goTo, openPerson, PIN, saved, unfold, writeNote } from './steps.mjs';
import { story } from './town.mjs';

await story('joint', async (server, phone, look) => {
  const [ruth, imran] = [phone('ruth'), phone('imran')];
  const [hers, his] = await Promise.all([ruth.setUp('W101', PIN), imran.setUp('W102', PIN)]);
  await openPerson(hers, 'Edna Quill');
  const herBox = await writeNote(hers);
  await herBox.pressSequentially('We both came at ten.');
  await saved(hers);
  await hers.getByRole('link', { name: 'Write together' }).click();
  await hers.getByRole('img', { name: 'Code that opens this note on a colleague’s phone' }).waitFor();
  await look(hers, 'together');
  const note = hers.url().split('/').at(-1);

  // He scans it before the note has come to him; then it is there.
  await his.goto(`${server.url}/#/join/${note}`);
  await his.getByRole('heading', { name: 'Join a colleague’s note' }).waitFor();
  await look(his, 'join');
  await his.getByRole('button', { name: 'Write in this note too' }).click();
  const hisBox = his.getByLabel('What happened');
  await hisBox.waitFor();
  await hers.getByText('Imran Qureshi').waitFor();
  await hers.getByRole('link', { name: 'Writing', exact: true }).click();
  await says(hisBox, 'We both came at ten.');

  // Word by word, over the socket alone: no pass is made meanwhile.
  await live(server, 2);
  await quiet(server);
  const passes = requests(server, '/v1/sync');
  const began = performance.now();
  await herBox.pressSequentially(' Edna');
  await says(hisBox, 'We both came at ten. Edna');
  const seen_ms = performance.now() - began;
  await hisBox.evaluate((it) => { it.focus(); it.setSelectionRange(3, 3); });
  await hisBox.pressSequentially('(Imran) ');
  await says(herBox, 'We (Imran) both came at ten. Edna');
  assert.equal(requests(server, '/v1/sync'), passes, 'that was the socket');
  console.log(`    five letters were typed and seen on the other phone within ${Math.round(seen_ms)} ms`);

  // His caret stays behind his own words while hers come in before it.
  assert.equal(await hisBox.evaluate((it) => it.selectionStart), 'We (Imran) '.length);
  await herBox.evaluate((it) => { it.focus(); it.setSelectionRange(0, 0); });
  await herBox.pressSequentially('10:00 ');
  await says(hisBox, '10:00 We (Imran) both came at ten. Edna');
  assert.equal(await hisBox.evaluate((it) => it.selectionStart), '10:00 We (Imran) '.length, 'his caret is behind the same letter');

  // Both at once, and the signal of one goes in the middle of a word.
  await Promise.all([
    herBox.evaluate((it) => it.setSelectionRange(it.value.length, it.value.length)),
    hisBox.evaluate((it) => it.setSelectionRange(0, 0)),
  ]);
  const both = Promise.all([
    herBox.pressSequentially(' made scones and told us about the war.', { delay: 15 }),
    hisBox.pressSequentially('Together with Ruth. ', { delay: 30 }),
  ]);
  setTimeout(() => imran.signal.cut(), 200);
  await both;
  await Promise.all([saved(hers), saved(his)]);

  // Apart they answer one question differently.
  for (const [page, answer] of [[hers, 'Yes'], [his, 'Partly']]) {
    await unfold(page, 'Before you leave: feedback');
    await page.getByLabel(answer, { exact: true }).check();
    await saved(page);
  }
  imran.signal.back();
  await goTo(his, '#/phone');
  await his.getByRole('button', { name: 'Send now' }).click();
  await his.getByText('Nothing waits to be sent').waitFor();
  await goTo(his, `#/write/${note}`);
  const whole = 'Together with Ruth. 10:00 We (Imran) both came at ten. Edna made scones and told us about the war.';
  await Promise.all([says(hisBox, whole), says(herBox, whole)]);

  await goTo(his, `#/note/${note}`);
  await his.getByText('Two phones disagree').first().waitFor();
  await his.getByRole('heading', { name: 'Which one is right?' }).waitFor();
  await look(his, 'note-conflict');
  await hers.getByText('Two phones disagree').first().waitFor();
  await look(hers, 'write-conflict');
  await his.getByRole('button', { name: 'Take this one Partly' }).click();
  await his.getByText('Two phones disagree').first().waitFor({ state: 'detached' });
  await hers.getByText('Two phones disagree').first().waitFor({ state: 'detached' });
  await his.getByText('Was it useful? Partly').waitFor();

  // She finishes it under his hands: he is told, and nothing of his is lost.
  await goTo(his, `#/write/${note}`);
  await says(hisBox, whole);
  await hers.getByRole('link', { name: 'Finish', exact: true }).click();
  await hers.getByText('Ruth Bannister, Imran Qureshi').first().waitFor();
  await look(hers, 'finish-joint');
  await hers.getByRole('button', { name: 'Finish this note' }).click();
  await his.getByRole('heading', { name: 'This note is finished' }).waitFor();
  await look(his, 'write-finished-meanwhile');
  await his.getByRole('link', { name: 'Look at the note' }).click();
  await his.getByText(whole).waitFor();
});

/** The box has exactly these words. */
async function says(box, words) {
  await box.page().waitForFunction(([label, text]) => {
    const of = [...document.querySelectorAll('label')].find((it) => it.textContent === label);
    return document.getElementById(of?.htmlFor ?? '')?.value === text;
  }, ['What happened', words]).catch(async () => assert.equal(await box.inputValue(), words));
}

function log(server) {
  return fs.readFileSync(path.join(server.folder, 'server.log'), 'utf8').split('\n');
}

function requests(server, to) {
  return log(server).filter((line) => line.includes(`path="${to}"`)).length;
}

/** So many live sockets were opened. */
async function live(server, n) {
  while (requests(server, '/v1/live') < n) await new Promise((later) => setTimeout(later, 50));
}

/** No pass for longer than the page waits with one after a key. */
async function quiet(server) {
  for (let [last, since] = [-1, 0]; performance.now() - since < 9_000;) {
    const now = requests(server, '/v1/sync');
    if (now !== last) [last, since] = [now, performance.now()];
    await new Promise((later) => setTimeout(later, 100));
  }
}
