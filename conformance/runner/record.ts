/** Plays one scene and takes down everything that its journal sees. */
import fc from 'fast-check';
import { DEFAULT_LIMITS, type World } from '../../sim/kernel/world.ts';
import type { EventBatch } from '../../traces/format/batch.ts';
import type { Blind, TraceFooter, TraceHeader, TraceSpace } from '../../traces/format/header.ts';
import { CONFIGURATION } from '../../traces/replay/configuration.ts';
import { JournalRecorder } from '../../traces/format/recorder.ts';
import type { Manifest } from '../../drivers-under-test/host/manifest.ts';
import type { Clause } from '../clause.ts';
import type { Catalog } from '../config.ts';
import { Scene } from '../scene.ts';
import type { Hardware, Target } from '../target.ts';
import { type Problem, diagnose } from './diagnose.ts';

export interface Recording {
  readonly footer: TraceFooter;
  /** What went wrong on the way; the recording is whole all the same. */
  readonly problem: Problem | undefined;
}

export interface RecordJob {
  readonly catalog: Catalog;
  readonly driver: Manifest;
  readonly target: Target;
  readonly seed: number;
  /** What is played; a property for one generated value, an enumeration for its first. */
  readonly clause: Clause;
  readonly tool: string;
  readonly how: string;
  /** The day, where the world's time is not virtual: another recording is another one. */
  readonly date: string;
  readonly settle: () => Promise<void>;
  /** First of all. */
  begin(header: TraceHeader): void;
  take(batch: EventBatch): void;
}

/** Starts the driver, lets it do one short round of work of its class, and stops it. */
export const SIMPLE_IO: Clause = {
  id: 'simple-io',
  cite: { document: 'driver-dyno', revision: '1', basis: 'read' },
  text: 'A started driver does one round of simple I/O, and stops.',
  level: 'shall',
  subject: 'pair',
  check: async (scene) => {
    await scene.start();
    await scene.simpleIO();
  },
};

/** @throws TargetUnavailable */
export async function record(job: RecordJob): Promise<Recording> {
  const { driver, target, seed, clause, catalog, settle } = job;
  const { rules, exercises } = catalog;
  const made: { recorder?: JournalRecorder } = {};
  let begun = false;
  const onWorld = ({ journal }: World) => {
    made.recorder = new JournalRecorder(journal, (batch) => {
      if (!begun) throw new RangeError('The target journals too much while it is opened.');
      job.take(batch);
    });
  };
  const scene = new Scene({ target, driver, seed, rules, exercises, settle, onWorld });
  job.begin(headerOf(job, scene.device));
  begun = true;
  const end = await scene.world.run(async () => {
    await play(scene, clause, seed);
    if (scene.started) await scene.stop();
  }, DEFAULT_LIMITS);
  await scene.close();
  const { recorder } = made;
  if (recorder === undefined) throw new Error('The scene made no world.');
  return { footer: recorder.finish(), problem: diagnose(scene, end, clause) };
}

async function play(scene: Scene, clause: Clause, seed: number): Promise<void> {
  if (clause.given !== undefined) {
    const [value] = fc.sample(clause.given, { seed: seed | 0, numRuns: 1 });
    await clause.check(scene, value);
  } else if (clause.every !== undefined) {
    await clause.check(scene, clause.every[0]);
  } else {
    await clause.check(scene);
  }
}

function headerOf(job: RecordJob, hardware: Hardware): TraceHeader {
  const { driver, target } = job;
  const isVirtual = target.offers.has('virtual-time');
  return {
    driver: `${driver.id} ${driver.version}`,
    target: target.name,
    device: target.device,
    bus: hardware.bus,
    seed: job.seed,
    tool: job.tool,
    blind: blindOf(target, hardware),
    spaces: spacesOf(hardware),
    provenance: {
      how: job.how,
      licence: 'Apache-2.0',
      ...(isVirtual ? {} : { date: job.date }),
    },
    identity: { ...target.identity, ...configurationOf(hardware) },
  };
}

const CONFIGURATION_BYTES = 64;

/** What the system reads of a PCI function before any driver is there: matching goes by it. */
function configurationOf(hardware: Hardware): Record<string, string> {
  if (hardware.bus !== 'pci') return {};
  const bytes = Array.from({ length: CONFIGURATION_BYTES }, (_, at) =>
    hardware.function.configRead(at, 1).toString(16).padStart(2, '0'),
  );
  return { [CONFIGURATION]: bytes.join('') };
}

/** What our side of the seam does not see of a device that is not in this process. */
function blindOf(target: Target, { bus }: Hardware): Blind[] {
  const blind: Blind[] = [];
  if (bus === 'pci' && !target.offers.has('dma-observation')) blind.push('dma-contents');
  if (target.tier !== 'simulated') blind.push('lines');
  return blind;
}

function spacesOf(hardware: Hardware): TraceSpace[] {
  if (hardware.bus !== 'pci') return [];
  return hardware.function.bars.flatMap((bar, space) => {
    if (bar === undefined) return [];
    const kind = bar.kind === 'IO' ? 'io' : 'memory';
    return [{ space, kind, base: bar.address, length: bar.size } as const];
  });
}
