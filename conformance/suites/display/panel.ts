/** The panel as a whole: inverse, dim, off and on; and a bus that fails at each byte. */
import type { Display } from '../../../drivers-under-test/host/classes/display.ts';
import type { I2cFault } from '../../../sim/faults/i2c-plan.ts';
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { failure, places } from '../driver/attempt.ts';
import { CONTRACT, DATA_SHEET, cleared, dotsOf, shows } from './facts.ts';

const UM10204 = {
  document: 'NXP UM10204, I2C-bus specification',
  revision: '7.0',
  section: '3.1',
  basis: 'secondary' as const,
};
/** Bytes of the set-up and of the first commands one by one, and then some of the data. */
const BYTES = [...places(140), 400, 800, 1200];
const BUS_ERRORS = [
  'kIOReturnNotResponding',
  'kIOReturnIOError',
  'kIOReturnBusy',
  'kIOReturnOffline',
  'kIOReturnTimeout',
];

/** A call fails as the bus does, and the next ones work. */
async function survives(scene: Scene, fault: I2cFault): Promise<typeof END | void> {
  scene.inject(fault);
  const code = await failure(() => scene.start());
  if (code !== undefined) {
    if (fault.kind === 'stuck-data') return;
    await scene.start();
  }
  const driver = scene.client<Display>();
  const codes = [
    code,
    await failure(() => driver.clear()),
    await failure(() => driver.dots([{ x: 9, y: 9, isLit: true }])),
  ];
  if (!scene.struck) return END;
  for (const each of codes) {
    if (each === undefined) continue;
    const isKnown = BUS_ERRORS.includes(each);
    expect.that(isKnown, 'the error of a call that the bus fails', BUS_ERRORS.join(' or '), each);
  }
  // What a spoilt command did to the panel nobody can know; a stuck bus may be for others to free.
  if (fault.kind === 'stuck-data') return;
  if (fault.kind === 'flipped-bits') {
    await scene.stop();
    await scene.start();
  }
  // A program that has died of it is reported as such.
  if (scene.host.unhandledErrors.length === 0) await scene.simpleIO();
}

const then = (kind: I2cFault['kind']): string =>
  ({ 'stuck-data': 'none hangs', 'flipped-bits': 'a new start works' })[kind as string] ??
  'work goes on';

export const panel = suite({
  id: 'display/panel',
  for: { class: 'Display', bus: 'i2c' },
  clauses: [
    {
      id: 'invert',
      cite: DATA_SHEET('10.1.10'),
      text: 'Inverse display changes lit and dark, and back: what was drawn stays.',
      level: 'shall',
      subject: 'pair',
      needs: ['picture'],
      async check(scene) {
        const { driver, canvas } = await cleared(scene);
        await driver.rectangle(10, 10, 30, 20, true);
        canvas.rectangle(10, 10, 30, 20, true);
        await driver.invert(true);
        const inverse = dotsOf(scene);
        const wrong = canvas.dots.findIndex((dot, at) => dot === inverse[at]);
        expect.equal(wrong, -1, 'the first dot that is not inverse');
        await driver.invert(false);
        shows(scene, canvas, 'what was drawn, no longer inverse');
      },
    },
    {
      id: 'dim',
      cite: DATA_SHEET('10.1.7'),
      text: 'Dim makes the contrast less, and bright more than that: what was drawn stays.',
      level: 'shall',
      subject: 'pair',
      needs: ['picture'],
      async check(scene) {
        const { driver, canvas } = await cleared(scene);
        await driver.dots([{ x: 64, y: 32, isLit: true }]);
        canvas.dot(64, 32, true);
        await driver.dim(false);
        const bright = scene.device.contrast?.() ?? 0;
        await driver.dim(true);
        const dim = scene.device.contrast?.() ?? 0;
        expect.that(dim < bright, 'the contrast when dim', `below ${bright}`, `${dim}`);
        shows(scene, canvas, 'what was drawn, now dim');
      },
    },
    {
      id: 'off-and-on',
      cite: DATA_SHEET('10.1.12'),
      text: 'Off the display is dark, and on again it shows what was drawn, also in between.',
      level: 'shall',
      subject: 'pair',
      needs: ['picture'],
      async check(scene) {
        const { driver, canvas } = await cleared(scene);
        await driver.rectangle(0, 0, 20, 20, true);
        canvas.rectangle(0, 0, 20, 20, true);
        await driver.turn(false);
        expect.equal(dotsOf(scene).indexOf(1), -1, 'the first dot that is lit while it is off');
        await driver.dots([{ x: 100, y: 50, isLit: true }]);
        canvas.dot(100, 50, true);
        await driver.turn(true);
        shows(scene, canvas, 'what was drawn, on again');
      },
    },
    {
      id: 'stopped',
      cite: CONTRACT,
      text: 'After Stop and a new start the display can be drawn on as before.',
      level: 'shall',
      subject: 'driver',
      needs: ['picture'],
      async check(scene) {
        const { driver } = await cleared(scene);
        await driver.rectangle(5, 5, 100, 50, true);
        await driver.invert(true);
        await scene.stop();
        await scene.start();
        await scene.simpleIO();
      },
    },
    ...(
      [
        ['no-acknowledge', { bytes: 1 }, 'Whichever byte is not acknowledged'],
        ['lost-arbitration', {}, 'Wherever arbitration is lost'],
        ['stretched-clock', { ns: 1e6 }, 'Wherever the clock is stretched'],
        ['stuck-data', {}, 'Wherever SDA sticks'],
        ['flipped-bits', { bits: 0x10 }, 'Whichever byte is spoilt on the way'],
      ] as const
    ).map(([kind, parameters, beginning]) =>
      enumerated({
        id: kind,
        cite: UM10204,
        text: `${beginning}, calls end, with an error of the bus or without, and ${then(kind)}.`,
        level: 'shall',
        subject: 'driver',
        needs: ['faults', 'picture'],
        bugClasses: ['BC-05', 'BC-12'],
        every: BYTES,
        check: (scene, at) => survives(scene, { kind, at, ...parameters } as I2cFault),
      }),
    ),
  ],
});
