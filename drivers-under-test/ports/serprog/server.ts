/**
 * A serprog programmer on a TCP port of the loopback, with an SPI bus of a world behind it. What a
 * program sends is worked on inside the world; while it thinks, time stands still there.
 *
 * Not modelled: a programmer that several programs share; a second connection is closed at once.
 */
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { once } from 'node:events';
import type { OpenPort, PortPlace } from '../../host/process-manifest.ts';
import { RepeatedTransfers } from './repeated-transfers.ts';
import { SerprogSession } from './session.ts';

/** A microframe of USB 2.0: programmers of this kind sit behind that, and each command waits. */
const TURNAROUND_NS = 125_000;
const CLOCK_HZ_MAX = 50_000_000;
const LOOPBACK = '127.0.0.1';

export class SerprogServer implements OpenPort {
  readonly #place: PortPlace;
  readonly #server: Server;
  #socket: Socket | undefined;
  #session: SerprogSession | undefined;
  /** Came, and is not taken yet. */
  #waiting: Uint8Array = new Uint8Array(0);

  private constructor(place: PortPlace) {
    this.#place = place;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async open(place: PortPlace): Promise<SerprogServer> {
    const opened = new SerprogServer(place);
    opened.#server.listen(0, LOOPBACK);
    await once(opened.#server, 'listening');
    return opened;
  }

  /** As programs are told it: `127.0.0.1:40123`. */
  get address(): string {
    return `${LOOPBACK}:${(this.#server.address() as AddressInfo).port}`;
  }

  get busy(): boolean {
    return this.#session?.busy === true || this.#waiting.length > 0;
  }

  disconnect(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#session = undefined;
    this.#waiting = new Uint8Array(0);
  }

  async close(): Promise<void> {
    this.disconnect();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    socket.on('error', () => {});
    if (this.#socket !== undefined) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    this.#socket = socket;
    const session = this.#open(socket);
    this.#session = session;
    socket.on('data', (bytes: Uint8Array) => {
      if (this.#session !== session) return;
      socket.pause();
      this.#waiting = bytes;
      this.#place.world.ready(() => this.#work(session));
      this.#place.wake();
    });
    socket.on('close', () => {
      if (this.#session === session) this.disconnect();
    });
  }

  /** As far as the session takes what came; the rest follows when it is no longer busy. */
  #work(session: SerprogSession): void {
    if (this.#session !== session) return;
    const taken = session.receive(this.#waiting);
    this.#waiting = this.#waiting.subarray(taken);
    if (this.#waiting.length === 0) this.#socket?.resume();
  }

  #open(socket: Socket): SerprogSession {
    const { world, port, select } = this.#place;
    const after = (then: () => void) => {
      then();
      if (this.#waiting.length > 0) this.#work(session);
    };
    const repeated = new RepeatedTransfers();
    const session: SerprogSession = new SerprogSession({
      transfer: (write, readBytes, answer) => {
        const segments = readBytes === 0 ? [{ write }] : [{ write }, { read: readBytes }];
        void port.transfer(select, segments).then(([read = new Uint8Array(0)]) => {
          const why = repeated.note(write, read);
          if (why !== undefined) this.#place.deadPoll(why);
          world.after(TURNAROUND_NS, () => after(() => answer(read)));
        });
      },
      delay: (us, done) => world.after(us * 1000, () => after(done)),
      setClock: (hz) => {
        const clockHz = Math.min(hz, CLOCK_HZ_MAX);
        port.configure(select, { mode: 0, clockHz });
        return clockHz;
      },
      answer: (bytes) => socket.write(bytes),
    });
    return session;
  }
}
