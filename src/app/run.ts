/**
 * The frame of every run that leaves a directory of results: they appear whole or not at all, whatever happens.
 * summary.json holds nothing of clock or machine, run.json the rest.
 */
import { join } from 'node:path';
import { createPool, type Spread } from '../campaign/index.js';
import { EngramError, type ParallelMap } from '../core/index.js';
import { openResults, type Results } from '../files/node.js';
import type { Invocation } from './define-command.js';
import { loadPng } from './png.js';
import type { RunOptions } from './run-options.js';
import { screenOf } from './run-options.js';
import { runRecord } from './run-record.js';
import type { Screen } from './screen.js';
import { interruption } from './signals.js';

const RECORDS = ['summary.json', 'run.json'] as const;

export interface RunSpec<Name extends string> {
  readonly options: RunOptions;
  readonly directory: string;
  /** All files that may be written beside summary.json and run.json. */
  readonly names: readonly Name[];
  readonly workers: number;
  readonly invocation: Invocation;
  /** Whether it goes on with what an interrupted run has left. */
  readonly continued?: boolean;
  /**
   * What of a run that fails is worth keeping, and a word on that: finished work is kept for a run that goes on with it, if the
   * failure was none of the run's own; else results that stand by themselves are published.
   */
  salvage?(): Salvage | undefined;
}

export interface Salvage {
  readonly kept?: string;
  readonly published?: string;
}

export interface Run<Name extends string> {
  readonly screen: Screen;
  readonly map: ParallelMap;
  /** The same in any order, for what writes results down. */
  readonly spread: Spread;
  readonly results: Pick<Results<Name>, 'write' | 'scratch'>;
  /** Waits for a stage of the work and notes its seconds for run.json. */
  timed<T>(stage: string, work: Promise<T>): Promise<T>;
  /** The seconds of a stage that has ended. */
  secondsOf(stage: string): number;
  /** Writes summary and record of what stands so far, so that it can be read should the run end here. */
  note(summary: object): void;
  /** Writes summary and record and makes all results appear; then says where they are. */
  finish(summary: object, place: { figures: readonly string[]; results: string; next: string }): void;
}

/** The figure of a name as PNG; other files keep their name. */
const pngNameOf = (name: string) => name.replace(/\.svg$/, '.png');

const textOf = (summary: object) => `${JSON.stringify(summary, null, 2)}\n`;

/** Does the work and returns its exit code. Throws what the work throws, with a word on what is kept. */
export async function withRun<Name extends string>(
  { options, directory, names, workers, invocation, continued = false, salvage }: RunSpec<Name>,
  work: (run: Run<Name>) => Promise<number>,
): Promise<number> {
  const pngOf = options.png ? await loadPng() : undefined;
  const screen = screenOf(options);
  const results = openResults<string>(directory, [...names, ...RECORDS, ...names.map(pngNameOf)], {
    force: options.force,
    resume: continued,
  });
  process.once('exit', () => results.discard());
  const interrupted = interruption();
  const pool = createPool(workers);
  const seconds: Record<string, number> = {};
  const run: Run<Name> = {
    screen,
    map: pool.map,
    spread: pool.spread,
    results: {
      scratch: results.scratch,
      write(name, data) {
        results.write(name, data);
        if (pngOf && typeof data === 'string' && name.endsWith('.svg')) results.write(pngNameOf(name), pngOf(data));
      },
    },
    async timed(stage, part) {
      const begin = performance.now();
      const result = await part;
      seconds[stage] = (performance.now() - begin) / 1e3;
      return result;
    },
    secondsOf: (stage) => seconds[stage],
    note(summary) {
      results.write('summary.json', textOf(summary));
      results.write('run.json', runRecord(invocation.args, workers, invocation.started, seconds));
    },
    finish(summary, { figures, results: place, next }) {
      run.note(summary);
      results.commit();
      if (options.json) process.stdout.write(textOf(summary));
      if (figures.length > 0)
        screen.line('figures', figures.map((name) => join(directory, options.png ? pngNameOf(name) : name)).join('  '));
      screen.line('results', place);
      screen.line('next', next);
    },
  };
  try {
    const code = await Promise.race([work(run), interrupted]);
    await pool.close();
    return code;
  } catch (error) {
    screen.stop();
    if (!(error instanceof EngramError)) throw error;
    const { kept, published } = salvage?.() ?? {};
    if (kept && ['interrupted', 'output'].includes(error.code)) {
      results.keep();
      throw new EngramError(error.code, `${error.message}; ${kept}`);
    }
    if (!published) throw error;
    results.commit();
    throw new EngramError(error.code, `${error.message}; ${published}`);
  } finally {
    results.discard();
  }
}
