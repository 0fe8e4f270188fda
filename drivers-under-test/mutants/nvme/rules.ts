/** Mutants of the NVMe driver that break what the specification asks of hosts, rule by rule. */
import type { DriverMutant, Edit } from '../mutant.ts';

type RuleMutant = readonly [
  rule: string,
  id: string,
  bugClass: string,
  /** The file of the driver, without its ending. */
  file: string,
  what: string,
  find: string,
  replace: string,
  noSmoke?: string,
];

const REFUSED = 'The controller refuses the queue.';

const REGISTERS: readonly RuleMutant[] = [
  [
    'NVME-R01',
    'status-by-bytes',
    'BC-17',
    'controller',
    'The status register is read byte by byte.',
    '      const status = CSTS.fields();',
    `      if (this.#pci.MemoryRead8(this.#memoryIndex, 0x1c) > 0xff) return undefined;
      const status = CSTS.fields();`,
  ],
  [
    'NVME-R02',
    'capabilities-written',
    'BC-18',
    'controller',
    'The capabilities are written to.',
    '    AQA.write({',
    '    this.#pci.MemoryWrite32(this.#memoryIndex, 0, 0);\n    AQA.write({',
  ],
  [
    'NVME-R03',
    'masks-with-messages',
    'BC-18',
    'controller',
    'The mask of a vector is cleared after each round, whatever signals.',
    '    const at = DOORBELLS_AT + (2 * queue + 1) * this.#stride;',
    `    const at = DOORBELLS_AT + (2 * queue + 1) * this.#stride;
    this.#pci.MemoryWrite32(this.#memoryIndex, 0x10, 1);`,
  ],
  [
    'NVME-R04',
    'page-size-changed',
    'BC-18',
    'controller',
    'The shutdown notification changes the page size.',
    '...this.#configuration(), SHN: 1',
    '...this.#configuration(), MPS: 1, SHN: 1',
  ],
  [
    'NVME-R05',
    'smallest-page-unseen',
    'BC-19',
    'controller',
    'That the controller may want larger pages is not looked at.',
    'const exponent = PAGE_EXPONENT + MPSMIN;',
    'const exponent = PAGE_EXPONENT + Math.min(0, MPSMIN);',
  ],
  [
    'NVME-R07',
    'completions-nowhere',
    'BC-19',
    'controller',
    'The controller is not told where the admin completion queue is.',
    '    ACQ.write(BigInt(admin.completionAddress));\n',
    '',
    'The controller answers into nowhere.',
  ],
  [
    'NVME-R08',
    'admin-queue-set-again',
    'BC-18',
    'controller',
    'The admin queue is set up once more after the controller was enabled.',
    '    CC.write(this.#configuration());\n',
    `    CC.write(this.#configuration());
    AQA.write({ ASQS: admin.entries - 1, ACQS: admin.entries - 1 });
`,
  ],
  [
    'NVME-R09',
    'admin-queue-inside-page',
    'BC-17',
    'controller',
    'The admin submission queue is said to begin inside of a page.',
    'ASQ.write(BigInt(admin.submissionAddress));',
    'ASQ.write(BigInt(admin.submissionAddress + 64));',
  ],
];

const TRAFFIC: readonly RuleMutant[] = [
  [
    'NVME-R12',
    'stride-unseen',
    'BC-18',
    'controller',
    'How far apart the doorbells are is not asked.',
    'this.#stride = DOORBELL_BYTES * 2 ** DSTRD;',
    'this.#stride = DOORBELL_BYTES * 2 ** Math.min(0, DSTRD);',
  ],
  [
    'NVME-R14',
    'rings-for-nothing',
    'BC-18',
    'queue-pair',
    'Doorbells are rung with the value that they have.',
    'if (this.#rung === this.#tail || this.#frozen) return;',
    'if (this.#frozen) return;',
  ],
  [
    'NVME-R18',
    'half-a-queue',
    'BC-14',
    'queue-pair',
    'Memory for half a submission queue is made.',
    'area(kIOMemoryDirectionOut, entries * COMMAND_BYTES)',
    'area(kIOMemoryDirectionOut, (entries / 2) * COMMAND_BYTES)',
    'The memory of the admin queue ends before the start does.',
  ],
  [
    'NVME-R19',
    'released-before-quiet',
    'BC-14',
    'driver',
    'What a failed start has made is given back before the controller is disabled.',
    `await device.quieten();
    await device.release();`,
    `await device.release();
    if (this.#state === 'down' || this.#state === 'failed') await device.quieten();`,
  ],
  [
    'NVME-R20',
    'old-phases',
    'BC-28',
    'queue-pair',
    'Completion queues are used again as they were.',
    '    this.#completions.clear();\n',
    '',
  ],
  [
    'NVME-R26',
    'queues-deleted-late',
    'BC-20',
    'device',
    'Queues are deleted after the shutdown notification.',
    '      for (const pair of pairs) await deleteSubmissionQueue(this.admin, pair);',
    `      await this.controller.shutDown(this.facts.shutdownNs);
      for (const pair of pairs) await deleteSubmissionQueue(this.admin, pair);`,
  ],
];

const COMMANDS: readonly RuleMutant[] = [
  [
    'NVME-R28',
    'half-fused',
    'BC-23',
    'request',
    'Transfers are marked as the first half of a fused operation.',
    '    ReadWrite.SLBA.set(entry, 0, this.lba);\n    ReadWrite.NLB',
    '    Command.FUSE.set(entry, 0, 1);\n    ReadWrite.SLBA.set(entry, 0, this.lba);\n    ReadWrite.NLB',
  ],
  [
    'NVME-R29',
    'gathers',
    'BC-18',
    'request',
    'Transfers are said to be described by a scatter gather list.',
    '    ReadWrite.SLBA.set(entry, 0, this.lba);\n    ReadWrite.NLB',
    '    Command.PSDT.set(entry, 0, 1);\n    ReadWrite.SLBA.set(entry, 0, this.lba);\n    ReadWrite.NLB',
  ],
  [
    'NVME-R30',
    'no-namespace',
    'BC-02',
    'driver',
    'Requests name no namespace.',
    'request.nsid = this.#namespace(unit).nsid;',
    'request.nsid = this.#namespace(unit).nsid * 0;',
  ],
  [
    'NVME-R31',
    'one-event-request-more',
    'BC-24',
    'identify',
    'One event request more is made than the controller takes.',
    "Math.min(number('AERL') + 1, EVENT_REQUESTS_MAX)",
    "number('AERL') + 2",
  ],
  [
    'NVME-R32',
    'aborts-without-end',
    'BC-07',
    'recovery',
    'Nobody waits for an abort before the next.',
    '        if (await this.#abort(pair, command, identifier)) continue;\n',
    `        void this.#abort(pair, command, identifier);
        if (counts.aborts > 0) continue;
`,
  ],
  [
    'NVME-R33',
    'one-queue-twice',
    'BC-02',
    'admin-commands',
    'Every completion queue is made with the same identifier.',
    'CreateCompletionQueue.QID.set(entry, 0, pair.id);',
    'CreateCompletionQueue.QID.set(entry, 0, Math.min(pair.id, 1));',
    REFUSED,
  ],
  [
    'NVME-R34',
    'queue-in-pieces',
    'BC-17',
    'admin-commands',
    'Completion queues are said to be in pieces.',
    'CreateCompletionQueue.PC.set(entry, 0, 1);',
    'CreateCompletionQueue.PC.set(entry, 0, 0);',
    REFUSED,
  ],
  [
    'NVME-R37',
    'queues-not-asked-for',
    'BC-19',
    'device',
    'The number of queues is not asked for.',
    'const granted = await setQueueCount(this.admin, Math.max(1, wanted));',
    'const granted = Math.max(1, wanted);',
  ],
  [
    'NVME-R38',
    'queues-asked-for-late',
    'BC-19',
    'device',
    'The number of queues is asked for once more when they exist.',
    '    this.io.pairs = pairs;\n',
    `    this.io.pairs = pairs;
    await setQueueCount(this.admin, Math.max(1, wanted)).catch(() => granted);
`,
  ],
  [
    'NVME-R39',
    'no-entry-size',
    'BC-19',
    'controller',
    'The size of submission entries is not set.',
    'IOSQES: SUBMISSION_ENTRY_EXPONENT,',
    'IOSQES: 0,',
    REFUSED,
  ],
  [
    'NVME-R40',
    'vector-beyond',
    'BC-02',
    'device',
    'The last completion queue interrupts with a vector that the function does not have.',
    'const vector = vectors === 1 ? 0 :',
    'const vector = id === count ? 65 : vectors === 1 ? 0 :',
    REFUSED,
  ],
];

export const nvmeRules: readonly DriverMutant[] = [...REGISTERS, ...TRAFFIC, ...COMMANDS].map(
  ([rule, id, bugClass, file, what, find, replace, noSmoke]) => {
    const edits: readonly Edit[] = [{ find, replace }];
    return {
      driver: 'nvme',
      id: `nvme/${id}`,
      file: `drivers-under-test/samples/nvme/${file}.ts`,
      bugClass,
      what,
      expected: [rule],
      edits,
      ...(noSmoke === undefined ? {} : { noSmoke }),
    };
  },
);
