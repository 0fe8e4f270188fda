/** Rules that the host and the bus themselves enforce and report: here they get their citations. */
import { DEAD_POLL } from '../../sim/buses/pci/port.ts';
import { EventKind } from '../../sim/kernel/journal.ts';
import { STORM } from '../../drivers-under-test/host/io-interrupt-dispatch-source.ts';
import type { Citation } from '../citation.ts';
import type { Rule } from '../rule.ts';

const xnu = (section: string): Citation => ({
  document: 'DriverKit headers (apple-oss-distributions/xnu)',
  revision: 'xnu-11417.101.15',
  section,
  basis: 'secondary',
});

/** A rule whose violations are reported with this prefix; it is armed by these lifecycle steps. */
function reported(
  id: string,
  prefix: string,
  text: string,
  cite: Citation,
  armedBy: readonly EventKind[],
  bugClasses: readonly string[],
): Rule {
  return {
    id,
    cite,
    text,
    subject: 'driver',
    bugClasses,
    watch(watch) {
      watch.on(EventKind.Violation, (at) => {
        const found = watch.journal.textAt(at);
        if (watch.journal.spaceAt(at) === 0 && found.startsWith(`${prefix}: `)) {
          watch.violate(found.slice(prefix.length + 2));
        }
      });
      armedBy.forEach(watch.armOn);
    },
  };
}

const {
  Lifecycle: lifecycle,
  Operation,
  Read,
  InterruptHandled,
  BufferRead,
  BufferWrite,
  DmaUnmap,
} = EventKind;

export const hostRules: readonly Rule[] = [
  reported(
    'HOST-STOP',
    'HOST-STOP',
    'A driver passes Stop to its superclass exactly once, after a successful Start.',
    xnu('IOService.iig, Stop'),
    [lifecycle],
    ['BC-19'],
  ),
  reported(
    'HOST-START',
    'HOST-START',
    'A driver passes Start to its superclass.',
    xnu('IOService.iig, Start'),
    [lifecycle],
    ['BC-19'],
  ),
  reported(
    'HOST-AFTER-STOP',
    'HOST-AFTER-STOP',
    'A driver leaves its provider alone once it has passed Stop to its superclass.',
    xnu('IOService.iig, Stop'),
    [lifecycle],
    ['BC-12', 'BC-19'],
  ),
  reported(
    'HOST-POWER',
    'HOST-POWER',
    'A driver passes every power state to its superclass.',
    xnu('IOService.iig, SetPowerState'),
    [lifecycle],
    ['BC-20'],
  ),
  reported(
    'HOST-USER-CLIENT',
    'HOST-USER-CLIENT',
    'A user client answers with what was asked for, and no more than that.',
    xnu('IOUserClient.iig, ExternalMethod'),
    [Operation],
    ['BC-01', 'BC-27'],
  ),
  reported(
    'HOST-BALANCE',
    'HOST-BALANCE',
    'Whatever Start and the calls after it took, a failed Start or Stop gives back.',
    xnu('IOService.iig, Start and Stop'),
    [lifecycle],
    ['BC-15', 'BC-21'],
  ),
  reported(
    'HOST-MAPPED',
    'HOST-MAPPED',
    'No memory stays mapped for the device after Stop.',
    xnu('IODMACommand.iig, CompleteDMA'),
    [lifecycle],
    ['BC-15'],
  ),
  reported(
    'HOST-MEMORY',
    'HOST-MEMORY',
    'A driver touches its buffers inside their bounds and before their release only.',
    xnu('IOBufferMemoryDescriptor.iig'),
    [BufferRead, BufferWrite],
    ['BC-01', 'BC-02'],
  ),
  reported(
    'HOST-DMA',
    'HOST-DMA',
    'A DMA command is completed before it, or its memory, is released.',
    xnu('IODMACommand.iig'),
    [DmaUnmap],
    ['BC-15'],
  ),
  reported(
    'HOST-BLOCK',
    'HOST-BLOCK',
    'A block storage driver completes every request exactly once, with all of its bytes.',
    {
      document: 'BlockStorageDeviceDriverKit (developer.apple.com)',
      revision: 'DriverKit 21.0',
      section: 'IOUserBlockStorageDevice, CompleteIO',
      basis: 'secondary',
    },
    [Operation],
    ['BC-13', 'BC-25'],
  ),
  reported(
    'HOST-DEAD-POLL',
    DEAD_POLL,
    'A poll ends, whatever the device answers.',
    { document: 'bug-classes', revision: '1', section: 'BC-05', basis: 'read' },
    [Read],
    ['BC-05', 'BC-07'],
  ),
  reported(
    'HOST-STORM',
    STORM,
    'A handler takes away the cause of its interrupt, or masks it.',
    { document: 'bug-classes', revision: '1', section: 'BC-08', basis: 'read' },
    [InterruptHandled],
    ['BC-08', 'BC-11'],
  ),
];
