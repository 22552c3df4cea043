// A look at a screen, as it is shown: in the light and the dark coat and with letters twice as large. Each look is kept
// as a picture, and asked for what can be asked by rule: axe's (WCAG 2.2 AA), targets of 44 pixels, nothing beyond the
// edge of a screen that is 360 across.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** Of a page that is taller, the first part is kept. */
const TALLEST = 6_000;
const COATS = {
  light: { colorScheme: 'light', letters: '' },
  dark: { colorScheme: 'dark', letters: '' },
  // The root's letters: what a phone's own setting for larger text does to a page that is made in rem.
  large: { colorScheme: 'light', letters: '200%' },
};

export class Looks {
  /** What was found amiss, in words. */
  amiss = [];
  folder;
  #taken = 0;

  constructor(root, story) {
    this.folder = path.join(root, 'target/screens', story);
    fs.rmSync(this.folder, { recursive: true, force: true });
    fs.mkdirSync(this.folder, { recursive: true });
  }

  /** Takes a look; what is amiss is told at the end of the story, so that one run tells all of it. */
  at = async (page, screen) => {
    const number = String(++this.#taken).padStart(2, '0');
    const { x, y } = await page.evaluate(() => ({ x: scrollX, y: scrollY }));
    for (const [coat, { colorScheme, letters }] of Object.entries(COATS)) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate((size) => { document.documentElement.style.fontSize = size; }, letters);
      const height = Math.min(TALLEST, await page.evaluate(() => document.documentElement.scrollHeight));
      const clip = { x: 0, y: 0, width: 360, height };
      await page.screenshot({ path: path.join(this.folder, `${number}-${screen}-${coat}.png`), fullPage: true, clip });
      const found = [...await axe(page), ...await page.evaluate(measured)];
      this.amiss.push(...found.map((words) => `${number}-${screen} (${coat}): ${words}`));
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.evaluate((at) => { document.documentElement.style.fontSize = ''; scrollTo(at.x, at.y); }, { x, y });
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
function measured() {
  const LEAST = 44;
  const found = [];
  const words = (thing) => `${thing.tagName.toLowerCase()} "${(thing.getAttribute('aria-label') ?? thing.textContent ?? '').trim().slice(0, 40)}"`;
  const across = document.documentElement.scrollWidth;
  if (across > 360) found.push(`the page is ${across} px across`);
  for (const thing of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
    const tapped = thing.matches('input[type=checkbox], input[type=radio], input[type=file]') ? thing.closest('label') ?? thing.parentElement : thing;
    const { width, height, right } = tapped.getBoundingClientRect();
    if (width <= 1 || height <= 1 || !thing.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(thing);
    // A link within a sentence is as high as its line.
    const inSentence = thing.matches('a') && style.display === 'inline';
    const off = style.clipPath !== 'none' || right <= 0;
    if (!inSentence && !off && (width < LEAST - 0.5 || height < LEAST - 0.5)) {
      found.push(`${words(thing)} is ${Math.round(width)} x ${Math.round(height)} px`);
    }
  }
  for (const thing of document.querySelectorAll('main *, header *, footer *')) {
    const { left, right, width } = thing.getBoundingClientRect();
    if (width > 1 && (right > 361 || left < -1) && getComputedStyle(thing).position !== 'absolute') {
      found.push(`${words(thing)} goes from ${Math.round(left)} to ${Math.round(right)} px across`);
    }
  }
  return [...new Set(found)];
}
