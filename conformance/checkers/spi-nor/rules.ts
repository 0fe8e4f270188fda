/** Rules of serial NOR flash that no driver may break, whatever it was asked for. */
import type { Citation } from '../../citation.ts';
import type { Rule, Watch } from '../../rule.ts';
import { type Instruction, follow } from './conversation.ts';

const SHEET = (section: string): Citation => ({
  document: 'Winbond W25Q128JV data sheet',
  revision: 'F',
  section,
  basis: 'secondary',
});

const WRITE_ENABLE = 0x06;
const WRITE_DISABLE = 0x04;
const VOLATILE_ENABLE = 0x50;
const READ_STATUS = 0x05;
const ENABLE_RESET = 0x66;
const RESET = 0x99;
const POWER_DOWN = 0xb9;
const RELEASE = 0xab;
const STATUS_WRITES: readonly number[] = [0x01, 0x31, 0x11];
/** Programs, with the bytes of their address; 0: as the mode says. */
const PROGRAMS: ReadonlyMap<number, number> = new Map([
  [0x02, 0],
  [0x32, 0],
  [0x12, 4],
  [0x34, 4],
]);
const ERASES: readonly number[] = [0x20, 0x52, 0xd8, 0x21, 0xdc, 0xc7, 0x60, 0x44];
const PROGRAM_SECURITY = 0x42;
/** Heard while it is busy, or of no effect then. */
const WHILE_BUSY: readonly number[] = [
  ...[READ_STATUS, 0x35, 0x15, 0x75, 0x7a, ENABLE_RESET, RESET],
  ...[WRITE_DISABLE, RELEASE],
];
const PAGE_BYTES = 256;
/** Nanoseconds from the end of an instruction to the next one: tRST, tRES1. */
const RESTS: ReadonlyMap<number, number> = new Map([
  [RESET, 30_000],
  [RELEASE, 3_000],
]);
/** Instructions with bytes over two or four lines, with the number of them. */
const SEVERAL_LINES: ReadonlyMap<number, number> = new Map([
  ...[0x3b, 0x3c, 0xbb, 0xbc, 0x92].map((opcode) => [opcode, 2] as const),
  ...[0x6b, 0x6c, 0xeb, 0xec, 0x94, 0x32, 0x34].map((opcode) => [opcode, 4] as const),
]);
const ENTER_QPI = 0x38;
/** fR of Read Data, fC of the others. */
const READ = 0x03;
const READ_HZ_MAX = 50_000_000;
const HZ_MAX = 133_000_000;

const hex = (value: number): string => `${value.toString(16).padStart(2, '0')}h`;

const changes = ({ opcode }: Instruction): boolean =>
  PROGRAMS.has(opcode) ||
  ERASES.includes(opcode) ||
  STATUS_WRITES.includes(opcode) ||
  opcode === PROGRAM_SECURITY;

function rule(options: Pick<Rule, 'id' | 'cite' | 'text' | 'bugClasses' | 'watch'>): Rule {
  return { ...options, subject: 'driver', device: 'spi-nor' };
}

const enabled = rule({
  id: 'NOR-R01',
  cite: SHEET('Write Enable (06h)'),
  text: 'Each program, erase and write of a status register has a Write Enable of its own.',
  bugClasses: ['BC-02'],
  watch(watch) {
    let by = 0;
    follow(watch, {
      anew: () => (by = 0),
      instruction(each) {
        if (each.opcode === WRITE_ENABLE || each.opcode === VOLATILE_ENABLE) by = each.opcode;
        if (each.opcode === WRITE_DISABLE || each.opcode === RESET) by = 0;
        if (!changes(each)) return;
        watch.arm();
        const isVolatile = by === VOLATILE_ENABLE && STATUS_WRITES.includes(each.opcode);
        if (by !== WRITE_ENABLE && !isVolatile) {
          watch.violate(`${hex(each.opcode)} comes without a Write Enable`);
        }
        by = 0;
      },
    });
  },
});

const patient = rule({
  id: 'NOR-R02',
  cite: SHEET('BUSY'),
  text: 'Until the status says that it is ready, a flash at work is asked for its status only.',
  bugClasses: ['BC-03', 'BC-04'],
  watch(watch) {
    let working = 0;
    follow(watch, {
      anew: () => (working = 0),
      instruction(each) {
        if (working !== 0 && !WHILE_BUSY.includes(each.opcode)) {
          watch.violate(`${hex(each.opcode)} comes before ${hex(working)} is seen to be done`);
          working = 0;
        }
        if (each.opcode === RESET) working = 0;
        if (!changes(each)) return;
        watch.arm();
        working = each.opcode;
      },
      answer(bytes, { opcode }) {
        if (opcode === READ_STATUS && (bytes.at(-1) ?? 1) % 2 === 0) working = 0;
      },
    });
  },
});

const paged = rule({
  id: 'NOR-R03',
  cite: SHEET('Page Program (02h)'),
  text: 'A program stays within its page: what runs over the end comes back at its beginning.',
  bugClasses: ['BC-11'],
  watch(watch) {
    let modeBytes = 3;
    follow(watch, {
      anew: () => (modeBytes = 3),
      instruction({ opcode, bytes, length }) {
        if (opcode === 0xb7) modeBytes = 4;
        if (opcode === 0xe9 || opcode === RESET) modeBytes = 3;
        const own = PROGRAMS.get(opcode);
        if (own === undefined) return;
        watch.arm();
        const addressBytes = own === 0 ? modeBytes : own;
        const place = bytes[addressBytes - 1] ?? 0;
        const beyond = place + length - addressBytes - PAGE_BYTES;
        if (beyond > 0) watch.violate(`${hex(opcode)} runs ${beyond} bytes over its page`);
      },
    });
  },
});

const rested = rule({
  id: 'NOR-R04',
  cite: SHEET('AC Electrical Characteristics, tRST and tRES1'),
  text: 'After a reset nothing comes for 30 us, after a release from power-down for 3 us.',
  bugClasses: ['BC-03', 'BC-04'],
  watch(watch) {
    let from: Instruction | undefined;
    follow(watch, {
      anew: () => (from = undefined),
      instruction(each) {
        if (from !== undefined) rest(watch, from, each);
        from = RESTS.has(each.opcode) ? each : undefined;
      },
    });
  },
});

function rest(watch: Watch, from: Instruction, next: Instruction): void {
  watch.arm();
  const ns = next.timeNs - from.timeNs;
  if (ns >= (RESTS.get(from.opcode) ?? 0)) return;
  watch.violate(`${hex(next.opcode)} comes ${ns} ns after ${hex(from.opcode)}`);
}

const asleep = rule({
  id: 'NOR-R05',
  cite: SHEET('Power-down (B9h)'),
  text: 'In power-down a flash is sent nothing but the release.',
  bugClasses: ['BC-20'],
  watch(watch) {
    let isAsleep = false;
    follow(watch, {
      anew: () => (isAsleep = false),
      instruction({ opcode }) {
        if (isAsleep && opcode !== RELEASE) {
          watch.violate(`${hex(opcode)} comes while the flash sleeps`);
        }
        isAsleep = opcode === POWER_DOWN;
        if (isAsleep) watch.arm();
      },
    });
  },
});

const clocked = rule({
  id: 'NOR-R06',
  cite: SHEET('AC Electrical Characteristics, fR and fC'),
  text: 'The mode is 0 or 3, the clock 133 MHz at the most, for Read Data (03h) 50 MHz.',
  bugClasses: ['BC-02'],
  watch(watch) {
    let clock = 0;
    follow(watch, {
      configured(mode, clockHz) {
        watch.arm();
        clock = clockHz;
        if (mode !== 0 && mode !== 3) watch.violate(`mode ${mode}`);
        if (clockHz > HZ_MAX) watch.violate(`a clock of ${clockHz} Hz`);
      },
      instruction({ opcode }) {
        if (opcode === READ && clock > READ_HZ_MAX) watch.violate(`03h at ${clock} Hz`);
      },
    });
  },
});

const lined = rule({
  id: 'NOR-R07',
  cite: SHEET('Fast Read Dual Output (3Bh), Fast Read Quad Output (6Bh)'),
  text: 'Two or four lines carry what an instruction for so many has there, never the opcode.',
  bugClasses: ['BC-02'],
  watch(watch) {
    let isQpi = false;
    follow(watch, {
      anew: () => (isQpi = false),
      instruction({ opcode }) {
        if (opcode === ENTER_QPI) isQpi = true;
        if (opcode === RESET) isQpi = false;
        watch.arm();
      },
      lines(lines, of) {
        if (isQpi) return;
        if (of === undefined) watch.violate(`an opcode over ${lines} lines`);
        else if (SEVERAL_LINES.get(of.opcode) !== lines) {
          watch.violate(`bytes of ${hex(of.opcode)} over ${lines} lines`);
        }
      },
    });
  },
});

export const norRules: readonly Rule[] = [
  ...[enabled, patient, paged, rested, asleep, clocked],
  lined,
];
