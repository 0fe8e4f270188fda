/** Journal events as entries that people read: names of registers, decoded fields. */
import { EVENT_KINDS, EventKind, type Journal } from '../../sim/kernel/journal.ts';
import { type CompiledMap, type Register } from '../../sim/registers/compile.ts';
import { joined } from '../../sim/registers/split.ts';
import { extract } from '../../sim/registers/driver-access.ts';
import type { JournalEntry } from '../../reports/verdict.ts';
import { OperationPhase } from '../../drivers-under-test/host/host.ts';
import { describeCommand, describeCompletion } from '../checkers/nvme/describe.ts';
import { show } from '../expect.ts';

const BEFORE = 24;
const AFTER = 8;

/** The entries around one event; the event itself is marked. */
export function entriesAround(
  journal: Journal,
  maps: ReadonlyMap<number, CompiledMap>,
  event: number,
): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let index = event - BEFORE; index <= event + AFTER; index++) {
    const at = journal.place(index);
    if (at === undefined) continue;
    const entry = entryAt(journal, maps, index, at);
    entries.push(index === event ? { ...entry, bad: true } : entry);
  }
  return entries;
}

function entryAt(
  journal: Journal,
  maps: ReadonlyMap<number, CompiledMap>,
  index: number,
  at: number,
): JournalEntry {
  const kind = journal.kindAt(at);
  const base = { index, timeNs: Math.round(journal.timeAt(at)), kind: kindName(kind) };
  if (kind === EventKind.Read || kind === EventKind.Write) return access(journal, maps, base, at);
  return { ...base, text: describe(journal, kind, at) };
}

function kindName(kind: EventKind): string {
  return EVENT_KINDS[kind - 1] ?? `kind ${kind}`;
}

type Base = Pick<JournalEntry, 'index' | 'timeNs' | 'kind'>;

function access(
  journal: Journal,
  maps: ReadonlyMap<number, CompiledMap>,
  base: Base,
  at: number,
): JournalEntry {
  const bar = journal.spaceAt(at);
  const offset = journal.addressAt(at);
  const size = journal.sizeAt(at);
  const low = journal.valueAt(at);
  const value = size === 8 ? joined(low, journal.highAt(at)) : low;
  const reading = journal.kindAt(at) === EventKind.Read;
  // Pages cannot be known from one access: the first page that has the register names it.
  const map = maps.get(bar);
  const register = map?.pages
    .map((_, page) => map.find(reading ? 'read' : 'write', page, offset))
    .find((found) => found !== undefined);
  const where = `BAR${bar}+0x${offset.toString(16)}`;
  const text = `${where} ${reading ? '->' : '<-'} 0x${value.toString(16)} (${size} bytes)`;
  if (register === undefined || register.at !== offset) return { ...base, text };
  return { ...base, text, register: register.name, fields: fields(register, value) };
}

function fields(register: Register, value: number | bigint): JournalEntry['fields'] {
  return register.fields.map(({ name, msb, lsb, values }) => {
    const part = extract(value, msb, lsb) >>> 0;
    const meaning = Object.entries(values ?? {}).find(([, number]) => number === part)?.[0];
    const shown = { name, value: `0x${part.toString(16)}` };
    return meaning === undefined ? shown : { ...shown, meaning };
  });
}

const TEXT_KINDS = new Set<EventKind>([
  EventKind.Reset,
  EventKind.Removed,
  EventKind.Fault,
  EventKind.Lifecycle,
  EventKind.Gap,
  EventKind.Violation,
]);

function describe(journal: Journal, kind: EventKind, at: number): string {
  const address = journal.addressAt(at);
  const value = journal.valueAt(at);
  if (TEXT_KINDS.has(kind)) return journal.textAt(at);
  if (kind === EventKind.Operation) {
    const phase = journal.spaceAt(at);
    const text = journal.textAt(at);
    if (phase === OperationPhase.Call) return `${text} called`;
    return phase === OperationPhase.Return ? `${text} returned` : `${text} thrown`;
  }
  if (kind === EventKind.Interrupt) {
    const message = journal.spaceAt(at) === 1;
    return message ? `message, vector ${address}` : `INTx ${value === 1 ? 'raised' : 'lowered'}`;
  }
  if (kind === EventKind.InterruptHandled) return `handler called, count ${address}`;
  if (kind === EventKind.ConfigRead || kind === EventKind.ConfigWrite) {
    const arrow = kind === EventKind.ConfigRead ? '->' : '<-';
    return `config+0x${address.toString(16)} ${arrow} 0x${value.toString(16)}`;
  }
  const bytes = journal.bytesAt(at);
  if (bytes !== undefined && kind === EventKind.Command) {
    const told = describeCommand(journal.spaceAt(at), bytes);
    if (told !== undefined) return told;
  }
  if (bytes !== undefined && kind === EventKind.Completion) {
    const told = describeCompletion(journal.spaceAt(at), bytes);
    if (told !== undefined) return told;
  }
  const content = bytes === undefined ? '' : ` ${show(bytes)}`;
  return `0x${address.toString(16)}, ${value}${content}`;
}
