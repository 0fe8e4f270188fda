import { type Dirent, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Random } from '../../sim/kernel/random.ts';
import { Folder } from './command.fixture.ts';

const folder = new Folder();
afterAll(() => folder.remove());

/** What it computes wrong shows when a client asks twice, for 5 or more and for 12 or more. */
folder.driver(`
  #last = 0;
  async factorial(n) {
    const before = this.#last;
    this.#last = n;
    const result = await super.factorial(n);
    return before >= 5 && n >= 12 ? result + 1 : result;
  }`);

const RUNS = 160;
const LONG_MS = 120_000;
const FUZZ = ['fuzz', './fixture', '--target', 'sim:edu', '--shrink', '40'];

function fuzz(out: string, words: string, environment: NodeJS.ProcessEnv = {}) {
  return folder.start([...FUZZ, '--out', out, ...words.split(' ')], environment);
}

/** Every file below a folder, with what must be the same however a campaign came to its end. */
function kept(out: string, driver = 'fixture'): Record<string, string> {
  const root = join(folder.path, out, driver, 'sim-edu');
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter(isFile);
  const files = entries.map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const texts = files.toSorted().map((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [file, file.endsWith('.scenario') ? text : ''];
  });
  return Object.fromEntries(texts) as Record<string, string>;
}

const hangs = (text: string) => /factorial n=(1[2-9]|[2-9]\d|\d{3,})/.test(text);
const isFile = (entry: Dirent) => entry.isFile();

interface Summary {
  readonly totals: { readonly runs: number; readonly hash: string };
  readonly sometimes: Record<string, boolean>;
  readonly findings: readonly { readonly id: string; readonly run: number }[];
}

function summary(out: string): Summary {
  const path = join(folder.path, out, 'fixture', 'sim-edu', 'summary.json');
  return JSON.parse(readFileSync(path, 'utf8')) as Summary;
}

const found = ({ findings }: Summary) => findings.map(({ id, run }) => `${id} ${run}`);

it(
  'finds the same with one worker and with two',
  async () => {
    const [one, two] = await Promise.all(
      [1, 2].map((count) => fuzz(`by-${count}`, `--runs ${RUNS} --workers ${count}`).ended),
    );
    expect(one!.err + two!.err).toBe('');
    expect(one!.code).toBe(1);
    expect(one!.out).toMatch(/FINDING .*expectation/);
    expect(one!.out).toMatch(/Reproduce: +\S.* replay \S+smallest\.scenario/);
    expect(one!.out).toContain('States that must come up: ');
    expect(kept('by-2')).toEqual(kept('by-1'));
    expect(summary('by-2')).toMatchObject({ totals: summary('by-1').totals });
    expect(found(summary('by-2'))).toEqual(found(summary('by-1')));
    expect(summary('by-1').totals.runs).toBe(RUNS);
  },
  LONG_MS,
);

it(
  'makes the finding small, and replays it',
  async () => {
    await fuzz('small', '--runs 120 --shrink 1000').ended;
    const root = join('small', 'fixture', 'sim-edu', 'findings');
    const small = Object.entries(kept('small')).find(
      ([file, text]) => file.endsWith('smallest.scenario') && text.includes('factorial n=12'),
    );
    const [file = '', text = ''] = small ?? [];
    const steps = text.split('\n').filter((line) => line.startsWith('client'));
    expect(steps).toEqual(['client 0 factorial n=5', 'client 0 factorial n=12']);
    const again = await folder.dyno(`replay ${join(root, '..', file)}`);
    expect(again.code).toBe(1);
    expect(again.out).toContain('factorial n=12');
  },
  LONG_MS,
);

it(
  'reports a driver that never comes back, and goes on',
  async () => {
    folder.driver('async factorial(n) { while (n >= 12); return super.factorial(n); }', {
      name: 'hanging',
    });
    const words = ['fuzz', './hanging', '--target', 'sim:edu', '--out', 'hang', '--watchdog', '3'];
    const { code, out, err } = await folder.start([...words, '--runs', '24', '--shrink', '5'])
      .ended;
    expect(err).toBe('');
    expect(code).toBe(6);
    expect(out).toMatch(/FINDING \w+ \(hang\)/);
    expect(out).toContain('did not come back within 3 s and touched nothing');
    expect(out).toContain('24 scenarios');
    expect(Object.values(kept('hang', 'hanging')).some(hangs)).toBe(true);
  },
  LONG_MS,
);

it(
  'ends in order when it is interrupted, and goes on',
  async () => {
    const { child, ended } = fuzz('cut', `--runs ${RUNS} --workers 1`);
    let told = '';
    child.stdout.on('data', (text: Buffer) => {
      // A second time it ends at once.
      if (!told.includes('Found') && text.includes('Found')) child.kill('SIGINT');
      told += text.toString();
    });
    const { code, out, err } = await ended;
    expect({ code, err }).toEqual({ code: 130, err: '' });
    expect(out).toMatch(/interrupted.*\n/);
    const rest = await fuzz('cut', `--runs ${RUNS} --resume`).ended;
    expect(rest.code).toBe(1);
    expect(found(summary('cut'))).toEqual(found(summary('by-1')));
    expect(summary('cut').totals).toEqual(summary('by-1').totals);
  },
  LONG_MS,
);

/** More of them, with a campaign of that size: `DYNO_KILLS=200 DYNO_KILL_RUNS=...`. */
const KILLS = Number(process.env['DYNO_KILLS'] ?? 3);
const KILL_RUNS = Number(process.env['DYNO_KILL_RUNS'] ?? RUNS);
const KILL_MS_MAX = 4000;

it(
  'loses and doubles nothing when it is killed',
  async () => {
    const random = new Random(1, 'kills');
    const log = join(folder.path, 'kill', 'fixture', 'sim-edu', 'campaign.jsonl');
    const goOn = () => (existsSync(log) ? ' --resume' : '');
    let early = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, ended } = fuzz('kill', `--runs ${KILL_RUNS}${goOn()}`);
      const timer = setTimeout(() => child.kill('SIGKILL'), 500 + random.below(KILL_MS_MAX));
      const { signal } = await ended;
      clearTimeout(timer);
      if (signal !== 'SIGKILL') early++;
    }
    const last = await fuzz('kill', `--runs ${KILL_RUNS}${goOn()}`).ended;
    expect(last.err).toBe('');
    await fuzz('whole', `--runs ${KILL_RUNS}`).ended;
    expect(summary('kill').totals).toEqual(summary('whole').totals);
    expect(found(summary('kill'))).toEqual(found(summary('whole')));
    const files = (out: string) => Object.keys(kept(out));
    expect(files('kill')).toEqual(files('whole'));
    expect(early).toBeLessThan(Math.max(2, KILLS));
  },
  LONG_MS + KILLS * 2 * KILL_MS_MAX,
);

it(
  'says in one sentence what it cannot do',
  async () => {
    const lines = await Promise.all([
      folder.dyno('fuzz ./fixture --target sim:edu --resume --out none'),
      folder.dyno('fuzz ./fixture --target sim:edu --time soon'),
      folder.dyno('fuzz ./fixture'),
      folder.dyno('fuzz tmp105'),
    ]);
    expect(lines.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(lines.map(({ err }) => err.split('\n')[0])).toEqual([
      expect.stringContaining('There is no campaign at none/'),
      expect.stringContaining('It must be a time such as 90s, 10m or 8h'),
      expect.stringContaining('Name a target for ./fixture with --target'),
      expect.stringContaining('No search model knows drivers of class'),
    ]);
  },
  LONG_MS,
);
