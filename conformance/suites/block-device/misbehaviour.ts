/** A controller that does wrong once, at every single place of a workload. */
import type { NvmeFault } from '../../../sim/faults/nvme-plan.ts';
import { type EnumeratedClause, enumerated, suite } from '../../clause.ts';
import { bugClass, places } from '../driver/attempt.ts';
import { MILLISECOND, SECOND, nvme } from './facts.ts';
import { weathers } from './weathers.ts';

/** Completions of start and workload together, generously: the enumeration ends by itself. */
const COMPLETIONS = 80;

type Wanted = Pick<EnumeratedClause, 'id' | 'text' | 'cite' | 'bugClasses'>;

/** A clause that puts a fault of the controller at each place. */
function deviceClause(
  wanted: Wanted,
  count: number,
  fault: (at: number) => NvmeFault,
): EnumeratedClause {
  return enumerated({
    ...wanted,
    level: 'shall',
    subject: 'driver',
    needs: ['nvme-faults', 'device-reset', 'virtual-time'],
    every: places(count),
    async check(scene, at) {
      scene.misbehave(fault(at));
      return weathers(scene);
    },
  });
}

/** Generic command status: Internal Error; media errors: Unrecovered Read Error, Write Fault. */
const STATUS = {
  internal: { type: 0, code: 0x06 },
  readError: { type: 2, code: 0x81 },
  writeFault: { type: 2, code: 0x80 },
} as const;

export const misbehaviour = suite({
  id: 'block-device/misbehaviour',
  for: { class: 'BlockDevice' },
  clauses: [
    deviceClause(
      {
        id: 'lost-completion',
        cite: bugClass('BC-13'),
        text: 'A completion that never comes is timed out, and the unit holds what it may hold.',
        bugClasses: ['BC-05', 'BC-10', 'BC-13', 'BC-22'],
      },
      COMPLETIONS,
      (at) => ({ kind: 'lost-completion', at }),
    ),
    deviceClause(
      {
        id: 'late-completion',
        cite: bugClass('BC-13'),
        text: 'A completion that comes after its time has passed completes nothing else.',
        bugClasses: ['BC-06', 'BC-13', 'BC-14', 'BC-22'],
      },
      COMPLETIONS,
      (at) => ({ kind: 'late-completion', at, ns: 45 * SECOND }),
    ),
    deviceClause(
      {
        id: 'reordered-completion',
        cite: nvme(),
        text: 'Completions in another order than that of the commands are told apart.',
        bugClasses: ['BC-02', 'BC-13'],
      },
      COMPLETIONS,
      (at) => ({ kind: 'reordered-completion', at, ns: 1 * MILLISECOND }),
    ),
    deviceClause(
      {
        id: 'duplicate-completion',
        cite: bugClass('BC-13'),
        text: 'A completion that is posted twice completes one call.',
        bugClasses: ['BC-02', 'BC-13'],
      },
      COMPLETIONS,
      (at) => ({ kind: 'duplicate-completion', at }),
    ),
    deviceClause(
      {
        id: 'false-command-id',
        cite: bugClass('BC-02'),
        text: 'A completion of a command that nobody issued completes nothing.',
        bugClasses: ['BC-02', 'BC-13'],
      },
      COMPLETIONS,
      (at) => ({ kind: 'false-command-id', at, id: 0xfff0 }),
    ),
    deviceClause(
      {
        id: 'wrong-phase',
        cite: nvme(),
        text: 'A completion with the old phase tag is none, and the workload recovers from it.',
        bugClasses: ['BC-10', 'BC-13', 'BC-22'],
      },
      COMPLETIONS,
      (at) => ({ kind: 'wrong-phase', at }),
    ),
    deviceClause(
      {
        id: 'fatal-status',
        cite: nvme(),
        text: 'A controller that raises its fatal status is reset, and no data are lost.',
        bugClasses: ['BC-05', 'BC-13', 'BC-22'],
      },
      COMPLETIONS,
      (at) => ({ kind: 'fatal-status', at }),
    ),
    deviceClause(
      {
        id: 'hang',
        cite: bugClass('BC-22'),
        text: 'A controller that does nothing any more is reset, and no data are lost.',
        bugClasses: ['BC-05', 'BC-10', 'BC-13', 'BC-22'],
      },
      COMPLETIONS,
      (at) => ({ kind: 'hang', at }),
    ),
    deviceClause(
      {
        id: 'failed-transfer',
        cite: nvme(),
        text: 'A transfer of data that fails on the bus fails its call at the most.',
        bugClasses: ['BC-13', 'BC-25'],
      },
      COMPLETIONS,
      (at) => ({ kind: 'failed-transfer', at }),
    ),
    ...(['internal', 'readError', 'writeFault'] as const).flatMap((name) =>
      [false, true].map((doNotRetry) =>
        deviceClause(
          {
            id: `error-${name}${doNotRetry ? '-final' : ''}`,
            cite: nvme(),
            text: `An error status (${name}${doNotRetry ? ', do not retry' : ''}) ends one call.`,
            bugClasses: ['BC-07', 'BC-13', 'BC-25'],
          },
          COMPLETIONS,
          (at) => ({ kind: 'error-status', at, ...STATUS[name], doNotRetry }),
        ),
      ),
    ),
  ],
});
