// Imran at doors without signal: one where nobody answers, one where a talk was all that was wanted, and one with a
// man whom nobody knows. Later the desk says who he is.
import assert from 'node:assert/strict';
import { goTo, openPerson, PIN, saved, unfold, writeNote } from './steps.mjs';
import { story } from './town.mjs';

await story('door', async (server, phone, look) => {
  const imran = phone('imran');
  const page = await imran.setUp('W102', PIN);
  imran.signal.cut();
  await imran.browser.setOffline(true);

  // No reply: two taps from the person.
  await openPerson(page, 'Jean-Luc Abernethy');
  await page.getByRole('button', { name: 'No reply' }).click();
  await page.getByText('It says that nobody answered, and when').waitFor();
  await look(page, 'finish-no-reply');
  await page.getByRole('button', { name: 'Finish this note' }).click();
  await page.getByText('On this phone', { exact: true }).waitFor();

  // He rings: the conversation was the outcome, one tap, and nothing else is asked.
  await goTo(page, '#/');
  await openPerson(page, 'Jean-Luc Abernethy');
  await writeNote(page);
  await unfold(page, 'Home visit, today');
  await page.getByLabel('Kind of contact').selectOption('Phone call');
  await unfold(page, 'Phone call, today');
  await page.getByRole('button', { name: 'The conversation was the outcome' }).click();
  await page.getByText('Noted: the conversation was the outcome').waitFor();
  await page.getByRole('link', { name: 'Finish', exact: true }).click();
  await page.getByText('It waits safely on this phone').waitFor();
  assert.equal(await page.getByText('This note has no words yet').count(), 0, 'an outcome is enough');
  await page.getByRole('button', { name: 'Finish this note' }).click();
  await page.getByText('On this phone', { exact: true }).waitFor();

  // Somebody new: a name is all that it takes, and who sounds alike is offered.
  await goTo(page, '#/');
  await page.getByRole('link', { name: 'Someone new at the door' }).click();
  await page.getByRole('button', { name: 'Write the note' }).click();
  await page.getByText('Write a name, or what you would call them').waitFor();
  await look(page, 'door-no-name');
  await page.getByLabel('Their name').fill('Jean');
  await page.getByText('Is it one of these?').waitFor();
  await look(page, 'door-perhaps');
  await page.getByLabel('Their name').fill('Bartholomew from the allotment');
  await page.getByText('Is it one of these?').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Write the note' }).click();
  const box = page.getByLabel('What happened');
  await box.waitFor();
  assert.ok(await box.evaluate((it) => it === document.activeElement));
  await page.getByText('Not matched to a record yet').waitFor();
  await page.keyboard.type('He sleeps in the shed.');
  await saved(page);
  await look(page, 'write-unmatched');
  await page.getByRole('link', { name: 'Finish', exact: true }).click();
  await page.getByText('Your team admin matches it to the right person').waitFor();
  await page.getByRole('button', { name: 'Finish this note' }).click();
  await page.getByText('On this phone', { exact: true }).waitFor();
  const note = page.url();
  await goTo(page, '#/');
  await page.getByText('3 notes are waiting to be sent').waitFor();
  await page.getByText('No signal. Nothing is lost').waitFor();
  await look(page, 'today-no-signal');

  // Back in town everything goes by itself.
  imran.signal.back();
  await imran.browser.setOffline(false);
  await page.getByText('Nothing waits to be sent').waitFor();
  await page.goto(note);
  await page.getByText('On the team server').first().waitFor();
  await page.getByText('Your team admin matches it to the right person').waitFor();
  await look(page, 'note-unmatched');

  const issue = JSON.parse(server.run('issue', 'list', '--json')).find((one) => one.kind === 'unmatched_person');
  server.run('issue', 'settle', issue.id, 'match', '--person', 'P104349', '--reason', 'He gave his date of birth');
  await goTo(page, '#/phone');
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.getByText(/Sending now|taking a while/).waitFor({ state: 'detached' });
  await page.goto(note);
  await page.getByRole('heading', { name: 'Vincent St John-Pryce' }).waitFor();

  // An empty note says that it is one before it goes.
  await goTo(page, '#/');
  await openPerson(page, 'Jean-Luc Abernethy');
  await writeNote(page);
  await page.getByRole('link', { name: 'Finish', exact: true }).click();
  await page.getByText('This note has no words yet').waitFor();
  await look(page, 'finish-empty');

  // Not on this phone, and not in this team: plain words.
  await goTo(page, '#/note/0199a0b0-0000-7000-8000-000000000001');
  await page.getByRole('heading', { name: 'This note is not on this phone' }).waitFor();
  await look(page, 'note-not-here');
  await goTo(page, '#/person/P999999');
  await page.getByRole('heading', { name: 'This person is not on this phone' }).waitFor();
  await look(page, 'person-not-here');
});
