// Kofi broke his wrist and works the phone with a keyboard; a screen reader tells him where he is. Everything is reached
// by Tab, has a name, is in sight when he is on it, and nothing covers it.
import assert from 'node:assert/strict';
import { PIN, saved } from './steps.mjs';
import { story } from './town.mjs';

await story('keyboard', async (server, phone) => {
  const kofi = phone('kofi');
  let page = await kofi.setUp('W105', PIN);
  await kofi.close();
  page = await kofi.open();
  await page.getByRole('heading', { name: 'Unlock Doorstep' }).waitFor();
  await on(page, 'PIN');
  await page.keyboard.type(PIN);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Today', 'a new page says what it is');

  // What comes late pushes down what one is on; so he waits until it is there.
  await page.getByRole('link', { name: 'Patience Chikwanha' }).waitFor();
  await tabTo(page, 'Patience Chikwanha');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Patience Chikwanha' }).waitFor();
  await tabTo(page, 'Write a note');
  await page.keyboard.press('Enter');
  await on(page, 'What happened');
  await page.keyboard.type('She has the keys of both flats.');
  await saved(page);
  // Every part that is folded away opens and closes, and all that is in it can be reached.
  for (const [fold, inside] of [['What matters to them', 'What is important to the person now'], ['Actions', 'Action 1'], ['Before you leave: feedback', 'They know how to reach us']]) {
    await tabTo(page, fold);
    await page.keyboard.press('Enter');
    await page.getByText(inside).waitFor();
  }
  await tabTo(page, 'What');
  await page.keyboard.type('Second set of keys');
  await tabTo(page, 'Yes');
  await page.keyboard.press('Space');
  await tabTo(page, 'I offered a copy of this note');
  await page.keyboard.press('Space');
  await saved(page);
  await tabTo(page, 'Finish');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Check and finish' }).waitFor();
  await tabTo(page, 'Finish this note');
  await page.keyboard.press('Enter');
  await page.getByText('On the team server').first().waitFor();
  await page.getByText('Second set of keys').waitFor();
  await tabTo(page, 'Their copy');
  await page.keyboard.press('Enter');
  await page.getByText('A copy for Patience Chikwanha').waitFor();
  await tabTo(page, 'Large print');
  await page.keyboard.press('Space');
  assert.ok(await page.getByLabel('Large print').isChecked());

  // Past everything there is on the fullest pages, and back: nothing catches him.
  for (const [hash, title, last] of [['#/', 'Today', 'Vincent St John-Pryce'], ['#/phone', 'This phone', 'Sign out of this phone'], ['#/about/P104255', 'About Patience', 'Alert 1'], ['#/door', 'Someone new', 'Write the note']]) {
    await page.evaluate((to) => { location.hash = to; }, hash);
    await page.locator('h1').getByText(title).waitFor();
    await page.getByText(last).first().waitFor();
    await around(page);
  }
});

/** The focus is on this. */
async function on(page, name) {
  await page.waitForFunction((wanted) => {
    const { activeElement: it } = document;
    return [...it?.labels ?? []].some((label) => label.textContent.startsWith(wanted));
  }, name);
}

/** Tab, until he is on what has this name; all on the way must be in sight and have one. */
async function tabTo(page, name) {
  for (let n = 0; n < 120; n++) {
    await page.keyboard.press('Tab');
    const here = await spot(page);
    if (here?.name === name || (here?.name.startsWith(name) && name.length > 8)) return;
  }
  throw new Error(`nothing by the name of "${name}" is reached`);
}

/** Once round the page. */
async function around(page) {
  let first = null;
  for (let n = 0; n < 120; n++) {
    await page.keyboard.press('Tab');
    const here = await spot(page);
    if (here && first === null) first = here.id;
    else if (here && here.id === first) return;
  }
  throw new Error('the way round does not end');
}

/** What has the focus: its name, and that it can be seen and is told apart. Null between the end and the beginning. */
async function spot(page) {
  let here = await measured(page);
  // It is scrolled into sight a moment later; on a busy machine that is a long one.
  for (let n = 0; n < 40 && here?.covered; n++) {
    await page.waitForTimeout(50);
    here = await measured(page);
  }
  if (here === null || here.tag === 'H1' || here.tag === 'MAIN') return null;
  assert.ok(here.name, `a ${here.tag} has no name`);
  assert.equal(here.covered, null, `${here.tag} "${here.name}" is covered`);
  assert.ok(!here.plain, `one does not see that ${here.tag} "${here.name}" has the focus`);
  return here;
}

function measured(page) {
  return page.evaluate(() => {
    const it = document.activeElement;
    if (!it || it === document.body) return null;
    const seen = it.matches('input[type=checkbox], input[type=radio], input[type=file]') ? it.parentElement : it;
    const { left, top, width, height } = seen.getBoundingClientRect();
    const across = left + Math.min(width, 40) / 2;
    // A tall box is seen where its caret is, at its top or below it.
    const down = Math.max(top + 4, Math.min(top + Math.min(height, 40) / 2, innerHeight - 4));
    const at = document.elementFromPoint(across, down);
    const name = it.getAttribute('aria-label') ?? [...it.labels ?? []].map((label) => label.textContent).join(' ').trim();
    window.spots ??= new WeakMap();
    if (!window.spots.has(it)) window.spots.set(it, Math.random());
    const { outlineStyle, boxShadow } = getComputedStyle(seen.querySelector('label') ?? seen);
    return {
      id: window.spots.get(it), name: name || it.textContent.trim(), tag: it.tagName,
      covered: at === null || !(seen.contains(at) || at.contains(seen)) ? `by ${at?.outerHTML.slice(0, 80)}, at ${Math.round(across)} ${Math.round(down)}, top ${Math.round(top)}` : null,
      plain: outlineStyle === 'none' && boxShadow === 'none' && !it.matches('input'),
    };
  });
}
