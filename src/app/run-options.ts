/** The options that mean the same in every command that runs something. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type OptionSpec, option } from './define-command.js';
import { integer, path } from './parsers.js';
import { createScreen, type Screen } from './screen.js';

/** As parsed; `out` is where the results go. */
export interface RunOptions {
  seed?: number | undefined;
  workers?: number | undefined;
  out?: string | undefined;
  resume?: string | undefined;
  force?: boolean | undefined;
  json?: boolean | undefined;
  quiet?: boolean | undefined;
  png?: boolean | undefined;
}

export const workersOption = option(
  '--workers <n>',
  'threads (default: one per processor); the results do not depend on it',
  integer(1, 1024),
);
export const quietOption = option('--quiet', 'print nothing but errors');
/** Of commands that draw. */
export const pngOption = option('--png', 'also every figure as PNG');
const resumeOption = option(
  '--resume <dir>',
  'go on with the interrupted run of this directory, as it was asked for',
  path,
);

/**
 * Seed, threads, place and manner of a run, with options of its own in between.
 * @param kind what its results are called: `memory` for `memory-<seed>`
 */
export const runOptions = (
  kind: string,
  own: readonly OptionSpec[],
  { resume = false }: { resume?: boolean } = {},
): OptionSpec[] => [
  option(
    '--seed <n>',
    'seed of all random numbers (default: the first whose directory is free; drawn with --out)',
    integer(0),
  ),
  workersOption,
  ...own,
  option('--out <dir>', `directory of the results (default: ${kind}-<seed>)`, path),
  ...(resume ? [resumeOption] : []),
  option('--force', 'replace files in an existing directory'),
  option('--json', 'print summary.json on stdout and nothing else'),
  quietOption,
];

/**
 * The seed that is asked for; else the first whose directory is free, so that the first run in a folder is known to be
 * `memory-1`; one drawn from a few that are easily typed where the directory says nothing of the seed.
 * @param named what the directory of a seed is called before the dash
 */
export function seedOf({ seed, out }: RunOptions, named: string): number {
  if (seed !== undefined) return seed;
  if (out !== undefined) return randomInt(10000);
  const taken = (n: number) => existsSync(`${named}-${n}`) || existsSync(`${named}-${n}.partial`);
  let first = 1;
  while (taken(first)) first++;
  return first;
}

/** The threads that are asked for, or as many as there are processors. */
export const workersOf = ({ workers }: RunOptions): number => workers ?? Math.min(availableParallelism(), 64);

/** Lines unless asked for JSON or quiet; progress unless quiet. */
export const screenOf = ({ json, quiet }: RunOptions): Screen =>
  createScreen({ lines: !quiet && !json, progress: !quiet });
