// The notebook while it is open: its calls, one pass at a time, the beat that turns pauses into changes, and the live
// line. Locking it closes the store.
import { Phone } from '../../wasm/core';
import { WRITES, type CallName, type Calls, type CoreEvent, type Ended, type Ordered, type SyncReport } from '../core/calls';
import { Hands } from './hands';
import { Line } from './line';

const TICK_MS = 1_000;

export class OpenNotebook {
  private readonly hands = new Hands();
  private readonly line: Line;
  private readonly beat: ReturnType<typeof setInterval>;
  private passes: Promise<unknown> = Promise.resolve();
  private watched: string[] = [];
  /** How much had come from elsewhere when the page was told last. */
  private told: unknown = 0;
  private passing = false;
  private ended = false;

  constructor(
    readonly phone: Phone,
    private readonly tell: (event: CoreEvent) => void,
    private readonly obey: (ordered: Ordered) => void,
  ) {
    this.line = new Line(phone, this.hands, () => this.heard(), () => void this.sync());
    this.beat = setInterval(() => this.tick(), TICK_MS);
    void this.stands().catch(() => undefined);
  }

  /**
   * The live line brought something: others' words, or only that the server has this phone's own. For the latter no note
   * is read again, for that would be done at every few keys, and keys would wait for it.
   */
  private heard(): void {
    if (!this.tellNews(this.passing ? [] : this.watched)) this.tell({ event: 'sent' });
  }

  /** Says which notes may have changed (none named: any), where something came from elsewhere. */
  private tellNews(notes: string[]): boolean {
    const now = this.call('arrivals', {});
    if (now === this.told) return false;
    this.told = now;
    this.tell({ event: 'changed', notes });
    this.look();
    return true;
  }

  /** Whether the team's desk has ordered something that is to be done now. */
  private look(): void {
    const ordered = this.call('ordered', {}) as Ordered;
    if (ordered.lock || ordered.wipe === 'done') this.obey(ordered);
  }

  /** How the phone stands, for the desk. The browser takes its time, so a pass tells what was known before it. */
  async stands(): Promise<void> {
    const [persisted, { usage, quota }] = await Promise.all([navigator.storage.persisted(), navigator.storage.estimate()]);
    if (this.ended) return;
    this.call('stands', {
      persisted,
      ...(usage === undefined ? {} : { used_bytes: usage }),
      ...(usage === undefined || quota === undefined ? {} : { free_bytes: Math.max(0, quota - usage) }),
    });
  }

  /** Looks for company from now on: while the app is in front. */
  goLive(): void {
    this.call('go_live', { wanted: true });
    this.line.tick();
  }

  network(there: boolean): void {
    this.line.network(there);
  }

  /** A call that the store alone answers. */
  call(call: string, args: object): unknown {
    const said: unknown = JSON.parse(this.phone.call(call, JSON.stringify(args)));
    if (call === 'watch') this.watched = (args as Calls['watch']['args']).notes;
    if (call === 'watch' || WRITES.includes(call as CallName)) this.line.tick();
    return said;
  }

  enrol(code: string, spare: Uint8Array): Promise<Ended> {
    return this.alone(async () => JSON.parse(await this.phone.enrol(this.hands as never, code, self.location.origin, spare)) as Ended);
  }

  lookUp(case_id: string, reason: string): Promise<Ended> {
    return this.alone(async () => JSON.parse(await this.phone.look_up(this.hands as never, case_id, reason)) as Ended);
  }

  reflection(year: number, quarter: number): Promise<Calls['reflection']['gives']> {
    return this.alone(async () => JSON.parse(await this.phone.reflection(this.hands as never, year, quarter)) as Calls['reflection']['gives']);
  }

  /** One pass; with `only_send` nothing is fetched. */
  sync(only_send = false): Promise<SyncReport> {
    return this.alone(async () => {
      this.passing = true;
      try {
        const report = JSON.parse(await this.phone.sync(this.hands as never, only_send)) as SyncReport;
        this.tell({ event: 'synced', report, at_ms: Date.now() });
        return report;
      } finally {
        this.passing = false;
        this.tellNews([]);
        this.look();
        void this.stands().catch(() => undefined);
      }
    });
  }

  attachment(note: string, sha256: string): Promise<Uint8Array> {
    return this.phone.attachment(this.hands as never, note, sha256);
  }

  /** Where the store takes nothing (a full phone), what was typed stays in its journal, and the next beat tries again. */
  private tick(): void {
    try {
      this.call('tick', {});
      // Thousands of notes come to a new phone: what is there already is shown.
      if (this.passing) this.tellNews([]);
    } catch (error) {
      console.warn(error);
    }
  }

  /** Ends what is under way and closes the store. What was typed is saved. */
  async close(): Promise<void> {
    this.ended = true;
    clearInterval(this.beat);
    this.hands.stop();
    await this.line.end();
    await this.passes.catch(() => undefined);
    this.phone.free();
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.passes.catch(() => undefined).then(work);
    this.passes = mine;
    return mine;
  }
}
