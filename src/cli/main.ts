#!/usr/bin/env node
/** The command line: parses, calls, and turns errors into one line and an exit code. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { EngramError, type ErrorCode } from '../core/index.js';
import { defaultTemplate } from '../template/index.js';
import { runMemorize } from './memorize.js';
import * as parse from './options.js';

const EXIT: Record<ErrorCode, number> = { usage: 2, input: 3, output: 5, interrupted: 130 };

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new Command('memorize')
  .description('Stores spike trains in a recurrent spiking network, proves it, and recalls them.')
  .version(version)
  .allowExcessArguments(false)
  .exitOverride()
  .configureOutput({ writeErr: () => {} })
  .option('--channels <n>', 'number of channels, one neuron each', parse.integer('--channels', 1))
  .option('--duration <time>', 'period of the score, such as 1s or 250ms', parse.time('--duration'))
  .option('--rate <hz>', 'expected firing rate of a channel', parse.number('--rate', 'positive'))
  .option(
    '--activity <a>',
    'activity per refractory period (default 0.2: 28.9 Hz)',
    parse.number('--activity', 'not negative'),
  )
  .option(
    '--inputs <n|auto>',
    'synapses per neuron (default auto: 10 per refractory period of the score, 500 at least)',
    parse.inputs,
  )
  .option(
    '--delays <from..to>',
    'range of the delays (default 0.1 to 10 refractory periods)',
    parse.timeRange('--delays'),
  )
  .addOption(
    new Option('--refractory <time>', 'refractory period').argParser(parse.time('--refractory')).default(0.005, '5ms'),
  )
  .option(
    '--bound <w>',
    'largest absolute weight, in thresholds',
    parse.number('--bound', 'positive'),
    defaultTemplate.bound,
  )
  .option(
    '--margin <m>',
    'distance from the threshold in silence, in thresholds',
    parse.number('--margin', 'positive'),
    defaultTemplate.margin,
  )
  .option(
    '--slope <s>',
    'least slope around spikes, thresholds per refractory period',
    parse.number('--slope', 'not negative'),
    defaultTemplate.slope,
  )
  .option(
    '--firing-zone <time>',
    'half-width of the firing zone (default 0.2 refractory periods)',
    parse.time('--firing-zone'),
  )
  .option(
    '--objective <l2|none>',
    'weights of least norm, or any',
    parse.choice('--objective', ['l2', 'none'] as const),
    'l2',
  )
  .option('--score <file>', 'score to store: network.npz, score.csv, or the published network')
  .option('--wiring <file>', 'wiring to use: network.npz or the published network')
  .option('--seed <n>', 'seed of all random numbers (default: drawn, and printed)', parse.integer('--seed', 0))
  .option(
    '--workers <n>',
    'threads (default: one per processor); the results do not depend on it',
    parse.integer('--workers', 1, 1024),
  )
  .addOption(
    new Option('--noise <list>', 'noise levels of the recall test')
      .argParser(parse.numberList('--noise'))
      .default([0, 0.05, 0.1], '0,0.05,0.1'),
  )
  .addOption(
    new Option('--prompt <n|share>', 'channels that play the score in the recall test')
      .argParser(parse.prompt)
      .default({ share: 0.5 }, '50%'),
  )
  .option('--prompt-time <time>', 'for how long (default: one period)', parse.time('--prompt-time'))
  .option('--periods <n>', 'free periods after the prompt', parse.integer('--periods', 1, 100000), 2)
  .option('--trials <n>', 'trials per noise level', parse.integer('--trials', 1, 100000), 3)
  .option('--no-recall', 'store and verify only')
  .option('--out <dir>', 'directory of the results (default: memory-<seed>)')
  .option('--force', 'replace files in an existing directory')
  .option('--json', 'print summary.json on stdout and nothing else')
  .option('--quiet', 'print nothing but errors')
  .addHelpText(
    'after',
    '\nExit codes: 0 all stored, 2 bad use, 3 bad input file, 4 some impossible or undecided, 5 cannot write, 130 interrupted',
  );

/** Runs the command line and returns the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    program.parse(args, { from: 'user' });
    parse.refuseRepeats(args);
    return await runMemorize(program.opts(), args, version);
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
const code = await main(process.argv.slice(2));
// After an interruption the workers are still at it: leave without waiting for them.
if (code === EXIT.interrupted) process.exit(code);
process.exitCode = code;
