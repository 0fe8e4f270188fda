/** A 16550 that is pulled out, lies, forgets or shouts: the driver ends what it began. */
import fc from 'fast-check';
import { IOReturnError } from '../../../drivers-under-test/host/io-return.ts';
import type { SerialPort } from '../../../drivers-under-test/host/classes/serial-port.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { type PciFault, describeFault } from '../../../sim/faults/plan.ts';
import { type Clause, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import {
  CHARACTER_NS,
  MILLISECOND,
  SECOND,
  SETTINGS,
  contract,
  datasheet,
  farEnd,
  opened,
  pattern,
  send,
} from '../serial-port/facts.ts';
import { IIR, LSR } from './facts.ts';

/** What a scene of `exercise` may take: its timeouts, and as much again. */
const EXERCISE_NS = 6 * SECOND;
/** More than the accesses of a start and an `exercise`. */
const ACCESSES = 400;
/** Fits into the FIFO, so that nothing is lost while an interrupt is. */
const SOME = 12;

const at = fc.integer({ min: 1, max: ACCESSES });

/** Sends both ways. Failures are the driver's good right; hanging, or ending twice, is not. */
async function exercise(scene: Scene): Promise<string[]> {
  const peer = farEnd(scene);
  const ends: string[] = [];
  const step = async (call: () => unknown) => {
    try {
      await call();
      ends.push('done');
    } catch (error) {
      if (!(error instanceof IOReturnError)) throw error;
      ends.push(error.codeName);
    }
  };
  let port: SerialPort | undefined;
  await step(async () => (port = (await opened(scene)).port));
  if (port === undefined) return ends;
  const { write, read, drain, close } = port;
  const writing = step(() => write(pattern(40), SECOND));
  peer.send(pattern(SOME));
  await step(() => read(SOME, 0.1 * SECOND));
  await writing;
  await step(() => drain(SECOND));
  await step(() => close());
  return ends;
}

/** Plays `exercise` and judges that it came to an end in time. */
async function expectEnd(scene: Scene): Promise<string[]> {
  const before = scene.world.now;
  const ends = await exercise(scene);
  const took = scene.world.now - before;
  expect.that(took <= EXERCISE_NS, 'the calls end in time', `${EXERCISE_NS} ns`, `${took} ns`);
  return ends;
}

/** Sends both ways, and nothing may be missing. */
async function expectData(scene: Scene): Promise<void> {
  const { port, peer } = await opened(scene);
  const writing = port.write(pattern(40), SECOND);
  peer.send(pattern(SOME));
  expect.equal(await port.read(SOME, 0.1 * SECOND), pattern(SOME), 'what was read');
  expect.equal(await writing, 40, 'bytes taken');
  await port.drain(SECOND);
  expect.equal(peer.received(), pattern(40), 'what the far end heard');
}

/** The device may be gone for the driver, which then has stopped by itself. */
async function leave(scene: Scene): Promise<void> {
  if (!scene.started) return;
  const port = scene.client<SerialPort>();
  try {
    await port.open(SETTINGS);
    await port.close();
  } catch (error) {
    if (!(error instanceof IOReturnError)) throw error;
    await scene.pass(SECOND);
  }
}

/** As `expectEnd`, and what is left can be stopped. */
async function endAndLeave(scene: Scene): Promise<void> {
  await expectEnd(scene);
  await leave(scene);
}

/** A clause about the driver while the device has one fault or another. */
function underFault(
  clause: Pick<Clause, 'id' | 'cite' | 'text' | 'needs' | 'bugClasses'> & {
    readonly given: fc.Arbitrary<PciFault>;
    readonly check: (scene: Scene) => Promise<void>;
  },
): Clause {
  return property({
    ...clause,
    level: 'shall',
    subject: 'driver',
    show: (fault) => [describeFault(fault)],
    async check(scene, fault) {
      scene.inject(fault);
      await clause.check(scene);
    },
  });
}

export const faults = suite({
  id: 'uart-16550/faults',
  for: { class: 'SerialPort', device: 'uart-16550' },
  clauses: [
    underFault({
      id: 'removal-anywhere',
      cite: contract('introduction'),
      text: 'Whichever access finds the device gone, each call ends once and the driver stops.',
      needs: ['serial-peer', 'faults'],
      bugClasses: ['BC-05', 'BC-12', 'BC-13', 'BC-21'],
      given: at.map((access): PciFault => ({ kind: 'removal', at: access })),
      check: endAndLeave,
    }),
    underFault({
      id: 'no-answer',
      cite: contract('introduction'),
      text: 'A device that does not answer for a moment leaves no call hanging.',
      needs: ['serial-peer', 'faults'],
      bugClasses: ['BC-05', 'BC-07', 'BC-13'],
      given: fc
        .tuple(at, fc.integer({ min: 1, max: 8 }))
        .map(([access, accesses]): PciFault => ({ kind: 'no-answer', at: access, accesses })),
      check: endAndLeave,
    }),
    underFault({
      id: 'lost-interrupt',
      cite: contract('write, read'),
      text: 'One lost interrupt costs time, not data.',
      needs: ['serial-peer', 'faults'],
      bugClasses: ['BC-10', 'BC-24'],
      given: fc
        .integer({ min: 1, max: 8 })
        .map((interrupt): PciFault => ({ kind: 'lost-interrupt', at: interrupt })),
      check: expectData,
    }),
    underFault({
      id: 'late-interrupt',
      cite: datasheet('8.5, bits 6 and 7'),
      text: 'An interrupt that comes some characters late costs no data: that is what FIFOs are for.',
      needs: ['serial-peer', 'faults'],
      bugClasses: ['BC-10', 'BC-23'],
      given: fc
        .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 5 }))
        .map(([interrupt, characters]): PciFault => ({
          kind: 'late-interrupt',
          at: interrupt,
          ns: Math.round(characters * CHARACTER_NS),
        })),
      check: expectData,
    }),
    underFault({
      id: 'interrupts-for-nothing',
      cite: datasheet('8.6, bit 0'),
      text: 'Interrupts that the device did not raise, one or a thousand, cost no data.',
      needs: ['serial-peer', 'faults'],
      bugClasses: ['BC-08', 'BC-09'],
      given: fc.oneof(
        at.map((access): PciFault => ({
          kind: 'spurious-interrupt',
          at: access,
          vector: 0,
          ns: 10_000,
        })),
        fc.integer({ min: 1, max: 8 }).map((interrupt): PciFault => ({
          kind: 'interrupt-storm',
          at: interrupt,
          times: 1000,
          everyNs: 2000,
        })),
      ),
      check: expectData,
    }),
    underFault({
      id: 'stuck-status',
      cite: datasheet('8.4, 8.6'),
      text: 'A status bit that never changes again leaves no call hanging and no loop endless.',
      needs: ['serial-peer', 'faults'],
      bugClasses: ['BC-05', 'BC-07', 'BC-08'],
      given: fc
        .tuple(
          fc.constantFrom(LSR, IIR),
          fc.integer({ min: 1, max: 60 }),
          fc.constantFrom(0x01, 0x02, 0x04, 0x0e, 0x10, 0x20, 0x40, 0x60, 0x7f, 0xff),
          fc.constantFrom(0x00, 0xff),
        )
        .map(([offset, read, mask, value]): PciFault => ({
          kind: 'stuck-bits',
          bar: 0,
          offset,
          at: read,
          mask,
          value,
        })),
      check: endAndLeave,
    }),
    underFault({
      id: 'self-reset',
      cite: datasheet('Table I'),
      text: 'After a device has reset itself calls end in time, and a port opened anew works.',
      needs: ['serial-peer', 'faults', 'device-reset'],
      bugClasses: ['BC-10', 'BC-22'],
      given: at.map((access): PciFault => ({ kind: 'self-reset', at: access })),
      async check(scene) {
        let hasStruck = false;
        scene.world.journal.observe(EventKind.Fault, () => (hasStruck = true));
        const ends = await expectEnd(scene);
        if (!scene.started || !hasStruck) return;
        const peer = farEnd(scene);
        const port = scene.client<SerialPort>();
        if (ends.at(-1) !== 'done') await port.close();
        await port.open(SETTINGS);
        await scene.pass(10 * MILLISECOND);
        peer.forget();
        await send(port, pattern(20));
        expect.equal(peer.received(), pattern(20), 'what the far end heard afterwards');
        peer.send(pattern(20));
        expect.equal(await port.read(20, SECOND), pattern(20), 'what was read afterwards');
      },
    }),
  ],
});
