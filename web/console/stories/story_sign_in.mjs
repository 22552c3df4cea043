// Lesley comes to the desk with a one-time link, makes a passkey, and signs in with it from then on; a link is good once,
// a lost passkey is a new link, and a session that is ended elsewhere loses nothing that was typed.
import assert from 'node:assert/strict';
import { story } from './desk.mjs';

await story('sign_in', async ({ server, admin, look }) => {
  const lesley = admin('lesley');
  const link = server.invite('W110');
  const page = await lesley.open(link);
  await page.getByRole('button', { name: 'Continue' }).waitFor();
  await look(page, 'link');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText(/^Hello /).waitFor();
  await look(page, 'newcomer');
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
  assert.ok(!page.url().includes('invite'), 'the spent link is out of the address');
  const [cookie] = await lesley.context.cookies();
  assert.deepEqual(
    [cookie.name, cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.path],
    ['__Host-doorstep', true, true, 'Strict', '/'],
  );

  // Out, and in again with the passkey.
  await lesley.go('account');
  await page.getByText('(here)').waitFor();
  await look(page, 'account');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
  await look(page, 'sign-in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();

  // The link is spent; a wrong one says what to do.
  const again = await lesley.context.newPage();
  await again.goto(link);
  await again.getByRole('button', { name: 'Continue' }).click();
  await again.getByRole('alert').getByText('The code is not known, was used, or has expired').waitFor();
  await look(again, 'spent');
  await again.close();

  // Tom, organisation admin, invites; her session is ended in the middle of it, and what she typed stays.
  const tom = admin('tom');
  const desk = await tom.signUp('W111', '--role', 'organisation_admin');
  await tom.go('admins');
  await desk.getByLabel('Worker id').fill('W101');
  await look(desk, 'admins');
  await tom.loseSession(desk.getByRole('button', { name: 'Make a sign-in link' }));
  await look(desk, 'again');
  await desk.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await desk.getByRole('heading', { name: 'Admins', level: 1 }).waitFor();
  assert.equal(await desk.getByLabel('Worker id').inputValue(), 'W101');
  // A practitioner needs a role; with one there is a link.
  await desk.getByRole('button', { name: 'Make a sign-in link' }).click();
  await desk.getByRole('alert').getByText('This worker has no role at the desk').waitFor();
  await desk.getByLabel('Role').selectOption('auditor');
  await desk.getByRole('button', { name: 'Make a sign-in link' }).click();
  await desk.getByText('The sign-in link for W101').waitFor();
  await look(desk, 'invited');

  // A lost passkey: the new link ends the old one, and she is signed out where she was: the open page finds out by itself.
  const elsewhere = admin('lesley-new');
  await elsewhere.signUp('W110');
  await page.getByRole('heading', { name: 'Sign in again' }).waitFor();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('alert').getByText('The passkey was not taken').waitFor();
});
