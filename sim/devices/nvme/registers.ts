/**
 * Register map of an NVMe controller, BAR 0.
 *
 * NVM Express Base Specification 1.4 (2019-06-10), chapter "Controller Registers" (secondary:
 * SPDK's include/spdk/nvme_spec.h, QEMU 7.2's include/block/nvme.h). Capabilities are those of this model.
 */
import { bit, bits, type RegisterMap } from '../../registers/declare.ts';

/** I/O queue pairs, and with the admin queue the doorbell pairs. */
export const IO_QUEUES = 64;
export const QUEUES = IO_QUEUES + 1;

/** Entries of a queue at the most (CAP.MQES + 1). */
export const QUEUE_ENTRIES_MAX = 2048;

export const DOORBELLS_AT = 0x1000;
const DOORBELL_BYTES = 4;

/** CAP.TO counts units of 500 ms. */
export const TIMEOUT_UNIT_NS = 500_000_000;

/** What NSSR takes: "NVMe". */
export const SUBSYSTEM_RESET = 0x4e56_4d65;

export const SHUTDOWN_STATUS = { Normal: 0, Occurring: 1, Complete: 2 } as const;

const STARTS = 'writing it starts, stops or resets the controller';
const SAME_MASK = 'INTMS and INTMC are two doors to one mask';
const MOVES = 'writing it tells the controller that a queue has moved';
const RESETS = 'writing it may reset the subsystem';

const NOT_MODELLED = {
  access: 'RO',
  gap: { word: 'limitation', note: 'Controller memory, boot partitions are not modelled.' },
} as const;

export const registers = {
  name: 'nvme',
  width: 32,
  sizes: [4],
  // "Unaligned or partial accesses": what they return is undefined.
  refused: 'unspecified',
  domains: ['power', 'hot', 'function', 'd3'],
  registers: {
    CAP: {
      at: 0x00,
      width: 64,
      sizes: [4, 8],
      access: 'RO',
      fields: {
        MQES: bits(15, 0, { reset: QUEUE_ENTRIES_MAX - 1 }),
        CQR: bit(16, { reset: 1 }),
        AMS: bits(18, 17, { reset: 1 }),
        TO: bits(31, 24, { reset: 15 }),
        DSTRD: bits(35, 32, { reset: 0 }),
        NSSRS: bit(36, { reset: 1 }),
        CSS: bits(44, 37, { reset: 1 }),
        BPS: bit(45),
        MPSMIN: bits(51, 48, { reset: 0 }),
        MPSMAX: bits(55, 52, { reset: 4 }),
        PMRS: bit(56),
        CMBS: bit(57),
      },
    },
    VS: {
      at: 0x08,
      access: 'RO',
      fields: {
        TER: bits(7, 0, { reset: 0 }),
        MNR: bits(15, 8, { reset: 4 }),
        MJR: bits(31, 16, { reset: 1 }),
      },
    },
    INTMS: { at: 0x0c, access: 'W1S', volatile: true, exclude: { aliasing: SAME_MASK } },
    INTMC: {
      at: 0x10,
      access: 'W1C',
      volatile: true,
      exclude: { aliasing: SAME_MASK, 'bit-bash': SAME_MASK, rw: SAME_MASK },
    },
    CC: {
      at: 0x14,
      fields: {
        // A controller reset, by clearing EN, brings the others to their first state.
        EN: bit(0, { volatile: true }),
        CSS: bits(6, 4, { volatile: true }),
        MPS: bits(10, 7, { volatile: true }),
        AMS: bits(13, 11, { volatile: true, values: { RoundRobin: 0, Weighted: 1, Vendor: 7 } }),
        SHN: bits(15, 14, { volatile: true, values: { None: 0, Normal: 1, Abrupt: 2 } }),
        IOSQES: bits(19, 16, { volatile: true }),
        IOCQES: bits(23, 20, { volatile: true }),
      },
      exclude: { rw: STARTS, 'bit-bash': STARTS, aliasing: STARTS, 'access-size': STARTS },
    },
    RESERVED18: { at: 0x18, access: 'RO' },
    CSTS: {
      at: 0x1c,
      access: 'RO',
      fields: {
        RDY: bit(0, { volatile: true }),
        CFS: bit(1, { volatile: true }),
        SHST: bits(3, 2, { volatile: true, values: SHUTDOWN_STATUS }),
        NSSRO: bit(4, { access: 'W1C', volatile: true, keptBy: ['function', 'd3'] }),
        PP: bit(5, { volatile: true }),
      },
    },
    /** Reads as zero. */
    NSSR: { at: 0x20, access: 'WC', exclude: { rw: RESETS, 'bit-bash': RESETS } },
    AQA: { at: 0x24, fields: { ASQS: bits(11, 0), ACQS: bits(27, 16) } },
    ASQ: { at: 0x28, width: 64, sizes: [4, 8], fields: { ASQB: bits(63, 12) } },
    ACQ: { at: 0x30, width: 64, sizes: [4, 8], fields: { ACQB: bits(63, 12) } },
    CMBLOC: { at: 0x38, ...NOT_MODELLED },
    CMBSZ: { at: 0x3c, ...NOT_MODELLED },
    BPINFO: { at: 0x40, ...NOT_MODELLED },
    BPRSEL: { at: 0x44, ...NOT_MODELLED },
    BPMBL: { at: 0x48, width: 64, sizes: [4, 8], ...NOT_MODELLED },
    /** What a doorbell reads as is not said. */
    SQTDBL: {
      at: DOORBELLS_AT,
      access: 'WO',
      array: { count: QUEUES, stride: 2 * DOORBELL_BYTES },
      fields: { SQT: bits(15, 0) },
      exclude: { all: MOVES },
    },
    CQHDBL: {
      at: DOORBELLS_AT + DOORBELL_BYTES,
      access: 'WO',
      array: { count: QUEUES, stride: 2 * DOORBELL_BYTES },
      fields: { CQH: bits(15, 0) },
      exclude: { all: MOVES },
    },
  },
} as const satisfies RegisterMap;

export type NvmeRegisters = typeof registers;
