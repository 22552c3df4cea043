// The line to the core: answers go to whoever asked, troubles carry their code, and a core that stops leaves nobody
// waiting. The port is a pair of functions, as a Worker's is.
import { expect, test, vi } from 'vitest';
import type { CoreEvent } from '../src/core/calls';
import { Core, Trouble } from '../src/core/core';

function line() {
  const posted: { n: number; call: string; args: unknown }[] = [];
  let say: (message: unknown) => void = () => undefined;
  let fall: () => void = () => undefined;
  let lost = 0;
  const core = new Core({
    post: (message) => posted.push(message as (typeof posted)[0]),
    listen: (heard, whenLost) => { say = heard; fall = whenLost; },
  }, () => lost++);
  return { core, posted, say: (message: unknown) => say(message), fall: () => fall(), lost: () => lost };
}

test('answers that come in another order reach their own askers', async () => {
  const { core, posted, say } = line();
  const list = core.call('list', {});
  const workers = core.call('workers', {});
  expect(posted.map((message) => message.call)).toEqual(['list', 'workers']);
  say({ n: posted[1]!.n, gives: { W101: 'Ruth' } });
  say({ n: posted[0]!.n, gives: [] });
  say({ n: 99, gives: 'nobody asked' });
  say('no message');
  expect(await list).toEqual([]);
  expect(await workers).toEqual({ W101: 'Ruth' });
});

test('a trouble has its code and its words', async () => {
  const { core, posted, say } = line();
  const call = core.call('finish', { note: 'n' });
  say({ n: posted[0]!.n, trouble: { code: 'no_note', words: 'there is no such note on this phone' } });
  await expect(call).rejects.toMatchObject({ code: 'no_note', message: 'there is no such note on this phone' });
  await expect(call).rejects.toBeInstanceOf(Trouble);
});

test('events go to all who listen, until they stop', () => {
  const { core, say } = line();
  const heard: CoreEvent[] = [];
  const stop = core.on((event) => heard.push(event));
  say({ event: 'locked' });
  stop();
  say({ event: 'locked' });
  expect(heard).toEqual([{ event: 'locked' }]);
});

test('what this page wrote is told at once, and again when more was written meanwhile', () => {
  vi.useFakeTimers();
  const { core, posted, say } = line();
  let told = 0;
  core.on((event) => { if (event.event === 'written') told++; });
  const answer = (gives: unknown) => say({ n: posted.at(-1)!.n, gives });
  void core.call('list', {});
  answer([]);
  expect(told).toBe(0);
  const type = () => { void core.call('type_text', { note: 'n', field: 'body', at: 0, delete: 0, insert: 'a', spent_ms: 0, seen: 0 }); answer(null); };
  type();
  expect(told).toBe(1);
  type();
  type();
  expect(told).toBe(1);
  vi.runOnlyPendingTimers();
  expect(told).toBe(2);
  vi.runAllTimers();
  expect(told).toBe(2);
  vi.useRealTimers();
});

test('a core that has stopped leaves nobody waiting', async () => {
  const { core, posted, fall, lost } = line();
  const waiting = core.call('sync', {});
  fall();
  fall();
  await expect(waiting).rejects.toMatchObject({ code: 'core_lost' });
  await expect(core.call('list', {})).rejects.toMatchObject({ code: 'core_lost' });
  expect([posted.length, lost()]).toEqual([1, 1]);
});
