/** Failures, journals and a divergence for the sample documents. */
import { PC16550D, PCI, RULE } from './clauses.ts';
import type { Divergence, Failure, JournalEntry } from '../verdict.ts';

const LSR_FIELDS = (overrun: string) => [
  { name: 'DR', value: '1', meaning: 'data ready' },
  { name: 'OE', value: overrun, meaning: overrun === '1' ? 'overrun' : 'no overrun' },
  { name: 'THRE', value: '1', meaning: 'transmitter holding register empty' },
];

const overrunJournal: JournalEntry[] = [
  { index: 40, timeNs: 1_200_000, kind: 'write', text: 'BAR0+2 <- 0x01', register: 'FCR' },
  { index: 41, timeNs: 1_736_250, kind: 'line', text: 'peer sends 17 bytes' },
  { index: 42, timeNs: 16_493_750, kind: 'interrupt', text: 'INTx asserted' },
  {
    index: 43,
    timeNs: 16_493_900,
    kind: 'read',
    text: 'BAR0+5 -> 0x63',
    register: 'LSR',
    fields: LSR_FIELDS('1'),
  },
  {
    index: 44,
    timeNs: 16_494_050,
    kind: 'read',
    text: 'BAR0+5 -> 0x61',
    register: 'LSR',
    fields: LSR_FIELDS('0'),
    bad: true,
  },
  { index: 45, timeNs: 16_494_200, kind: 'read', text: 'BAR0+0 -> 0x41', register: 'RBR' },
];

export const OVERRUN_LOST: Failure = {
  message: 'The overrun was not reported to the client',
  expected: "['overrun']",
  seen: '[]',
  violations: [],
  counterexample: {
    operations: [
      'open({ baud: 115200 })',
      'peer.send(17 bytes: 41 41 41 41 ...)',
      'events() -> []   # expected overrun',
    ],
    faults: ['delay the interrupt handler by 2 character times'],
    schedule: ['interrupt queue before default queue'],
    shrinks: 23,
    originalLength: 48,
  },
  journal: overrunJournal,
  reproduce:
    'dyno run uart-16550 uart-16550/receiver/LSR-1 --target sim:pci-serial --seed 42 --path 17:0:3',
  path: '17:0:3',
};

export const DMA_CRASH: Failure = {
  message: "TypeError: Cannot read properties of undefined (reading 'unmap')",
  violations: [
    {
      rule: RULE.id,
      cite: PCI,
      text: RULE.text,
      detail: 'The device wrote 64 bytes at 0x40000, 1.2 us after its mapping had gone.',
      event: 88,
      timeNs: 2_101_200,
    },
  ],
  journal: [
    { index: 86, timeNs: 2_099_000, kind: 'dma', text: 'unmap 0x40000 + 4096' },
    { index: 87, timeNs: 2_100_000, kind: 'fault', text: 'completion delayed by 1200 ns' },
    {
      index: 88,
      timeNs: 2_101_200,
      kind: 'dma',
      text: 'write 0x40000 + 64: no mapping',
      bad: true,
    },
  ],
  stack: [
    'at EduDriver.#finish (drivers-under-test/samples/edu/driver.ts:141:22)',
    'at EduDriver.Stop (drivers-under-test/samples/edu/driver.ts:88:10)',
  ],
  reproduce: 'dyno run edu edu/dma/DMA-2 --target sim:edu --seed 42',
};

const idRead = (value: string): JournalEntry => ({
  index: 3,
  timeNs: 450,
  kind: 'read',
  text: `BAR0+0x20 -> ${value}`,
  register: 'STATUS',
  fields: [{ name: 'COMPUTING', value: value.slice(-1) }],
  bad: true,
});

export const STATUS_DIVERGES: Divergence = {
  record: 'divergence',
  device: 'edu',
  targets: ['sim:edu', 'qemu:edu'],
  seed: '42',
  step: 1,
  answers: ['0x00000000', '0x00000001'],
  sequence: ['write32 BAR0+0x08 <- 0x0000000c', 'read32 BAR0+0x20'],
  journals: [
    [
      { index: 2, timeNs: 300, kind: 'write', text: 'BAR0+0x8 <- 0xc', register: 'FACTORIAL' },
      idRead('0x0'),
    ],
    [
      { index: 2, timeNs: 312, kind: 'write', text: 'BAR0+0x8 <- 0xc', register: 'FACTORIAL' },
      idRead('0x1'),
    ],
  ],
  reproduce: 'dyno diff edu --targets sim:edu,qemu:edu --seed 42 --path 3:1',
};

export const LSR_EXPLAINED: Divergence = {
  ...STATUS_DIVERGES,
  device: 'pci-serial',
  targets: ['sim:pci-serial', 'qemu:pci-serial'],
  answers: ['0x63', '0x61'],
  sequence: ['peer sends 17 bytes', 'read8 BAR0+5 (LSR)'],
  journals: [[], []],
  reproduce: 'dyno diff pci-serial --targets sim:pci-serial,qemu:pci-serial --seed 42',
  explained: {
    id: 'qemu-serial-overrun',
    cite: PC16550D,
    why: 'The data sheet sets OE when the FIFO overruns; QEMU sets it one character later.',
  },
};
