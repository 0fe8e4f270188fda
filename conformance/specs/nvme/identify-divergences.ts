/** What QEMU 7.2's controller and our model say of themselves in Identify. */
import type { NvmeCommand } from '../../generators/nvme-steps.ts';
import { Admin } from '../../suites/nvme/commands.ts';
import { NVME, type NvmeExplanation, bytesMask, differentStatus, inPart } from './answers.ts';

const CNS = { namespace: 0x00, controller: 0x01, descriptors: 0x03, allocated: 0x11 } as const;
const ALL_NAMESPACES = 0xffff_ffff;

const cnsOf = ({ dword10 = 0 }: NvmeCommand) => dword10 % 256;
const identifies = (...structures: readonly number[]) =>
  inPart('data', (command, isAdmin) => {
    return isAdmin && command.opcode === Admin.Identify && structures.includes(cnsOf(command));
  });

/** Byte and length of each field that tells of the maker, of options and of limits. */
const CONTROLLER_FIELDS = bytesMask([
  [24, 40], // Model number.
  [64, 8], // Firmware revision.
  [73, 3], // IEEE OUI.
  [84, 8], // RTD3 resume and entry latency.
  [92, 4], // Optional asynchronous events.
  [96, 4], // Controller attributes.
  [256, 2], // Optional admin commands.
  [258, 6], // ACL, AERL, FRMW, LPA, ELPE, NPSS.
  [280, 32], // Total and unallocated capacity.
  [316, 2], // Self-test time.
  [318, 2], // Self-test options, firmware update granularity.
  [520, 2], // Optional I/O commands.
  [522, 2], // Fused operations.
  [524, 2], // Format attributes, volatile write cache.
  [526, 4], // Atomic write units.
  [532, 2], // Atomic compare and write unit.
  [534, 2], // Copy descriptor formats: not in 1.4.
  [536, 4], // SGL support.
  [540, 4], // Namespaces allowed.
  [768, 256], // NVM subsystem's name.
  [2048, 1024], // Power states.
]);
const NAMESPACE_FIELDS = bytesMask([
  [24, 6], // Features, formats, format, metadata, protection.
  [30, 4], // Sharing, reservations, format progress, deallocation.
  [34, 12], // Atomic write units and boundaries.
  [48, 16], // Capacity.
  [64, 10], // Optimal write and deallocate sizes.
  [74, 8], // Copy limits: not in 1.4.
  [104, 24], // Globally unique identifiers.
  [128, 64], // LBA formats.
]);

export const identifyExplanations: readonly NvmeExplanation[] = [
  {
    id: 'nvme-controller-properties',
    cite: NVME,
    why:
      'The two controllers have other makers, options and limits (chapter Identify Controller data ' +
      'structure); all other fields are alike.',
    example: ['admin queue: Identify, CNS 01h'],
    explains: (difference) => identifies(CNS.controller)(difference) & CONTROLLER_FIELDS,
  },
  {
    id: 'nvme-namespace-properties',
    cite: NVME,
    why:
      'The two have other LBA formats, identifiers, options and limits (chapter Identify Namespace ' +
      'data structure); sizes, capacity and use are alike.',
    example: ['admin queue: Identify, CNS 00h, namespace 1'],
    explains: (difference) =>
      identifies(CNS.namespace, CNS.allocated)(difference) & NAMESPACE_FIELDS,
  },
  {
    id: 'nvme-namespace-identifiers',
    cite: NVME,
    why:
      'The model names its namespaces by EUI-64 and NGUID; QEMU by a UUID and a type that revision ' +
      '2.0 brought (chapter Namespace Identification Descriptor list).',
    example: ['admin queue: Identify, CNS 03h, namespace 1'],
    explains: identifies(CNS.descriptors),
  },
  {
    id: 'nvme-identify-all-namespaces',
    cite: NVME,
    why:
      'Identify Namespace for FFFFFFFFh tells what all have in common on a controller with ' +
      'Namespace Management (chapter Identify Namespace data structure): the model has it, QEMU ' +
      'has not.',
    example: ['admin queue: Identify, CNS 00h, namespace FFFFFFFFh'],
    explains: differentStatus(
      ({ command, isAdmin }) =>
        isAdmin &&
        command.opcode === Admin.Identify &&
        cnsOf(command) === CNS.namespace &&
        command.nsid === ALL_NAMESPACES,
    ),
  },
  {
    id: 'nvme-optional-structures',
    cite: NVME,
    why:
      'Structures of Namespace Management (10h to 13h), of virtualization (14h, 15h), of ' +
      'granularity and UUIDs (16h, 17h) and of revision 2.0 (04h to 08h, 1Ch) are optional; each ' +
      'of the two has some of them.',
    example: ['admin queue: Identify, CNS 13h'],
    explains: (difference) =>
      differentStatus(({ command, isAdmin }) => isAdmin && isOptional(command))(difference) |
      inPart('data', (command, isAdmin) => isAdmin && isOptional(command))(difference),
  },
];

function isOptional(command: NvmeCommand): boolean {
  const cns = cnsOf(command);
  return command.opcode === Admin.Identify && cns >= 4 && cns !== CNS.allocated;
}
