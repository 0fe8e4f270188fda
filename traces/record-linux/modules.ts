/** The modules of a Debian kernel, and which others each one needs. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface KernelModule {
  /** With underscores, as the kernel spells it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The modules named and what they need, each after its own needs.
 * @param folder lib/modules/VERSION of an unpacked kernel package
 * @throws Error when the kernel has no such module
 */
export function modulesFor(names: readonly string[], folder: string): KernelModule[] {
  const files = moduleFiles(folder);
  const chosen = new Map<string, KernelModule>();
  const choose = (asked: string, neededBy: string): void => {
    const name = spelled(asked);
    if (chosen.has(name)) return;
    const file = files.get(name);
    if (file === undefined) {
      throw new Error(`The kernel in ${folder} has no module ${name}, which ${neededBy} needs.`);
    }
    const bytes = readFileSync(file);
    for (const needed of needsOf(bytes)) choose(needed, name);
    chosen.set(name, { name, bytes });
  };
  for (const name of names) choose(name, 'the recording');
  return [...chosen.values()];
}

/** What a module needs, from its section .modinfo: names after `depends=`, separated by commas. */
function needsOf(module: Uint8Array): string[] {
  const bytes = Buffer.from(module.buffer, module.byteOffset, module.byteLength);
  const key = '\0depends=';
  const at = bytes.indexOf(key);
  if (at < 0) return [];
  const from = at + key.length;
  const list = bytes.toString('latin1', from, bytes.indexOf(0, from));
  return list === '' ? [] : list.split(',');
}

function moduleFiles(folder: string): Map<string, string> {
  const found = readdirSync(join(folder, 'kernel'), { recursive: true, encoding: 'utf8' });
  return new Map(
    found
      .filter((file) => file.endsWith('.ko'))
      .map((file) => [spelled(basename(file, '.ko')), join(folder, 'kernel', file)]),
  );
}

function spelled(name: string): string {
  return name.replaceAll('-', '_');
}
