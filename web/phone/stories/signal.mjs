// A phone's signal: all that its browser sends goes through here (a SOCKS proxy, RFC 1928), on real sockets. It can be
// cut and come back, for this phone alone, and it can lead to somebody who is not the server.
import net from 'node:net';

const NO_LOGIN = Buffer.from([5, 0]);
const CONNECTED = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
const UNREACHABLE = Buffer.from([5, 4, 0, 1, 0, 0, 0, 0, 0, 0]);

export class Signal {
  /** @type {Set<net.Socket>} */
  #links = new Set();
  #there = true;
  /** Where every connection ends instead of where it was meant to; null for the true way. */
  #elsewhere = null;

  static async found() {
    const signal = new Signal();
    signal.listener = net.createServer((phone) => signal.#met(phone));
    await new Promise((ready) => signal.listener.listen(0, '127.0.0.1', ready));
    signal.port = signal.listener.address().port;
    return signal;
  }

  /** From now on nothing is reached, and what was under way is lost. */
  cut() {
    this.#there = false;
    this.#drop();
  }

  back() {
    this.#there = true;
  }

  /** What is meant for the server goes to this port instead; `null` is the server again. */
  leadTo(port) {
    this.#elsewhere = port;
    this.#drop();
    this.#there = true;
  }

  close() {
    this.cut();
    this.listener.close();
  }

  #drop() {
    for (const link of this.#links) link.destroy();
    this.#links.clear();
  }

  #keep(link) {
    this.#links.add(link);
    link.on('error', () => link.destroy());
    link.on('close', () => this.#links.delete(link));
  }

  #met(phone) {
    this.#keep(phone);
    phone.once('data', () => {
      phone.write(NO_LOGIN);
      phone.once('data', (wish) => {
        if (!this.#there) return phone.end(UNREACHABLE);
        const far = net.connect(this.#elsewhere ?? wish.readUInt16BE(wish.length - 2), '127.0.0.1');
        this.#keep(far);
        far.once('connect', () => {
          phone.write(CONNECTED);
          phone.pipe(far).pipe(phone);
        });
        far.once('error', () => phone.end(UNREACHABLE));
        far.once('close', () => phone.destroy());
        phone.once('close', () => far.destroy());
      });
    });
  }
}
