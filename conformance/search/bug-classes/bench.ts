/** Drivers on the bench of the bug-class table: mutants, the healthy ones, and what runs them. */
import type { DriverMutant } from '../../../drivers-under-test/mutants/mutant.ts';
import { driverMutants } from '../../runner/mutants/driver-mutants.ts';
import { mutantUrl, registerMutants, rootUrl } from '../../runner/mutants/hook.ts';
import { loadCatalog, loadDriver } from '../../runner/load.ts';
import { targetEntry } from '../../runner/plan.ts';
import { StrayRejections } from '../../runner/stray-rejections.ts';
import { extentFor } from '../campaign-extent.ts';
import { Coverage } from '../coverage/coverage.ts';
import { EdgeCounters } from '../coverage/edge-counters.ts';
import { countEdges } from '../coverage/edge-hook.ts';
import { Features } from '../coverage/features.ts';
import type { Extent } from '../extent.ts';
import type { Subject } from '../generate.ts';
import type { SearchModel } from '../model.ts';
import { type Runner, makeRunner } from '../run-scenario.ts';

/** One driver, and how scenarios are played on it. */
export interface Bench {
  readonly model: SearchModel;
  readonly subject: Subject;
  readonly extent: Extent;
  readonly run: Runner;
  readonly coverage: Coverage;
  readonly features: Features;
}

/** Virtual time and events of one scenario: a driver that hangs is soon known. */
const LIMITS = { virtualNs: 600e9, events: 1_000_000 };

export class Benches {
  readonly #edges = new EdgeCounters();
  readonly #stray = new StrayRejections();

  constructor() {
    registerMutants(driverMutants);
    countEdges(rootUrl('drivers-under-test/samples/'), this.#edges);
    this.#stray.watch();
  }

  /** @throws RangeError for a mutant that does not exist */
  async ofMutant(id: string): Promise<Bench> {
    const mutant = driverMutants.find((one) => one.id === id);
    if (mutant === undefined) throw new RangeError(`There is no mutant ${id}.`);
    return this.#make(mutant.driver, mutant);
  }

  /** Without a defect. */
  async ofDriver(name: string): Promise<Bench> {
    return this.#make(name);
  }

  async #make(name: string, mutant?: DriverMutant): Promise<Bench> {
    const catalog = await loadCatalog();
    const entry = catalog.drivers[name];
    const targetName = mutant?.target ?? entry?.targets[0];
    if (entry === undefined || targetName === undefined) {
      throw new RangeError(`There is no driver ${name} with a target.`);
    }
    const url = mutant === undefined ? entry.module : mutantUrl(entry.module, mutant.id);
    const driver = await loadDriver(url);
    const target = await targetEntry(catalog, targetName).make({ onChild: () => {} });
    const model = catalog.models[driver.class];
    if (model === undefined) throw new RangeError(`There is no model for drivers of ${name}.`);
    const features = new Features();
    const coverage = new Coverage(features, this.#edges);
    const run = makeRunner({
      catalog,
      driver,
      target,
      model: coverage.watched(model),
      settle: () => new Promise((resolve) => setImmediate(resolve)),
      limits: LIMITS,
      takeUnhandled: () => this.#stray.take(),
      onScene: (scene) => this.#stray.sceneOver(scene),
    });
    const subject = { driver: name, target: targetName, offers: target.offers };
    return { model, subject, extent: extentFor(driver), run, coverage, features };
  }
}
