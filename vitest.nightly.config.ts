import { defineConfig } from 'vitest/config';

// The long suites.
export default defineConfig({
  test: { testTimeout: 3_600_000, include: ['test/nightly/**/*.test.ts'], setupFiles: ['test/setup.ts'] },
});
