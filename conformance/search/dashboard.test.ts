import { expect, it } from 'vitest';
import { Corpus } from './corpus.ts';
import { Findings } from './findings.ts';
import { Gains } from './campaign-gains.ts';
import { Dashboard, durationText } from './dashboard.ts';

it('says how it goes in one line', () => {
  const gains = new Gains(new Corpus('none'), new Findings('none'));
  gains.totals = { ...gains.totals, runs: 512 };
  gains.reached.add('removal while busy').add('another');
  gains.known.add('rule | R1');
  gains.edges = 97;
  const dashboard = new Dashboard({
    campaign: { gains, newAt: 1000, executions: 512 },
    states: ['removal while busy', 'crash while busy'],
    isTerminal: false,
    clock: () => 0,
    write: () => {},
  });
  expect(dashboard.line(99.6, 66_000)).toBe(
    '512 runs, 100/s, states 1 of 2, edges 0 of 97, corpus 0, new 65 s ago, findings 1',
  );
});

it('says times as a person does', () => {
  const times = [400, 90_000, 125_000, 6_000_000, 8_000_000].map(durationText);
  expect(times).toEqual(['0 s', '90 s', '2 min', '100 min', '2 h']);
});
