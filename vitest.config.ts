import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Some tests run whole commands; on a busy machine they take their time.
export default defineConfig({
  test: {
    testTimeout: 60000,
    // By default one processor is left to the watcher: of two, half.
    maxWorkers: availableParallelism(),
    include: ['test/**/*.test.ts'],
    exclude: ['test/nightly/**'],
    setupFiles: ['test/setup.ts'],
  },
});
