/** What the rules of NVMe have in common. */
import type { Rule, Watch } from '../../rule.ts';
import { nvmeBase } from '../../specs/nvme/documents.ts';
import type { Trouble } from './listener.ts';
import { listenToTraffic } from './traffic.ts';

export const hex = (value: number): string => `0x${value.toString(16)}`;

interface NvmeRule extends Pick<Rule, 'id' | 'text' | 'bugClasses' | 'watch'> {
  /** Title of the section of the specification. */
  readonly section: string;
}

/** A rule of NVM Express that judges the driver. */
export function nvmeRule({ section, ...rule }: NvmeRule): Rule {
  return { ...rule, cite: nvmeBase(section), subject: 'driver', device: 'nvme' };
}

/** Arms once: counting each of some million commands would cost more than judging it. */
export function armOnce(watch: Watch): () => void {
  let armed = false;
  return () => {
    if (armed) return;
    armed = true;
    watch.arm();
  };
}

export type Occasion = 'rang' | 'submitted' | 'completed' | 'accessed';

/** A rule that is broken by what the traffic itself finds. */
export function troubleRule(
  rule: Omit<NvmeRule, 'watch'>,
  kinds: readonly Trouble[],
  armedBy: Occasion,
): Rule {
  return nvmeRule({
    ...rule,
    watch(watch) {
      const arm = armOnce(watch);
      listenToTraffic(watch, {
        [armedBy]: arm,
        trouble: (kind, detail) => {
          if (!kinds.includes(kind)) return;
          arm();
          watch.violate(detail);
        },
      });
    },
  });
}
