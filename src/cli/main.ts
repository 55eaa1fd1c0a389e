#!/usr/bin/env node
/** The command line: parses, calls, and turns errors into one line and an exit code. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { EngramError, type ErrorCode } from '../core/index.js';
import { type Invocation, refuseRepeats } from './command.js';
import { runMemorize } from './memorize.js';
import { addMemorizeOptions } from './memorize-options.js';
import { solveCommand } from './solve.js';

const EXIT: Record<ErrorCode, number> = { usage: 2, input: 3, output: 5, interrupted: 130 };

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

let exitCode = 0;
const args = process.argv.slice(2);
const invocation: Invocation = {
  args,
  version,
  finish: async (work) => {
    exitCode = await work;
  },
};

const program = addMemorizeOptions(
  new Command('memorize')
    .description('Stores spike trains in a recurrent spiking network, proves it, and recalls them.')
    .version(version)
    .allowExcessArguments(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .addHelpText(
      'after',
      '\nExit codes: 0 all stored, 2 bad use, 3 bad input file, 4 some impossible or undecided, 5 cannot write, 130 interrupted',
    ),
).action((options) => invocation.finish(runMemorize(options, invocation)));
program.addCommand(solveCommand(invocation));

/** Runs the command line and returns the exit code. */
async function main(): Promise<number> {
  try {
    refuseRepeats(args);
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      process.stderr.write(`memorize: ${error.message.replace(/^error: /, '').replaceAll('\n', ' ')}\n`);
      return EXIT.usage;
    }
    if (error instanceof EngramError) {
      process.stderr.write(`memorize: ${error.message}\n`);
      return EXIT[error.code];
    }
    throw error;
  }
}

// A reader that goes away (`memorize ... | head -1`) is no error: the work goes on, unseen.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    process.stderr.write(`memorize: cannot print: ${message}\n`);
    process.exit(EXIT.output);
  });
}
const code = await main();
// After an interruption the workers are still at it: leave without waiting for them.
if (code === EXIT.interrupted) process.exit(code);
process.exitCode = code;
