import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Suites of many whole commands, which run every night: with them continuous integration would not end in its time. */
export const SLOW = [
  'experiments-report',
  'ids-cli',
  'memory-shards',
  'neurons-cli',
  'next-lines',
  'next-lines-systems',
  'objectives-cli',
  'simulator-scripts',
  'solve-edge-cli',
  'solvers-cli',
  'spikernn-scale-parts',
  'sparseprop-cli',
  'templates-cli',
  'train-cli',
].map((name) => `test/${name}.test.ts`);

// Some tests run whole commands; on a busy machine they take their time.
export default defineConfig({
  test: {
    testTimeout: 60000,
    // By default one processor is left to the watcher: of two, half.
    maxWorkers: availableParallelism(),
    include: ['test/**/*.test.ts'],
    exclude: ['test/nightly/**', ...SLOW],
    setupFiles: ['test/setup.ts'],
  },
});
