// Ruth sits in a café. What answers her phone is not her server: a login page, an error, rubbish, silence. Each time her
// phone says in plain words that nothing was sent and what comes next; she types on meanwhile; then all of it goes.
import assert from 'node:assert/strict';
import { goTo, openPerson, PIN, saved, writeNote } from './steps.mjs';
import { STRANGERS, stranger } from './strangers.mjs';
import { story } from './town.mjs';

await story('strangers', async (server, phone, look) => {
  const ruth = phone('ruth');
  const page = await ruth.open(server.link('W101'));
  const pins = page.locator('input[type=password]');
  await pins.nth(0).fill(PIN);
  await pins.nth(1).fill(PIN);
  const setUp = page.getByRole('button', { name: 'Set up this phone' });
  for (const how of ['is a café’s page', 'leads to a café’s page']) {
    const there = await stranger(how);
    ruth.signal.leadTo(there.port);
    await setUp.click();
    await page.getByText(how.startsWith('is') ? 'What answers is not your team’s server' : 'Your link is not used up').waitFor();
    there.end();
  }
  await look(page, 'enrol-in-a-cafe');
  ruth.signal.leadTo(null);
  await setUp.click();
  await page.getByRole('button', { name: 'Yes, that is me' }).click();
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  await openPerson(page, 'Maureen Gillespie');
  const box = await writeNote(page);
  const note = page.url();
  let words = '';
  for (const how of Object.keys(STRANGERS)) {
    const there = await stranger(how);
    ruth.signal.leadTo(there.port);
    await page.goto(note);
    await box.waitFor();
    await box.evaluate((it) => it.setSelectionRange(it.value.length, it.value.length));
    await box.pressSequentially(`It ${how}. `);
    words += `It ${how}. `;
    await saved(page);
    await goTo(page, '#/phone');
    await page.getByRole('button', { name: 'Send now' }).click();
    const said = page.locator('main [role=status]').first();
    if (how === 'says nothing') {
      await said.getByText('Sending now').waitFor();
      await said.getByText('It is taking a while').waitFor();
    } else {
      await said.getByText(/Nothing is lost/).waitFor();
    }
    const sentence = await said.innerText();
    console.log(`    ${how}: ${sentence}`);
    assert.match(sentence, /^1 note is waiting to be sent/);
    assert.equal(await page.getByText('All sent').count(), 0, 'nothing was sent');
    await look(page, `this-phone-${how.replace(/[^a-z0-9]+/gi, '-')}`);
    there.end();
  }

  // The true server again: what it says is true again.
  ruth.signal.leadTo(null);
  await page.getByText('Nothing waits to be sent').waitFor();
  await page.goto(note);
  assert.equal(await box.inputValue(), words);
  const other = phone('other');
  const there = await other.setUp('W101', PIN);
  await there.goto(note.replace('/write/', '/note/'));
  await there.getByText(words.trim()).waitFor();
});
