/** Mutants of the model of the W25Q, by hand: suspension, power-down, reset, security. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';

const folder = 'sim/devices/spi-nor';
const nor = { target: 'sim:w25q16' } as const;
const large = { target: 'sim:w25q256' } as const;
const model = { ...nor, file: `${folder}/model.ts` } as const;
const operations = { ...nor, file: `${folder}/operations.ts` } as const;
const status = { ...nor, file: `${folder}/status.ts` } as const;
const security = { ...nor, file: `${folder}/security.ts` } as const;
const instructions = { ...nor, file: `${folder}/instructions.ts` } as const;

const SUSPENDABLE =
  "if (running.operation.kind !== 'program' && running.operation.kind !== 'erase') return;";
const MAY_BEGIN = "return operation.kind === 'erase' && kind === 'program' && isElsewhere;";

export const spiNorModeMutants: readonly DeviceMutant[] = [
  {
    ...operations,
    id: 'spi-nor-model/suspension-untold',
    what: 'SUS does not tell a suspension.',
    edits: [{ find: 'this.#status.registers.SR2.SUS = 1;', replace: '' }],
  },
  {
    ...operations,
    id: 'spi-nor-model/suspended-is-busy',
    what: 'A suspended erase stays busy.',
    edits: [
      {
        find: 'this.#running = undefined;\n      this.#status.registers.SR1.BUSY = 0;',
        replace: 'this.#running = undefined;',
      },
    ],
  },
  {
    ...operations,
    id: 'spi-nor-model/resume-forgets',
    what: 'Resume ends a suspension without going on.',
    edits: [
      {
        find: 'this.#start(suspended.operation, suspended.leftNs);',
        replace: 'this.#status.registers.SR1.BUSY = 0;',
      },
    ],
  },
  {
    ...operations,
    id: 'spi-nor-model/suspended-for-ever',
    what: 'SUS stays after Resume.',
    edits: [{ find: 'this.#status.registers.SR2.SUS = 0;', replace: '' }],
  },
  {
    ...operations,
    id: 'spi-nor-model/programs-not-suspended',
    what: 'A program cannot be suspended.',
    edits: [{ find: SUSPENDABLE, replace: "if (running.operation.kind !== 'erase') return;" }],
  },
  {
    ...operations,
    id: 'spi-nor-model/chip-erase-suspended',
    what: 'A chip erase can be suspended.',
    edits: [{ find: SUSPENDABLE, replace: "if (running.operation.kind === 'status') return;" }],
  },
  {
    ...operations,
    id: 'spi-nor-model/no-program-in-suspension',
    what: 'Nothing can be programmed while an erase is suspended.',
    edits: [{ find: MAY_BEGIN, replace: "return kind === 'status' && length < 0 && isElsewhere;" }],
  },
  {
    ...operations,
    id: 'spi-nor-model/erase-in-suspension',
    what: 'Another sector can be erased while an erase is suspended.',
    edits: [
      {
        find: MAY_BEGIN,
        replace: "return operation.kind === 'erase' && kind !== 'status' && isElsewhere;",
      },
    ],
  },
  {
    ...operations,
    id: 'spi-nor-model/status-in-suspension',
    what: 'Status registers can be written while an erase is suspended.',
    edits: [
      {
        find: MAY_BEGIN,
        replace:
          "return kind === 'status' || (operation.kind === 'erase' && kind === 'program' && isElsewhere);",
      },
    ],
  },
  {
    ...operations,
    id: 'spi-nor-model/resume-alone-is-busy',
    what: 'Resume makes an idle flash busy.',
    edits: [
      {
        find: 'if (suspended === undefined || this.#running !== undefined) return;',
        replace:
          'if (suspended === undefined) this.#status.registers.SR1.BUSY = 1;\n' +
          '    if (suspended === undefined || this.#running !== undefined) return;',
      },
    ],
  },
  {
    ...status,
    id: 'spi-nor-model/suspension-survives',
    what: 'SUS survives a power cut and a reset.',
    edits: [{ find: 'second.SUS = 0;', replace: '' }],
  },
  {
    ...status,
    id: 'spi-nor-model/busy-survives',
    what: 'BUSY survives a power cut and a reset.',
    edits: [{ find: 'SR1.BUSY = 0;', replace: '' }],
  },
  {
    ...operations,
    id: 'spi-nor-model/suspension-not-broken-off',
    what: 'What was suspended can be resumed after a power cut.',
    edits: [
      {
        find: 'this.#running = undefined;\n    this.#suspended = undefined;\n  }',
        replace: 'this.#running = undefined;\n  }',
      },
    ],
  },
  {
    ...model,
    id: 'spi-nor-model/hears-asleep',
    what: 'Everything is heard in power-down.',
    edits: [{ find: "if (this.#isAsleep) return name === 'release';", replace: '' }],
  },
  {
    ...model,
    id: 'spi-nor-model/id-does-not-wake',
    what: 'ABh with the device id does not release.',
    edits: [{ find: "case 'release':\n        this.#wake();", replace: "case 'release':" }],
  },
  {
    ...model,
    id: 'spi-nor-model/powers-up-asleep',
    what: 'Power-down survives a power cut.',
    edits: [
      {
        find: 'this.#isAsleep = false;\n    this.#volatileEnabled',
        replace: 'this.#volatileEnabled',
      },
    ],
  },
  {
    ...model,
    id: 'spi-nor-model/deaf-after-release',
    what: 'A release from power-down takes 3 ms.',
    edits: [
      {
        find: 'this.#world.now + this.#part.times.release',
        replace: 'this.#world.now + 1000 * this.#part.times.release',
      },
    ],
  },
  {
    ...model,
    id: 'spi-nor-model/reset-keeps-status',
    what: 'A reset leaves the status registers as they are.',
    edits: [{ find: '    this.#volatileReset(false);\n', replace: '' }],
  },
  {
    ...model,
    id: 'spi-nor-model/reset-in-one-step',
    what: '99h needs no 66h.',
    edits: [{ find: 'if (!this.#resetEnabled) return;', replace: '' }],
  },
  {
    ...model,
    id: 'spi-nor-model/reset-stays-enabled',
    what: 'Other instructions do not disable a reset.',
    edits: [
      {
        find: "if (instruction.name !== 'enableReset') this.#resetEnabled = false;",
        replace: '',
      },
    ],
  },
  {
    ...instructions,
    id: 'spi-nor-model/reset-waits',
    what: 'A reset is not heard while it is busy.',
    edits: [{ find: "  'enableReset',\n  'reset',\n]);", replace: ']);' }],
  },
  {
    ...model,
    id: 'spi-nor-model/four-bytes-for-all',
    what: 'A small part knows the instructions with four address bytes.',
    edits: [
      {
        find: 'this.#part.fourByteAddresses || !FOUR_BYTE_OPCODES.has(opcode)',
        replace: 'this.#part.fourByteAddresses || opcode > 0 || !FOUR_BYTE_OPCODES.has(opcode)',
      },
    ],
  },
  {
    ...model,
    ...large,
    id: 'spi-nor-model/high-byte-lost',
    what: 'The highest byte of an address is lost.',
    edits: [
      {
        find: 'this.#address = this.#address * 256 + byte;',
        replace: 'this.#address = (this.#address * 256 + byte) % 2 ** 24;',
      },
    ],
  },
  {
    ...model,
    ...large,
    id: 'spi-nor-model/no-four-byte-mode',
    what: 'B7h tells ADS, but addresses stay three bytes long.',
    edits: [
      {
        find: "if (address === 'mode') return this.status.fourByteMode ? 4 : 3;",
        replace: "if (address === 'mode') return 3;",
      },
    ],
  },
  {
    ...status,
    ...large,
    id: 'spi-nor-model/no-power-up-mode',
    what: 'ADP does nothing.',
    edits: [
      {
        find: "this.fourByteMode = 'ADP' in SR3 && SR3.ADP === 1;",
        replace: "this.fourByteMode = 'ADP' in SR3 && SR3.ADP > 1;",
      },
    ],
  },
  {
    ...security,
    id: 'spi-nor-model/two-security-registers',
    what: 'There are two security registers.',
    edits: [{ find: 'const COUNT = 3;', replace: 'const COUNT = 2;' }],
  },
  {
    ...security,
    id: 'spi-nor-model/security-erase-all',
    what: 'An erase of a security register takes all of them.',
    edits: [
      {
        find: '(this.#registers[index - 1] as Uint8Array).fill(ERASED)',
        replace: 'this.#registers.forEach((each) => each.fill(ERASED))',
      },
    ],
  },
  {
    ...security,
    id: 'spi-nor-model/security-no-wrap',
    what: 'A read of a security register stays at its last byte.',
    edits: [
      {
        find: 'register[(address + plus) % PAGE_BYTES] as number',
        replace: 'register[Math.min((address % PAGE_BYTES) + plus, PAGE_BYTES - 1)] as number',
      },
    ],
  },
  {
    ...status,
    id: 'spi-nor-model/lock-bits-clear',
    what: 'Lock bits can be cleared.',
    edits: [
      {
        find: 'second.LB = isVolatile ? locked : second.LB | locked;',
        replace: 'second.LB += 0 * locked;',
      },
    ],
  },
  {
    ...operations,
    id: 'spi-nor-model/lock-bits-idle',
    what: 'Lock bits lock nothing.',
    edits: [
      {
        find: 'Math.floor(LB / 2 ** (index - 1)) % 2 === 1',
        replace: 'Math.floor(LB / 2 ** (index - 1)) > 255',
      },
    ],
  },
];
