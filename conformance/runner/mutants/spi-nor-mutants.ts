/** Mutants of the model of the W25Q and of its bus, by hand: identity and status. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';

const folder = 'sim/devices/spi-nor';
const nor = { target: 'sim:w25q16' } as const;
const large = { target: 'sim:w25q256' } as const;
const model = { ...nor, file: `${folder}/model.ts` } as const;
const parts = { ...nor, file: `${folder}/parts.ts` } as const;
const sfdp = { ...nor, file: `${folder}/sfdp.ts` } as const;
const status = { ...nor, file: `${folder}/status.ts` } as const;
const instructions = { ...nor, file: `${folder}/instructions.ts` } as const;
const bus = { ...nor, file: 'sim/buses/spi/sim-bus.ts' } as const;

const identity: readonly DeviceMutant[] = [
  {
    ...parts,
    id: 'spi-nor-model/foreign-id',
    what: 'The capacity in the JEDEC id is that of no part.',
    edits: [{ find: '[0xef, 0x40, 0x15]', replace: '[0xef, 0x40, 0x16]' }],
  },
  {
    ...model,
    id: 'spi-nor-model/device-id-order',
    what: '90h does not look at its address.',
    edits: [{ find: '(index + this.#address) % 2 === 1', replace: 'index % 2 === 1' }],
  },
  {
    ...model,
    id: 'spi-nor-model/release-other-id',
    what: 'ABh tells the manufacturer.',
    edits: [
      {
        find: "case 'release':\n        return this.#part.deviceId;",
        replace: "case 'release':\n        return this.#part.jedec[0];",
      },
    ],
  },
  {
    ...nor,
    file: `${folder}/security.ts`,
    id: 'spi-nor-model/no-unique-id',
    what: 'The unique id is all ones.',
    edits: [
      {
        find: 'Uint8Array.of(0xd1, 0x64, 0x59, 0x4e, 0x0d, 0x79, 0x2a, 0x31)',
        replace: 'new Uint8Array(8).fill(0xff)',
      },
    ],
  },
  {
    ...sfdp,
    id: 'spi-nor-model/sfdp-revision',
    what: 'The header says major revision 6, minor 1.',
    edits: [
      {
        find: '[0x53, 0x46, 0x44, 0x50, 0x06, 0x01, 0x00, 0xff]',
        replace: '[0x53, 0x46, 0x44, 0x50, 0x01, 0x06, 0x00, 0xff]',
      },
    ],
  },
  {
    ...sfdp,
    id: 'spi-nor-model/sfdp-density',
    what: 'The density is told in bits, not in bits less one.',
    edits: [{ find: 'part.bytes * 8 - 1', replace: 'part.bytes * 8' }],
  },
  {
    ...sfdp,
    id: 'spi-nor-model/sfdp-addresses',
    what: 'A part of three address bytes says that it has four as well.',
    edits: [{ find: 'part.fourByteAddresses ? 0xfffb20e5 : 0xfff920e5', replace: '0xfffb20e5' }],
  },
  {
    ...sfdp,
    id: 'spi-nor-model/sfdp-erases',
    what: 'The erase by 52h is told to be one of 64 KiB.',
    edits: [
      {
        find: 'exponent(HALF_BLOCK_BYTES),\n      0x52',
        replace: 'exponent(BLOCK_BYTES),\n      0x52',
      },
    ],
  },
  {
    ...sfdp,
    id: 'spi-nor-model/sfdp-page',
    what: 'The page size is in the wrong half of its byte.',
    edits: [{ find: 'exponent(PAGE_BYTES) * 16', replace: 'exponent(PAGE_BYTES)' }],
  },
  {
    ...sfdp,
    id: 'spi-nor-model/sfdp-suspend',
    what: 'Suspend and resume are told in the wrong order.',
    edits: [{ find: '0x757a757a', replace: '0x7a757a75' }],
  },
  {
    ...sfdp,
    id: 'spi-nor-model/sfdp-dummies',
    what: 'Quad I/O is told with eight dummy clocks.',
    edits: [{ find: '[0x44, 0xeb, 0x08, 0x6b]', replace: '[0x48, 0xeb, 0x08, 0x6b]' }],
  },
  {
    ...model,
    id: 'spi-nor-model/read-ends',
    what: 'A read stays at the last byte.',
    edits: [
      {
        find: '(this.#address + index) % this.#part.bytes',
        replace: 'Math.min(this.#address + index, this.#part.bytes - 1)',
      },
    ],
  },
  {
    ...instructions,
    id: 'spi-nor-model/dual-output-dummies',
    what: 'The dual output read has two dummy bytes.',
    edits: [
      {
        find: "[0x3b, { name: 'read', address: 'mode', dummyBytes: 1",
        replace: "[0x3b, { name: 'read', address: 'mode', dummyBytes: 2",
      },
    ],
  },
  {
    ...bus,
    id: 'spi-bus/one-line',
    what: 'The bus moves everything over one line.',
    edits: [
      { find: 'target?.exchange(out, lines, write', replace: 'target?.exchange(out, 1, write' },
    ],
  },
  {
    ...bus,
    id: 'spi-bus/no-time',
    what: 'Transactions take no time.',
    edits: [{ find: '(clocks * 1e9) / clockHz', replace: '(0 * clocks) / clockHz' }],
  },
  {
    ...model,
    id: 'spi-nor-model/quad-without-enable',
    what: 'Quad instructions are heard without QE.',
    edits: [{ find: 'if (quad === true && SR2.QE === 0) return false;', replace: '' }],
  },
  {
    ...instructions,
    id: 'spi-nor-model/quad-program-on-one-line',
    what: '32h takes its data over one line.',
    edits: [
      {
        find: "[0x32, { name: 'program', address: 'mode', dataLines: 4",
        replace: "[0x32, { name: 'program', address: 'mode', dataLines: 1",
      },
    ],
  },
];

const registers: readonly DeviceMutant[] = [
  {
    ...status,
    id: 'spi-nor-model/latch-survives-power-on',
    what: 'WEL is set after power-on when it was before.',
    edits: [{ find: 'SR1.WEL = 0;', replace: '' }],
  },
  {
    ...model,
    id: 'spi-nor-model/status-once',
    what: 'A status register is told once in a transaction.',
    edits: [
      {
        find: 'return this.status.read(1);',
        replace: 'return index === 0 ? this.status.read(1) : 0;',
      },
    ],
  },
  {
    ...model,
    id: 'spi-nor-model/no-write-disable',
    what: 'Write Disable does nothing.',
    edits: [
      { find: "case 'writeDisable':\n        SR1.WEL = 0;", replace: "case 'writeDisable':" },
    ],
  },
  {
    ...model,
    id: 'spi-nor-model/latch-not-needed',
    what: 'Programs and erases happen without Write Enable.',
    edits: [
      {
        find: 'operation === undefined || this.status.registers.SR1.WEL === 0',
        replace: 'operation === undefined',
      },
    ],
  },
  {
    ...nor,
    file: `${folder}/operations.ts`,
    id: 'spi-nor-model/latch-stays',
    what: 'WEL stays set behind a program or erase.',
    edits: [{ find: 'SR1.BUSY = 0;\n    SR1.WEL = 0;', replace: 'SR1.BUSY = 0;' }],
  },
  {
    ...status,
    id: 'spi-nor-model/status-not-kept',
    what: 'What is written to a status register is forgotten at power-off.',
    edits: [{ find: 'if (!isVolatile) this.#kept[index - 1] = this.read(index);', replace: '' }],
  },
  {
    ...status,
    id: 'spi-nor-model/volatile-kept',
    what: 'What is written to a status register after 50h is kept.',
    edits: [
      {
        find: 'if (!isVolatile) this.#kept[index - 1] = this.read(index);',
        replace: 'this.#kept[index - 1] = this.read(index);',
      },
    ],
  },
  {
    ...model,
    id: 'spi-nor-model/one-status-byte',
    what: '01h takes no second byte.',
    edits: [{ find: 'this.#statusBytes > 1', replace: 'this.#statusBytes > 2' }],
  },
  {
    ...status,
    id: 'spi-nor-model/latch-writable',
    what: 'WEL can be written.',
    edits: [
      {
        find: "const WEL = bit(1, { access: 'RO', volatile: true });",
        replace: "const WEL = bit(1, { access: 'RW', volatile: true });",
      },
      { find: 'second.LB = isVolatile', replace: 'second.CMP += 0;\n    second.LB = isVolatile' },
    ],
  },
  {
    ...parts,
    id: 'spi-nor-model/slow-status',
    what: 'A write of a status register takes 20 ms.',
    edits: [{ find: 'writeStatus: 10 * MS', replace: 'writeStatus: 20 * MS' }],
  },
  {
    ...status,
    id: 'spi-nor-model/top-is-bottom',
    what: 'TB is upside down.',
    edits: [{ find: '(first.TB === 1) !== inverted', replace: '(first.TB === 0) !== inverted' }],
  },
  {
    ...status,
    id: 'spi-nor-model/no-complement',
    what: 'CMP does nothing.',
    edits: [
      { find: 'const inverted = second.CMP === 1;', replace: 'const inverted = second.CMP > 1;' },
    ],
  },
  {
    ...status,
    id: 'spi-nor-model/no-sectors',
    what: 'SEC does nothing.',
    edits: [
      { find: "'SEC' in first && first.SEC === 1", replace: "'SEC' in first && first.SEC > 1" },
    ],
  },
  {
    ...parts,
    id: 'spi-nor-model/six-is-half',
    what: 'BP of 6 is no different from 5 on the smallest part.',
    edits: [{ find: 'protectsAllFrom: 6', replace: 'protectsAllFrom: 7' }],
  },
  {
    ...status,
    ...large,
    id: 'spi-nor-model/large-units',
    what: 'The large part protects by shares of its size, as the small ones do.',
    edits: [
      {
        find: 'this.#part.fourByteAddresses ? BLOCK_BYTES : this.#bytes / PARTS_OF_CHIP',
        replace: 'this.#bytes / PARTS_OF_CHIP',
      },
    ],
  },
  {
    ...status,
    ...large,
    id: 'spi-nor-model/three-bits',
    what: 'BP of the large part has three bits.',
    edits: [{ find: 'BP: bits(5, 2), TB: bit(6)', replace: 'BP: bits(4, 2), TB: bit(6)' }],
  },
  {
    ...model,
    id: 'spi-nor-model/erase-looks-at-its-end',
    what: 'An erase happens when the last byte of it is not protected.',
    edits: [
      {
        find: 'this.status.protects(operation.at, operation.length)',
        replace: 'this.status.protects(operation.at + operation.length - 1, 1)',
      },
    ],
  },
  {
    ...status,
    id: 'spi-nor-model/neighbour-protected',
    what: 'The first byte behind a protected area is protected too.',
    edits: [{ find: 'from < area.until &&', replace: 'from <= area.until &&' }],
  },
  {
    ...status,
    id: 'spi-nor-model/pin-in-spite-of-quad',
    what: '/WP locks though QE has taken the pin.',
    edits: [{ find: 'first.SRP === 1 && second.QE === 0 &&', replace: 'first.SRP === 1 &&' }],
  },
  {
    ...status,
    id: 'spi-nor-model/pin-alone-locks',
    what: '/WP locks without SRP.',
    edits: [{ find: 'first.SRP === 1 && second.QE === 0 &&', replace: 'second.QE === 0 &&' }],
  },
  {
    ...status,
    id: 'spi-nor-model/pin-does-nothing',
    what: '/WP locks nothing.',
    edits: [
      {
        find: '(first.SRP === 1 && second.QE === 0 && !writeProtectIsHigh)',
        replace: '(writeProtectIsHigh && second.SRL === 1)',
      },
      {
        find: 'const { SR1: first, SR2: second } = this.registers;\n    return',
        replace: 'const { SR2: second } = this.registers;\n    return',
      },
    ],
  },
  {
    ...status,
    id: 'spi-nor-model/lock-down-undone',
    what: 'A reset clears SRL.',
    edits: [{ find: 'second.SRL = isPowerOn ? 0 : SRL;', replace: 'second.SRL = 0 * SRL;' }],
  },
];

export const spiNorMutants: readonly DeviceMutant[] = [...identity, ...registers];
