/** `dyno explain match`: does this driver take that device, and if not, which key says no. */
import { explainMatch, explainMatchText } from '../../drivers-under-test/host/matching.ts';
import { IOService } from '../../drivers-under-test/host/io-service.ts';
import { EXIT } from '../../reports/summary.ts';
import { loadCatalog } from '../runner/load.ts';
import { targetEntry } from '../runner/plan.ts';
import { Scene } from '../scene.ts';
import { UsageError } from '../usage-error.ts';
import { choose } from './run-options.ts';

/** Exit code 0 when the driver attaches, 1 when it does not. */
export async function explainMatchVerb(
  reference: string,
  target: string,
  options: { config?: string },
): Promise<number> {
  const catalog = await loadCatalog(options.config);
  const entry = targetEntry(catalog, target);
  const [chosen] = await choose(catalog, [reference], [target]);
  if (chosen === undefined) throw new Error(`Nothing was chosen for ${reference}.`);
  const { manifest } = chosen;
  if ('command' in manifest) {
    throw new UsageError(
      `${reference} is a program: it matches nothing, dyno run takes it as it is.`,
    );
  }
  const made = await entry.make({ onChild: () => {} });
  try {
    const scene = new Scene({
      target: made,
      // Matching looks at the manifest alone: the driver's code stays where it is.
      driver: { ...manifest, service: IOService },
      seed: 1,
      rules: [],
      exercises: catalog.exercises,
      settle: async () => {},
    });
    const report = explainMatch(manifest, scene.nub.CopyProperties());
    process.stdout.write(`${explainMatchText(report).join('\n')}\n`);
    return report.attaches ? EXIT.pass : EXIT.fail;
  } finally {
    made.close();
  }
}
