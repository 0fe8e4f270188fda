/** Mutants of the NVMe driver around start, stop, power, recovery. */
import type { DriverMutant } from '../mutant.ts';

const FOLDER = 'drivers-under-test/samples/nvme';
const nvme = { driver: 'nvme', expected: [] } as const;

export const nvmeLifecycle: readonly DriverMutant[] = [
  {
    ...nvme,
    id: 'nvme/no-deadline',
    file: `${FOLDER}/controller.ts`,
    bugClass: 'BC-05',
    what: 'The controller is waited for without a limit.',
    edits: [
      {
        find: '      if (world.now >= deadline) fail(',
        replace: '      if (world.now >= deadline + Infinity) fail(',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/ready-in-microseconds',
    file: `${FOLDER}/controller.ts`,
    bugClass: 'BC-06',
    what: 'CAP.TO is taken to count half microseconds.',
    noSmoke: 'The controller is given up before it can be ready.',
    edits: [
      {
        find: 'Math.max(1, TO) * TIMEOUT_UNIT_NS',
        replace: 'Math.max(1, TO) * (TIMEOUT_UNIT_NS / 1_000_000)',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/overdue-for-ever',
    file: `${FOLDER}/recovery.ts`,
    bugClass: 'BC-24',
    what: 'Nothing is done about a command that never ends.',
    edits: [
      {
        find: 'io.pending > 0 && !this.#rescuing &&',
        replace: 'io.pending < 0 && !this.#rescuing &&',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/gone-keeps-requests',
    file: `${FOLDER}/recovery.ts`,
    bugClass: 'BC-12',
    what: 'When the device is gone its requests are left to themselves.',
    edits: [
      {
        find: "    this.#device.io.failAll('kIOReturnNoDevice', 'the device is gone');\n",
        replace: '',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/lost-but-mapped',
    file: `${FOLDER}/recovery.ts`,
    bugClass: 'BC-14',
    what: 'The memory of a lost admin command is unmapped while the controller may write it.',
    edits: [
      {
        find: '  lost(): void {\n    this.#device.controller.isolate();\n',
        replace: '  lost(): void {\n',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/stays-held',
    file: `${FOLDER}/recovery.ts`,
    bugClass: 'BC-22',
    what: 'After a reset nothing is sent any more.',
    edits: [{ find: '      this.#device.io.resume();\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/reset-without-disable',
    file: `${FOLDER}/recovery.ts`,
    bugClass: 'BC-22',
    what: 'A reset brings the controller up without having disabled it.',
    edits: [{ find: '        await this.#disable();\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/enabled-too-soon',
    file: `${FOLDER}/controller.ts`,
    bugClass: 'BC-22',
    what: 'The controller is enabled again before it has come to rest.',
    edits: [
      { find: "    await this.#waitFor('disabled', ({ RDY }) => RDY === 0);\n", replace: '' },
    ],
  },
  {
    ...nvme,
    id: 'nvme/used-too-soon',
    file: `${FOLDER}/controller.ts`,
    bugClass: 'BC-10',
    what: 'The controller is used before it is ready.',
    noSmoke: 'Commands to a controller that is not ready are lost.',
    edits: [
      { find: '      return RDY === 1;\n    });', replace: '      return RDY >= 0;\n    });' },
    ],
  },
  {
    ...nvme,
    id: 'nvme/no-shutdown',
    file: `${FOLDER}/driver.ts`,
    bugClass: 'BC-20',
    what: 'The controller is not told that power goes.',
    edits: [{ find: '      await this.#device.shutDown();\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/shutdown-not-waited',
    file: `${FOLDER}/controller.ts`,
    bugClass: 'BC-20',
    what: 'Nobody waits for the end of the shutdown.',
    edits: [
      {
        find: "    await this.#waitFor('shut down', ({ SHST }) => SHST === Complete, withinNs);\n",
        replace: '    if (Complete > withinNs) return;\n',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/queues-deleted-backwards',
    file: `${FOLDER}/device.ts`,
    bugClass: 'BC-19',
    what: 'Completion queues are deleted before their submission queues.',
    edits: [
      {
        find: '      for (const pair of pairs) await deleteSubmissionQueue(this.admin, pair);\n      for (const pair of pairs) await deleteCompletionQueue(this.admin, pair);\n',
        replace:
          '      for (const pair of pairs) await deleteCompletionQueue(this.admin, pair);\n      for (const pair of pairs) await deleteSubmissionQueue(this.admin, pair);\n',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/completion-queue-second',
    file: `${FOLDER}/device.ts`,
    bugClass: 'BC-19',
    what: 'A submission queue is created before its completion queue.',
    noSmoke: 'The controller refuses the queue.',
    edits: [
      {
        find: '      await createCompletionQueue(this.admin, pair);\n      await createSubmissionQueue(this.admin, pair);\n',
        replace:
          '      await createSubmissionQueue(this.admin, pair);\n      await createCompletionQueue(this.admin, pair);\n',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/admin-queue-left',
    file: `${FOLDER}/device.ts`,
    bugClass: 'BC-15',
    what: 'The admin queue is not given back.',
    edits: [{ find: '    this.admin.pair.release();\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/failed-start-leaves-all',
    file: `${FOLDER}/driver.ts`,
    bugClass: 'BC-21',
    what: 'A start that fails gives nothing back but the device.',
    edits: [
      {
        find: '      await this.#takeDown();\n      throw error;',
        replace: '      this.#pci.Close(this);\n      throw error;',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/half-a-pair-left',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-21',
    what: 'When a queue pair cannot be made its first half stays.',
    edits: [{ find: '      for (const each of made) each.release();\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/area-left',
    file: `${FOLDER}/dma-area.ts`,
    bugClass: 'BC-21',
    what: 'Memory that cannot be mapped is not given back.',
    edits: [
      {
        find: '      this.#command.release();\n      this.#buffer.release();\n      throw error;',
        replace: '      throw error;',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/left-open',
    file: `${FOLDER}/driver.ts`,
    bugClass: 'BC-19',
    what: 'The device is left open.',
    edits: [{ find: '    if (this.#pci.isOpen) this.#pci.Close(this);\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/stop-stays-here',
    file: `${FOLDER}/driver.ts`,
    bugClass: 'BC-19',
    what: 'Stop is not passed on.',
    edits: [
      {
        find: '    await super.Stop(provider);\n',
        replace: '    this.defaultQueue.OnQueue();\n    void provider;\n',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/power-stays-here',
    file: `${FOLDER}/driver.ts`,
    bugClass: 'BC-20',
    what: 'The power state is not passed on.',
    edits: [{ find: '    await super.SetPowerState(powerFlags);\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/wakes-as-it-was',
    file: `${FOLDER}/driver.ts`,
    bugClass: 'BC-20',
    what: 'After sleep the controller is taken to be as it was.',
    edits: [{ find: '      await device.resume();\n', replace: '      device.io.resume();\n' }],
  },
  {
    ...nvme,
    id: 'nvme/gate-stays-shut',
    file: `${FOLDER}/driver.ts`,
    bugClass: 'BC-20',
    what: 'After sleep every request waits for ever.',
    edits: [{ find: '      device.io.open(() => undefined);\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/answers-in-sleep',
    file: `${FOLDER}/driver.ts`,
    bugClass: 'BC-20',
    what: 'Requests are accepted while the device sleeps.',
    edits: [
      {
        find: '    this.ReportOffline();\n    await this.#maintenance.quiet(async () => {',
        replace: '    await this.#maintenance.quiet(async () => {',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/enabled-controller-unseen',
    file: `${FOLDER}/controller.ts`,
    bugClass: 'BC-28',
    what: 'A controller that somebody left enabled is not disabled.',
    edits: [{ find: "if (CC.get('EN') === 1) {", replace: "if (CC.get('EN') === 2) {" }],
  },
  {
    ...nvme,
    id: 'nvme/one-block-too-many',
    file: `${FOLDER}/driver.ts`,
    bugClass: 'BC-27',
    what: 'The block behind the last one is offered to clients.',
    edits: [{ find: '      numOfBlocks: blocks,', replace: '      numOfBlocks: blocks + 1,' }],
  },
  {
    ...nvme,
    id: 'nvme/limit-of-transfers-unseen',
    file: `${FOLDER}/identify.ts`,
    bugClass: 'BC-03',
    what: 'How much a command may move is not asked of the controller.',
    edits: [
      {
        find: 'maxTransferBytes: Math.min(limit, TRANSFER_BYTES_MAX)',
        replace: 'maxTransferBytes: Math.max(limit, TRANSFER_BYTES_MAX)',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/bus-master-forgotten',
    file: `${FOLDER}/controller.ts`,
    bugClass: 'BC-19',
    what: 'Bus mastering is not turned on.',
    noSmoke: 'Nothing comes back from the controller.',
    edits: [
      {
        find: 'this.#command(kIOPCICommandMemorySpace | kIOPCICommandBusLead);',
        replace: 'this.#command(kIOPCICommandMemorySpace);',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/reserved-command-bits',
    file: `${FOLDER}/admin.ts`,
    bugClass: 'BC-18',
    what: 'A reserved dword of every admin command is set.',
    edits: [
      {
        find: 'Command.NSID.set(entry, 0, nsid);',
        replace: 'Command.NSID.set(entry, 0, nsid);\n    Command.CDW2.set(entry, 0, 1);',
      },
    ],
  },
];
