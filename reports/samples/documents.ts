/** Realistic result documents for tests and goldens: a red run, a certificate, a torn run. */
import { EDU_CLAUSES, RULE, UART_CLAUSES } from './clauses.ts';
import { DMA_CRASH, LSR_EXPLAINED, OVERRUN_LOST, STATUS_DIVERGES } from './failures.ts';
import { countVerdicts, exitCode } from '../summary.ts';
import type {
  Clause,
  Coverage,
  Header,
  ResultDocument,
  ResultRecord,
  Verdict,
} from '../verdict.ts';

export function sampleHeader(changes: Partial<Header> = {}): Header {
  const entries = [
    ...EDU_CLAUSES.flatMap(planOn('edu', ['sim:edu', 'qemu:edu'])),
    ...UART_CLAUSES.flatMap(planOn('uart-16550', ['sim:pci-serial', 'qemu:pci-serial'])),
  ];
  return {
    record: 'header',
    schema: 'driver-dyno/result',
    version: 1,
    tool: { name: 'driver-dyno', version: '0.1.0' },
    command: ['dyno', 'run', '--seed', '42'],
    mode: 'run',
    seed: '42',
    startedAt: '2026-11-22T12:00:00Z',
    environment: { node: '24.21.0', platform: 'linux', arch: 'x64', cpus: '2 x Xeon' },
    drivers: [driver('edu', 'EduDevice'), driver('uart-16550', 'SerialPort')],
    targets: [
      simulated('sim:edu'),
      qemu('qemu:edu'),
      simulated('sim:pci-serial'),
      qemu('qemu:pci-serial'),
    ],
    plan: { hash: '9f2c1b7a5d3e4f60', entries },
    clauses: [...EDU_CLAUSES, ...UART_CLAUSES],
    rules: [RULE],
    ...changes,
  };
}

/** A passing verdict, with whatever differs. */
export function sampleVerdict(changes: Partial<Verdict> = {}): Verdict {
  return {
    record: 'verdict',
    driver: 'edu',
    target: 'sim:edu',
    clause: 'edu/factorial/FACT-1',
    verdict: 'pass',
    seed: '42',
    runs: 100,
    operations: 1834,
    journalHash: '51c0ffee00d1ce42',
    virtualNs: 18_250_000,
    wallMs: 12.5,
    limitations: [],
    ...changes,
  };
}

const NEEDS_OTHER = {
  verdict: 'not-run',
  reason: 'qemu:edu does not offer fault-injection',
} as const;

/** What differs from a pass in the red run, by target and clause. */
const RED: Record<string, Partial<Verdict>> = {
  'sim:pci-serial uart-16550/receiver/LSR-1': {
    verdict: 'fail',
    cause: 'expectation',
    failure: OVERRUN_LOST,
  },
  'sim:edu edu/dma/DMA-2': { verdict: 'fail', cause: 'crash', failure: DMA_CRASH },
  'qemu:edu edu/dma/DMA-2': NEEDS_OTHER,
  'qemu:edu edu/removal/GONE-1': {
    verdict: 'not-run',
    reason: 'qemu:edu does not offer surprise-removal',
  },
  'sim:edu edu/removal/GONE-1': {
    verdict: 'inconclusive',
    reason: 'The outcome depends on the IRQ raise register, which is not modelled here.',
    limitations: [
      { word: 'unimplemented', where: 'edu BAR0+0x60', text: 'Interrupt raise register', count: 3 },
    ],
  },
  'sim:pci-serial uart-16550/modem/MSR-1': {
    verdict: 'fail',
    cause: 'expectation',
    waived: { issue: 'https://example.org/issues/7', owner: 'serial team', expires: '2027-03-31' },
    failure: {
      message: 'DCTS stayed clear',
      expected: '1',
      seen: '0',
      violations: [],
      journal: [],
      reproduce: 'dyno run uart-16550 uart-16550/modem/MSR-1 --target sim:pci-serial --seed 42',
    },
  },
  'qemu:pci-serial uart-16550/modem/MSR-1': {
    verdict: 'not-run',
    reason: 'qemu:pci-serial does not offer modem-lines',
  },
  'sim:pci-serial uart-16550/line/BREAK-1': {
    verdict: 'not-applicable',
    reason: 'The driver does not declare break.',
  },
  'qemu:pci-serial uart-16550/line/BREAK-1': {
    verdict: 'not-applicable',
    reason: 'The driver does not declare break.',
  },
  'qemu:pci-serial uart-16550/receiver/FIFO-1': {
    verdict: 'error',
    reason: 'qemu-system-x86_64 ended with signal SIGKILL and was started again.',
    limitations: [
      { word: 'limitation', where: 'pci-serial', text: 'Baud rate is not simulated', count: 12 },
    ],
  },
};

export function redDocument(): ResultDocument {
  const header = sampleHeader();
  const verdicts = header.plan.entries.map(({ driver: id, target, clause }) =>
    sampleVerdict({ driver: id, target, clause, ...RED[`${target} ${clause}`] }),
  );
  const divergences = [STATUS_DIVERGES, LSR_EXPLAINED];
  return ended({ header, verdicts, coverage: [uartCoverage()], divergences });
}

/** A certificate: every clause passes on the simulated target. */
export function greenDocument(): ResultDocument {
  const entries = EDU_CLAUSES.flatMap(planOn('edu', ['sim:edu']));
  const header = sampleHeader({
    mode: 'certify',
    command: ['dyno', 'certify', 'edu'],
    profile: { id: 'dyno-edu', version: '2026.1', digest: 'sha256:0d5e3c' },
    drivers: [driver('edu', 'EduDevice')],
    targets: [simulated('sim:edu')],
    plan: { hash: '77aa', entries },
    clauses: EDU_CLAUSES,
  });
  const verdicts = entries.map((entry) => sampleVerdict(entry));
  return ended({ header, verdicts, coverage: [], divergences: [] });
}

/** Killed after seven verdicts. */
export function tornDocument(): ResultDocument {
  const { end: _, ...rest } = redDocument();
  return { ...rest, verdicts: rest.verdicts.slice(0, 7), coverage: [], divergences: [] };
}

/** `count` verdicts over many clauses, one in fifty of them a fail. */
export function largeDocument(count: number): ResultDocument {
  const base = UART_CLAUSES[0]!;
  const clauses = Array.from({ length: count / 2 }, (_, index) => {
    const suite = `uart-16550/chapter-${index % 25}`;
    const cite = { ...base.cite, section: `Line Status Register, bit ${index % 8}` };
    return { ...base, suite, cite, address: `${suite}/CL-${index}` };
  });
  const entries = clauses.flatMap(planOn('uart-16550', ['sim:pci-serial', 'qemu:pci-serial']));
  const header = sampleHeader({ plan: { hash: '5000', entries }, clauses });
  const verdicts = entries.map((entry, index) =>
    sampleVerdict({
      ...entry,
      journalHash: index.toString(16).padStart(16, '0'),
      ...(index % 50 === 7 && { verdict: 'fail', cause: 'expectation', failure: OVERRUN_LOST }),
    }),
  );
  return ended({ header, verdicts, coverage: [uartCoverage()], divergences: [] });
}

/** The records as a run would write them. */
export function recordsOf(document: ResultDocument): ResultRecord[] {
  const { header, verdicts, coverage, divergences, end } = document;
  return [header, ...verdicts, ...coverage, ...divergences, ...(end ? [end] : [])];
}

function ended(document: ResultDocument): ResultDocument {
  const end: ResultDocument['end'] = {
    record: 'end',
    counts: countVerdicts(document.verdicts),
    exitCode: 0,
    wallMs: 1834.2,
    finishedAt: '2026-11-22T12:00:02Z',
  };
  end.exitCode = exitCode({ ...document, end });
  return { ...document, end };
}

function planOn(id: string, targets: string[]) {
  return ({ address }: Clause) =>
    targets.map((target) => ({ driver: id, target, clause: address }));
}

function driver(id: string, kind: string): Header['drivers'][number] {
  const digest = 'sha256:7c1d2b33aa90f0e1';
  return { id, version: '1.0.0', class: kind, digest, ics: { fifo: true, break: false } };
}

function simulated(name: string): Header['targets'][number] {
  const offers = ['registers', 'dma', 'fault-injection', 'virtual-time', 'serial-peer'];
  return { name, tier: 'simulated', offers, identity: { model: `${name.slice(4)} 0.1.0` } };
}

function qemu(name: string): Header['targets'][number] {
  const identity = { qemu: '7.2.22', package: 'qemu-system-x86 1:7.2+dfsg-7' };
  return { name, tier: 'independent', offers: ['registers', 'dma', 'serial-peer'], identity };
}

function uartCoverage(): Coverage {
  const register = (name: string, offset: number, seen0: string, seen1: string) => ({
    name,
    space: 'BAR0',
    offset,
    size: 1,
    reads: 412 - offset,
    writes: offset * 17,
    bitsSeen0: seen0,
    bitsSeen1: seen1,
    fields: [],
    illegal: [],
    effects: [],
  });
  return {
    record: 'coverage',
    driver: 'uart-16550',
    target: 'sim:pci-serial',
    device: 'uart-16550',
    registers: [
      register('RBR', 0, '0xff', '0xff'),
      register('IER', 1, '0xff', '0x07'),
      {
        ...register('IIR', 2, '0x3f', '0xc7'),
        fields: [
          {
            name: 'ID',
            msb: 3,
            lsb: 1,
            values: [
              { name: 'LineStatus', seen: true },
              { name: 'DataAvailable', seen: true },
              { name: 'ThrEmpty', seen: true },
              { name: 'ModemStatus', seen: false },
            ],
          },
        ],
        illegal: [{ what: '32-bit read', count: 2 }],
        effects: [{ name: 'reading IIR clears the THRE interrupt', count: 31 }],
      },
      register('LSR', 5, '0x9f', '0x63'),
      { ...register('SCR', 7, '0x00', '0x00'), reads: 0, writes: 0 },
    ],
    rulesArmed: [{ id: RULE.id, count: 128 }],
    exclusions: [
      { test: 'bit_bash', register: 'RBR', reason: 'Reading takes a byte from the FIFO.' },
    ],
  };
}
