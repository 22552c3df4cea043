// Places where notes would not be safe, each said before the first word is typed and with what to do: an address that
// is not secure, a browser that may keep nothing, an old browser, a full phone, a private window, a second tab.
import fs from 'node:fs';
import path from 'node:path';
import { openPerson, PIN, saved, unlock, writeNote } from './steps.mjs';
import { story } from './town.mjs';

await story('no_safe_place', async (server, phone, look) => {
  const refuses = async (page, title, todo, screen) => {
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByText(todo).waitFor();
    await page.getByText('Nothing was deleted').waitFor();
    await look(page, screen);
  };
  const closed = async (name, before, address, more, ...expected) => {
    const one = phone(name);
    before(one);
    await refuses(await one.open(address, more), ...expected);
    await one.close();
  };
  const nothing = () => undefined;

  const port = server.address.split(':')[1];
  await closed('insecure', nothing, `http://doorstep.example:${port}/`, [],
    'This address is not secure', 'It begins with https', 'not-secure');
  const refuseCookies = ({ profile }) => {
    fs.mkdirSync(path.join(profile, 'Default'), { recursive: true });
    const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
    fs.writeFileSync(path.join(profile, 'Default/Preferences'), JSON.stringify(settings));
  };
  await closed('blocked', refuseCookies, server.url, [],
    'This browser keeps nothing for Doorstep', 'open Doorstep in an ordinary one', 'keeps-nothing');
  const old = ['--disable-blink-features=FileSystemAccess,FileSystemAccessOriginPrivate,FileSystemAccessLocal'];
  await closed('old', nothing, server.url, old,
    'This browser cannot keep notes safely', 'Update the browser', 'old-browser');

  // A phone without room says so; there is room again, and it begins.
  const full = phone('full');
  const page = await full.open('about:blank');
  const devtools = await full.browser.newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.url, quotaSize: 1_000 });
  await page.goto(server.url);
  await refuses(page, 'This phone has no room left', 'Delete photos or apps', 'no-room');
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.url });
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Set up this phone' }).waitFor();
  // No browser of this kind tells a page that its window is private; so everybody is told.
  await page.getByText('Do not use a private window').waitFor();
  await full.close();

  // A second tab keeps its hands off, and takes over the moment the first is closed.
  const ruth = phone('ruth');
  const first = await ruth.setUp('W101', PIN);
  await openPerson(first, 'Maureen Gillespie');
  await (await writeNote(first)).pressSequentially('In the first tab.');
  await saved(first);
  const second = await ruth.tab(server.url);
  await second.getByRole('heading', { name: 'Doorstep is open in another tab' }).waitFor();
  await look(second, 'elsewhere');
  await first.close();
  await second.getByRole('heading', { name: 'Unlock Doorstep' }).waitFor();
  await unlock(second);
  await second.getByText('Not finished yet').waitFor();

  // Somebody clears the browser's files, or it does so itself: that is said, and never a phone that looks empty.
  await second.goto(`${server.url}/health`);
  await second.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry('doorstep', { recursive: true }));
  await second.goto(server.url);
  await second.getByRole('heading', { name: 'Unlock Doorstep' }).waitFor();
  await unlock(second);
  await second.getByText('The browser has deleted the notes on this phone').waitFor();
  await look(second, 'evicted');
  await second.getByRole('button', { name: 'Set this phone up again' }).click();
  await second.getByRole('heading', { name: 'Set up this phone' }).waitFor();
});
