/** `dyno doctor`: what this machine has, and what to install for more. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { ProcessManifest } from '../../drivers-under-test/host/process-manifest.ts';
import flashrom from '../../drivers-under-test/third-party/flashrom/driver.ts';
import { EXIT } from '../../reports/summary.ts';
import { checkProgram } from '../program.ts';
import { loadCatalog } from '../runner/load.ts';
import { TargetUnavailable } from '../target.ts';
import { type Architecture, findPeer } from '../transports/qemu-qtest/peer.ts';

interface Finding {
  readonly what: string;
  readonly fine: boolean;
  readonly says: string;
}

/** Exit code 0 when every simulated target works; what is missing for others is only said. */
export async function doctorVerb(options: { config?: string }): Promise<number> {
  const targets = await simulatedTargets(options.config);
  const peers = [qemu('x86'), qemu('arm'), program(flashrom), tshark()];
  const findings = [node(), cores(), sharedMemory(), ...peers, ...targets];
  for (const { what, fine, says } of findings) {
    process.stdout.write(`${fine ? 'ok      ' : 'missing '} ${what}: ${says}\n`);
  }
  return targets.every(({ fine }) => fine) ? EXIT.pass : EXIT.infrastructure;
}

function node(): Finding {
  const says = process.features.typescript
    ? `${process.version}, strips types itself`
    : `${process.version}, TypeScript through tsx`;
  return { what: 'Node.js', fine: true, says };
}

function cores(): Finding {
  const count = availableParallelism();
  return { what: 'Cores', fine: true, says: `${count}: as many workers unless told otherwise` };
}

function sharedMemory(): Finding {
  const what = '/dev/shm';
  try {
    accessSync(what, constants.W_OK);
    return { what, fine: true, says: "writable: QEMU's memory is shared there" };
  } catch {
    return {
      what,
      fine: false,
      says: 'not writable: QEMU targets share memory in the temp folder',
    };
  }
}

const ON_ARM = 'qemu:at24c, qemu:m25p80';
const QEMU_TARGETS = { x86: `all qemu: targets but ${ON_ARM}`, arm: ON_ARM } as const;

function qemu(architecture: Architecture): Finding {
  const what = `QEMU (${architecture})`;
  try {
    const [version = ''] = execFileSync(findPeer(undefined, architecture).qemu, ['--version'], {
      encoding: 'utf8',
    }).split('\n');
    return { what, fine: true, says: version };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { what, fine: false, says: `${says} (needed by ${QEMU_TARGETS[architecture]})` };
  }
}

function program(manifest: ProcessManifest): Finding {
  const what = manifest.id;
  try {
    return { what, fine: true, says: checkProgram(manifest) };
  } catch (error) {
    if (!(error instanceof TargetUnavailable)) throw error;
    return { what, fine: false, says: `${error.message} (only to judge ${what} itself)` };
  }
}

function tshark(): Finding {
  const what = 'tshark';
  try {
    const [says = ''] = execFileSync(what, ['--version'], { encoding: 'utf8' }).split('\n');
    return { what, fine: true, says };
  } catch {
    const says = 'absent: apt-get install tshark (only to test our pcapng against it)';
    return { what, fine: false, says };
  }
}

async function simulatedTargets(config: string | undefined): Promise<Finding[]> {
  const catalog = await loadCatalog(config);
  const findings: Finding[] = [];
  for (const [what, entry] of Object.entries(catalog.targets)) {
    if (entry.tier !== 'simulated') continue;
    try {
      const target = await entry.make({ onChild: () => {} });
      findings.push({ what, fine: true, says: `ready, offers ${[...target.offers].join(', ')}` });
      target.close();
    } catch (error) {
      if (!(error instanceof TargetUnavailable)) throw error;
      findings.push({ what, fine: false, says: error.message });
    }
  }
  return findings;
}
