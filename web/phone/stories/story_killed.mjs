// Ruth's and Imran's phones die fifty times while they type: SIGKILL to the whole browser, at any moment, passes going
// on beside it. After each, whatever the page had shown as saved is there, nothing that nobody typed, and every note.
import assert from 'node:assert/strict';
import { Dice } from './dice.mjs';
import { goTo, PIN, unlock } from './steps.mjs';
import { story } from './town.mjs';

const KILLS = Number(process.env.DOORSTEP_KILLS ?? 50);
const WORDS = ['tea', 'and', 'rail', 'Ẅelsh', '🫖', 'né\u0301', 'kettle', 'مرحبا', 'stairs', '\n', 'daughter', '👩🏽‍🦽'];

await story('killed', async (server, phone) => {
  const { seed } = new Dice('killed');
  const told = [['ruth', 'W101', 'P104241'], ['imran', 'W102', 'P104288']].map(
    ([name, worker, person], n) => again(phone(name), worker, person, new Dice(null, seed + n), KILLS / 2),
  );
  const counts = await Promise.all(told);
  const sum = (of) => counts.reduce((all, one) => all + one[of], 0);
  console.log(`    ${KILLS} kills, ${sum('notes')} notes, ${sum('letters')} letters shown as saved, all there`);
});

/** One phone: types, dies, starts again, and looks. */
async function again(one, worker, person, dice, kills) {
  /** By note: what was typed in all, and the longest of it that was shown as saved. */
  const notes = new Map();
  let page = await one.setUp(worker, PIN);
  let note = null;
  for (let n = 0; n < kills; n++) {
    if (!note || dice.roll() < 0.2) {
      note = await begin(page, person);
      notes.set(note, { typed: '', shown: '' });
    }
    const story = notes.get(note);
    await page.getByLabel('What happened').waitFor();
    await watch(page, (text) => { if (text.length > story.shown.length) story.shown = text; });
    await typeAndDie(one, page, story, dice);
    page = await one.open(`${one.server.url}/#/write/${note}`);
    await unlock(page);
    await check(page, story, n);
  }
  for (const [id, story] of notes) {
    await goTo(page, '#/');
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    await page.locator(`a[href="#/write/${id}"]`).click();
    await check(page, story, 'in the end');
  }
  await one.close();
  return { notes: notes.size, letters: [...notes.values()].reduce((all, story) => all + story.shown.length, 0) };
}

async function begin(page, person) {
  await goTo(page, `#/person/${person}`);
  const another = page.getByRole('button', { name: 'Write another note' });
  const first = page.getByRole('button', { name: 'Write a note' });
  await another.or(first).first().waitFor();
  await (await another.count() > 0 ? another : first).click();
  await page.getByLabel('What happened').waitFor();
  return page.url().split('/').at(-1);
}

/** Tells each text that the page says is saved, as soon as it says so. */
async function watch(page, shown) {
  await page.exposeBinding('shownAsSaved', (_, text) => shown(text)).catch(() => undefined);
  await page.evaluate(() => {
    const box = document.querySelector('textarea');
    const look = () => {
      const line = document.querySelector('.saved');
      if (line && !line.classList.contains('saved--pending') && /^Saved on this phone/.test(line.innerText)) window.shownAsSaved(box.value);
      if (box.isConnected) requestAnimationFrame(look);
    };
    look();
  });
}

async function typeAndDie(one, page, story, dice) {
  await page.getByLabel('What happened').focus();
  const dead = new Promise((done) => setTimeout(() => done(one.kill()), dice.between(30, 700)));
  try {
    for (;;) {
      const word = `${dice.one(WORDS)} `;
      story.typed += word;
      // A keyboard's key, or what a dictation puts in at once.
      if (dice.roll() < 0.5) await page.keyboard.type(word);
      else await page.keyboard.insertText(word);
    }
  } catch {
    // The browser is no more.
  }
  await dead;
}

/** What is in the note now: at least all that was shown, and a beginning of what was typed. */
async function check(page, story, when) {
  const box = page.getByLabel('What happened');
  await box.waitFor();
  const kept = await box.inputValue();
  assert.ok(kept.startsWith(story.shown), `kill ${when}: shown as saved and lost: "${story.shown.slice(kept.length)}" of "${story.shown}"`);
  assert.ok(story.typed.startsWith(kept), `kill ${when}: nobody typed this: "${kept}" of "${story.typed}"`);
  story.typed = kept;
}
