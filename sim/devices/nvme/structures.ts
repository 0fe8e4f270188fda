/**
 * What a controller and its host exchange in memory: queue entries, commands, Identify data, log
 * pages, features. Bytes and bits from the NVM Express Base Specification 1.4 (2019-06-10),
 * chapters "Data Structures", "Admin Command Set" and "NVM Command Set", through SPDK's
 * include/spdk/nvme_spec.h (secondary). Names are the specification's.
 *
 * Commands of 64 bytes are declared once as a whole and once more for each meaning of their dwords.
 */
import { structure } from '../../registers/structure.ts';

export const COMMAND_BYTES = 64;
export const COMPLETION_BYTES = 16;
/** Identify data, and lists of namespaces and controllers. */
export const IDENTIFY_BYTES = 4096;

/** The identifier that means every namespace. */
export const ALL_NAMESPACES = 0xffffffff;

/** "Submission Queue Entry - Command Format". */
export const Command = structure({
  name: 'submission queue entry',
  bytes: 64,
  fields: {
    OPC: [0, 0, 8],
    FUSE: [1, 0, 2],
    PSDT: [1, 6, 2],
    CID: [2, 0, 16],
    NSID: [4, 0, 32],
    CDW2: [8, 0, 32],
    CDW3: [12, 0, 32],
    MPTR: [16, 0, 64],
    PRP1: [24, 0, 64],
    PRP2: [32, 0, 64],
    CDW10: [40, 0, 32],
    CDW11: [44, 0, 32],
    CDW12: [48, 0, 32],
    CDW13: [52, 0, 32],
    CDW14: [56, 0, 32],
    CDW15: [60, 0, 32],
  },
});

/** FUSE. */
export const Fuse = { None: 0, First: 1, Second: 2 } as const;

/** "Completion Queue Entry". STATUS is the Status Field without the phase tag P. */
export const Completion = structure({
  name: 'completion queue entry',
  bytes: 16,
  fields: {
    DW0: [0, 0, 32],
    DW1: [4, 0, 32],
    SQHD: [8, 0, 16],
    SQID: [10, 0, 16],
    CID: [12, 0, 16],
    P: [14, 0, 1],
    STATUS: [14, 1, 15],
  },
});

export const CreateCompletionQueue = structure({
  name: 'Create I/O Completion Queue',
  bytes: 64,
  fields: {
    QID: [40, 0, 16],
    QSIZE: [42, 0, 16],
    PC: [44, 0, 1],
    IEN: [44, 1, 1],
    IV: [46, 0, 16],
  },
});

export const CreateSubmissionQueue = structure({
  name: 'Create I/O Submission Queue',
  bytes: 64,
  fields: {
    QID: [40, 0, 16],
    QSIZE: [42, 0, 16],
    PC: [44, 0, 1],
    QPRIO: [44, 1, 2],
    CQID: [46, 0, 16],
    NVMSETID: [48, 0, 16],
  },
});

export const DeleteQueue = structure({
  name: 'Delete I/O Queue',
  bytes: 64,
  fields: { QID: [40, 0, 16] },
});

export const Identify = structure({
  name: 'Identify',
  bytes: 64,
  fields: { CNS: [40, 0, 8], CNTID: [42, 0, 16], NVMSETID: [44, 0, 16], UUID: [56, 0, 7] },
});

export const GetLogPage = structure({
  name: 'Get Log Page',
  bytes: 64,
  fields: {
    LID: [40, 0, 8],
    LSP: [41, 0, 4],
    RAE: [41, 7, 1],
    NUMDL: [42, 0, 16],
    NUMDU: [44, 0, 16],
    LSI: [46, 0, 16],
    LPO: [48, 0, 64],
    UUID: [56, 0, 7],
  },
});

export const GetFeatures = structure({
  name: 'Get Features',
  bytes: 64,
  fields: { FID: [40, 0, 8], SEL: [41, 0, 3], UUID: [56, 0, 7] },
});

export const SetFeatures = structure({
  name: 'Set Features',
  bytes: 64,
  fields: { FID: [40, 0, 8], SV: [43, 7, 1], UUID: [56, 0, 7] },
});

export const AbortCommand = structure({
  name: 'Abort',
  bytes: 64,
  fields: { SQID: [40, 0, 16], CID: [42, 0, 16] },
});

export const FormatCommand = structure({
  name: 'Format NVM',
  bytes: 64,
  fields: {
    LBAF: [40, 0, 4],
    MSET: [40, 4, 1],
    PI: [40, 5, 3],
    PIL: [41, 0, 1],
    SES: [41, 1, 3],
  },
});

export const FirmwareCommit = structure({
  name: 'Firmware Commit',
  bytes: 64,
  fields: { FS: [40, 0, 3], CA: [40, 3, 3], BPID: [43, 7, 1] },
});

export const FirmwareDownload = structure({
  name: 'Firmware Image Download',
  bytes: 64,
  fields: { NUMD: [40, 0, 32], OFST: [44, 0, 32] },
});

export const NamespaceManagement = structure({
  name: 'Namespace Management, Namespace Attachment',
  bytes: 64,
  fields: { SEL: [40, 0, 4] },
});

export const SelfTest = structure({
  name: 'Device Self-test',
  bytes: 64,
  fields: { STC: [40, 0, 4] },
});

/** Read, Write, Compare, Write Zeroes, Write Uncorrectable, Verify. */
export const ReadWrite = structure({
  name: 'Read and Write',
  bytes: 64,
  fields: {
    SLBA: [40, 0, 64],
    NLB: [48, 0, 16],
    DTYPE: [50, 4, 4],
    /** Write Zeroes only. */
    DEAC: [51, 1, 1],
    PRINFO: [51, 2, 4],
    FUA: [51, 6, 1],
    LR: [51, 7, 1],
    DSM: [52, 0, 8],
    DSPEC: [54, 0, 16],
    ILBRT: [56, 0, 32],
    LBAT: [60, 0, 16],
    LBATM: [62, 0, 16],
  },
});

export const DatasetManagement = structure({
  name: 'Dataset Management',
  bytes: 64,
  fields: { NR: [40, 0, 8], IDR: [44, 0, 1], IDW: [44, 1, 1], AD: [44, 2, 1] },
});

export const DatasetRange = structure({
  name: 'Dataset Management range',
  bytes: 16,
  fields: { CATTR: [0, 0, 32], NLB: [4, 0, 32], SLBA: [8, 0, 64] },
});

/** "Identify Controller Data Structure". */
export const Controller = structure({
  name: 'Identify Controller data',
  bytes: 4096,
  fields: {
    VID: [0, 0, 16],
    SSVID: [2, 0, 16],
    SN: [4, 0, 160],
    MN: [24, 0, 320],
    FR: [64, 0, 64],
    RAB: [72, 0, 8],
    IEEE: [73, 0, 24],
    CMIC: [76, 0, 8],
    MDTS: [77, 0, 8],
    CNTLID: [78, 0, 16],
    VER: [80, 0, 32],
    RTD3R: [84, 0, 32],
    RTD3E: [88, 0, 32],
    OAES_NAMESPACE: [93, 0, 1],
    OAES_FIRMWARE: [93, 1, 1],
    CTRATT: [96, 0, 32],
    RRLS: [100, 0, 16],
    CNTRLTYPE: [111, 0, 8],
    FGUID: [112, 0, 128],
    OACS_SECURITY: [256, 0, 1],
    OACS_FORMAT: [256, 1, 1],
    OACS_FIRMWARE: [256, 2, 1],
    OACS_NAMESPACES: [256, 3, 1],
    OACS_SELF_TEST: [256, 4, 1],
    OACS_DIRECTIVES: [256, 5, 1],
    OACS_MI: [256, 6, 1],
    OACS_VIRTUALIZATION: [256, 7, 1],
    OACS_DOORBELL_BUFFER: [257, 0, 1],
    OACS_LBA_STATUS: [257, 1, 1],
    ACL: [258, 0, 8],
    AERL: [259, 0, 8],
    FRMW_SLOT1_READ_ONLY: [260, 0, 1],
    FRMW_SLOTS: [260, 1, 3],
    FRMW_WITHOUT_RESET: [260, 4, 1],
    LPA_SMART_PER_NAMESPACE: [261, 0, 1],
    LPA_COMMAND_EFFECTS: [261, 1, 1],
    LPA_EXTENDED: [261, 2, 1],
    LPA_TELEMETRY: [261, 3, 1],
    LPA_PERSISTENT_EVENTS: [261, 4, 1],
    ELPE: [262, 0, 8],
    NPSS: [263, 0, 8],
    AVSCC: [264, 0, 8],
    APSTA: [265, 0, 8],
    WCTEMP: [266, 0, 16],
    CCTEMP: [268, 0, 16],
    MTFA: [270, 0, 16],
    HMPRE: [272, 0, 32],
    HMMIN: [276, 0, 32],
    TNVMCAP: [280, 0, 128],
    UNVMCAP: [296, 0, 128],
    RPMBS: [312, 0, 32],
    EDSTT: [316, 0, 16],
    DSTO: [318, 0, 8],
    FWUG: [319, 0, 8],
    KAS: [320, 0, 16],
    HCTMA: [322, 0, 16],
    MNTMT: [324, 0, 16],
    MXTMT: [326, 0, 16],
    SANICAP: [328, 0, 32],
    SQES_MIN: [512, 0, 4],
    SQES_MAX: [512, 4, 4],
    CQES_MIN: [513, 0, 4],
    CQES_MAX: [513, 4, 4],
    MAXCMD: [514, 0, 16],
    NN: [516, 0, 32],
    ONCS_COMPARE: [520, 0, 1],
    ONCS_WRITE_UNCORRECTABLE: [520, 1, 1],
    ONCS_DATASET_MANAGEMENT: [520, 2, 1],
    ONCS_WRITE_ZEROES: [520, 3, 1],
    ONCS_SAVE: [520, 4, 1],
    ONCS_RESERVATIONS: [520, 5, 1],
    ONCS_TIMESTAMP: [520, 6, 1],
    ONCS_VERIFY: [520, 7, 1],
    FUSES_COMPARE_WRITE: [522, 0, 1],
    FNA_FORMAT_ALL: [524, 0, 1],
    FNA_ERASE_ALL: [524, 1, 1],
    FNA_CRYPTOGRAPHIC: [524, 2, 1],
    VWC_PRESENT: [525, 0, 1],
    /** 2: Flush refuses nsid FFFFFFFFh, 3: it flushes all namespaces. */
    VWC_FLUSH_ALL: [525, 1, 2],
    AWUN: [526, 0, 16],
    AWUPF: [528, 0, 16],
    NVSCC: [530, 0, 8],
    NWPC: [531, 0, 8],
    ACWU: [532, 0, 16],
    SGLS: [536, 0, 32],
    MNAN: [540, 0, 32],
    SUBNQN: [768, 0, 2048],
  },
});

/** Where the power state descriptors begin in Identify Controller data. */
export const POWER_STATES_AT = 2048;

export const PowerState = structure({
  name: 'Power State Descriptor',
  bytes: 32,
  fields: {
    MP: [0, 0, 16],
    MXPS: [3, 0, 1],
    NOPS: [3, 1, 1],
    ENLAT: [4, 0, 32],
    EXLAT: [8, 0, 32],
    RRT: [12, 0, 5],
    RRL: [13, 0, 5],
    RWT: [14, 0, 5],
    RWL: [15, 0, 5],
    IDLP: [16, 0, 16],
    IPS: [18, 6, 2],
    ACTP: [20, 0, 16],
    APW: [22, 0, 3],
    APS: [22, 6, 2],
  },
});

/** "Identify Namespace Data Structure, NVM Command Set Specific". */
export const Namespace = structure({
  name: 'Identify Namespace data',
  bytes: 4096,
  fields: {
    NSZE: [0, 0, 64],
    NCAP: [8, 0, 64],
    NUSE: [16, 0, 64],
    NSFEAT_THIN: [24, 0, 1],
    NSFEAT_ATOMIC: [24, 1, 1],
    NSFEAT_DEALLOCATED_ERROR: [24, 2, 1],
    NSFEAT_UNIQUE: [24, 3, 1],
    NSFEAT_OPTIMAL: [24, 4, 1],
    NLBAF: [25, 0, 8],
    FLBAS_FORMAT: [26, 0, 4],
    FLBAS_EXTENDED: [26, 4, 1],
    MC: [27, 0, 8],
    DPC: [28, 0, 8],
    DPS: [29, 0, 8],
    NMIC: [30, 0, 8],
    RESCAP: [31, 0, 8],
    FPI_REMAINING: [32, 0, 7],
    FPI_SUPPORTED: [32, 7, 1],
    /** What deallocated blocks read as: 0 not reported, 1 zeros, 2 ones. */
    DLFEAT_READ: [33, 0, 3],
    DLFEAT_WRITE_ZEROES: [33, 3, 1],
    NAWUN: [34, 0, 16],
    NAWUPF: [36, 0, 16],
    NACWU: [38, 0, 16],
    NABSN: [40, 0, 16],
    NABO: [42, 0, 16],
    NABSPF: [44, 0, 16],
    NOIOB: [46, 0, 16],
    NVMCAP: [48, 0, 128],
    NPWG: [64, 0, 16],
    NPWA: [66, 0, 16],
    NPDG: [68, 0, 16],
    NPDA: [70, 0, 16],
    NOWS: [72, 0, 16],
    ANAGRPID: [92, 0, 32],
    NSATTR: [99, 0, 8],
    NVMSETID: [100, 0, 16],
    ENDGID: [102, 0, 16],
    NGUID: [104, 0, 128],
    EUI64: [120, 0, 64],
  },
});

/** Where the LBA formats begin in Identify Namespace data; 16 of them. */
export const LBA_FORMATS_AT = 128;
export const LBA_FORMATS_MAX = 16;

export const LbaFormat = structure({
  name: 'LBA Format',
  bytes: 4,
  fields: { MS: [0, 0, 16], LBADS: [2, 0, 8], RP: [3, 0, 2] },
});

/** "Namespace Identification Descriptor": NID follows. */
export const IdDescriptor = structure({
  name: 'Namespace Identification Descriptor',
  bytes: 4,
  fields: { NIDT: [0, 0, 8], NIDL: [1, 0, 8] },
});
export const IdType = { Eui64: 1, Nguid: 2, Uuid: 3 } as const;

/** "Error Information Log Entry". */
export const ErrorEntry = structure({
  name: 'Error Information log entry',
  bytes: 64,
  fields: {
    COUNT: [0, 0, 64],
    SQID: [8, 0, 16],
    CID: [10, 0, 16],
    P: [12, 0, 1],
    STATUS: [12, 1, 15],
    LOCATION_BYTE: [14, 0, 8],
    LOCATION_BIT: [15, 0, 3],
    /** Zeros; all of the location is ones where no field is to blame. */
    LOCATION_REST: [15, 3, 5],
    LBA: [16, 0, 64],
    NSID: [24, 0, 32],
    VENDOR: [28, 0, 8],
    TRTYPE: [29, 0, 8],
    SPECIFIC: [32, 0, 64],
  },
});

/** "SMART / Health Information Log". */
export const Smart = structure({
  name: 'SMART / Health Information',
  bytes: 512,
  fields: {
    SPARE_LOW: [0, 0, 1],
    TEMPERATURE_WARNING: [0, 1, 1],
    RELIABILITY_DEGRADED: [0, 2, 1],
    READ_ONLY: [0, 3, 1],
    BACKUP_FAILED: [0, 4, 1],
    TEMPERATURE: [1, 0, 16],
    AVAILABLE_SPARE: [3, 0, 8],
    SPARE_THRESHOLD: [4, 0, 8],
    PERCENTAGE_USED: [5, 0, 8],
    DATA_UNITS_READ: [32, 0, 128],
    DATA_UNITS_WRITTEN: [48, 0, 128],
    HOST_READS: [64, 0, 128],
    HOST_WRITES: [80, 0, 128],
    BUSY_MINUTES: [96, 0, 128],
    POWER_CYCLES: [112, 0, 128],
    POWER_ON_HOURS: [128, 0, 128],
    UNSAFE_SHUTDOWNS: [144, 0, 128],
    MEDIA_ERRORS: [160, 0, 128],
    ERROR_LOG_ENTRIES: [176, 0, 128],
    WARNING_MINUTES: [192, 0, 32],
    CRITICAL_MINUTES: [196, 0, 32],
    SENSOR1: [200, 0, 16],
  },
});

/** "Firmware Slot Information Log". */
export const FirmwareSlots = structure({
  name: 'Firmware Slot Information',
  bytes: 512,
  fields: {
    ACTIVE: [0, 0, 3],
    NEXT: [0, 4, 3],
    FRS1: [8, 0, 64],
    FRS2: [16, 0, 64],
    FRS3: [24, 0, 64],
    FRS4: [32, 0, 64],
    FRS5: [40, 0, 64],
    FRS6: [48, 0, 64],
    FRS7: [56, 0, 64],
  },
});

/** "Commands Supported and Effects": one for each opcode, 256 admin commands, then 256 for I/O. */
export const CommandEffects = structure({
  name: 'Commands Supported and Effects',
  bytes: 4,
  fields: {
    CSUPP: [0, 0, 1],
    LBCC: [0, 1, 1],
    NCC: [0, 2, 1],
    NIC: [0, 3, 1],
    CCC: [0, 4, 1],
    CSE: [2, 0, 3],
  },
});

/** "Device Self-test Log": the head, then 20 results, newest first. */
export const SelfTestLog = structure({
  name: 'Device Self-test log',
  bytes: 4,
  fields: { CURRENT: [0, 0, 4], COMPLETION: [1, 0, 7] },
});
export const SELF_TEST_RESULTS = 20;
export const SelfTestResult = structure({
  name: 'Self-test Result',
  bytes: 28,
  fields: {
    RESULT: [0, 0, 4],
    CODE: [0, 4, 4],
    SEGMENT: [1, 0, 8],
    VALID: [2, 0, 4],
    POWER_ON_HOURS: [4, 0, 64],
    NSID: [12, 0, 32],
    LBA: [16, 0, 64],
    STATUS_TYPE: [24, 0, 3],
    STATUS_CODE: [25, 0, 8],
  },
});

/** Dword 0 of the completion of an Asynchronous Event Request. */
export const AsyncEvent = structure({
  name: 'asynchronous event',
  bytes: 4,
  fields: { TYPE: [0, 0, 3], INFO: [1, 0, 8], LID: [2, 0, 8] },
});

/** Feature values: dword 11 of Set Features, dword 0 of the completion of Get Features. */
export const Feature = {
  WHOLE: structure({ name: 'feature value', bytes: 4, fields: { VALUE: [0, 0, 32] } }),
  ARBITRATION: structure({
    name: 'Arbitration',
    bytes: 4,
    fields: { AB: [0, 0, 3], LPW: [1, 0, 8], MPW: [2, 0, 8], HPW: [3, 0, 8] },
  }),
  POWER_MANAGEMENT: structure({
    name: 'Power Management',
    bytes: 4,
    fields: { PS: [0, 0, 5], WH: [0, 5, 3] },
  }),
  TEMPERATURE_THRESHOLD: structure({
    name: 'Temperature Threshold',
    bytes: 4,
    fields: { TMPTH: [0, 0, 16], TMPSEL: [2, 0, 4], THSEL: [2, 4, 2] },
  }),
  ERROR_RECOVERY: structure({
    name: 'Error Recovery',
    bytes: 4,
    fields: { TLER: [0, 0, 16], DULBE: [2, 0, 1] },
  }),
  WRITE_CACHE: structure({ name: 'Volatile Write Cache', bytes: 4, fields: { WCE: [0, 0, 1] } }),
  /** Counted from zero: 0 is one queue. In the completion: what was allocated. */
  QUEUES: structure({
    name: 'Number of Queues',
    bytes: 4,
    fields: { NSQ: [0, 0, 16], NCQ: [2, 0, 16] },
  }),
  /** TIME in units of 100 microseconds; THR counts from zero. */
  COALESCING: structure({
    name: 'Interrupt Coalescing',
    bytes: 4,
    fields: { THR: [0, 0, 8], TIME: [1, 0, 8] },
  }),
  VECTOR: structure({
    name: 'Interrupt Vector Configuration',
    bytes: 4,
    fields: { IV: [0, 0, 16], CD: [2, 0, 1] },
  }),
  WRITE_ATOMICITY: structure({
    name: 'Write Atomicity Normal',
    bytes: 4,
    fields: { DN: [0, 0, 1] },
  }),
  EVENTS: structure({
    name: 'Asynchronous Event Configuration',
    bytes: 4,
    fields: { SMART: [0, 0, 8], NAMESPACE: [1, 0, 1], FIRMWARE: [1, 1, 1] },
  }),
} as const;

/** Get Features with SEL 3. */
export const FeatureCapabilities = structure({
  name: 'feature capabilities',
  bytes: 4,
  fields: { SAVEABLE: [0, 0, 1], PER_NAMESPACE: [0, 1, 1], CHANGEABLE: [0, 2, 1] },
});

/** Timestamp: data of Set Features and Get Features. */
export const Timestamp = structure({
  name: 'Timestamp',
  bytes: 8,
  fields: {
    MILLISECONDS_LOW: [0, 0, 32],
    MILLISECONDS_HIGH: [4, 0, 16],
    SYNCH: [6, 0, 1],
    ORIGIN: [6, 1, 3],
  },
});

/** One dword: a namespace identifier in a list, the result of a command. */
export const Dword = structure({ name: 'dword', bytes: 4, fields: { VALUE: [0, 0, 32] } });

/** A Controller List is such entries: the first says how many follow. */
export const ControllerListEntry = structure({
  name: 'Controller List entry',
  bytes: 2,
  fields: { ID: [0, 0, 16] },
});

/** PRP entries are addresses of eight bytes. */
export const PrpEntry = structure({
  name: 'PRP entry',
  bytes: 8,
  fields: { ADDRESS: [0, 0, 64] },
});
