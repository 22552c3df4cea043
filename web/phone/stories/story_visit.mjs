// Ruth visits Maureen: she finds her, reads what a new worker needs, writes with all that a note may have, keeps a
// nephew's troubles out of Maureen's copy, finishes, adds what she forgot, and sees the case system take it.
import assert from 'node:assert/strict';
import { CaseSystem } from './case-system.mjs';
import { finish, goTo, inSight, openPerson, PIN, saved, unfold, writeNote } from './steps.mjs';
import { story } from './town.mjs';

const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

await story('visit', async (server, phone, look, pictures) => {
  const ruth = phone('ruth');
  ruth.prepare = watchForNobody;
  const page = await ruth.setUp('W101', PIN);
  await page.getByRole('link', { name: /Maureen Gillespie/ }).waitFor();
  assert.equal(await page.evaluate(() => window.toldNobody), false, 'she was told that she has no people while they came');
  await look(page, 'today');

  // By name, by case number, and nobody at all.
  const find = page.getByLabel('Find a person or a note');
  await find.fill('P104241');
  await page.getByRole('link', { name: /Maureen Gillespie/ }).waitFor();
  await find.fill('Nobody Atall');
  await page.getByText('Nobody in your team is called that').waitFor();
  await look(page, 'today-nobody-found');
  await find.fill('gillesp');
  await page.getByRole('link', { name: /Maureen Gillespie/ }).waitFor();
  await look(page, 'today-found');
  await openPerson(page, 'Maureen Gillespie');
  await page.getByText('Born 25 May 1946').waitFor();
  await page.getByText('Case P104241').waitFor();
  await page.getByText('Do not discuss finances with nephew').waitFor();
  await look(page, 'person-new');

  // Her own page, in her words.
  await page.getByRole('link', { name: 'Begin this page' }).click();
  await page.getByLabel('What matters most to me').pressSequentially('My cat Bran, and tea before talk.');
  await page.getByLabel('Please don’t').pressSequentially('Do not move the dresser.');
  await page.getByLabel('Name').first().fill('Elsie Byrne');
  await page.getByLabel('Telephone').first().fill('07700 900199');
  await saved(page);
  await look(page, 'about');
  await page.getByRole('link', { name: 'Person', exact: true }).click();
  await page.getByText('My cat Bran').waitFor();

  // One tap more, and she types.
  const box = await writeNote(page);
  assert.ok(await box.evaluate((it) => it === document.activeElement), 'the box has the focus');
  await look(page, 'write-empty');
  await page.keyboard.type('Mo made tea. Her nephew owes money to a neighbour. We tried the new rail.');
  await saved(page);

  // Undo takes the last words back, and she writes others.
  const before = await box.inputValue();
  await page.waitForTimeout(1_600);
  await page.keyboard.type(' She was cross.');
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal(await box.inputValue(), before);

  // About somebody else: it stays out of Maureen's copy.
  await box.evaluate((it) => { const at = it.value.indexOf('Her nephew'); it.focus(); it.setSelectionRange(at, it.value.indexOf(' We tried')); });
  await inSight(page.getByRole('button', { name: 'About someone else' }));
  await look(page, 'write-marking');
  await page.getByRole('button', { name: 'About someone else' }).click();
  await page.getByRole('list', { name: 'Kept out of the person’s copy' }).getByText('Her nephew owes money').waitFor();

  // Not tomorrow.
  await unfold(page, 'Home visit, today');
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
  await page.getByLabel('Began').fill(tomorrow);
  await page.getByText('This time has not come yet').waitFor();
  await look(page, 'write-no-future');
  await unfold(page, 'Home visit, today');

  await everyFold(page);
  await saved(page);
  await look(page, 'write-all-folds');
  await page.getByRole('link', { name: 'Finish', exact: true }).click();
  await page.getByText('1 marked passage stays out of the person’s copy').waitFor();
  await page.getByText('Was it useful? Partly').waitFor();
  await look(page, 'finish');
  await page.getByRole('button', { name: 'Finish this note' }).click();
  await page.getByText('On the team server').first().waitFor();
  await page.getByText('The case system has not taken it yet').waitFor();
  await look(page, 'note-on-server');
  const note = page.url();

  // The case system takes it.
  const mosaic = new CaseSystem(server);
  const event = await mosaic.event('We tried the new rail');
  assert.deepEqual(event.private.map((mark) => mark.kind), ['third_party']);
  assert.equal(event.attachments.length, 1);
  await mosaic.answer(event, { outcome: 'imported', case_system_ref: '12345' });
  await goTo(page, '#/phone');
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.goto(note);
  await page.getByText('In the case system as 12345').first().waitFor();
  await look(page, 'note-in-case-system');

  // What she forgot stands below it; the case system has not this yet, and no page says that it has.
  await page.getByRole('link', { name: 'Add to this note' }).click();
  await page.getByRole('button', { name: 'Add to the note' }).click();
  await page.getByText('Write what you want to add').waitFor();
  await page.getByLabel('What you add').fill('The key safe sticks: lift it.');
  await look(page, 'add');
  await page.getByRole('button', { name: 'Add to the note' }).click();
  await page.getByText('The key safe sticks').waitFor();
  await page.getByText('On the team server').first().waitFor();
  assert.equal(await page.getByText('In the case system as 12345').count(), 0, 'not of what came later');

  // The copy for Maureen: no nephew in it, in print too, large for her eyes.
  await page.getByRole('link', { name: 'Their copy' }).click();
  await page.getByText('A copy for Maureen Gillespie').waitFor();
  assert.ok(!(await page.locator('main').innerText()).includes('nephew'), 'the nephew is in it');
  await look(page, 'copy');
  const small = (await page.locator('.paper p').first().boundingBox()).height;
  await page.getByLabel('Large print').check();
  assert.ok((await page.locator('.paper p').first().boundingBox()).height > small, 'large is larger');
  await look(page, 'copy-large');
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.getByText('A copy for Maureen Gillespie').isVisible());
  assert.ok(!await page.getByRole('button', { name: 'Print, or save as PDF' }).isVisible(), 'only the paper is printed');
  await page.screenshot({ path: `${pictures}/99-copy-in-print.png`, fullPage: true });
  await page.emulateMedia({ media: null });

  // Next week's worker finds all of it in a minute.
  await goTo(page, '#/');
  await page.getByRole('heading', { name: 'Open actions' }).waitFor();
  await page.getByRole('heading', { name: 'Reviews' }).waitFor();
  await look(page, 'today-with-work');
  await openPerson(page, 'Maureen Gillespie');
  await page.getByText('Walk to the shop on her own').waitFor();
  await look(page, 'person-known');
});

/** Writes in each part that is folded away. */
async function everyFold(page) {
  for (const [fold, words] of [['What matters to them', 'Bran the cat.'], ['Their words', '“I am not moving.”'], ['Strengths', 'Elsie rings daily.'], ['My view', 'She can decide this.']]) {
    await unfold(page, fold);
    await page.getByLabel(fold, { exact: true }).pressSequentially(words);
  }
  await unfold(page, 'What they want (outcomes)');
  await page.getByLabel('What they want', { exact: true }).first().fill('Walk to the shop on her own');
  await page.getByLabel('How far').first().selectOption('Some progress');
  await page.getByRole('button', { name: 'The conversation was the outcome' }).click();
  await page.getByText('Noted: the conversation was the outcome').waitFor();
  await unfold(page, 'Actions');
  await page.getByLabel('What', { exact: true }).fill('Order a longer rail');
  await page.getByLabel('Who', { exact: true }).fill('Ruth');
  await page.getByLabel('By when').fill('2030-01-15');
  await unfold(page, 'Who else was there');
  await page.getByLabel('Name', { exact: true }).last().fill('Elsie Byrne');
  await unfold(page, 'What could not be met');
  await page.getByLabel('What was needed').fill('Help at night');
  await page.getByLabel('Why it could not be met').selectOption('None available');
  await unfold(page, 'Concerns');
  await page.getByLabel('Kind of concern').selectOption('Safeguarding');
  await page.getByLabel('What concerns you').fill('Cold callers at the door');
  await unfold(page, 'Review');
  await page.getByLabel('This visit was a review').selectOption('First review');
  await page.getByLabel('The next review').selectOption('Annual review');
  await page.getByLabel('Due', { exact: true }).fill(new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10));
  await unfold(page, 'Photos and files');
  await page.getByLabel('What it shows').fill('The rail by the bath');
  await page.locator('input[type=file]').setInputFiles({ name: 'rail.png', mimeType: 'image/png', buffer: PICTURE });
  await page.getByText('Only on this phone so far').waitFor();
  await unfold(page, 'Before you leave: feedback');
  await page.getByLabel('Partly').check();
  await page.getByLabel('What they said about it').fill('Come sooner next time');
  await page.getByLabel('I offered a copy of this note').check();
  await page.getByLabel('They know how to reach us').check();
  await page.getByLabel('Where they see it differently').pressSequentially('I can manage the stairs.');
}

/** Remembers whether it ever stood on the screen that nobody is on the caseload. */
function watchForNobody() {
  window.toldNobody = false;
  const look = () => { window.toldNobody ||= document.body?.textContent.includes('Nobody is on your caseload') ?? false; };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
}
