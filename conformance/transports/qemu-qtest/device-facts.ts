/** What is known of each device of QEMU: what it offers, lacks and does otherwise, with reasons. */
import { type CompiledMap, compile } from '../../../sim/registers/compile.ts';
import { bit, bits, type RegisterMap } from '../../../sim/registers/declare.ts';
import { registers as eduRegisters } from '../../../sim/devices/edu/registers.ts';
import { registers as nvmeRegisters } from '../../../sim/devices/nvme/registers.ts';
import { registers as uartRegisters } from '../../../sim/devices/uart-16550/registers.ts';
import type { Capability, Departure, Target } from '../../target.ts';
import type { QEMU_DEVICES } from './machine.ts';

export const EVERYWHERE = {
  'virtual-time': "QEMU's time follows the wall clock and moves in steps of 0.3 ms",
  'dma-observation': 'QEMU lets a device reach all of its memory and tells nobody',
  'power-states': "QEMU's device has no power management capability",
} as const;

export interface DeviceFacts {
  /** As clauses name it. */
  readonly device: string;
  readonly maps: ReadonlyMap<number, CompiledMap>;
  readonly offers: readonly Capability[];
  readonly lacks: Target['lacks'];
  /** Each seen in QEMU up to that major version. */
  readonly departures?: Readonly<Record<string, Departure & { readonly until?: number }>>;
  /**
   * `reset`: a hot reset brings the device to its first state; `replaced`: it does not, so that a
   * new device in the slot stands for it.
   */
  readonly hotReset: 'reset' | 'replaced';
  /** Longer than any operation that the device goes through by itself. */
  readonly quietNs: number;
}

const OUT2: Departure = {
  why: 'QEMU resets MCR to 0x08, where PC16550D, Table I, has all bits low',
  shows: /MCR at offset 0x4 \(OUT2\) read as 0x8/,
};

/** What ends a whole QEMU; later ones than 7 log an error of the guest instead. */
const ABORT = {
  why: 'QEMU 7.2 aborts when a transfer of edu leaves its buffer, or reaches its last byte',
  shows: /EDU: DMA range .* out of bounds/,
};
const ABORTS_UNTIL = 7;

/** Where QEMU 7.2's NVMe controller leaves NVM Express 1.4, by its hw/nvme/ctrl.c. */
const NVME = {
  'nvme/device-queue-commands/deletion-of-no-cq': {
    why: 'QEMU says Completion Queue Invalid, which Delete I/O Completion Queue does not know',
    shows: /deletion of CQ/,
  },
  'nvme/device-interrupts/coalescing': {
    why: 'QEMU has no interrupt coalescing, which its own documentation calls a violation',
    shows: /Set Features/,
  },
  'nvme/device-features/arbitration': {
    why: 'QEMU refuses to set the arbitration feature, which is mandatory',
    shows: /Set Features/,
  },
  'nvme/device-features/error-log': {
    why: "QEMU's error log is always empty",
    shows: /the error count/,
  },
  'nvme/device-features/firmware-log': {
    why: "QEMU's firmware slot log says 1.0 whatever Identify says",
    shows: /the revision/,
  },
  'nvme/device-io-options/deallocate-range': {
    why: 'QEMU skips a range that leaves the namespace, and says nothing',
    shows: /Dataset Management/,
  },
  'nvme/device-prp/nowhere': {
    why: 'QEMU does not notice that nobody answers at an address',
    shows: /at an address that nobody answers/,
  },
  'nvme/device-reset/commands-end': {
    why: 'QEMU leaves INTx up when a reset deletes the queue that raised it',
    shows: /the line/,
  },
  'registers/hw-reset': {
    why: 'QEMU keeps AQA, ASQ and ACQ in a hot reset, as in one by CC.EN',
    shows: /A(QA|SQ|CQ)/,
  },
  'registers/access-size': {
    why: 'QEMU takes accesses of one and two bytes, which 1.4 leaves undefined, as of a whole register',
    shows: /A(QA|SQ|CQ)|CC/,
  },
  'registers/reserved': {
    why: 'QEMU keeps the reserved bits of CC',
    shows: /Reserved bits 0x[0-9a-f]+ of (CC|A[CS]Q|AQA)/,
  },
  'nvme/device-reset/function-reset': {
    why: 'QEMU keeps AQA, ASQ and ACQ in a function level reset, as in one by CC.EN',
    shows: /register 0x2/,
  },
} as const satisfies Readonly<Record<string, Departure>>;

const { CAP } = nvmeRegisters.registers;

/** QEMU has no weighted arbitration and no subsystem reset, and command sets of revision 2.0. */
const withOwnCapabilities = {
  ...nvmeRegisters,
  registers: {
    ...nvmeRegisters.registers,
    CAP: {
      ...CAP,
      fields: {
        ...CAP.fields,
        AMS: bits(18, 17, { reset: 0 }),
        NSSRS: bit(36, { reset: 0 }),
        CSS: bits(44, 37, { reset: 0xc1 }),
      },
    },
  },
} as const satisfies RegisterMap;

export const DEVICE_FACTS = {
  edu: {
    device: 'edu',
    maps: new Map([[0, compile(eduRegisters)]]),
    offers: ['msi'],
    lacks: {
      msix: 'the device has no MSI-X capability',
      'function-reset': 'the device has no capability to be reset by itself',
    },
    departures: {
      'edu/operations/copy-whole-buffer': { ...ABORT, until: ABORTS_UNTIL },
      'driver/faults/no-answer': { ...ABORT, until: ABORTS_UNTIL },
      'driver/faults/self-reset': { ...ABORT, until: ABORTS_UNTIL },
    },
    hotReset: 'replaced',
    // A transfer takes 100 ms; the thread that computes may have to wait for a processor.
    quietNs: 400e6,
  },
  'pci-serial': {
    device: 'uart-16550',
    maps: new Map([[0, compile(uartRegisters)]]),
    offers: ['serial-peer', 'line-breaks'],
    lacks: {
      msi: 'the card interrupts by INTA only',
      msix: 'the card interrupts by INTA only',
      'function-reset': 'the card has no capability to be reset by itself',
      'line-timing': 'QEMU moves a character at once, whatever the baud rate',
      'line-errors': "QEMU's character device has no parity and no framing errors",
      'modem-lines': "QEMU's character device has no modem lines",
    },
    departures: {
      'registers/hw-reset': OUT2,
      'registers/bit-bash': OUT2,
      'registers/reserved': OUT2,
      'registers/read-effects': OUT2,
      'registers/access-size': {
        why: 'QEMU splits wider accesses into bytes; the chip has a bus of bytes',
        shows: /size: [248],/,
      },
      'uart-16550/device/formats': {
        why: 'QEMU sends eight bits in every format, where PC16550D, 8.1, sends the lower five to eight',
        shows: /the bits that the far end heard/,
      },
    },
    hotReset: 'replaced',
    // The receiver's time-out at 50 baud.
    quietNs: 1e9,
  },
  nvme: {
    device: 'nvme',
    maps: new Map([[0, compile(withOwnCapabilities)]]),
    offers: ['msix', 'function-reset', 'power-cut'],
    lacks: {
      msi: 'the controller has MSI-X and INTx, and no MSI',
      'power-states': "QEMU's controller answers in D3hot as it does in D0",
      'nvme-faults': "QEMU's controller makes no mistakes on demand",
    },
    departures: NVME,
    hotReset: 'reset',
    // Commands need the wall's time, and none of QEMU's: stopping it waits for all of them.
    quietNs: 2e6,
  },
} as const satisfies Record<keyof typeof QEMU_DEVICES, DeviceFacts>;
