/** What every driver owes the system when its device misbehaves or goes. */
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { HLK, OWN_RULES, bugClass, failure, places, whateverHappens } from './attempt.ts';

/** Accesses of start, simple I/O and stop together, generously. */
const ACCESSES = 200;
const INTERRUPTS = 8;
/** Later than any driver waits. */
const LATE_NS = 2_500_000_000;
const STORM = { times: 5000, everyNs: 1000 };

export const faults = suite({
  id: 'driver/faults',
  for: { bus: 'pci' },
  clauses: [
    enumerated({
      id: 'removal',
      cite: HLK,
      text: 'Pulled out at any access, a driver ends its I/O with an error, stops and is done.',
      level: 'shall',
      subject: 'driver',
      needs: ['removal'],
      bugClasses: ['BC-05', 'BC-12', 'BC-13', 'BC-24'],
      every: places(ACCESSES),
      async check(scene, at) {
        scene.inject({ kind: 'removal', at });
        if ((await failure(() => scene.start())) === undefined) {
          await whateverHappens(() => scene.simpleIO());
          if (scene.struck) {
            const code = await failure(() => scene.simpleIO());
            expect.that(code !== undefined, 'I/O on a device that is gone', 'an error', 'success');
          }
          await scene.stop();
        }
        if (!scene.struck) return END;
      },
    }),
    enumerated({
      id: 'no-answer',
      cite: bugClass('BC-05'),
      text: 'Whichever access goes unanswered, a driver comes back, stops, and a new start works.',
      level: 'shall',
      subject: 'driver',
      rules: OWN_RULES,
      needs: ['faults'],
      bugClasses: ['BC-01', 'BC-02', 'BC-05', 'BC-21'],
      every: places(ACCESSES),
      async check(scene, at) {
        scene.inject({ kind: 'no-answer', at, accesses: 1 });
        if ((await failure(() => scene.start())) === undefined) {
          await whateverHappens(() => scene.simpleIO());
          await scene.stop();
        }
        if (!scene.struck) return END;
        // What the driver could not undo, because nobody heard it, a reset by the system does.
        if (!scene.function.reset('hot')) return;
        await scene.start();
        await scene.simpleIO();
      },
    }),
    enumerated({
      id: 'self-reset',
      cite: bugClass('BC-22'),
      text: 'After the device reset itself at any access, stop and start bring it back to work.',
      level: 'shall',
      subject: 'driver',
      rules: OWN_RULES,
      needs: ['faults', 'device-reset'],
      bugClasses: ['BC-13', 'BC-22'],
      every: places(ACCESSES),
      async check(scene, at) {
        scene.inject({ kind: 'self-reset', at });
        if ((await failure(() => scene.start())) === undefined) {
          await whateverHappens(() => scene.simpleIO());
          await scene.stop();
        }
        if (!scene.struck) return END;
        await scene.start();
        await scene.simpleIO();
      },
    }),
    enumerated({
      id: 'lost-interrupt',
      cite: bugClass('BC-10'),
      text: 'Whichever interrupt is lost, the I/O ends, and the next I/O works.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      ics: ['interrupts'],
      bugClasses: ['BC-10', 'BC-13', 'BC-24'],
      every: places(INTERRUPTS),
      async check(scene, at) {
        scene.inject({ kind: 'lost-interrupt', at });
        await scene.start();
        await failure(() => scene.simpleIO());
        if (!scene.struck) return END;
        await scene.simpleIO();
      },
    }),
    enumerated({
      id: 'late-interrupt',
      cite: bugClass('BC-10'),
      text: 'An interrupt that comes late, even after its I/O was given up, does no harm.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      ics: ['interrupts'],
      bugClasses: ['BC-10', 'BC-13'],
      every: places(INTERRUPTS).flatMap((at) => [
        { at, ns: 1_000_000 },
        { at, ns: LATE_NS },
      ]),
      async check(scene, { at, ns }) {
        scene.inject({ kind: 'late-interrupt', at, ns });
        await scene.start();
        await failure(() => scene.simpleIO());
        await scene.simpleIO();
        if (!scene.struck) return END;
        await scene.pass(ns);
        await scene.simpleIO();
      },
    }),
    enumerated({
      id: 'spurious-interrupt',
      cite: bugClass('BC-09'),
      text: 'An interrupt that the device did not raise changes nothing, whenever it comes.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      ics: ['interrupts'],
      bugClasses: ['BC-09', 'BC-10'],
      every: places(ACCESSES),
      async check(scene, at) {
        scene.inject({ kind: 'spurious-interrupt', at, vector: 0, ns: 10_000 });
        await scene.start();
        await scene.simpleIO();
        await scene.stop();
        if (!scene.struck) return END;
      },
    }),
    enumerated({
      id: 'interrupt-storm',
      cite: bugClass('BC-08'),
      text: 'A storm of interrupts does not keep I/O from its end.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      ics: ['interrupts'],
      bugClasses: ['BC-08'],
      every: places(2),
      async check(scene, at) {
        scene.inject({ kind: 'interrupt-storm', at, ...STORM });
        await scene.start();
        await scene.simpleIO();
        if (!scene.struck) return END;
        await scene.simpleIO();
      },
    }),
    enumerated({
      id: 'posted-writes',
      cite: { document: 'PCI Local Bus Specification', revision: '3.0', basis: 'secondary' },
      text: 'Writes that wait in bridges until the next read do not change what I/O does.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-16'],
      every: [10_000, 1_000_000, 400_000_000],
      async check(scene, ns) {
        scene.inject({ kind: 'posted-writes', at: 1, ns });
        await scene.start();
        await scene.simpleIO();
        await scene.simpleIO();
      },
    }),
  ],
});
