/** Interrupted runs: what was asked is written down first, so that `--resume` can go on with it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import type { Invocation } from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { PLAN, partialOf, writeThrough } from '../../files/node.js';
import { optionsOf } from './next.js';
import type { MemorizeOptions } from './plan.js';

const planSchema = z.object({
  program: z.string(),
  seed: z.number(),
  arguments: z.array(z.string()),
  /** Where the paths of the arguments begin. */
  directory: z.string(),
  /** Input files with the checksums of their content, by absolute path. */
  files: z.record(z.string(), z.string()),
});

export interface Continuation<Options> {
  options: Options;
  args: readonly string[];
}

/** What may stand beside `--resume`: nothing that changes results. */
const BESIDE = ['--resume', '--workers', '--quiet', '--json'];

/** The checksum of a file's content; none if it cannot be read. */
function checksum(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return undefined;
  }
}

/** Writes down what a run was asked. */
export function writePlan(
  file: string,
  run: { version: string; args: readonly string[]; seed: number; options: MemorizeOptions & { from?: string } },
): void {
  const { score, wiring, from } = run.options;
  const inputs = [score, wiring, from].filter((path) => path !== undefined);
  const plan: z.infer<typeof planSchema> = {
    program: `engram ${run.version}`,
    seed: run.seed,
    arguments: [...run.args],
    directory: process.cwd(),
    files: Object.fromEntries(inputs.map((path) => [resolve(path), checksum(path) ?? ''])),
  };
  writeThrough(file, `${JSON.stringify(plan, null, 2)}\n`);
}

/**
 * The run that is to be continued. Throws `usage` if there is none or it cannot be continued here.
 * @param name the command's name, empty for `memorize` itself
 * @param addOptions gives a parser the options of the command
 */
export function continuationOf<Options extends MemorizeOptions>(
  given: Options,
  { args, version }: Invocation,
  name: string,
  addOptions: (parser: Command) => Command,
): Continuation<Options> {
  // The folder of the unfinished run itself may be named as well.
  const directory = (given.resume as string).replace(/\.partial\/?$/, '');
  const fail = (text: string): never => {
    throw new EngramError('usage', text);
  };
  const other = args.map((arg) => arg.split('=')[0]).find((arg) => arg.startsWith('--') && !BESIDE.includes(arg));
  if (other)
    fail(`--resume goes on with what was asked then; leave out ${other} (allowed are ${BESIDE.slice(1).join(', ')})`);
  const partial = partialOf(directory);
  if (!existsSync(join(partial, PLAN))) {
    fail(
      existsSync(directory) && statSync(directory).isDirectory()
        ? existsSync(join(directory, 'network.npz'))
          ? `${directory} is finished; there is nothing to resume`
          : `${directory} holds no run of this command${existsSync(join(directory, 'shards')) ? `; go on with its campaign by: memorize experiment resume ${directory}` : ''}`
        : `there is no interrupted run of ${directory}: ${directory}.partial/${PLAN} does not exist`,
    );
  }
  let plan: z.infer<typeof planSchema>;
  try {
    plan = planSchema.parse(JSON.parse(readFileSync(join(partial, PLAN), 'utf8')));
  } catch {
    throw new EngramError(
      'input',
      `${directory}.partial/${PLAN} is broken; drop the run by removing ${directory}.partial`,
    );
  }
  if (plan.program !== `engram ${version}`) {
    fail(`${directory} was begun by ${plan.program}, this is engram ${version}: another version may give other bytes`);
  }
  for (const [path, sum] of Object.entries(plan.files)) {
    if (checksum(path) !== sum) fail(`${path} is not the file that the run began with`);
  }
  const begunBy = plan.arguments[0]?.startsWith('-') === false ? plan.arguments[0] : '';
  if (begunBy !== name) {
    fail(`${directory} was begun by another command: memorize ${begunBy ? `${begunBy} ` : ''}--resume ${directory}`);
  }
  const parser = addOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const options = parser.parse(plan.arguments.slice(name ? 1 : 0), { from: 'user' }).opts<Options>();
  const from = (path: string) => resolve(plan.directory, path);
  // Said again in another folder, the command has to find the same files.
  const elsewhere = (words: string[]) =>
    ['--score', '--wiring'].includes(words[0]) ? [words[0], from(words[1])] : words;
  return {
    args: plan.directory === process.cwd() ? plan.arguments : optionsOf(plan.arguments).flatMap(elsewhere),
    options: {
      ...options,
      ...(options.score === undefined ? {} : { score: from(options.score) }),
      ...(options.wiring === undefined ? {} : { wiring: from(options.wiring) }),
      seed: plan.seed,
      out: directory,
      workers: given.workers,
      quiet: given.quiet,
      json: given.json,
    },
  };
}
