/** Every rule of NVMe. Ids are never reused. */
import type { Rule } from '../../rule.ts';
import { commandRules } from './command-rules.ts';
import { queueRules } from './queue-rules.ts';
import { registerRules } from './registers.ts';
import { shutdownRules } from './shutdown.ts';
import { trafficRules } from './traffic-rules.ts';

export const nvmeRules: readonly Rule[] = [
  ...registerRules,
  ...trafficRules,
  ...commandRules,
  ...queueRules,
  ...shutdownRules,
];
