import { expect, it } from 'vitest';
import { eduDeviceModel } from './models/edu-device.ts';
import { formatScenario, parseScenario, whyNot } from './text.ts';

const MODELS = { EduDevice: eduDeviceModel };
const HEAD = 'dyno scenario 1\nmodel EduDevice\ndriver edu\ntarget sim:edu\nseed 7\n';
const TEXT =
  `${HEAD}fault late-interrupt at=2 ns=1000\n` +
  'client 0 factorial n=5\nclient 1 wrong-call which=factorial-nan\nchoice 3 takes 1\n';

it('reads what it writes, and writes what it reads', () => {
  const scenario = parseScenario(TEXT, MODELS);
  expect(scenario).toEqual({
    model: 'EduDevice',
    driver: 'edu',
    target: 'sim:edu',
    seed: 7,
    faults: [{ word: 'late-interrupt', with: { at: 2, ns: 1000 } }],
    answers: [],
    steps: [
      { client: 0, word: 'factorial', with: { n: 5 } },
      { client: 1, word: 'wrong-call', with: { which: 'factorial-nan' } },
    ],
    schedule: [{ at: 3, take: 1 }],
  });
  expect(formatScenario(scenario)).toBe(TEXT);
});

it('takes comments, blank lines and a driver in a folder with blanks', () => {
  const text = TEXT.replace('driver edu', '# mine\n\ndriver ./my driver').replace('n=5', 'n=5 # !');
  const scenario = parseScenario(text, MODELS);
  expect(scenario.driver).toBe('./my driver');
  expect(scenario.steps).toHaveLength(2);
});

it.each([
  ['dyno scenario 2', '1:1: The first line of a scenario is "dyno scenario 1".'],
  ['dyno scenario 1\nmodel Tape', '2:7: There is no model Tape; there are EduDevice.'],
  ['dyno scenario 1\nclient 0 stop', '2:1: The model is named before what it knows.'],
  [`${HEAD}seed 8`, '6:1: The seed is named twice.'],
  [`${HEAD}hello`, '6:1: A line begins with model, driver, target, seed, fault, answer, '],
  [`${HEAD}client 9 stop`, '6:8: A whole number from 0 to 7 is expected, not 9.'],
  [`${HEAD}client 0 multiply n=5`, '6:10: EduDevice has no step multiply; there are '],
  [`${HEAD}client 0 factorial m=5`, '6:20: factorial has no parameter m; it has n.'],
  [`${HEAD}client 0 factorial n=99`, '6:20: n of factorial is a whole number, -1 to 13, not 99.'],
  [`${HEAD}client 0 factorial n=`, '6:20: n of factorial is a whole number, -1 to 13, not .'],
  [`${HEAD}client 0 factorial`, '6:10: factorial needs its n.'],
  [`${HEAD}client 0 wrong-call which=no`, '6:21: which of wrong-call is factorial-fraction or '],
  [`${HEAD}fault rust at=1`, '6:7: EduDevice has no fault rust; there are '],
  [`${HEAD}choice 3 takes 1\nchoice 3 takes 2`, '7:8: Choices come in order, each once.'],
  ['dyno scenario 1\nmodel EduDevice', '2:1: The scenario does not name its driver.'],
])('says where and why %j does not apply', (text, why) => {
  expect(() => parseScenario(text, MODELS)).toThrow(why);
});

it('says why a value that was stored no longer applies', () => {
  const scenario = parseScenario(TEXT, MODELS);
  expect(whyNot(scenario, eduDeviceModel)).toBeUndefined();
  const changed = { ...scenario, steps: [{ client: 0, word: 'factorial', with: { n: 40 } }] };
  expect(whyNot(changed, eduDeviceModel)).toContain('n of factorial is a whole number');
});
