import { defineConfig } from 'vitest/config';
import { SLOW } from './vitest.config.js';

// Suites that take minutes to hours; run before a release and every night.
export default defineConfig({
  test: { testTimeout: 4 * 3600000, include: ['test/nightly/**/*.test.ts', ...SLOW], setupFiles: ['test/setup.ts'] },
});
