// Peggy asks what is held about her. Her copy opens in a browser without a script, without asking anybody for anything,
// can be read large and on a small screen, and prints on A4. What Ruth marked is nowhere in it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { BINARIES, PATIENCE_MS, story } from './town.mjs';

const BODY = 'Peggy had the back door open and two cups out. Her son owes money to a neighbour. She has fallen twice since '
  + 'July: once in the bathroom, once on the step to the yard. <script>document.title = "taken"</script>\n\n'
  + 'Mae hi’n siarad Cymraeg gyda’r gath. هي تحب الشاي.';
const MARKED = 'Her son owes money to a neighbour.';

await story('copy', async (server, _, look, folder) => {
  const ruth = (...words) => JSON.parse(execFileSync(
    path.join(BINARIES, 'doorstep-phone'),
    ['--dir', path.join(server.folder, 'ruth'), '--json', ...words],
    { encoding: 'utf8', env: { ...process.env, DOORSTEP_PIN: '270941' } },
  ));
  ruth('enrol', server.link('W105'));
  const { id } = ruth('new', 'P104201', 'home_visit');
  ruth('type', id, BODY);
  const start = BODY.indexOf(MARKED);
  ruth('mark', id, String(start), String(start + MARKED.length), 'third_party');
  ruth('set', id, 'present.+', JSON.stringify({ name: 'Peggy O’Dowd', relationship: 'self' }));
  ruth('set', id, 'actions.+', JSON.stringify({ what: 'Order a rail for the step', who: 'Ruth', by: '2026-12-04' }));
  ruth('type', ruth('about', 'P104201').id, 'Tea first, talk after.', '--field', 'what_matters_most');
  ruth('finish', id);
  ruth('sync');

  const to = path.join(server.folder, 'peggy');
  const until = Date.now() + PATIENCE_MS;
  // The server judges what came in its own time.
  const prepare = () => JSON.parse(server.run('copy', 'P104201', '--to', to, '--replace', '--json'));
  let prepared = prepare();
  while (prepared.notes < 1 && Date.now() < until) prepared = prepare();
  assert.equal(prepared.notes, 1);
  assert.equal(prepared.left_out, 1);

  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    for (const name of ['copy.html', 'left-out.html']) {
      const page = await browser.newPage({ viewport: { width: 360, height: 640 } });
      const [asked, said] = [[], []];
      page.on('request', (request) => asked.push(request.url()));
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(error.message));
      const address = pathToFileURL(path.join(to, name)).href;
      await page.goto(address);
      assert.notEqual(await page.title(), 'taken');
      assert.equal((await page.locator('body').innerText()).includes(MARKED), name === 'left-out.html');
      if (name === 'copy.html') await reads(page);
      assert.deepEqual(asked, [address], 'nothing else is fetched');
      assert.deepEqual(said, [], 'its console is silent');
      await look(page, name.replace('.html', ''));

      await page.setViewportSize({ width: 800, height: 1100 });
      await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
      const printed = await page.pdf({ preferCSSPageSize: true, printBackground: false });
      fs.writeFileSync(path.join(folder, `${name}.pdf`), printed);
      assert.ok(pages(printed) > 0, 'it prints');
      await page.close();
    }
  } finally {
    await browser.close();
  }

  const given = ['copy', 'release', 'P104201', '--of', to, '--checked-by', 'W105', '--reason', 'She asked on the telephone'];
  assert.equal(JSON.parse(server.run(...given, '--json')).html_sha256, prepared.html_sha256);
});

/** How many sheets a PDF of Chromium's has. */
function pages(pdf) {
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}

async function reads(page) {
  await page.getByText('[left out: about somebody else]').first().waitFor();
  await page.getByText('Order a rail for the step').waitFor();
  await page.getByText('Tea first, talk after.').waitFor();
  // One heading at the top, and none below it that skips a step.
  const levels = await page.locator('h1, h2, h3, h4').evaluateAll((all) => all.map((one) => Number(one.tagName[1])));
  assert.equal(levels.filter((level) => level === 1).length, 1);
  levels.reduce((before, level) => {
    assert.ok(level <= before + 1, `a heading of step ${level} after one of step ${before}`);
    return level;
  });
  // Every link of the table of contents leads somewhere.
  for (const link of await page.locator('nav a').all()) {
    assert.equal(await page.locator(await link.getAttribute('href')).count(), 1);
  }
}
