/** A program from its arguments to its exit code: errors become one line, and nothing of a failure is left running. */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { EngramError, type ErrorCode } from '../core/index.js';
import { refuseRepeats } from './arguments.js';
import { type CommandSpec, commandOf } from './define-command.js';

export const EXIT: Record<ErrorCode, number> = { usage: 2, input: 3, output: 5, interrupted: 130 };

/** A command whose file is loaded when it is called, or when the help tells of all. */
export interface LaterCommand {
  readonly name: string;
  load(): Promise<CommandSpec>;
}

export interface ProgramSpec extends Omit<CommandSpec, 'commands'> {
  readonly commands: readonly (CommandSpec | LaterCommand)[];
  /** Other ways in which its arguments may be typed, turned into those that its commands know. */
  spelled?(args: readonly string[]): readonly string[];
  /** What is said of a first word that is no command; the names are those of the commands. */
  unknown(word: string, names: readonly string[]): string;
}

const HELP = ['help', '--help', '-h'];

/** Of the package, in which this file lies under dist/src/app. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Runs the program and sets the exit code of the process; ends the process at once where workers may still be at it. */
export async function launch(program: ProgramSpec, args: readonly string[]): Promise<void> {
  const say = (text: string) => process.stderr.write(`${program.name}: ${text}\n`);
  // A reader that goes away (`memorize ... | head -1`) is no error: the work goes on, unseen.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE') return;
      say(`cannot print: ${message}`);
      process.exit(EXIT.output);
    });
  }
  try {
    process.exitCode = await run(program, args);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
      if (error.exitCode !== 0) say(error.message.replace(/^error: /, '').replaceAll('\n', ' '));
      return;
    }
    if (!(error instanceof EngramError)) throw error;
    say(error.message);
    // Without waiting for the workers: ending threads that are only starting up can bring the process down.
    process.exit(EXIT[error.code]);
  }
}

async function run(program: ProgramSpec, typed: readonly string[]): Promise<number> {
  const args = program.spelled?.(typed) ?? typed;
  let code = 0;
  const finish = async (work: Promise<number>) => {
    code = await work;
  };
  const version = packageVersion();
  const [word] = args;
  const told = args.some((arg) => HELP.includes(arg));
  const wanted = program.commands.filter((one) => told || one.name === word || !('load' in one));
  const commands = await Promise.all(wanted.map((one) => ('load' in one ? one.load() : one)));
  const command = commandOf({ ...program, commands }, { args, version, started: performance.now() }, finish, version);
  refuseRepeats(args);
  const names = program.commands.map(({ name }) => name);
  if (word !== undefined && !word.startsWith('-') && ![...names, 'help'].includes(word)) {
    throw new EngramError('usage', program.unknown(word, names));
  }
  await command.parseAsync([...args], { from: 'user' });
  return code;
}
