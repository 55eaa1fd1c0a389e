import { defineConfig } from 'vitest/config';

// What Stryker runs: the tests of the judges, verifiers, measures and summaries. Commands, worker pools and bundles are left out:
// they run what has been built, which no mutant reaches.
export default defineConfig({
  test: {
    testTimeout: 60000,
    include: [
      'test/claims/**/*.test.ts',
      ...[
        'distances',
        'families',
        'measure',
        'memorize',
        'objectives',
        'prompt',
        'robust',
        'solver',
        'solvers',
        'solvers-set',
        'stability',
        'stability-models',
        'statistics',
        'summary',
        'template',
        'templates',
        'variants',
      ].map((name) => `test/${name}.test.ts`),
    ],
    setupFiles: ['test/setup.ts'],
  },
});
