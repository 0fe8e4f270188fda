/** Mutants of the NVMe driver: what it says is durable is not. */
import type { DriverMutant } from '../mutant.ts';

const folder = 'drivers-under-test/samples/nvme';
const nvme = { driver: 'nvme', bugClass: 'BC-16' } as const;
const main = { ...nvme, file: `${folder}/driver.ts` } as const;
const torture = ['block-device/durability/every-instant', 'block-device/durability/torture'];

export const nvmeDurability: readonly DriverMutant[] = [
  {
    ...main,
    id: 'nvme/flush-nothing',
    what: 'A flush ends at once and asks nothing of the controller.',
    expected: ['block-device/durability/flush', ...torture],
    edits: [
      {
        find: `    const request = this.#request(unit, requestID);
    request.opcode = IoOpcode.Flush;
    this.#device.io.submit(request);`,
        replace: `    this.#namespace(unit);
    this.CompleteIO(requestID, 0, 'kIOReturnSuccess');`,
      },
    ],
  },
  {
    ...nvme,
    file: `${folder}/request.ts`,
    id: 'nvme/fua-ignored',
    what: 'Force unit access is not passed on to the controller.',
    expected: ['block-device/durability/fua', ...torture],
    edits: [
      {
        find: 'if (this.fua) ReadWrite.FUA.set(entry, 0, 1);',
        replace: 'if (this.fua) ReadWrite.FUA.set(entry, 0, 0);',
      },
    ],
  },
  {
    ...main,
    id: 'nvme/write-acknowledged-early',
    bugClass: 'BC-13',
    what: 'A write ends as soon as the controller has its command.',
    expected: ['block-device/data/read-back', ...torture],
    edits: [
      {
        find: '  #maintenance!: Maintenance;',
        replace: '  #maintenance!: Maintenance;\n  readonly #early = new Set<number>();',
      },
      {
        find: '    request.fua = options === kIOUserStorageOptionForceUnitAccess;',
        replace: `    request.fua = options === kIOUserStorageOptionForceUnitAccess;
    if (!isRead) {
      this.#early.add(requestID);
      this.CompleteIO(requestID, size, 'kIOReturnSuccess');
    }`,
      },
      {
        find: 'completed: (id, bytes, code, why) => this.CompleteIO(id, bytes, code, why),',
        replace: `completed: (id, bytes, code, why) => {
        if (!this.#early.delete(id)) this.CompleteIO(id, bytes, code, why);
      },`,
      },
    ],
  },
];
