// Three days of a team's trouble, all of it made by phones that do what goes wrong: each issue is ended at the desk in the
// ways that `story_issues` leaves out. After each decision the phone, the feed and the audit are asked what they know.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Clock } from '../../phone/stories/clock.mjs';
import { Feed, ROOT, story, until } from './desk.mjs';
import { Door } from './door.mjs';
import { Headless } from './headless.mjs';

const HOUR_MS = 3_600_000;
const [MARGARET, BRIAN, MO, PATIENCE, LLYR] = ['P104201', 'P104233', 'P104241', 'P104255', 'P104212'];

await story('decisions', async ({ server, admin, look }) => {
  const clock = new Clock(ROOT, server.folder, 'team');
  await server.stop();
  server.env = clock.env;
  const door = await Door.before(server);
  server.url = door.url;
  await server.start();
  const dawn = new Headless(server, 'dawn').enrol('W104');
  const kofi = new Headless(server, 'kofi').enrol('W105');
  const sian = new Headless(server, 'sian').enrol('W103');
  const events = new Feed(server).of;
  const issue = (kind, note) => until(`${kind} of ${note ?? 'any note'}`, () => {
    const all = JSON.parse(server.run('issue', 'list', '--json'));
    return all.find((one) => one.kind === kind && (!note || one.note_id === note));
  });
  const gone = (id) => until('its end', () => !JSON.parse(server.run('issue', 'list', '--json')).some((one) => one.id === id));
  const join = (phone, id) => until('the note on the other phone', () => {
    phone.run('sync');
    try { return phone.run('join', id) ?? true; } catch { return null; }
  });
  const says = (phone, id, words) => until(`"${words}" on a phone`, () => {
    phone.run('sync');
    try { return JSON.stringify(phone.run('show', id)).includes(words); } catch { return null; }
  });

  // Three days ago: a case system was let in that reads nothing, a visit was finished, a note was begun.
  const pem = path.join(server.folder, 'case-system.pem');
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  fs.writeFileSync(pem, publicKey.export({ type: 'spki', format: 'pem' }));
  server.run('client', 'add', 'Old system', '--public-key', pem);
  clock.pass(1_000);
  const unheard = dawn.visit(BRIAN, 'He is well, and so are the dogs.');
  const draft = kofi.visit(MARGARET, 'Begun on the bus.', { finish: false });
  const lone = sian.visit(LLYR, 'Yn dda iawn.', { finish: false });
  // Imran's picture did not get through, and then he switched his phone off.
  const imran = new Headless(server, 'imran').enrol('W102');
  const { id: pictured } = imran.run('new', MARGARET, 'home_visit');
  imran.run('type', pictured, 'The stairs as they are.');
  imran.run('attach', pictured, path.join(ROOT, 'docs/images/desk.png'));
  imran.run('finish', pictured);
  door.loseFiles();
  // Twice: the second pass says that something waited before it.
  for (let n = 0; n < 2; n += 1) {
    try { imran.run('sync'); } catch { /* The picture waits; the words are there. */ }
  }
  server.run('verify');
  clock.pass(80 * HOUR_MS);

  // Ruth's phone has a wrong clock.
  const ruth = new Headless(server, 'ruth', { DOORSTEP_CLOCK_OFFSET_MS: String(2 * HOUR_MS) }).enrol('W101');
  ruth.run('sync');
  // Siân's phone was lost, revoked, found again: three notes come from it.
  const lost = ['He asked for a Welsh speaker.', 'The rail is loose.', 'A line for nobody.'].map((words) => {
    const { id } = sian.run('new', LLYR, 'phone_call');
    sian.run('type', id, words);
    sian.run('finish', id);
    return id;
  });
  const device = JSON.parse(server.run('device', 'list', '--json')).find((one) => one.worker_id === 'W103');
  server.run('device', 'revoke', device.id);
  try { sian.run('sync'); } catch { /* It is told that its rights are gone; what it sends is taken. */ }
  const again = new Headless(server, 'sian-again').enrol('W103');
  // Two pairs of notes at one time,
  const ago = (minutes) => new Date(Date.now() + clock.ahead_ms - minutes * 60_000).toISOString().replace(/\.\d+/, '');
  const at = (from, to) => ({ more: ['--started-at', ago(from), '--ended-at', ago(to)] });
  const [hers, his] = [dawn, kofi].map((phone) => phone.visit(PATIENCE, 'At the door.', at(50, 10)));
  const [first, second] = [dawn, kofi].map((phone) => phone.visit(MO, 'In the kitchen.', at(55, 15)));
  // somebody with half a name,
  const { id: unknown } = dawn.run('new', '--name', 'Brian Thackray', 'home_visit');
  dawn.run('type', unknown, 'Met in the yard.');
  dawn.run('finish', unknown);
  dawn.run('sync');
  // a question with two answers in words and one with two in codes,
  const { id: apart } = dawn.run('new', PATIENCE, 'phone_call');
  dawn.run('type', apart, 'Rang about the handrail.');
  dawn.run('sync');
  await join(kofi, apart);
  dawn.run('set', apart, 'feedback', '{"was_it_useful":"yes","words":"Very good"}');
  kofi.run('set', apart, 'feedback', '{"was_it_useful":"partly","words":"It was short"}');
  for (const phone of [dawn, kofi]) phone.run('sync');
  // and a phone that was restored from its backup while the first one lives.
  const { id: twice } = dawn.run('new', MO, 'video_call');
  dawn.run('type', twice, 'Kettle on.');
  dawn.run('sync');
  const twin = dawn.restored('dawn-restored');
  dawn.run('type', twice, ' Cat out.');
  twin.run('type', twice, ' Frame in the hall.');
  for (const phone of [dawn, twin, dawn, twin]) phone.run('sync');
  clock.pass(61_000);

  const tom = admin('tom');
  const page = await tom.signUp('W111', '--role', 'organisation_admin');
  const open = async (kind, note) => {
    const { id } = await issue(kind, note);
    await tom.go(`issues/${id}`);
    await page.getByRole('heading', { name: 'What to do' }).waitFor();
    return id;
  };
  const decide = (action, words, reason, { say } = {}) => tom.decide(action, words, reason, 'Tom Whitby', say);
  const message = (words) => ({ say: () => page.getByLabel('Message (optional)').fill(words) });

  // Time.
  const late = await open('overdue_draft', draft);
  await look(page, 'overdue');
  await decide('nudge', 'Send the worker a message', null, message('Is this visit over?'));
  await until('the nudge on his phone', () => kofi.asked().includes('Is this visit over?'));
  await page.getByText('What was done so far').waitFor();
  kofi.run('finish', draft);
  kofi.run('sync');
  await gone(late);
  await page.getByText('Settled by').waitFor();
  await until('the finished draft in the feed', () => events(draft).length === 1);
  const stays = await open('overdue_draft', lone);
  await decide('close', 'Close it. Nothing else changes.', 'She is on leave.');
  await gone(stays);
  assert.equal(events(lone).length, 0, 'what is not finished goes nowhere');

  const wrong = await open('wrong_clock');
  await page.getByText('2 hours ahead').or(page.getByText('120 minutes ahead')).first().waitFor();
  await look(page, 'clock');
  await decide('ask_again', 'Send the worker a message', null, message('Please set your clock.'));
  await until('the message on her phone', () => ruth.asked().includes('Please set your clock.'));
  ruth.env.DOORSTEP_CLOCK_OFFSET_MS = '0';
  ruth.run('sync');
  clock.pass(61_000);
  await gone(wrong);

  const unseen = await open('stale_device');
  await look(page, 'unseen');
  await decide('nudge', 'Send the worker a message', null, message('Please switch your phone on.'));
  const missing = await open('missing_attachment', pictured);
  await look(page, 'missing');
  await decide('ask_again', 'Send the worker a message', null, message('Where is the picture?'));
  assert.ok(events(pictured).every((event) => event.attachments.every((file) => !file.available)));
  door.letThrough();
  const said = imran.asked();
  for (const words of ['Please switch your phone on.', 'Where is the picture?']) assert.ok(said.includes(words), said);
  await gone(missing);
  imran.run('sync');
  clock.pass(61_000);
  await gone(unseen);
  await until('the picture in the feed', () => events(pictured).some((event) => event.attachments.some((file) => file.available)));

  const silent = await open('export_silent', unheard);
  await page.getByText('Old system has not said what became of version 1').waitFor();
  await look(page, 'silent');
  await decide('send_again', 'Send it to the case systems once more', 'They had an outage.');
  await until('it once more in the feed', () => events(unheard).length === 2);

  const forked = await open('forked_device');
  await look(page, 'forked');
  await decide('close', 'Close it. Nothing else changes.', 'The old phone is in the drawer.');
  for (const phone of [dawn, twin]) for (const words of ['Kettle on.', 'Cat out.', 'Frame in the hall.']) await says(phone, twice, words);

  // What a lost phone sent.
  const returned = await open('held', lost[0]);
  await decide('return', 'Set it aside and tell the worker why', 'It is not hers to write.', message('Please write this again.'));
  await until('the message on her new phone', () => again.asked().includes('Please write this again.'));
  assert.equal(events(lost[0]).length, 0);
  const aside = await open('held', lost[1]);
  await decide('set_aside', 'Set it aside. It is kept here', 'I do not know this.');
  await page.getByLabel('Reason for undoing').fill('Now I do.');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('status').getByText('Undone.').waitFor();
  await tom.wrote(null, 'Now I do.', 'Tom Whitby', 'issue.reopened');
  assert.equal(events(lost[1]).length, 0);
  await decide('accept', 'Let in what was held, as it is.', 'She told me of it.');
  await until('the visit in the feed', () => events(lost[1]).length === 1);
  await says(again, lost[1], 'The rail is loose.');
  const last = await open('held', lost[2]);
  await page.getByText('Llŷr Prydderch (P104212)').waitFor();
  await page.getByText('nothing of it is in the record yet').waitFor();
  await look(page, 'held-of-a-lost-phone');
  await decide('set_aside', 'Set it aside. It is kept here', 'A slip.');
  await gone(last);

  // One visit twice, or not.
  const pair = await open('possible_duplicate', undefined);
  const about = JSON.parse(server.run('issue', 'list', '--json')).find((one) => one.id === pair);
  const [keep, take] = [hers, his].includes(about.note_id) ? [[hers, his], [first, second]] : [[first, second], [hers, his]];
  await decide('keep_both', 'They are two visits', 'One came later.');
  await gone(pair);
  for (const id of keep) assert.deepEqual(events(id).map((event) => event.type), ['note.finished']);
  const other = await open('possible_duplicate');
  await look(page, 'pair');
  await decide('withdraw', 'Take one of the two back', 'It was one visit.', { say: () => page.getByRole('radio', { name: 'The note of Kofi Mensah' }).check() });
  await until('the withdrawal in the feed', () => events(take[1]).some((event) => event.type === 'note.withdrawn' && event.reason === 'It was one visit.' && event.body === ''));
  assert.deepEqual(events(take[0]).map((event) => event.type), ['note.finished']);
  await says(kofi, take[1], take[1] === his ? 'At the door.' : 'In the kitchen.');

  // Somebody with half a name.
  const whose = await open('unmatched_person', unknown);
  await decide('ask_case_id', 'Write down from whom a new case id was asked', null, { say: () => page.getByLabel('From whom', { exact: true }).fill('Front door team') });
  await page.getByText('Front door team').first().waitFor();
  assert.equal(events(unknown).length, 0, 'it waits');
  await page.getByLabel('Say whom the note is about').check();
  await look(page, 'likely-people');
  await decide('match', 'Say whom the note is about', 'He has two dogs.', { say: () => page.getByRole('radio', { name: /Thackray/ }).check() });
  await until('the matched note in the feed', () => events(unknown).some((event) => event.person.case_id === BRIAN));

  // Two answers in words, and two in codes: the one is joined here, the other is asked on the phone and ended there.
  const conflicts = JSON.parse(server.run('issue', 'list', '--json')).filter((one) => one.kind === 'conflict');
  assert.equal(conflicts.length, 2);
  const [inWords, inCodes] = ['words', 'was_it_useful'].map((end) => conflicts.find((one) => one.detail.path.endsWith(end)).id);
  await tom.go(`issues/${inWords}`);
  await decide('take_both', 'All values stand, one below the other', 'Both were said.');
  for (const phone of [dawn, kofi]) for (const words of ['Very good', 'It was short']) await says(phone, apart, words);
  await tom.go(`issues/${inCodes}`);
  await decide('ask', 'Ask whoever wrote one of the values', null, {
    say: async () => {
      await page.getByRole('radio', { name: 'Kofi Mensah' }).check();
      await page.getByLabel('Message (optional)').fill('Was it of use to her?');
    },
  });
  await page.getByText('the author was asked (Kofi Mensah)').waitFor();
  await look(page, 'asked');
  await until('the question on his phone', () => kofi.asked().includes('Was it of use to her?'));
  kofi.run('set', apart, 'feedback', '{"was_it_useful":"no"}');
  kofi.run('sync');
  await gone(inCodes);
  await page.getByText('Settled by').waitFor();

  // All of it is in the log, and can be made again from it.
  const seen = () => [...lost, ...keep, ...take, unknown, draft, unheard].map((id) => events(id));
  const before = seen();
  await server.stop();
  server.run('rebuild');
  server.run('verify');
  await server.start();
  assert.deepEqual(seen(), before);
  door.close();
});
