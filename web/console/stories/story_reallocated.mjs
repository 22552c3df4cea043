// Maureen moves house and comes to the other team, while Kofi's phone, without a signal, has notes about her. What it sends
// is held: one note is hers and let in, one was about Margaret all along, one is nobody's. A case system refuses a note for
// good, and it is closed by hand.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Feed, ROOT, story, until } from './desk.mjs';
import { Headless } from './headless.mjs';

const [MO, MARGARET, CLOSED] = ['P104241', 'P104201', 'P104226'];

await story('reallocated', async ({ server, admin, look }) => {
  const kofi = new Headless(server, 'kofi').enrol('W105');
  const feed = new Feed(server);
  const events = feed.of;
  const open = () => JSON.parse(server.run('issue', 'list', '--json'));

  const written = ['She has the keys.', 'Peggy, not Mo: the wrong record.', 'Nobody was there.'].map((words) => {
    const { id } = kofi.run('new', MO, 'phone_call');
    kofi.run('type', id, words);
    kofi.run('finish', id);
    return id;
  });
  const people = fs.readFileSync(path.join(ROOT, 'demo/people.csv'), 'utf8').split('\n');
  const moved = people.map((line) => (line.startsWith(MO) ? line.replace('North Community', 'South Community').replace('W101', 'W103') : line));
  const file = path.join(server.folder, 'people.csv');
  fs.writeFileSync(file, moved.join('\n'));
  server.run('import', 'people', file);
  kofi.run('sync');
  await until('what was held', () => written.every((id) => open().some((issue) => issue.kind === 'held' && issue.note_id === id)));
  // A case system refuses one about somebody else.
  const refused = kofi.visit(CLOSED, 'He rang off.', { kind: 'phone_call' });
  await feed.refuse(refused);
  events(refused);

  const tom = admin('tom');
  const page = await tom.signUp('W111', '--role', 'organisation_admin');
  const at = async (kind, note) => {
    const { id } = await until(`${kind} of ${note}`, () => open().find((issue) => issue.kind === kind && issue.note_id === note));
    await tom.go(`issues/${id}`);
    await page.getByRole('heading', { name: 'What to do' }).waitFor();
  };
  const decide = (action, words, reason, say) => tom.decide(action, words, reason, 'Tom Whitby', say);

  const [hers, margarets, nobodys] = written;
  await at('held', hers);
  await page.getByText('She has the keys.').waitFor();
  await look(page, 'held');
  await decide('accept', 'Let in what was held, as it is.', 'He was still her worker.');
  await until('hers in the feed', () => events(hers).some((one) => one.person.case_id === MO && one.body === 'She has the keys.'));
  await at('held', margarets);
  await decide('accept_for', 'Let it in as a note about another person.', 'He told me: it was Peggy.', () => page.getByLabel('Case id', { exact: true }).fill(MARGARET));
  await until('it in the feed, as hers', () => events(margarets).some((one) => one.person.case_id === MARGARET));
  assert.ok(events(margarets).every((one) => one.person.case_id === MARGARET), 'it was never on the wrong record');
  await until('it on his phone', () => {
    kofi.run('sync');
    return JSON.stringify(kofi.run('show', margarets)).includes('Peggy, not Mo');
  });
  await at('held', nobodys);
  await decide('set_aside', 'Set it aside. It is kept here', 'An empty visit.');
  assert.deepEqual(events(nobodys), []);

  await at('export_refused', refused);
  await look(page, 'refused');
  await decide('close', 'Close it. Nothing else changes.', 'It stays here, and is on paper there.');
  assert.deepEqual(open(), []);
  assert.equal(events(refused).length, 1, 'it is not sent again');
  await until('the refusal on his phone', () => { kofi.run('sync'); return JSON.stringify(kofi.run('list')).includes('refused'); });
  await server.stop();
  server.run('rebuild');
  server.run('verify');
  await server.start();
  assert.deepEqual(events(margarets).map((one) => one.person.case_id), [MARGARET]);
});
