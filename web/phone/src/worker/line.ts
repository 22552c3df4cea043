// The live line: a WebSocket that the core tells when to open, what to say over it and when to come back. Without it
// passes go on as ever, so nothing here is ever waited for.
import { LiveEvent, type Phone } from '../../wasm/core';
import type { Hands } from './hands';

type Action =
  | { do: 'open'; path: string; protocols: string[] }
  | { do: 'send'; frame: number }
  | { do: 'close' }
  | { do: 'pass' }
  | { do: 'wait_until'; at: number };

export class Line {
  private socket: WebSocket | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last: Promise<void> = Promise.resolve();
  private over = false;

  constructor(
    private readonly phone: Phone,
    private readonly hands: Hands,
    /** Something came in. */
    private readonly heard: () => void,
    private readonly pass: () => void,
  ) {}

  /** Something was typed, or time passed. */
  tick(): void {
    this.step(() => LiveEvent.tick());
  }

  network(there: boolean): void {
    this.step(() => LiveEvent.network(there));
  }

  /** Ends it; resolves when no step is under way any more. */
  async end(): Promise<void> {
    this.over = true;
    clearTimeout(this.timer);
    this.hangUp();
    await this.last;
  }

  /** One step after the other: each is told what has happened, and does what is to be done. */
  private step(event: () => LiveEvent, heard = false): void {
    this.last = this.last.then(async () => {
      if (this.over) return;
      const steps = await this.phone.live(this.hands as never, event());
      if (heard) this.heard();
      for (const action of JSON.parse(steps.actions()) as Action[]) {
        this.act(action, (frame) => steps.take_frame(frame));
      }
      steps.free();
    }).catch(() => this.hangUp());
  }

  private act(action: Action, frame: (n: number) => Uint8Array | undefined): void {
    if (this.over) return;
    switch (action.do) {
      case 'open': this.open(action.path, action.protocols); break;
      case 'send': {
        const bytes = frame(action.frame);
        if (bytes && this.socket?.readyState === WebSocket.OPEN) this.socket.send(new Uint8Array(bytes));
        else this.step(() => LiveEvent.lost());
        break;
      }
      case 'close': this.hangUp(); break;
      case 'pass': this.pass(); break;
      case 'wait_until':
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.tick(), Math.max(action.at - Date.now(), 5));
        break;
    }
  }

  private open(path: string, protocols: string[]): void {
    this.hangUp();
    const address = new URL(path, self.location.origin);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address, protocols);
    socket.binaryType = 'arraybuffer';
    const mine = (event: () => LiveEvent, heard = false) => { if (this.socket === socket) this.step(event, heard); };
    socket.onopen = () => mine(() => LiveEvent.opened());
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (typeof data !== 'string') mine(() => LiveEvent.frame(new Uint8Array(data)), true);
    };
    socket.onclose = ({ code }) => {
      // A browser does not tell the status of a refusal, only that there is no socket (1006).
      mine(() => LiveEvent.lost(code === 1006 ? undefined : code));
      if (this.socket === socket) this.socket = undefined;
    };
    this.socket = socket;
  }

  private hangUp(): void {
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }
}
