// A test runner of Stryker: all test files in its own process, each bundled once with the instrumented source. Where vitest evaluates some
// two hundred modules anew for every mutant, this one only sets which mutant is active, and runs the tests that reach it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  determineHitLimitReached,
  MutantRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { build } from 'esbuild';
import { testFiles } from './files.mjs';
import { collect } from './tests.mjs';

/** What the instrumented source looks at, and counts in. */
globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
const state = globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE];
const bundleOf = (file) => file.replace(/\.ts$/, '.mutants.mjs');

/** A bundle beside each test file, so that paths from there still hold; `vitest` is tests.mjs. */
async function bundle(files) {
  const face = {
    name: 'vitest',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^vitest$/ }, () => ({ path: import.meta.resolve('./tests.mjs'), external: true })),
  };
  const missing = files.filter((file) => !existsSync(bundleOf(file)));
  await Promise.all(
    missing.map((file) =>
      build({
        stdin: { contents: `import './test/setup.ts'; import './${file}';`, resolveDir: process.cwd() },
        outfile: bundleOf(file),
        // Stryker goes to its sandbox after esbuild has looked where it is.
        absWorkingDir: process.cwd(),
        bundle: true,
        // The package says that importing its files does nothing: of a test file it is all that is wanted.
        ignoreAnnotations: true,
        format: 'esm',
        platform: 'node',
        packages: 'external',
        plugins: [face],
        logLevel: 'error',
      }),
    ),
  );
}

let copies = 0;
/** The tests of a file; its modules are evaluated anew each time. */
const load = async (file) => {
  const url = `${pathToFileURL(join(process.cwd(), bundleOf(file)))}?${copies++}`;
  return (await collect(() => import(url))).map((test) => ({ ...test, id: `${file}#${test.name}`, file }));
};

const outermostFirst = (suite) => (suite ? [...outermostFirst(suite.parent), suite] : []);

/** Runs tests up to the first that fails. */
async function run(tests) {
  const results = [];
  const begun = new Set();
  for (const { id, name, body, suite, file } of tests) {
    const around = outermostFirst(suite);
    const begin = performance.now();
    let failure;
    state.currentTestId = id;
    try {
      for (const one of around) {
        if (begun.has(one)) continue;
        begun.add(one);
        for (const hook of one.beforeAll) await hook();
      }
      for (const one of around) for (const hook of one.beforeEach) await hook();
      await body();
      for (const one of around) for (const hook of one.afterEach) await hook();
    } catch (error) {
      failure = String(error?.message ?? error);
    }
    state.currentTestId = undefined;
    const status = failure === undefined ? TestStatus.Success : TestStatus.Failed;
    results.push({ id, name, fileName: file, timeSpentMs: performance.now() - begin, status, failureMessage: failure });
    if (failure !== undefined) break;
  }
  for (const one of begun) for (const hook of one.afterAll) await hook();
  return { status: DryRunStatus.Complete, tests: results };
}

class InProcess {
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    await bundle(testFiles);
  }

  /** The tests as they are without a mutant. */
  async plain() {
    this.tests ??= (async () => {
      const all = [];
      for (const file of testFiles) all.push(...(await load(file)));
      return all;
    })();
    return this.tests;
  }

  async dryRun() {
    state.activeMutant = undefined;
    const result = await run(await this.plain());
    return { ...result, mutantCoverage: state.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }) {
    const wanted = testFilter && new Set(testFilter);
    const chosen = (tests) => tests.filter(({ id }) => !wanted || wanted.has(id));
    const tests = mutantActivation === 'static' ? [] : chosen(await this.plain());
    Object.assign(state, { hitCount: 0, hitLimit, activeMutant: activeMutant.id });
    let result;
    try {
      if (mutantActivation === 'static') {
        const files = testFiles.filter((file) => !wanted || testFilter.some((id) => id.startsWith(`${file}#`)));
        for (const file of files) tests.push(...chosen(await load(file)));
      }
      result = await run(tests);
    } catch (error) {
      // Modules that cannot be evaluated: as if every test of theirs had failed.
      result = { status: MutantRunStatus.Killed, failureMessage: String(error), killedBy: [], nrOfTests: 0 };
    }
    const { hitCount } = state;
    Object.assign(state, { activeMutant: undefined, hitLimit: undefined });
    const endless = determineHitLimitReached(hitCount, hitLimit);
    return result.status === MutantRunStatus.Killed && !endless ? result : toMutantRunResult(endless ?? result);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcess)];
