// A look at a page of the desk: at 1280 and at 360 pixels, in the light and the dark coat. Each is kept as a picture and
// asked for what can be asked by rule: axe's (WCAG 2.2 AA), nothing beyond the edge, targets that a finger can hit.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const LOOKS = { wide: [1280, 'light'], 'wide-dark': [1280, 'dark'], narrow: [360, 'light'], 'narrow-dark': [360, 'dark'] };
/** Of a page that is taller, the first part is kept. */
const TALLEST = 6_000;

export class Looks {
  amiss = [];
  #taken = 0;

  constructor(root, story) {
    this.folder = path.join(root, 'target/screens/console', story);
    fs.rmSync(this.folder, { recursive: true, force: true });
    fs.mkdirSync(this.folder, { recursive: true });
  }

  at = async (page, screen) => {
    const number = String(++this.#taken).padStart(2, '0');
    for (const [name, [width, colorScheme]] of Object.entries(LOOKS)) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const height = Math.min(TALLEST, await page.evaluate(() => document.documentElement.scrollHeight));
      await page.screenshot({ path: path.join(this.folder, `${number}-${screen}-${name}.png`), fullPage: true, clip: { x: 0, y: 0, width, height } });
      const found = [...await axe(page), ...await page.evaluate(measured, width)];
      this.amiss.push(...found.map((words) => `${number}-${screen} (${name}): ${words}`));
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 900 });
  };
}

async function axe(page) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(AXE);
  const violations = await page.evaluate(async (tags) => {
    const said = await window.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return said.violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => `${node.target} ${node.html.slice(0, 120)}`) }));
  }, TAGS);
  return violations.map(({ id, help, where }) => `${id}: ${help}: ${where.join(' | ')}`);
}

/** Runs in the page. */
function measured(width) {
  const LEAST = 24;
  const found = [];
  const words = (thing) => `${thing.tagName.toLowerCase()} "${(thing.getAttribute('aria-label') ?? thing.textContent ?? '').trim().slice(0, 40)}"`;
  const across = document.documentElement.scrollWidth;
  if (across > width) found.push(`the page is ${across} px across`);
  for (const thing of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
    if (!thing.checkVisibility({ visibilityProperty: true })) continue;
    const tapped = thing.matches('input[type=checkbox], input[type=radio], input[type=file]') ? thing.closest('label') ?? thing.parentElement : thing;
    const { width: wide, height, right } = tapped.getBoundingClientRect();
    const style = getComputedStyle(thing);
    const inSentence = thing.matches('a') && style.display === 'inline';
    const off = style.clipPath !== 'none' || right <= 0 || wide <= 1;
    if (!inSentence && !off && (wide < LEAST - 0.5 || height < LEAST - 0.5)) found.push(`${words(thing)} is ${Math.round(wide)} x ${Math.round(height)} px`);
  }
  return [...new Set(found)];
}
