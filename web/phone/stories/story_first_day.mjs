// Ruth's first day with her new phone: links that do not work, PINs that do not do, no signal at first; then it is
// hers. Later her little one plays with it: the lock makes him wait, and loses nothing of what she was writing.
import assert from 'node:assert/strict';
import { goTo, inSight, openPerson, PIN, saved, unlock, writeNote } from './steps.mjs';
import { story } from './town.mjs';

const HOUR_MS = 3_600_000;

await story('first_day', async (server, phone, look) => {
  const ruth = phone('ruth');
  let page = await ruth.open(server.url);
  const link = page.getByLabel('The link');
  const pins = page.locator('input[type=password]');
  const setUp = page.getByRole('button', { name: 'Set up this phone' });
  const choose = async (pin, again = pin) => {
    await pins.nth(0).fill(pin);
    await pins.nth(1).fill(again);
    await setUp.click();
  };
  await page.getByRole('heading', { name: 'Set up this phone' }).waitFor();
  await page.getByText('Doorstep keeps your notes on this phone, encrypted.').waitFor();
  await look(page, 'enrol');

  // Half a link, and PINs that are none.
  await link.fill(`${server.url}/#enr`);
  await choose('1234');
  await page.getByText('This is not a link that sets up a phone').waitFor();
  await page.getByText('Use 6 digits or more').waitFor();
  await choose('123456');
  await page.getByText('Use another order').waitFor();
  await choose('777777');
  await page.getByText('Use more than one digit').waitFor();
  await choose(PIN, '246814');
  await page.getByText('The two PINs are not the same').waitFor();
  await look(page, 'enrol-errors');

  // A link of another council's server, one that is too old, and one that nobody made.
  await link.fill('https://elsewhere.example/#enrol=K7Q2M-9XW4T');
  await choose(PIN);
  await page.getByText('This link belongs to elsewhere.example').waitFor();
  const late = phone('late').clock;
  late.set(-25 * HOUR_MS);
  for (const dead of [server.link('W101', late.env), `${server.url}/#enrol=K7Q2M-9XW4T`]) {
    await link.fill(dead);
    await choose(PIN);
    await page.getByText('The code is not known, was used, or has expired. Ask for a fresh one.').waitFor();
  }
  await look(page, 'enrol-dead-link');

  // No signal: the link is as good as before.
  const good = server.link('W101');
  ruth.signal.cut();
  await link.fill(good);
  await choose(PIN);
  await page.getByText('Your link is not used up').waitFor();
  await inSight(page.getByText('Your link is not used up'));
  await look(page, 'enrol-no-signal');
  ruth.signal.back();
  await choose(PIN);
  await page.getByRole('heading', { name: /This is .*’s phone now/ }).waitFor();
  await page.getByText('Ashmere North Community Team').waitFor();
  await look(page, 'welcome');
  await page.getByRole('button', { name: 'Yes, that is me' }).click();
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  await page.getByText('Nothing waits to be sent').waitFor();

  // The same link does not make a second phone.
  const thief = phone('thief');
  const there = await thief.open(good);
  await there.getByText('Your link to').waitFor();
  await look(there, 'enrol-by-link');
  await there.locator('input[type=password]').nth(0).fill(PIN);
  await there.locator('input[type=password]').nth(1).fill(PIN);
  await there.getByRole('button', { name: 'Set up this phone' }).click();
  await there.getByText('The code is not known, was used, or has expired').waitFor();
  await thief.close();

  // She begins a note, is called away, and after five minutes it is locked with every word in it.
  await openPerson(page, 'Maureen Gillespie');
  await page.clock.install();
  const box = await writeNote(page);
  await box.pressSequentially('She asked for the kettle to be');
  await saved(page);
  await page.clock.fastForward('04:50');
  assert.equal(await page.getByRole('heading', { name: 'Unlock Doorstep' }).count(), 0, 'not before its time');
  await page.clock.fastForward('00:20');
  await page.getByRole('heading', { name: 'Unlock Doorstep' }).waitFor();
  await look(page, 'unlock');

  // Wrong PINs: three are free, then each one waits longer; a restart does not make it shorter. (The five minutes above
  // passed for the page alone; a page that is opened anew has the phone's own clock.)
  await ruth.close();
  page = await ruth.open(server.url);
  await wrong(page, 3, 'Wait 30 seconds');
  await look(page, 'unlock-wait');
  assert.ok(await page.getByRole('button', { name: 'Unlock' }).isDisabled());
  await ruth.close();
  page = await ruth.open(server.url);
  await page.getByText(/Wait \d\d seconds before the next try/).waitFor();
  ruth.clock.pass(30_000);
  await page.waitForFunction(() => !document.querySelector('button[type=submit]').disabled);
  await wrong(page, 1, /Wait (60|59) seconds/);
  // Nine wrong ones are forgiven to whoever then knows the right one.
  for (let tries = 5; tries < 10; tries++) {
    ruth.clock.pass(HOUR_MS);
    await page.waitForFunction(() => !document.querySelector('button[type=submit]').disabled);
    await wrong(page, 1, 'Wait');
  }
  ruth.clock.pass(HOUR_MS);
  await page.waitForFunction(() => !document.querySelector('button[type=submit]').disabled);
  await unlock(page);
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  await page.getByText('Not finished yet').waitFor();
  await page.getByRole('link', { name: /Maureen Gillespie/ }).first().click();
  await page.getByLabel('What happened').waitFor();
  assert.equal(await page.getByLabel('What happened').inputValue(), 'She asked for the kettle to be');

  await goTo(page, '#/phone');
  await page.getByRole('heading', { name: 'This phone' }).waitFor();
  await page.getByText('Doorstep 0.1.0').waitFor();
  await look(page, 'this-phone');
});

async function wrong(page, times, then) {
  for (let n = 0; n < times; n++) {
    await page.getByLabel('PIN').first().fill('135790');
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByText('This PIN is not right').waitFor();
  }
  await page.getByText(then).first().waitFor();
}
