/** Two projects: `unit` runs anywhere, `peers` needs programs that others wrote (QEMU, npm). */
import { defineConfig } from 'vitest/config';

const notOurs = ['**/node_modules/**', 'dist/**'];
const peerTests = '**/*.peer.test.ts';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['**/*.test.ts'], exclude: [...notOurs, peerTests] } },
      {
        test: {
          name: 'peers',
          include: [peerTests],
          exclude: notOurs,
          // A peer has one process, one port or one cache: its tests take turns.
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
