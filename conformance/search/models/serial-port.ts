/** Serial ports: what their calls answer, and what goes over the line. */
import type {
  SerialPort,
  SerialSettings,
} from '../../../drivers-under-test/host/classes/serial-port.ts';
import type { IOReturnName } from '../../../drivers-under-test/host/io-return.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { SECOND } from '../../suites/serial-port/facts.ts';
import { failure } from '../../suites/driver/attempt.ts';
import { pciFaultWords } from '../faults.ts';
import type { Play, SearchModel } from '../model.ts';
import type { Step } from '../scenario.ts';
import type { Call, LifeState } from './call.ts';
import { Life } from './life.ts';
import { LIFE_START } from './life-words.ts';
import { SerialFar } from './serial-far.ts';
import { Outgoing } from './serial-line.ts';
import { SERIAL_WORDS, WRONG_CALLS, settingsOf } from './serial-words.ts';

/** RBR, IER, IIR, LSR, MSR. */
const OFFSETS = [0, 1, 2, 5, 6];
/** A call ends so late at the latest. */
const SLACK_NS = SECOND;

export const serialPortModel: SearchModel = {
  name: 'SerialPort',
  vocabulary: {
    steps: SERIAL_WORDS,
    faults: pciFaultWords({ accesses: 200, interrupts: 30, allocations: 4, offsets: OFFSETS }),
    answers: {},
  },
  start: { ...LIFE_START, open: false },
  sometimes: ['stop while busy', 'sleep while busy', 'crash while busy', 'close while busy'],
  play: (scene, reach) => new SerialPlay(scene, reach),
};

type Port = 'closed' | 'opening' | 'open' | 'closing';
class SerialPlay implements Play {
  readonly #scene: Scene;
  readonly #far: SerialFar;
  readonly #life: Life<SerialPort>;
  readonly #reach: (state: string) => void;
  readonly #outgoing = new Outgoing();
  #port: Port = 'closed';
  /** Grows whenever the port opens or closes: a call over which it did may fail. */
  #session = 0;
  #reading = 0;
  /** The ends may have misunderstood each other: what was heard says nothing. */
  #isDeaf = false;
  constructor(scene: Scene, reach: (state: string) => void) {
    this.#scene = scene;
    this.#reach = reach;
    this.#far = new SerialFar(scene);
    this.#life = new Life(scene, reach);
    this.#life.onChange = (state) => this.#changed(state);
    this.#life.onReset = () => this.#lose();
    this.#life.exercise = () => this.#exercise();
  }

  begin(): Promise<void> {
    return this.#life.begin();
  }

  readonly state = (): string => `${this.#life.describe()}, ${this.#port}`;

  async finish(): Promise<void> {
    if (!this.#life.isLiedTo) {
      await this.#far.quiet();
      if (!this.#isDeaf) this.#outgoing.check(this.#far.received());
      await this.#readRest();
    }
    await this.#life.finish();
  }

  perform(step: Step): Promise<void> | void {
    const { word, with: values } = step;
    const timeout = Number(values['timeout']);
    const length = Number(values['length']);
    switch (word) {
      case 'open':
      case 'open-again':
        return this.#open(settingsOf(step));
      case 'close':
        return this.#close();
      case 'configure':
        return this.#configure(settingsOf(step));
      case 'write':
        return this.#write(length, timeout);
      case 'read':
        return this.#read(length, timeout);
      case 'drain':
        return this.#drain(timeout);
      case 'flush':
        return this.#flush(values['what'] as 'receive' | 'transmit' | 'both');
      case 'break':
        return this.#call({
          name: 'sendBreak',
          begin: (port) => port.sendBreak(Number(values['ns'])),
          // Cut short it may be taken for a character.
          lost: () => void (this.#isDeaf = true),
        });
      case 'modem-lines':
        return this.#setLines(values['dtr'] === true, values['rts'] === true);
      case 'modem-status':
        return this.#status();
      case 'next-event':
        return this.#nextEvent(timeout);
      case 'statistics': {
        const begin = (port: SerialPort) => port.statistics();
        return this.#life.call({ name: word, begin, isLocal: true });
      }
      case 'wrong-call': {
        const begin = WRONG_CALLS[String(values['which'])] ?? (() => undefined);
        return this.#call({ name: word, begin, refusal: ['kIOReturnBadArgument'] });
      }
      default:
        return word.startsWith('far-')
          ? this.#far.perform(step, this.#port === 'open')
          : this.#life.perform(step);
    }
  }

  /** A call that needs an open port. */
  #call<T>(call: Call<SerialPort, T>): Promise<void> | void {
    const session = this.#session;
    const port = this.#port;
    const refusal = port === 'closed' ? NOT_OPEN : call.refusal;
    return this.#life.call({
      ...call,
      // While it opens or closes a call may come too early or too late.
      refusal: port === 'open' || port === 'closed' ? refusal : undefined,
      mayFail: () => {
        const codes = call.mayFail?.() ?? call.refusal ?? [];
        return session === this.#session && port === 'open' ? codes : [...codes, ...CUT_OFF];
      },
    });
  }

  #open(settings: SerialSettings): Promise<void> | void {
    if (this.#life.state !== 'up') return this.#openInPassing(settings);
    if (this.#port === 'opening' || this.#port === 'closing') return;
    const begin = (port: SerialPort) => port.open(settings);
    if (this.#port === 'open') {
      return this.#life.call({ name: 'a second open', begin, refusal: EXCLUSIVE });
    }
    return this.#openQuietly(settings);
  }

  /** On its way to or from sleep the driver may take it, or not. */
  #openInPassing(settings: SerialSettings): Promise<void> | void {
    if (this.#port === 'closed') this.#enter('opening');
    return this.#life.call({
      name: 'open',
      begin: (port) => port.open(settings),
      done: () => {
        this.#isDeaf = true;
        this.#far.incoming.isGarbled = true;
        this.#far.agree(settings);
        if (this.#port === 'opening') this.#enter('open');
      },
      lost: () => (this.#port === 'opening' ? this.#enter('closed') : undefined),
    });
  }

  async #openQuietly(settings: SerialSettings): Promise<void> {
    this.#enter('opening');
    const session = this.#session;
    // The far end may begin again meanwhile.
    do await this.#far.quiet();
    while (!this.#far.isQuiet);
    if (session !== this.#session) return;
    this.#far.agree(settings);
    const back = () => {
      if (session === this.#session) this.#enter('closed');
    };
    await this.#life.call({
      name: 'open',
      begin: (port) => port.open(settings),
      done: () => {
        if (session !== this.#session) return;
        this.#far.incoming.reset();
        this.#enter('open');
      },
      lost: back,
    });
  }

  #close(): Promise<void> | void {
    const port = this.#port;
    if (port === 'opening') return;
    if (this.#life.pending > 0) this.#reach('close while busy');
    if (port === 'open') this.#enter('closing');
    const session = this.#session;
    const closed = () => {
      if (session === this.#session && port === 'open') this.#enter('closed');
    };
    this.#outgoing.discard();
    return this.#life.call({
      name: 'close',
      begin: (client) => client.close(),
      done: closed,
      lost: closed,
      mayFail: () => (port === 'open' ? [] : CUT_OFF),
      refusal: port === 'closed' ? NOT_OPEN : undefined,
      isLocal: true,
    });
  }

  #configure(settings: SerialSettings): Promise<void> | void {
    if (!this.#far.isQuiet) this.#far.incoming.isGarbled = true;
    this.#far.configuring++;
    return this.#call({
      name: 'configure',
      begin: (port) => port.configure(settings),
      done: () => {
        this.#far.configuring--;
        this.#far.agree(settings);
      },
      lost: () => {
        this.#far.configuring--;
        if (this.#port === 'closed') return;
        this.#far.incoming.isGarbled = true;
        this.#isDeaf = true;
      },
    });
  }

  #write(length: number, timeout: number): Promise<void> | void {
    const bytes = this.#far.pattern(length);
    const began = this.#scene.world.now;
    const isRefused = this.#port === 'closed';
    const write = this.#outgoing.begin(bytes);
    if (isRefused) this.#outgoing.refused(write);
    // The format may be another one by then: what has more bits than that is heard as others.
    if (this.#far.configuring > 0) this.#isDeaf = true;
    return this.#call({
      name: 'write',
      begin: (port) => port.write(bytes.slice(), timeout),
      done: (taken) => this.#outgoing.end(write, taken),
      check: (taken) => {
        const isPart = taken >= 0 && taken <= length;
        expect.that(isPart, 'bytes that write took', `0 to ${length}`, `${taken}`);
        this.#expectInTime('write', began, timeout);
      },
      lost: () => void (write.isOver = true),
    });
  }

  #read(length: number, timeout: number): Promise<void> | void {
    // Which of several reads takes which bytes is theirs to settle.
    if (this.#reading++ > 0) this.#far.incoming.isGarbled = true;
    const began = this.#scene.world.now;
    const available = this.#far.isQuiet ? this.#far.incoming.waiting : 0;
    return this.#call({
      name: 'read',
      begin: (port) => port.read(length, timeout),
      done: () => void this.#reading--,
      check: (bytes) => {
        const isWhole = !this.#life.inTrouble;
        expect.that(
          bytes.length <= length,
          'bytes that read brings',
          `${length} at most`,
          `${bytes.length}`,
        );
        this.#expectInTime('read', began, timeout);
        this.#far.incoming.check(bytes, isWhole);
        if (!isWhole || !this.#far.incoming.isWhole || this.#far.incoming.isGarbled) return;
        const least = Math.min(length, available);
        expect.that(bytes.length >= least, 'bytes that read brings', `${least}`, `${bytes.length}`);
      },
      lost: () => {
        this.#reading--;
        this.#far.incoming.isWhole = false;
      },
    });
  }

  #drain(timeout: number): Promise<void> | void {
    const writes = this.#outgoing.ended();
    const began = this.#scene.world.now;
    return this.#call({
      name: 'drain',
      begin: (port) => port.drain(timeout),
      check: () => {
        this.#outgoing.drained(writes);
        this.#expectInTime('drain', began, timeout);
      },
      mayFail: () => ['kIOReturnTimeout'],
    });
  }

  #flush(what: 'receive' | 'transmit' | 'both'): Promise<void> | void {
    if (what !== 'receive') this.#outgoing.discard();
    const isQuiet = this.#far.isQuiet && this.#reading === 0;
    if (what !== 'transmit' && !isQuiet) this.#far.incoming.isWhole = false;
    return this.#call({
      name: 'flush',
      begin: (port) => port.flush(what),
      check: () => {
        if (what !== 'receive') this.#outgoing.discard();
        if (what !== 'transmit') this.#far.incoming.flush(isQuiet);
      },
      lost: () => void (this.#far.incoming.isWhole = false),
    });
  }

  #setLines(dtr: boolean, rts: boolean): Promise<void> | void {
    return this.#call({
      name: 'setModemLines',
      begin: (port) => port.setModemLines({ dtr, rts }),
      check: () => {
        if (this.#port !== 'open' || this.#life.pending > 0) return;
        const lines = this.#far.modemLines();
        expect.equal(lines.DTR, dtr, 'DTR after setModemLines');
        if (this.#far.settings.flowControl !== 'rts-cts') {
          expect.equal(lines.RTS, rts, 'RTS after setModemLines');
        }
      },
    });
  }

  #status(): Promise<void> | void {
    const lines = { ...this.#far.lines };
    return this.#call({
      name: 'modemStatus',
      begin: (port) => port.modemStatus(),
      check: (status) => {
        const isSame = Object.entries(lines).every(
          ([name, on]) => this.#far.lines[name as 'cts'] === on,
        );
        if (isSame) expect.equal({ ...status }, lines, 'the modem status');
      },
    });
  }

  #nextEvent(timeout: number): Promise<void> | void {
    const began = this.#scene.world.now;
    return this.#call({
      name: 'nextEvent',
      begin: (port) => port.nextEvent(timeout),
      check: (event) => {
        this.#expectInTime('nextEvent', began, timeout);
        if (event?.kind === 'break')
          expect.that(this.#far.hasBroken, 'an event of a break', 'none');
        if (event?.kind === 'modem') expect.that(this.#far.hasSignalled, 'a modem event', 'none');
      },
    });
  }

  /** Nothing may be left over that was sent and can be read. */
  #readRest(): Promise<void> | void {
    const { waiting, isWhole, isGarbled } = this.#far.incoming;
    const isSure = this.#port === 'open' && isWhole && !isGarbled && !this.#life.inTrouble;
    if (!isSure || waiting === 0 || this.#reading > 0) return;
    return this.#read(waiting, SECOND);
  }

  #changed(state: LifeState): void {
    if (state === 'off') this.#enter('closed');
    if (state !== 'up') this.#lose();
    // A receiver that wakes up in the middle of a character misunderstands it.
    else if (!this.#far.isQuiet) this.#far.incoming.isGarbled = true;
  }

  /** What is under way may never arrive. */
  #lose(): void {
    this.#outgoing.discard();
    this.#far.incoming.isWhole = false;
  }

  #enter(port: Port): void {
    this.#port = port;
    this.#session++;
  }

  async #exercise(): Promise<void> {
    const { client } = this.#life;
    await this.#far.quiet();
    if (client !== undefined) await failure(() => client.close());
    await this.#far.quiet();
    await this.#scene.simpleIO();
  }

  #expectInTime(name: string, began: number, timeout: number): void {
    const late = this.#scene.world.now - began - timeout;
    expect.that(late <= SLACK_NS, `the time of ${name}`, 'its timeout', `${late} ns more`);
  }
}

const NOT_OPEN: readonly IOReturnName[] = ['kIOReturnNotOpen'];
const EXCLUSIVE: readonly IOReturnName[] = ['kIOReturnExclusiveAccess'];
/** How a call ends whose port was closed under it. */
const CUT_OFF: readonly IOReturnName[] = [
  'kIOReturnAborted',
  'kIOReturnNotOpen',
  'kIOReturnExclusiveAccess',
];
