/** Interrupted runs: what was asked is written down first, so that `--resume` can go on with it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { EngramError } from '../core/index.js';
import { filesNamed, guard, type Journal, openJournal, PLAN, partialOf, writeThrough } from '../files/node.js';
import { optionsOf } from './arguments.js';
import { addOptions, flagOf, type Invocation, type OptionSpec } from './define-command.js';
import type { Run } from './run.js';
import type { RunOptions } from './run-options.js';

const planSchema = z.object({
  program: z.string(),
  seed: z.number(),
  arguments: z.array(z.string()),
  /** Where the paths of the arguments begin. */
  directory: z.string(),
  /** Input files with the checksums of their content, by absolute path. */
  files: z.record(z.string(), z.string()),
});
type Plan = z.infer<typeof planSchema>;

/** A command whose runs can be continued. */
export interface Resumable {
  readonly program: string;
  /** Its name, empty for the command of the program itself. */
  readonly name: string;
  readonly options: readonly OptionSpec[];
  /** The file by which a finished run is known. */
  readonly result: string;
  /** Whether it is given the path of a file or folder beside its options. */
  readonly reads?: boolean;
}

/** What a run is asked, now or when it began. */
export interface Request<Options> {
  readonly options: Options;
  readonly invocation: Invocation;
  readonly continued: boolean;
  /** What the command is given beside its options; empty if nothing. */
  readonly argument: string;
}

/** What may stand beside `--resume`: nothing that changes results. */
const BESIDE = ['--resume', '--workers', '--quiet', '--json'];

const usage = (text: string) => new EngramError('usage', text);

/** Options as a command line gave them, parsed again. Throws as the command itself does. */
export function optionsFrom<Options extends object>(args: readonly string[], known: readonly OptionSpec[]): Options {
  const parser = addOptions(new Command(), known)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return parser.parse([...args], { from: 'user' }).opts() as Options;
}

/** The checksum of a file's content; none if it cannot be read as a file. */
export function checksum(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return '';
  }
}

/** Whether the option of this name, in the parsed options, names with this word what is read. */
const isInput = (options: readonly OptionSpec[], name: string, word: unknown): boolean => {
  const reads = options.find((spec) => flagOf(spec).slice(2) === name)?.reads;
  return reads instanceof RegExp ? reads.test(String(word)) : reads === true;
};

/**
 * Opens the journal of a run's finished work. Of a run that begins it is written down first what it was asked: the
 * arguments, the seed, and the input files with their checksums.
 * @param further files that are read beside those that options name
 */
export function openWork<Record, Options extends RunOptions>(
  directory: string,
  { results }: Pick<Run<never>, 'results'>,
  { options, invocation, continued }: Omit<Request<Options>, 'argument'>,
  seed: number,
  known: readonly OptionSpec[],
  further: readonly string[] = [],
): Journal<Record> {
  return guard(directory, () => {
    const file = results.scratch(PLAN);
    const named = Object.entries(options).flatMap(([name, value]) =>
      isInput(known, name, value) ? [value as string] : [],
    );
    const read = [...named, ...further].flatMap((word) => filesNamed(word));
    const plan: Plan = {
      program: `engram ${invocation.version}`,
      seed,
      arguments: [...invocation.args],
      directory: process.cwd(),
      files: Object.fromEntries(read.map((path) => [resolve(path), checksum(path)])),
    };
    if (!continued) writeThrough(file, `${JSON.stringify(plan, null, 2)}\n`);
    // A page made of what an interruption left does not outlive it.
    else results.scratch('report.html');
    return openJournal<Record>(results.scratch('neurons'));
  });
}

/** The run that is asked for, or the one that `--resume` goes on with. Throws `usage` if there is none or it cannot be continued here. */
export function requestOf<Options extends RunOptions>(
  given: Options,
  invocation: Invocation,
  command: Resumable,
  argument = '',
): Request<Options> {
  if (given.resume === undefined) return { options: given, invocation, continued: false, argument };
  if (argument !== '') throw usage(`--resume goes on with what was asked then; leave out ${argument}`);
  // The folder of the unfinished run itself may be named as well.
  const directory = given.resume.replace(/\.partial\/?$/, '');
  refuseOthers(invocation.args);
  const plan = readPlan(directory, command.result);
  refuseChanges(plan, directory, invocation, command);
  const parser = addOptions(command.reads ? new Command().argument('[path]') : new Command(), command.options)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const parsed = parser.parse(plan.arguments.slice(command.name ? 1 : 0), { from: 'user' });
  const options = parsed.opts<Options>();
  // Said again in another folder, the command has to find the same files.
  const from = (word: string) =>
    filesNamed(word, plan.directory)
      .map((path) => resolve(plan.directory, path))
      .join(',');
  const is = (name: string, word: unknown) => isInput(command.options, name, word);
  const elsewhere = (words: string[]) => (is(words[0].slice(2), words[1]) ? [words[0], from(words[1])] : words);
  const moved = plan.directory !== process.cwd();
  const [path = ''] = command.reads ? parsed.args : [];
  const there = moved && path !== '' ? from(path) : path;
  const before = command.reads ? [command.name, there] : command.name ? [command.name] : [];
  const rest = path === '' ? plan.arguments : plan.arguments.filter((_, i) => i !== plan.arguments.indexOf(path));
  const args = moved ? [...before, ...optionsOf(rest).flatMap(elsewhere)] : plan.arguments;
  const found = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, is(name, value) ? from(value as string) : value]),
  ) as Options;
  const { workers, quiet, json } = given;
  return {
    options: { ...found, seed: plan.seed, out: directory, workers, quiet, json },
    invocation: { ...invocation, args },
    continued: true,
    argument: there,
  };
}

function refuseOthers(args: readonly string[]): void {
  const other = args.map((arg) => arg.split('=')[0]).find((arg) => arg.startsWith('--') && !BESIDE.includes(arg));
  if (!other) return;
  const allowed = BESIDE.slice(1).join(', ');
  throw usage(`--resume goes on with what was asked then; leave out ${other} (allowed are ${allowed})`);
}

function readPlan(directory: string, result: string): Plan {
  const file = join(partialOf(directory), PLAN);
  if (!existsSync(file)) throw usage(whyNone(directory, result));
  try {
    return planSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    const text = `${directory}.partial/${PLAN} is broken; drop the run by removing ${directory}.partial`;
    throw new EngramError('input', text);
  }
}

/** Why there is nothing to continue in a directory. */
function whyNone(directory: string, result: string): string {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    return `there is no interrupted run of ${directory}: ${directory}.partial/${PLAN} does not exist`;
  }
  if (existsSync(join(directory, result))) return `${directory} is finished; there is nothing to resume`;
  const campaign = existsSync(join(directory, 'shards'))
    ? `; go on with its campaign by: npx memorize experiment resume ${directory}`
    : '';
  return `${directory} holds no run of this command${campaign}`;
}

/** The same version, the same input files and the same command. */
function refuseChanges(plan: Plan, directory: string, { version }: Invocation, { program, name }: Resumable): void {
  if (plan.program !== `engram ${version}`) {
    throw usage(
      `${directory} was begun by ${plan.program}, this is engram ${version}: another version may give other bytes`,
    );
  }
  for (const [path, sum] of Object.entries(plan.files)) {
    if (checksum(path) !== sum) throw usage(`${path} is not the file that the run began with`);
  }
  const begunBy = plan.arguments[0]?.startsWith('-') === false ? plan.arguments[0] : '';
  if (begunBy !== name) {
    const command = `${program} ${begunBy ? `${begunBy} ` : ''}`;
    throw usage(`${directory} was begun by another command: ${command}--resume ${directory}`);
  }
}
