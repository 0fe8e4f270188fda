/** The parts of a driver's life that a migration is judged by, found in a trace. */
import { Lifecycle } from '../../sim/kernel/lifecycle.ts';
import { TraceKind } from '../format/event.ts';

export const PHASES = {
  probe: 'until the first write to a register of the device',
  configure: 'until clients may ask',
  io: 'what clients ask for',
  error: 'a fault, or a reset that somebody asked for',
  power: 'sleep and waking, with what is asked then',
  shutdown: 'the way to the end',
} as const;
export type Phase = keyof typeof PHASES;

/** Marks of recordings of Linux; what is not here belongs to no phase. */
const MARKS: Readonly<Record<string, Phase>> = {
  ...{ probe: 'probe', open: 'io', exchange: 'io', configure: 'io', burst: 'io' },
  ...{ read: 'io', write: 'io', flush: 'io', discard: 'io', verify: 'io' },
  ...{ reset: 'error', suspend: 'power', unbind: 'shutdown' },
};
const MARK = 'phase ';

/** Text of a `Lifecycle` event: from here on the driver goes to sleep. */
export const SLEEP_ASKED = 'sleep is asked for';

const STEPS: Readonly<Record<string, Phase | 'none'>> = {
  [Lifecycle.Start]: 'probe',
  [Lifecycle.Started]: 'io',
  [Lifecycle.StartFailed]: 'error',
  [SLEEP_ASKED]: 'power',
  [Lifecycle.PowerOff]: 'power',
  [Lifecycle.Stop]: 'shutdown',
  [Lifecycle.Stopped]: 'none',
};
const BARS = 6;

export class PhaseFollower {
  /** Undefined before the first phase, and in what a migration does not look at. */
  phase: Phase | undefined;

  /** Each event in order. */
  take(kind: TraceKind, space: number, text: string): void {
    if (kind === TraceKind.Mark && text.startsWith(MARK)) {
      this.phase = MARKS[text.slice(MARK.length)];
    } else if (kind === TraceKind.Lifecycle) {
      const next = STEPS[text];
      if (next !== undefined) this.phase = next === 'none' ? undefined : next;
    } else if (kind === TraceKind.Fault) {
      this.phase = 'error';
    } else if (kind === TraceKind.Write && space < BARS && this.phase === 'probe') {
      this.phase = 'configure';
    }
  }
}
