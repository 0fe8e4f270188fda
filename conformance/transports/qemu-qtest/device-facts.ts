/** What is known of each device of QEMU: what it offers, lacks and does otherwise, with reasons. */
import { type CompiledMap, compile } from '../../../sim/registers/compile.ts';
import { registers as eduRegisters } from '../../../sim/devices/edu/registers.ts';
import { registers as nvmeRegisters } from '../../../sim/devices/nvme/registers.ts';
import { registers as uartRegisters } from '../../../sim/devices/uart-16550/registers.ts';
import type { Capability, Target } from '../../target.ts';
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
  readonly departures?: Target['departures'];
  /**
   * `reset`: a hot reset brings the device to its first state; `replaced`: it does not, so that a
   * new device in the slot stands for it.
   */
  readonly hotReset: 'reset' | 'replaced';
  /** Longer than any operation that the device goes through by itself. */
  readonly quietNs: number;
}

const OUT2 = 'QEMU resets MCR to 0x08, where PC16550D, Table I, has all bits low';

export const DEVICE_FACTS = {
  edu: {
    device: 'edu',
    maps: new Map([[0, compile(eduRegisters)]]),
    offers: ['msi'],
    lacks: {
      'buffer-end': "QEMU 7.2 aborts when a transfer reaches the last byte of edu's buffer",
      'bad-dma': 'QEMU 7.2 aborts when a transfer leaves the buffer of edu',
    },
    hotReset: 'replaced',
    quietNs: 200e6,
  },
  'pci-serial': {
    device: 'uart-16550',
    maps: new Map([[0, compile(uartRegisters)]]),
    offers: ['bad-dma', 'serial-peer', 'line-breaks'],
    lacks: {
      msi: 'the card interrupts by INTA only',
      'line-timing': 'QEMU moves a character at once, whatever the baud rate',
      'line-errors': "QEMU's character device has no parity and no framing errors",
      'modem-lines': "QEMU's character device has no modem lines",
    },
    departures: {
      'registers/hw-reset': OUT2,
      'registers/bit-bash': OUT2,
      'registers/reserved': OUT2,
      'registers/read-effects': OUT2,
      'registers/access-size': 'QEMU splits wider accesses into bytes; the chip has a bus of bytes',
    },
    hotReset: 'replaced',
    // The receiver's time-out at 50 baud.
    quietNs: 1e9,
  },
  nvme: {
    device: 'nvme',
    maps: new Map([[0, compile(nvmeRegisters)]]),
    offers: ['msix', 'function-reset', 'bad-dma', 'power-cut'],
    lacks: {
      msi: 'the controller has MSI-X and INTx, and no MSI',
      'power-states': "QEMU's controller answers in D3hot as it does in D0",
      'nvme-faults': "QEMU's controller makes no mistakes on demand",
    },
    hotReset: 'reset',
    // Commands need the wall's time, and none of QEMU's: stopping it waits for all of them.
    quietNs: 2e6,
  },
} as const satisfies Record<keyof typeof QEMU_DEVICES, DeviceFacts>;
