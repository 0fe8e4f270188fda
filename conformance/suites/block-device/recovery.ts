/** A bus that goes wrong at every single place of a workload: nothing is lost by it. */
import type { PciFault } from '../../../sim/faults/plan.ts';
import { END, type EnumeratedClause, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { OWN_RULES, bugClass, places } from '../driver/attempt.ts';
import { ENDED, GONE, begin, expectEnds } from './attempts.ts';
import { AREA, MILLISECOND, SECOND } from './facts.ts';
import { openedSomehow, weathers } from './weathers.ts';

/** Accesses of start and workload together, generously: the enumeration ends by itself. */
const ACCESSES = 400;
const INTERRUPTS = 40;
const CALLS = 60;
/** Longer than any recovery. */
const QUIET_NS = 100 * SECOND;

type Wanted = Pick<EnumeratedClause, 'id' | 'text' | 'cite' | 'bugClasses'>;

/** A clause that puts a fault of the bus at each place. */
function busClause(
  wanted: Wanted,
  count: number,
  fault: (at: number) => PciFault,
): EnumeratedClause {
  const clause = enumerated({
    ...wanted,
    level: 'shall',
    subject: 'driver',
    rules: OWN_RULES,
    needs: ['faults', 'device-reset', 'virtual-time'],
    every: places(count),
    async check(scene, at) {
      scene.inject(fault(at));
      return weathers(scene);
    },
  });
  return clause;
}

export const recovery = suite({
  id: 'block-device/recovery',
  for: { class: 'BlockDevice' },
  clauses: [
    enumerated({
      id: 'removal',
      cite: bugClass('BC-12'),
      text: 'Pulled out at any access of a workload, each call ends once, and so does the driver.',
      level: 'shall',
      subject: 'driver',
      needs: ['removal', 'virtual-time'],
      bugClasses: ['BC-05', 'BC-12', 'BC-13'],
      every: places(ACCESSES),
      async check(scene, at) {
        scene.inject({ kind: 'removal', at });
        const disk = await openedSomehow(scene);
        if (disk !== undefined) {
          const begun = begin(disk);
          await begun.all;
          expectEnds(begun, ENDED);
          await scene.pass(QUIET_NS);
          if (scene.struck) {
            const read = () => disk.read(AREA.lba, 1);
            await expect.fails(read, ENDED, 'a read of a device that is gone');
            await expect.fails(read, GONE, 'a read when the driver knows');
          }
          await scene.stop();
        }
        if (!scene.struck) return END;
      },
    }),
    busClause(
      {
        id: 'self-reset',
        cite: bugClass('BC-22'),
        text: 'A device that resets itself at any access of a workload loses no data by it.',
        bugClasses: ['BC-13', 'BC-22'],
      },
      ACCESSES,
      (at) => ({ kind: 'self-reset', at }),
    ),
    busClause(
      {
        id: 'no-answer',
        cite: bugClass('BC-05'),
        text: 'Whichever access of a workload goes unanswered, nothing that was written is lost.',
        bugClasses: ['BC-01', 'BC-05', 'BC-21'],
      },
      ACCESSES,
      (at) => ({ kind: 'no-answer', at, accesses: 1 }),
    ),
    busClause(
      {
        id: 'lost-interrupt',
        cite: bugClass('BC-10'),
        text: 'Whichever interrupt of a workload is lost, each call ends and no data are lost.',
        bugClasses: ['BC-10', 'BC-13', 'BC-24'],
      },
      INTERRUPTS,
      (at) => ({ kind: 'lost-interrupt', at }),
    ),
    busClause(
      {
        id: 'late-interrupt',
        cite: bugClass('BC-10'),
        text: 'Whichever interrupt of a workload is late, each call ends and no data are lost.',
        bugClasses: ['BC-10', 'BC-13', 'BC-23'],
      },
      INTERRUPTS,
      (at) => ({ kind: 'late-interrupt', at, ns: 5 * MILLISECOND }),
    ),
    busClause(
      {
        id: 'failed-allocation',
        cite: bugClass('BC-21'),
        text: 'Whichever allocation of a workload fails, its call ends and the others are right.',
        bugClasses: ['BC-15', 'BC-21'],
      },
      CALLS,
      (at) => ({ kind: 'failed-allocation', at }),
    ),
    busClause(
      {
        id: 'failed-mapping',
        cite: bugClass('BC-15'),
        text: 'Whichever mapping of a workload fails, its call ends and the others are right.',
        bugClasses: ['BC-15', 'BC-21'],
      },
      CALLS,
      (at) => ({ kind: 'failed-mapping', at }),
    ),
  ],
});
