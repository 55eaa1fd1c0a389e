import { defineConfig } from 'vitest/config';

// Suites that take minutes to hours; run before a release and every night.
export default defineConfig({
  test: { testTimeout: 4 * 3600000, include: ['test/nightly/**/*.test.ts'], setupFiles: ['test/setup.ts'] },
});
