/** What the tests of commands for namespaces share: two of 1 MiB and an executor. */
import type { Structure, StructureDeclaration } from '../../registers/structure.ts';
import { World } from '../../kernel/world.ts';
import { BenchExecution, commandOf, withFields } from './bench.ts';
import type { Executor } from './execution.ts';
import { Namespaces } from './namespaces.ts';
import { Command } from './structures.ts';

const BYTES = 1024 * 1024;

export function adminBench() {
  const world = new World({ seed: 1, settle: () => Promise.resolve() });
  const changes: number[] = [];
  const sizes = [512, 4096].map((blockBytes) => ({ blockBytes, bytes: BYTES }));
  const namespaces = new Namespaces(world, sizes, (nsid) => changes.push(nsid));
  const start = <D extends StructureDeclaration>(
    execute: Executor,
    declared: Structure<D>,
    values: Partial<Record<keyof D['fields'], number>>,
    nsid: number,
    memory = new Uint8Array(4096),
  ) => {
    const sqe = withFields(commandOf(declared, values), Command, { NSID: nsid });
    const execution = new BenchExecution(world, execute, sqe, memory);
    execute(execution);
    return execution;
  };
  return { world, namespaces, changes, start };
}
