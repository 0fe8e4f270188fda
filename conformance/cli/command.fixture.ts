/** For tests: the real command in a folder of its own, with drivers that misbehave there. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '../..');
const MAIN = join(root, 'conformance/cli/main.ts');

/** URL of a module of this repository, for the text of fixtures. */
export function ours(path: string): string {
  return pathToFileURL(join(root, path)).href;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export class Folder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'dyno-cli-')));

  write(file: string, text: string): string {
    const path = join(this.path, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** The edu sample with members replaced or added; `head` runs when the module is imported. */
  driver(members: string, { name = 'fixture', head = '' } = {}): void {
    this.write(
      `${name}/driver.ts`,
      `import sample, { EduDriver } from '${ours('drivers-under-test/samples/edu/driver.ts')}';
${head}
class Fixture extends EduDriver {
  ${members}
}
export default { ...sample, id: ${JSON.stringify(name)}, service: Fixture };
`,
    );
  }

  start(words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [MAIN, ...words], {
      cwd: this.path,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...environment },
    });
    return { child, ended: ending(child) };
  }

  async dyno(line: string, environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(line.split(' '), environment).ended;
  }

  /** The command as a shell takes it. */
  commandLine(words: string): string {
    return `'${process.execPath}' '${MAIN}' ${words}`;
  }

  async shell(line: string, cwd = this.path): Promise<Ended> {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
    return ending(spawn('sh', ['-c', line], { cwd, env }));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function ending(child: ReturnType<typeof spawn>): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (err += text.toString()));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, signal) => done({ code, signal, out, err }));
  });
}
