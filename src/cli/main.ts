#!/usr/bin/env node
/** The command line: parses, calls, and turns errors into one line and an exit code. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { type Invocation, refuseRepeats } from '../app/index.js';
import { EngramError, type ErrorCode } from '../core/index.js';
import { experimentCommand } from './memorize/campaign.js';
import { explainCommand } from './memorize/explain.js';
import { exportCommand } from './memorize/export.js';
import { runMemorize } from './memorize/memorize.js';
import { addMemorizeOptions } from './memorize/memorize-options.js';
import { recallCommand } from './memorize/recall.js';
import { reportCommand } from './memorize/report.js';
import { simulateCommand } from './memorize/simulate.js';
import { solveCommand } from './memorize/solve.js';
import { stabilityCommand } from './memorize/stability.js';
import { trainCommand } from './memorize/train.js';

const EXIT: Record<ErrorCode, number> = { usage: 2, input: 3, output: 5, interrupted: 130 };

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

let exitCode = 0;
let failed = false;
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
program.addCommand(trainCommand(invocation));
program.addCommand(explainCommand(invocation));
program.addCommand(exportCommand(invocation));
program.addCommand(recallCommand(invocation));
program.addCommand(stabilityCommand(invocation));
program.addCommand(simulateCommand(invocation));
program.addCommand(solveCommand(invocation));
program.addCommand(experimentCommand(invocation));
program.addCommand(reportCommand(invocation));

/** Runs the command line and returns the exit code. */
async function main(): Promise<number> {
  try {
    refuseRepeats(args);
    const commands = program.commands.map((command) => command.name());
    if (args.length > 0 && !args[0].startsWith('-') && ![...commands, 'help'].includes(args[0])) {
      throw new EngramError(
        'usage',
        `there is no command "${args[0]}"; commands are ${commands.join(', ')}, or none to memorize`,
      );
    }
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      process.stderr.write(`memorize: ${error.message.replace(/^error: /, '').replaceAll('\n', ' ')}\n`);
      return EXIT.usage;
    }
    if (error instanceof EngramError) {
      failed = true;
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
// After a failure workers may still be at it: leave without waiting for them (ending threads that are only
// starting up can bring the process down).
if (failed) process.exit(code);
process.exitCode = code;
