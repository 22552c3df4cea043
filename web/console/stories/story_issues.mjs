// Issues that really happen, each ended at the desk, and then looked for on the phones, in the feed and in the audit. Two
// admins at one issue: the second reads who was faster.
import assert from 'node:assert/strict';
import { Headless } from './headless.mjs';
import { Feed, story, until } from './desk.mjs';

const VISITED = 'P104255';
const CLOSED = 'P104226';

await story('issues', async ({ server, admin, look }) => {
  const dawn = new Headless(server, 'dawn').enrol('W104');
  const kofi = new Headless(server, 'kofi').enrol('W105');
  const feed = new Feed(server);
  const events = feed.of;
  const join = (id) => until('the note on his phone', () => {
    kofi.run('sync');
    try { return kofi.run('join', id) ?? true; } catch { return null; }
  });

  // What went wrong. A refusal by the case system;
  const refused = dawn.visit(CLOSED, 'Dennis rang: he is fine.', { kind: 'phone_call' });
  await feed.refuse(refused);
  // one visit written down twice;
  const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+/, '');
  const when = { more: ['--started-at', ago(50), '--ended-at', ago(10)] };
  const hers = dawn.visit(VISITED, 'Patience showed us the new ramp.', when);
  const his = kofi.visit(VISITED, 'Joint visit with Dawn. The handrail is still missing.', when);
  // somebody whom nobody knows yet;
  const { id: unknown } = dawn.run('new', '--name', 'Patience', 'home_visit');
  dawn.run('type', unknown, 'Met at the door.');
  dawn.run('finish', unknown);
  dawn.run('sync');
  // two answers to one question;
  const { id: apart } = dawn.run('new', VISITED, 'phone_call');
  dawn.run('type', apart, 'Rang about the handrail.');
  dawn.run('sync');
  await join(apart);
  dawn.run('set', apart, 'feedback', '{"was_it_useful":"yes"}');
  kofi.run('set', apart, 'feedback', '{"was_it_useful":"partly"}');
  dawn.run('sync');
  kofi.run('sync');
  // and a note about the wrong person, in which he will write on without a signal.
  const { id: late } = dawn.run('new', VISITED, 'video_call');
  dawn.run('type', late, 'We talked about the garden.');
  dawn.run('sync');
  await join(late);
  // The case system's answer is read.
  feed.take();

  const lesley = admin('lesley');
  const page = await lesley.signUp('W110');
  await page.getByRole('link', { name: 'Issues' }).click();
  for (const kind of ['Refused by the case system', 'Maybe one visit twice', 'Person not known yet', 'Two different values']) {
    await page.getByRole('link', { name: kind }).first().waitFor();
  }
  await look(page, 'issues');
  const open = async (kind) => {
    await lesley.go('issues');
    await page.getByRole('link', { name: kind }).first().click();
    await page.getByRole('heading', { name: kind, level: 1 }).waitFor();
  };
  const decide = async (words, reason) => {
    await page.getByLabel(words).check();
    await page.getByLabel('Reason', { exact: true }).fill(reason);
    await page.getByRole('button', { name: 'See what this does' }).click();
    await page.getByText('This will happen:').waitFor();
  };
  const doIt = async (action, reason) => {
    await page.getByRole('button', { name: 'Do it' }).click();
    await page.getByRole('status').getByText('Done:').waitFor();
    await lesley.wrote(action, reason, 'Lesley Marchetti');
  };

  // Two values: Tom is faster; she reads it, keeps what she typed, and nothing is done twice.
  await open('Two different values');
  await page.getByLabel('One of the values stands alone').check();
  await page.getByRole('button', { name: 'See what this does' }).click();
  await page.getByRole('alert').getByText('Say first: which value').waitFor();
  await page.getByRole('radio', { name: /partly/i }).check();
  await decide('One of the values stands alone', 'We rang her.');
  await look(page, 'conflict');
  const tom = admin('tom');
  const desk = await tom.signUp('W111', '--role', 'organisation_admin');
  await tom.go(page.url().split('#/')[1]);
  await desk.getByLabel('One of the values stands alone').check();
  await desk.getByRole('radio', { name: /partly/i }).check();
  await desk.getByLabel('Reason', { exact: true }).fill('She told me.');
  await desk.getByRole('button', { name: 'See what this does' }).click();
  await desk.getByRole('button', { name: 'Do it' }).click();
  await desk.getByRole('status').getByText('Done:').waitFor();
  await tom.wrote('take', 'She told me.', 'Tom Whitby');
  await page.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('alert').getByText(/Already settled by .+ at .+: one value taken/).waitFor();
  assert.equal(await page.getByLabel('Reason', { exact: true }).inputValue(), 'We rang her.');
  await look(page, 'too-late');
  for (const phone of [dawn, kofi]) {
    await until('the value on the phones', () => { phone.run('sync'); return JSON.stringify(phone.run('show', apart)).includes('partly'); });
  }

  await open('Person not known yet');
  await page.getByLabel('Say whom the note is about').check();
  await page.getByLabel(/^Case id/).fill(VISITED);
  await decide('Say whom the note is about', 'The address is hers.');
  await look(page, 'unmatched');
  await doIt('match', 'The address is hers.');
  await until('the matched note in the feed', () => events(unknown).some((one) => one.type === 'note.finished' || one.event === 'note.finished' || JSON.stringify(one).includes('note.finished')));

  await open('Maybe one visit twice');
  await look(page, 'duplicate');
  await decide('Make them one note', 'They were there together.');
  await doIt('join', 'They were there together.');
  await until('the other words in the note that stays', () => {
    dawn.run('sync');
    return [hers, his].some((id) => {
      try {
        const said = JSON.stringify(dawn.run('show', id));
        return said.includes('new ramp') && said.includes('handrail is still missing');
      } catch { return false; }
    });
  });

  // The note about the wrong person is moved; what he wrote meanwhile comes too late for it, and is held.
  dawn.run('finish', late);
  dawn.run('sync');
  kofi.run('type', late, 'She asked for a lower bed. ');
  await until('the note in the feed', () => events(late).length > 0);
  await lesley.go(`note/${late}`);
  await page.getByText('Wrong person?').click();
  await page.getByLabel('Case id of the right person').fill(CLOSED);
  await page.getByLabel('Reason', { exact: true }).fill('It was Dennis who rang.');
  await page.getByRole('button', { name: 'See what this does' }).click();
  await page.getByText('Its authors stay its authors').waitFor();
  await look(page, 'move');
  await page.getByRole('button', { name: 'Move it' }).click();
  await page.getByText('The note was moved.').waitFor();
  await lesley.wrote(null, 'It was Dennis who rang.', 'Lesley Marchetti', 'note.moved');
  await until('the withdrawal in the feed', () => events(late).some((one) => JSON.stringify(one).includes('note.withdrawn')));
  kofi.run('sync');

  await until('the issue on the page', async () => { await lesley.go('issues'); return page.getByRole('link', { name: 'Held back' }).first().isVisible(); });
  await open('Held back');
  await page.getByLabel('What was written after finishing stands as an addendum').check();
  await look(page, 'held');
  await decide('What was written after finishing stands as an addendum', 'It belongs there.');
  await doIt('addendum', 'It belongs there.');
  await until('the addendum in the feed', () => feed.take().some((one) => JSON.stringify(one).includes('lower bed')));

  await open('Refused by the case system');
  await decide('Send it to the case systems once more', 'They opened the case again.');
  await look(page, 'refused');
  await doIt('send_again', 'They opened the case again.');
  await until('the note once more in the feed', () => events(refused).length > 1);

  await lesley.go('issues?settled=true');
  await page.getByRole('heading', { name: 'Settled issues' }).waitFor();
  await page.getByText('sent again').first().waitFor();
  await look(page, 'settled');
  server.run('verify');
});
