// The Worker's way to the server, as the core takes it. The server is the one that the app came from: no address is
// ever typed, and no request goes elsewhere.
import { sign } from './keep';

const TIMEOUT_MS = 60_000;
/** Smaller bodies gain nothing by being packed. */
const WORTH_PACKING_BYTES = 512;

type Headers = [string, string][];
interface Answer { status: number; headers: Headers; body: Uint8Array }

async function gzip(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** What the core sends by, until `stop` is called. */
export class Hands {
  private readonly stopped = new AbortController();

  stop(): void {
    this.stopped.abort();
  }

  async send(method: string, path: string, headers: Headers, body: Uint8Array<ArrayBuffer>): Promise<Answer> {
    const sent = new Headers(headers);
    // The browser says by itself what it can unpack.
    sent.delete('accept-encoding');
    let packed = body;
    if (path === '/v1/sync' && body.length >= WORTH_PACKING_BYTES && !sent.has('content-encoding')) {
      packed = await gzip(body);
      sent.set('content-encoding', 'gzip');
    }
    const response = await fetch(new URL(path, self.location.origin), {
      method,
      headers: sent,
      ...(method === 'GET' || method === 'HEAD' ? {} : { body: packed }),
      redirect: 'error',
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const unpacked = new Uint8Array(await response.arrayBuffer());
    const heard = [...response.headers].filter(([name]) => name !== 'content-encoding') as Headers;
    return { status: response.status, headers: heard, body: unpacked };
  }

  /** A turn for each call that the page has made meanwhile; a promise alone would let none in. */
  breathe(): Promise<void> {
    return new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = () => { port2.close(); done(); };
      port1.postMessage(null);
    });
  }

  sign(message: Uint8Array): Promise<Uint8Array> {
    return sign(new Uint8Array(message));
  }
}
