import { afterAll, describe, expect, it } from 'vitest';
import { pathToFileURL } from 'node:url';
import { Folder } from '../cli/command.fixture.ts';
import { readFacts } from './driver-facts.ts';

const folder = new Folder();
afterAll(() => folder.remove());

describe('readFacts', () => {
  it('gives up on a module that loops for ever while it is imported, by its name', async () => {
    const path = folder.write('loops/driver.ts', 'for (;;);\nexport default {};\n');
    const { href } = pathToFileURL(path);
    await expect(readFacts([href], 500)).rejects.toThrow(
      `${href} cannot be loaded: importing it takes longer than 0.5 s.`,
    );
  });
});
