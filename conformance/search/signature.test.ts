import { expect, it } from 'vitest';
import type { Problem } from '../runner/diagnose.ts';
import { signature } from './signature.ts';

function problem(more: Partial<Problem>): Problem {
  return {
    verdict: 'fail',
    cause: 'expectation',
    message: '',
    violations: [],
    journal: [],
    ...more,
  };
}

it('is the same whatever the numbers are', () => {
  const one = problem({ message: 'block 70 as read 3 saw it (read 3 [0..1]; write 2)' });
  const other = problem({ message: 'block 7 as read 12 saw it (nothing)' });
  expect(signature(one, 'up')).toBe('expectation | block # as read # saw it | up');
  expect(signature(other, 'up')).toBe(signature(one, 'up'));
  expect(signature(other, 'asleep')).not.toBe(signature(one, 'up'));
});

it('names the rule, not how it was broken', () => {
  const violation = {
    rule: 'HOST-BALANCE',
    cite: { document: 'd', revision: '1', basis: 'read' as const },
    text: 't',
    detail: 'Stop leaves buffer of 4096 bytes',
    event: 1,
    timeNs: 2,
  };
  const broken = problem({ cause: 'rule', message: 'HOST-BALANCE: x', violations: [violation] });
  expect(signature(broken, 'off')).toBe('rule | HOST-BALANCE | off');
});

it('has the top frames of the driver without their lines', () => {
  const crash = problem({
    cause: 'crash',
    message: "The driver threw TypeError: Cannot read 'length' of undefined",
    stack: [
      'at EduDriver.copyIn (file:///home/me/driver.ts:12:5)',
      'at async #exclusively (file:///home/me/driver.ts:99:5)',
      'at file:///home/me/other.ts?v=2:1:1',
    ],
  });
  expect(signature(crash, 'up')).toBe(
    "crash | The driver threw TypeError: Cannot read 'length' of undefined | up | " +
      'EduDriver.copyIn@driver.ts | #exclusively@driver.ts | @other.ts',
  );
});
