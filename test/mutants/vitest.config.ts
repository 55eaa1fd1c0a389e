import { defineConfig } from 'vitest/config';

// What Stryker runs: the tests of the judges, verifiers, measures and summaries, or those named in MUTANTS_TESTS ('claims/judge,measure').
// Commands, worker pools and bundles are left out: they run what has been built, which no mutant reaches.
const all = [
  'claims/judge',
  'claims/lies',
  'claims/agreement',
  'claims/prompt',
  'claims/recall',
  'claims/template',
  'distances',
  'families',
  'measure',
  'measure-definitions',
  'firing',
  'jitter-definitions',
  'memorize',
  'objectives',
  'prompt',
  'robust',
  'solver',
  'solvers',
  'solvers-judge',
  'solvers-optimality',
  'stability',
  'stability-models',
  'statistics',
  'summary',
  'summary-storage',
  'switching',
  'template',
  'templates',
  'variants',
];

export default defineConfig({
  test: {
    testTimeout: 60000,
    include: (process.env.MUTANTS_TESTS?.split(',') ?? all).map((name) => `test/${name}.test.ts`),
    setupFiles: ['test/setup.ts'],
  },
});
