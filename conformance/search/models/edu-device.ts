/** The education device: what its calls answer, and what its buffer holds. */
import type { EduDevice } from '../../../drivers-under-test/host/classes/edu-device.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { BUFFER_BYTES, FACTORIALS, Register, VERSION } from '../../suites/edu/device-facts.ts';
import { pciFaultWords } from '../faults.ts';
import type { OperationWord, Play, SearchModel } from '../model.ts';
import type { Parameter, Step, Value } from '../scenario.ts';
import { EduBuffer } from './edu-buffer.ts';
import { Life } from './life.ts';
import { LIFE_START, LIFE_WORDS } from './life-words.ts';

const ALL_ONES = 0xffffffff;
const FACTORIAL_MAX = 12;
/** The lowest byte of the identification register. */
const MAGIC = 0xed;
const BYTE = 256;

const offset: Parameter = {
  type: 'integer',
  min: -1,
  max: BUFFER_BYTES + 1,
  likely: [0, 1, 4, BUFFER_BYTES - 1, BUFFER_BYTES, -1],
};
const length: Parameter = { ...offset, likely: [1, 4, 8, 0, -1, BUFFER_BYTES, BUFFER_BYTES + 1] };
const word: Parameter = {
  type: 'integer',
  min: 0,
  max: ALL_ONES,
  likely: [0, 1, 0x100, 0x80000000, ALL_ONES],
};
const fill: Parameter = { type: 'integer', min: 0, max: 255 };
const isUp: Pick<OperationWord, 'applies'> = { applies: (it) => it['life'] === 'up' };

/** Arguments that no integer is: each must be refused. */
const WRONG_CALLS: Readonly<Record<string, (driver: EduDevice) => unknown>> = {
  'factorial-fraction': (driver) => driver.factorial(2.5),
  'factorial-nan': (driver) => driver.factorial(Number.NaN),
  'factorial-2^32': (driver) => driver.factorial(2 ** 32),
  'copy-in-fraction': (driver) => driver.copyIn(0.5, Uint8Array.of(1)),
  'copy-out-nan': (driver) => driver.copyOut(Number.NaN, 1),
  'copy-out-2^53': (driver) => driver.copyOut(0, 2 ** 53),
};

export const eduDeviceModel: SearchModel = {
  name: 'EduDevice',
  vocabulary: {
    steps: {
      ...LIFE_WORDS,
      identify: { weight: 2, parameters: {} },
      liveness: { weight: 4, parameters: { pattern: word } },
      factorial: {
        weight: 8,
        parameters: {
          n: { type: 'integer', min: -1, max: FACTORIAL_MAX + 1, likely: [0, 1, 5, 12] },
        },
      },
      'copy-in': { weight: 8, parameters: { offset, length, fill } },
      'copy-out': { weight: 8, parameters: { offset, length } },
      'self-test': { weight: 4, parameters: { bits: word }, ...isUp },
      statistics: { weight: 1, parameters: {} },
      'wrong-call': {
        weight: 1,
        parameters: { which: { type: 'choice', of: Object.keys(WRONG_CALLS) } },
      },
    },
    faults: pciFaultWords({
      accesses: 80,
      interrupts: 12,
      allocations: 8,
      offsets: [
        Register.Status,
        Register.InterruptStatus,
        Register.Factorial,
        Register.Identification,
        Register.DmaCommand,
        Register.DmaCount,
        Register.Liveness,
      ],
    }),
    answers: {},
  },
  start: LIFE_START,
  sometimes: ['stop while busy', 'sleep while busy', 'crash while busy', 'removal while busy'],
  play: (scene, reach) => new EduPlay(scene, reach),
};

class EduPlay implements Play {
  readonly #life: Life<EduDevice>;
  readonly #buffer = new EduBuffer();
  /** Operations that ended well since the driver started: each took an interrupt at least. */
  #ended = 0;

  constructor(scene: Scene, reach: (state: string) => void) {
    this.#life = new Life(scene, reach);
    this.#life.onReset = () => this.#buffer.forget();
    this.#life.onChange = (state) => {
      if (state === 'off') this.#ended = 0;
    };
  }

  async begin(): Promise<void> {
    await this.#life.begin();
    if (this.#life.state === 'up') this.#expectItself();
  }

  state(): string {
    return this.#life.describe();
  }

  finish(): Promise<void> {
    return this.#life.finish();
  }

  /** Who starts on a device that says that it is another one would drive anything. */
  #expectItself(): void {
    const lie = this.#life.scene.faults.find(
      (fault) =>
        fault.kind === 'false-read' && fault.offset === Register.Identification && fault.at === 1,
    );
    if (lie?.kind !== 'false-read' || lie.value % BYTE === MAGIC) return;
    expect.that(false, 'Start on another device', 'a failure', 'success');
  }

  perform(step: Step): Promise<void> | void {
    const { word: name, with: values } = step;
    switch (name) {
      case 'identify':
        return this.#call(name, (driver) => driver.identify(), VERSION);
      case 'liveness': {
        const pattern = Number(values['pattern']);
        return this.#call(name, (driver) => driver.checkLiveness(pattern), true);
      }
      case 'factorial':
        return this.#factorial(Number(values['n']));
      case 'copy-in':
        return this.#copyIn(values);
      case 'copy-out':
        return this.#copyOut(values);
      case 'self-test':
        return this.#selfTest(Number(values['bits']));
      case 'statistics':
        return this.#statistics();
      case 'wrong-call': {
        const begin = WRONG_CALLS[String(values['which'])] ?? (() => undefined);
        return this.#life.call({ name, begin, refusal: BAD_ARGUMENT });
      }
      default:
        return this.#life.perform(step);
    }
  }

  #call<T>(
    name: string,
    begin: (driver: EduDevice) => T | Promise<T>,
    expected: T,
    { isWrong = false, done }: { isWrong?: boolean; done?: () => void } = {},
  ): Promise<void> | void {
    const check = (value: T) => expect.equal(value, expected, `the answer of ${name}`);
    return this.#life.call({
      name,
      begin,
      check,
      refusal: refusal(isWrong),
      ...(done && { done }),
    });
  }

  #factorial(n: number): Promise<void> | void {
    const expected = FACTORIALS[n];
    const isWrong = expected === undefined;
    const done = () => void this.#ended++;
    const begin = (driver: EduDevice) => driver.factorial(n);
    return this.#call('factorial', begin, expected ?? 0, { isWrong, done });
  }

  #copyIn({ offset: at, length: count, fill: first }: Values): Promise<void> | void {
    const from = Number(at);
    const bytes = new Uint8Array(Math.max(0, Number(count))).map(
      (_, index) => Number(first) + index,
    );
    const isWrong = !fits(from, bytes.length);
    const write = isWrong ? undefined : this.#buffer.begin(from, bytes);
    return this.#life.call({
      name: 'copyIn',
      begin: (driver) => driver.copyIn(from, bytes.slice()),
      done: () => {
        write?.end();
        this.#ended++;
      },
      refusal: refusal(isWrong),
    });
  }

  #copyOut({ offset: at, length: count }: Values): Promise<void> | void {
    const from = Number(at);
    const bytes = Number(count);
    const began = this.#buffer.now;
    return this.#life.call({
      name: 'copyOut',
      begin: (driver) => driver.copyOut(from, bytes),
      done: () => void this.#ended++,
      check: (seen) => this.#buffer.check(from, bytes, seen, began),
      refusal: refusal(!fits(from, bytes)),
    });
  }

  #selfTest(bits: number): Promise<void> | void {
    const begin = (driver: EduDevice) => driver.interruptSelfTest(bits);
    return this.#life.call({
      name: 'interruptSelfTest',
      begin,
      done: () => void this.#ended++,
      refusal: refusal(bits === 0),
    });
  }

  #statistics(): Promise<void> | void {
    const begin = (driver: EduDevice) => driver.statistics();
    const ended = this.#ended;
    return this.#life.call({
      name: 'statistics',
      begin,
      isLocal: true,
      check: ({ interrupts }) => {
        if (this.#life.inTrouble) return;
        const what = 'the interrupts that statistics tells of';
        expect.that(interrupts >= ended, what, `${ended} at least`, `${interrupts}`);
      },
    });
  }
}

const BAD_ARGUMENT = ['kIOReturnBadArgument'] as const;

function refusal(isWrong: boolean): typeof BAD_ARGUMENT | undefined {
  return isWrong ? BAD_ARGUMENT : undefined;
}

type Values = Readonly<Record<string, Value>>;

function fits(offset: number, length: number): boolean {
  return offset >= 0 && length >= 1 && offset + length <= BUFFER_BYTES;
}
