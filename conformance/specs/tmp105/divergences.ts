/** Where QEMU's tmp105 and our model differ, and stay so. */
import type { Difference as Any, Explanation } from '../../divergence.ts';
import type { SensorMessage, SensorProgram } from '../../generators/sensor-steps.ts';

type Difference = Any<SensorProgram>;

/** The data sheet has no numbered sections: its headings. */
const SHEET = (section: string) => ({
  document: 'Texas Instruments TMP105, SLLS648D',
  revision: 'September 2011',
  section,
  basis: 'secondary' as const,
});

const CONFIGURATION = 1;
const T_LOW = 2;
const T_HIGH = 3;
const ADDRESS = 0x48;
const GENERAL_CALL = 0x00;
const ALERT_RESPONSE = 0x0c;
const WORD_SIGN = 0x8000;
const UNUSED_BITS = 16;
const LIMITS_RESET = { low: 0x4b00, high: 0x5000 };
const AMBIENT_AT_FIRST = 25 * 256;
const STEP_MILLIDEGREES = 62.5;
/** A step of nine bits in the register. */
const COARSEST = 128;

interface Write {
  readonly pointer: number;
  readonly data: readonly number[];
}

/** Every message of the program up to the step. */
function messages({ program, index }: Difference): SensorMessage[] {
  return program.steps
    .slice(0, index + 1)
    .flatMap((step) => ('messages' in step ? step.messages : []));
}

/** Of the device itself, from the first. */
function writes(difference: Difference): Write[] {
  return messages(difference).flatMap((message) => {
    if (!('write' in message) || message.address !== ADDRESS) return [];
    const [pointer, ...data] = message.write;
    return pointer === undefined ? [] : [{ pointer: pointer % 4, data }];
  });
}

/** Data that registers got: two bytes make a limit. */
const written = (difference: Difference, pointer: number): readonly (readonly number[])[] =>
  writes(difference)
    .filter((each) => each.pointer === pointer && each.data.length > 0)
    .map(({ data }) => data);

interface Configuration {
  readonly shutdown: boolean;
  readonly interrupts: boolean;
  readonly oneShot: boolean;
}

/** The last byte of each write is what stays. */
function configurations(difference: Difference): Configuration[] {
  return written(difference, CONFIGURATION)
    .flat()
    .map((byte) => ({
      shutdown: byte % 2 === 1,
      interrupts: Math.floor(byte / 2) % 2 === 1,
      oneShot: byte >= 128,
    }));
}

const signed = (word: number): number => (word >= WORD_SIGN ? word - 2 * WORD_SIGN : word);

/** What the thermostat compared at some time: registers of two bytes, and bits per degree. */
interface Compared {
  readonly low: number;
  readonly high: number;
  readonly temperature: number;
  readonly resolution: number;
}

/** After each step of the program. */
function compared({ program, index }: Difference): Compared[] {
  let now: Compared = { ...LIMITS_RESET, temperature: AMBIENT_AT_FIRST, resolution: 0 };
  return program.steps.slice(0, index + 1).map((step) => {
    if ('ambient' in step) now = { ...now, temperature: stepsOf(step.ambient) * UNUSED_BITS };
    else for (const each of step.messages) now = after(now, each);
    return now;
  });
}

const stepsOf = (millidegrees: number) => Math.floor(millidegrees / STEP_MILLIDEGREES);

function after(now: Compared, message: SensorMessage): Compared {
  if (!('write' in message)) return now;
  const [pointer = 0, first, second = 0] = message.write;
  if (first === undefined) return now;
  const word = signed(first * 256 + second);
  if (pointer % 4 === T_LOW) return { ...now, low: word };
  if (pointer % 4 === T_HIGH) return { ...now, high: word };
  if (pointer % 4 !== CONFIGURATION) return now;
  return { ...now, resolution: Math.floor((message.write.at(-1) ?? 0) / 32) % 4 };
}

function isOverLimit({ low, high, temperature, resolution }: Compared): boolean {
  const coarse = COARSEST / 2 ** resolution;
  const rounded = Math.floor(temperature / coarse) * coarse;
  return rounded >= high !== temperature >= high || rounded < low !== temperature < low;
}

const ofAlert = (difference: Difference, applies: boolean): bigint =>
  applies && difference.part === 'ALERT' ? difference.bits : 0n;

const anywhere = (difference: Difference, applies: boolean): bigint =>
  applies ? difference.bits : 0n;

const limitsWith = (difference: Difference, is: (data: readonly number[]) => boolean): boolean =>
  [T_LOW, T_HIGH].some((pointer) => written(difference, pointer).some(is));

export const explanations: readonly Explanation<SensorProgram>[] = [
  {
    id: 'tmp105-measures-always',
    cite: SHEET('Shutdown Mode (SD); One-Shot (OS)'),
    why:
      'QEMU has no conversions: in shutdown too the temperature is the one of now, an alert stays, and ' +
      'OS written without SD reads as one. The model holds the last result, ends a latched alert, and ' +
      'has OS read as zero, as the data sheet says.',
    example: ['0x48 write 1 1', '30000 millidegrees', '0x48 write 0, again 0x48 read 2'],
    explains: (difference) =>
      anywhere(
        difference,
        configurations(difference).some(({ shutdown, oneShot }) => shutdown || oneShot),
      ),
    ends: true,
  },
  {
    id: 'tmp105-general-call',
    cite: SHEET('General Call'),
    why:
      'QEMU takes a general call for a write of the pointer, and the bus says that a byte was not ' +
      'acknowledged; the model resets, as the data sheet says.',
    example: ['0x0 write 6'],
    explains: (difference) =>
      anywhere(
        difference,
        messages(difference).some(({ address }) => address === GENERAL_CALL),
      ),
    ends: true,
  },
  {
    id: 'tmp105-alert-response',
    cite: SHEET('SMBus Alert Function'),
    why: 'QEMU does not answer the alert response address; the model does while it alerts.',
    example: ['90000 millidegrees', '0xc read 1'],
    explains: ({ step, bits }) =>
      'messages' in step && step.messages.some(({ address }) => address === ALERT_RESPONSE)
        ? bits
        : 0n,
    ends: true,
  },
  {
    id: 'tmp105-unused-bits',
    cite: SHEET('High and Low Limit Registers'),
    why: 'The four lowest bits of a limit are zero, says the data sheet; QEMU keeps and compares them.',
    example: ['0x48 write 2 0 1', '0x48 write 2, again 0x48 read 2'],
    explains: (difference) =>
      anywhere(
        difference,
        limitsWith(difference, ([, low = 0]) => low % UNUSED_BITS !== 0),
      ),
    ends: true,
  },
  {
    id: 'tmp105-half-a-limit',
    cite: SHEET('Writing/Reading to the TMP105'),
    why: 'A limit of which one byte is written is undocumented: QEMU drops it, the model takes it.',
    example: ['0x48 write 2 0', '0x48 read 2'],
    explains: (difference) =>
      anywhere(
        difference,
        limitsWith(difference, ({ length }) => length === 1),
      ),
    ends: true,
  },
  {
    id: 'tmp105-behind-a-register',
    cite: SHEET('Writing/Reading to the TMP105'),
    why:
      'What is read behind a register of one byte is undocumented: QEMU answers what a transfer left ' +
      'in its buffer, the model ones.',
    example: ['0x48 write 1', '0x48 read 2'],
    explains: (difference) => {
      const isBehind = writes(difference).at(-1)?.pointer === CONFIGURATION;
      return isBehind && difference.part.startsWith('read') && isLong(difference)
        ? difference.bits
        : 0n;
    },
  },
  {
    id: 'tmp105-crossed-limits',
    cite: SHEET('High and Low Limit Registers'),
    why:
      'A lower limit above the upper one is undocumented: the model then alerts at one conversion and ' +
      'not at the next, QEMU looks once at each temperature.',
    example: ['0x48 write 3 10 0', '25000 millidegrees'],
    explains: (difference) =>
      ofAlert(
        difference,
        compared(difference).some(({ low, high }) => low > high),
      ),
    ends: true,
  },
  {
    id: 'tmp105-rounds-first',
    cite: SHEET('High and Low Limit Registers'),
    why:
      'QEMU compares the limits with the temperature at full resolution. The model compares the ' +
      'result of the conversion, as the data sheet says.',
    example: ['0x48 write 2 20 0', '0x48 write 3 20 10', '32125 millidegrees'],
    explains: (difference) => ofAlert(difference, compared(difference).some(isOverLimit)),
    ends: true,
  },
  {
    id: 'tmp105-latched',
    cite: SHEET('High and Low Limit Registers'),
    why:
      'In interrupt mode QEMU goes on comparing behind an alert that nobody has read: the other limit, ' +
      'passed meanwhile, makes none when it is read. The model waits for the read, as the sheet says. ' +
      'Undocumented: QEMU takes an alert along when the mode changes, the model begins anew.',
    example: ['0x48 write 1 62', '90000 millidegrees', '20000 millidegrees', '0x48 read 2'],
    explains: (difference) =>
      ofAlert(
        difference,
        configurations(difference).some(({ interrupts }) => interrupts),
      ),
    ends: true,
  },
];

function isLong({ step }: Difference): boolean {
  return 'messages' in step && step.messages.some((each) => 'read' in each && each.read > 1);
}
