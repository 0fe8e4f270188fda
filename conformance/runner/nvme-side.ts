/**
 * One of two NVMe controllers in a comparison: performs a program's steps by the registers, and
 * says what came of them: completions, data, status, interrupts.
 *
 * A controller that lets its media be wiped is used for many programs: CC.EN resets it in between.
 */
import type { JournalEntry } from '../../reports/verdict.ts';
import { PciPort } from '../../sim/buses/pci/port.ts';
import { World } from '../../sim/kernel/world.ts';
import type { Answer, AnswerPart, DiffSide } from '../divergence.ts';
import {
  type EnableStep,
  MEMORY,
  type NvmeCommand,
  type NvmeProgram,
  type NvmeStep,
  PAGE,
} from '../generators/nvme-steps.ts';
import { bytesToHost } from '../generators/nvme-transfers.ts';
import { Admin, pair } from '../suites/nvme/commands.ts';
import { type PciHardware, type Target, TargetUnavailable, onBus } from '../target.ts';
import { entriesAround } from './journal-entries.ts';
import { type NvmeCompletion, NvmeRings } from './nvme-rings.ts';
import { type DataArea, NvmeMemory, cutOut } from './nvme-memory.ts';

const FREE = { readNs: 0, writeNs: 0, identicalReadsMax: Infinity } as const;
const REGISTER = { CC: 0x14, CSTS: 0x1c, AQA: 0x24, ASQ: 0x28, ACQ: 0x30 } as const;
const VECTORS = 3;
const COMMAND_REGISTER = 0x04;
const MEMORY_AND_MASTER = 0x06;
const ADMIN_ENTRIES = 32;
/** Looks at the queues before time is let pass for the want of completions. */
const LOOKS_MAX = 24;
/** The same where none is expected. */
const LOOKS_FOR_NONE = 4;
/** A device with time of its own has come to rest after this much of it. */
const PACED_PATIENCE_NS = 4e6;
const PATIENCE_NS = 30e9;
const FIRST_WAIT_NS = 1e6;

export const START: EnableStep = {
  kind: 'enable',
  iosqes: 6,
  iocqes: 4,
  pageExponent: 0,
  css: 0,
  ams: 0,
  submissions: ADMIN_ENTRIES - 1,
  completions: ADMIN_ENTRIES - 1,
  offset: 0,
};

export class NvmeSide implements DiffSide<NvmeProgram> {
  readonly #target: Target;
  #world!: World;
  #hardware: PciHardware | undefined;
  #port!: PciPort;
  #memory!: NvmeMemory;
  #rings!: NvmeRings;
  #interrupts: NvmeProgram['interrupts'] = 'none';
  #pageBytes = PAGE;
  #ready = false;
  /** What the last program did outlives a reset. */
  #stale = false;
  #id = 0;
  #level = false;
  readonly #vectors = new Set<number>();

  constructor(target: Target) {
    this.#target = target;
  }

  async open({ interrupts, fresh, pairs }: NvmeProgram): Promise<void> {
    const wipe = this.#hardware?.wipe;
    if (wipe === undefined || fresh || this.#stale || interrupts !== this.#interrupts) {
      this.#plug(interrupts);
    } else {
      this.#disable();
      wipe();
    }
    this.#stale = fresh;
    this.#id = 0;
    this.#enable(START);
    for (const [index, pair] of pairs.entries()) this.#createPair(index + 1, pair);
    this.#vectors.clear();
  }

  async perform({ steps }: NvmeProgram, index: number): Promise<Answer> {
    const step = steps[index];
    if (step === undefined) throw new RangeError(`The program has no step ${index}.`);
    let parts: AnswerPart[] = [];
    try {
      parts = this.#do(step);
    } catch (error) {
      if (!(error instanceof TargetUnavailable)) throw error;
    }
    const gone = this.#hardware?.lost?.() !== undefined;
    if (gone) this.#hardware = undefined;
    const target = { name: 'target', value: gone ? 'the device is gone' : 'the device is there' };
    return { parts: [target, ...parts], gone };
  }

  journal(): JournalEntry[] {
    const maps = this.#hardware?.maps ?? new Map();
    return entriesAround(this.#world.journal, maps, this.#world.journal.count - 1);
  }

  /** A new device. */
  #plug(interrupts: NvmeProgram['interrupts']): void {
    const { pace } = this.#target;
    this.#world = new World({ seed: 0, settle: async () => {}, ...(pace && { pace }) });
    this.#world.journal.payloads = false;
    this.#hardware = onBus('pci', this.#target.open(this.#world));
    const { function: pci } = this.#hardware;
    this.#port = new PciPort(this.#world, pci, FREE);
    this.#memory = new NvmeMemory(pci.memory);
    this.#rings = new NvmeRings(this.#port, this.#memory);
    this.#level = false;
    pci.listen({
      level: (level) => (this.#level = level),
      message: (vector) => void this.#vectors.add(vector),
    });
    this.#port.configWrite(COMMAND_REGISTER, 2, MEMORY_AND_MASTER);
    pci.route(interrupts, interrupts === 'none' ? 0 : VECTORS);
    this.#interrupts = interrupts;
  }

  #do(step: NvmeStep): AnswerPart[] {
    this.#vectors.clear();
    switch (step.kind) {
      case 'commands':
        return this.#submit(step);
      case 'doorbell':
        this.#memory.prepare([]);
        this.#rings.ring(step.queue, step.side, step.value);
        return this.#state(this.#wait(0), this.#memory.changed());
      case 'enable':
        this.#disable();
        this.#enable(step);
        return this.#state([]);
      case 'shutdown':
        this.#port.write(0, REGISTER.CC, 4, this.#withShutdown(step.value));
        this.#until((csts) => Math.floor(csts / 4) % 4 === SHUTDOWN_COMPLETE);
        // Whether it takes commands until it is enabled again is not said.
        this.#ready = false;
        return this.#state(this.#wait(0));
    }
  }

  #submit({ queue, fills, commands }: NvmeStep & { kind: 'commands' }): AnswerPart[] {
    this.#memory.prepare(fills);
    const room = this.#ready ? this.#rings.room(queue) : 0;
    const sent = commands.slice(0, room);
    const first = this.#id;
    for (const command of sent) {
      if (queue === 0) this.#rings.prepare(command);
      this.#rings.push(queue, command, this.#id++);
    }
    if (sent.length > 0) this.#rings.ring(queue, 'tail');
    const expected = sent.filter(({ opcode }) => queue > 0 || opcode !== Admin.AsyncEvent).length;
    const all = this.#wait(expected);
    const data = this.#memory.changed();
    const mine = sent.map((_, at) => all.find(({ sq, id }) => sq === queue && id === first + at));
    const parts = sent.flatMap((command, at): AnswerPart[] =>
      this.#completion(command, { at, queue, data, completion: mine[at] }),
    );
    if (queue === 0) {
      for (const [at, command] of sent.entries()) {
        if (mine[at]?.status === 0) this.#rings.follow(command);
      }
    }
    // The last completion of all tells where the queue's head is: behind the last command.
    const last = all.findLast(({ sq }) => sq === queue);
    if (mine.every((it) => it !== undefined) && last !== undefined) {
      parts.push({ name: 'head', value: BigInt(last.head) });
    }
    return [
      ...parts,
      ...this.#state(
        all.filter((it) => !mine.includes(it)),
        data,
      ),
    ];
  }

  #completion(
    command: NvmeCommand,
    {
      at,
      queue,
      data,
      completion,
    }: {
      at: number;
      queue: number;
      data: DataArea | undefined;
      completion: NvmeCompletion | undefined;
    },
  ): AnswerPart[] {
    const name = (part: string) => `${part}[${at}]`;
    if (completion === undefined) return [{ name: name('status'), value: 'no completion' }];
    const { status, result, result1, cq } = completion;
    const parts: AnswerPart[] = [
      { name: name('status'), value: BigInt(status) },
      { name: name('result'), value: BigInt(result) },
      { name: name('dword 1'), value: BigInt(result1) },
      { name: name('completion queue'), value: BigInt(cq) },
    ];
    const bytes = bytesToHost(command, queue);
    const { prp1, prp2 } = command;
    if (bytes === 0 || prp1 === undefined || data === undefined) return parts;
    const place = { bytes, pageBytes: this.#pageBytes };
    const pieces = this.#memory.pieces(prp1, prp2 ?? { page: 0, offset: 0 }, place);
    if (pieces !== undefined) parts.push({ name: name('data'), value: cutOut(data, pieces) });
    return parts;
  }

  /** What is there beside the commands of a step. */
  #state(others: readonly NvmeCompletion[], data?: DataArea): AnswerPart[] {
    const lines = others.map(
      ({ sq, id, status, result }) =>
        `queue ${sq} command ${id} status ${status.toString(16)} result ${result.toString(16)}`,
    );
    return [
      { name: 'other completions', value: lines.toSorted().join(', ') },
      { name: 'CSTS', value: BigInt(this.#csts()) },
      { name: 'INTx', value: this.#level ? 'raised' : 'low' },
      { name: 'vectors', value: [...this.#vectors].toSorted((a, b) => a - b).join(', ') },
      { name: 'memory', value: this.#beside(data) },
    ];
  }

  /** What changed in memory beside the data of commands: nothing, or the whole data area. */
  #beside(data: DataArea | undefined): Uint8Array {
    if (data === undefined || Buffer.compare(data.bytes, data.before) === 0) return NOTHING;
    return data.bytes;
  }

  /** Waits for so many completions, and for what comes with them. */
  #wait(expected: number): NvmeCompletion[] {
    const taken: NvmeCompletion[] = [];
    const looks = expected === 0 ? LOOKS_FOR_NONE : LOOKS_MAX;
    for (let look = 0; look < looks; look++) {
      // Reading a register lets a device in another process go on.
      this.#csts();
      taken.push(...this.#rings.take());
      if (expected > 0 && taken.length >= expected) break;
    }
    const patience = this.#target.pace === undefined ? PATIENCE_NS : PACED_PATIENCE_NS;
    let passed = 0;
    for (let step = FIRST_WAIT_NS; taken.length < expected && passed < patience; step *= 2) {
      this.#world.advance(step);
      passed += step;
      taken.push(...this.#rings.take());
    }
    if (this.#target.pace === undefined) this.#world.advance(FIRST_WAIT_NS);
    taken.push(...this.#rings.take());
    return taken;
  }

  #createPair(queue: number, { submissions, completions }: NvmeProgram['pairs'][number]): void {
    const page = MEMORY.rings + 2 * (queue - 1);
    const make = (opcode: number, entries: number, dword11: number) => {
      const at = { page: opcode === Admin.CreateCq ? page + 1 : page, offset: 0 };
      const command = { opcode, prp1: at, dword10: pair(queue, entries - 1), dword11 };
      this.#rings.prepare(command);
      this.#rings.push(0, command, this.#id++);
      this.#rings.ring(0, 'tail');
      if (this.#wait(1)[0]?.status === 0) this.#rings.follow(command);
    };
    make(Admin.CreateCq, completions, pair(3, this.#interrupts === 'none' ? 0 : queue % VECTORS));
    make(Admin.CreateSq, submissions, pair(1, queue));
  }

  #withShutdown(value: number): number {
    const cc = this.#cc();
    return cc - (Math.floor(cc / SHUTDOWN) % 4) * SHUTDOWN + value * SHUTDOWN;
  }

  #cc(): number {
    return this.#port.read(0, REGISTER.CC, 4);
  }

  #csts(): number {
    return this.#port.read(0, REGISTER.CSTS, 4);
  }

  #disable(): void {
    const cc = this.#cc();
    if (cc !== 0) this.#port.write(0, REGISTER.CC, 4, 0);
    this.#until((csts) => csts % 2 === 0);
    this.#ready = false;
  }

  #enable(step: EnableStep): void {
    const { iosqes, iocqes, pageExponent, css, ams, submissions, completions, offset } = step;
    this.#rings.reset(submissions + 1, completions + 1);
    this.#pageBytes = PAGE * 2 ** pageExponent;
    const place = (page: number, offset: number) => this.#memory.address({ page, offset });
    this.#port.write(0, REGISTER.AQA, 4, submissions + completions * 0x1_0000);
    this.#write64(REGISTER.ASQ, place(MEMORY.adminSq, offset));
    this.#write64(REGISTER.ACQ, place(MEMORY.adminCq, 0));
    const cc =
      1 +
      css * 2 ** 4 +
      pageExponent * 2 ** 7 +
      ams * 2 ** 11 +
      iosqes * 2 ** 16 +
      iocqes * 2 ** 20;
    this.#port.write(0, REGISTER.CC, 4, cc);
    this.#until((csts) => csts % 4 !== 0);
    this.#ready = this.#csts() % 4 === 1;
  }

  #write64(offset: number, value: number): void {
    this.#port.write(0, offset, 4, value % 2 ** 32);
    this.#port.write(0, offset + 4, 4, Math.floor(value / 2 ** 32));
  }

  #until(holds: (csts: number) => boolean): void {
    const patience = this.#target.pace === undefined ? PATIENCE_NS : PACED_PATIENCE_NS;
    let passed = 0;
    for (let step = FIRST_WAIT_NS; !holds(this.#csts()) && passed < patience; step *= 2) {
      this.#world.advance(step);
      passed += step;
    }
  }
}

const NOTHING = new Uint8Array();
const SHUTDOWN = 2 ** 14;
const SHUTDOWN_COMPLETE = 2;
