// The page's end of the line to the core: numbers each call, and gives each answer to whoever asked. Calls are
// carried out in the order in which they are made, so a key that is typed after another stands after it.
import { WRITES, type CallName, type Calls, type CoreEvent } from './calls';
import type { Port } from './port';

const WRITTEN_REST_MS = 3_000;

/** The core did nothing, and says why. */
export class Trouble extends Error {
  constructor(readonly code: string, words: string) {
    super(words);
  }
}

interface Answer { n: number; gives?: unknown; trouble?: { code: string; words: string } }
interface Asker { give(value: unknown): void; refuse(trouble: Trouble): void }

/** What the page asks: `core.call('unsent', {})`. */
export class Core {
  private next = 1;
  private readonly asked = new Map<number, Asker>();
  private readonly listeners = new Set<(event: CoreEvent) => void>();
  private lostWith: Trouble | undefined;
  private resting = false;
  private writtenMeanwhile = false;

  constructor(private readonly port: Port, private readonly whenLost: () => void) {
    port.listen((message) => this.heard(message), () => this.lost());
  }

  call<K extends CallName>(call: K, args: Calls[K]['args'], transfer: Transferable[] = []): Promise<Calls[K]['gives']> {
    if (this.lostWith) return Promise.reject(this.lostWith);
    const n = this.next++;
    return new Promise((give, refuse) => {
      const given = give as (value: unknown) => void;
      const writes = WRITES.includes(call);
      this.asked.set(n, { give: (value) => { given(value); if (writes) this.written(); }, refuse });
      this.port.post({ n, call, args }, transfer);
    });
  }

  /** Hears what the core says unasked; gives the way to stop. */
  on(listener: (event: CoreEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private heard(message: unknown): void {
    if (typeof message !== 'object' || message === null) return;
    if ('event' in message) {
      this.tell(message as CoreEvent);
      return;
    }
    const answer = message as Answer;
    const asker = this.asked.get(answer.n);
    this.asked.delete(answer.n);
    if (answer.trouble) asker?.refuse(new Trouble(answer.trouble.code, answer.trouble.words));
    else asker?.give(answer.gives);
  }

  private tell(event: CoreEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }

  /** Told at once, and while one types on and on only so often. */
  private written(): void {
    if (this.resting) {
      this.writtenMeanwhile = true;
      return;
    }
    this.tell({ event: 'written' });
    this.resting = true;
    setTimeout(() => {
      this.resting = false;
      const again = this.writtenMeanwhile;
      this.writtenMeanwhile = false;
      if (again) this.written();
    }, WRITTEN_REST_MS);
  }

  /** The Worker could not start, or fell. Whatever it acknowledged is safe; nothing more is taken. */
  private lost(): void {
    if (this.lostWith) return;
    this.lostWith = new Trouble('core_lost', 'the core has stopped');
    for (const asker of this.asked.values()) asker.refuse(this.lostWith);
    this.asked.clear();
    this.whenLost();
  }
}
