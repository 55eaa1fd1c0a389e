/** The options of `memorize` itself, the command without a name, in groups that other commands share. */
import { type Command, Option } from 'commander';
import { defaultTemplate } from '../../memory/template/index.js';
import * as parse from './options.js';

/** The score where none is given, the network, and the template. */
export const addTargetOptions = (command: Command): Command =>
  command
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
      new Option('--refractory <time>', 'refractory period')
        .argParser(parse.time('--refractory'))
        .default(0.005, '5ms'),
    )
    .option(
      '--bound <w>',
      'largest absolute weight, in thresholds',
      parse.number('--bound', 'positive'),
      defaultTemplate.bound,
    )
    .option(
      '--excitatory <share>',
      "Dale's law: so many of the neurons, drawn, only excite, the others only inhibit",
      parse.share('--excitatory'),
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
    );

const addSolverOptions = (command: Command): Command =>
  command
    .option(
      '--objective <name>',
      'which weights: l2 (least norm), l1, linf, sparse, elastic[:share], energy[:ridge], or none (any)',
      parse.objective,
      'l2',
    )
    .option(
      '--robust <what[:share]>',
      'deeper silence (margin), steeper slopes (slope) or both, by this share of the way to the most, or a least gain of noise against short weights (noise); default share: 50%',
      parse.robust,
    )
    .option(
      '--levels <n>',
      'quantised weights: an odd number of equidistant values from -bound to bound',
      parse.oddInteger('--levels', 3, 65535),
    )
    .addOption(
      new Option(
        '--neuron <model[:R]>',
        'continuation, reset, lif-exp or lif-alpha; R thresholds above rest after a spike',
      )
        .argParser(parse.neuron)
        .default({ kind: 'continuation', reset: 0 }, 'continuation'),
    )
    .option(
      '--kernel-tau <time|from..to>',
      'time constant of the kernel of continuation and reset, or a range to draw from (default: the refractory period)',
      parse.timeOrRange('--kernel-tau'),
    )
    .option(
      '--membrane-tau <time|from..to>',
      'membrane time constant of lif neurons, or a range to draw from (default: 10ms)',
      parse.timeOrRange('--membrane-tau'),
    )
    .option(
      '--synapse-tau <time|from..to>',
      'time constant of the synaptic current of lif neurons, or a range to draw from (default: 2ms)',
      parse.timeOrRange('--synapse-tau'),
    )
    .option(
      '--dead-time <time>',
      'from a spike of a lif neuron to the release of its potential (default: 2ms)',
      parse.time('--dead-time'),
    )
    .option(
      '--shape <window|ramp>',
      'before a spike of a neuron that resets: a window of least slope, or a ramp (default: window)',
      parse.choice('--shape', ['window', 'ramp'] as const),
    )
    .option('--soft', 'give impossible neurons their best weights, and say which spikes pay');

/** Scores and wirings from files. */
export const addFileOptions = (command: Command): Command =>
  command
    .option(
      '--score <file>',
      'spikes to store: a recording (text, NEST, npz), network.npz, score.csv, JSON of a network',
    )
    .option(
      '--columns <names>',
      'columns of a recording in order, such as time,channel (default: recognised)',
      parse.columns('--columns'),
    )
    .option(
      '--time-unit <s|ms|us>',
      'unit of times in a recording, and of delays in a wiring (default: recognised)',
      parse.choice('--time-unit', ['s', 'ms', 'us'] as const),
    )
    .option('--window <from..to>', 'stretch of the recording that becomes the period', parse.stretch('--window'))
    .option('--hidden <n>', 'neurons added with sampled scores of their own', parse.integer('--hidden', 1), 0)
    .option('--wiring <file>', 'wiring to use: CSV, network.npz, JSON of a network');

const addVariantOptions = (command: Command): Command =>
  command
    .option(
      '--also <times>',
      'further memories in the same weights, sampled, with these periods',
      parse.timeList('--also'),
    )
    .option(
      '--grid <time>',
      'sampled template, as published networks have it: demands at multiples of this',
      parse.time('--grid'),
    );

/** The run: seed, threads, the recall test, and where the results go. */
export const addRunOptions = (command: Command, directory: string): Command =>
  command
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
    .option('--out <dir>', `directory of the results (default: ${directory}-<seed>)`, parse.path('--out'))
    .option(
      '--resume <dir>',
      'go on with the interrupted run of this directory, as it was asked for',
      parse.path('--resume'),
    )
    .option('--force', 'replace files in an existing directory')
    .option('--json', 'print summary.json on stdout and nothing else')
    .option('--quiet', 'print nothing but errors');

export const addMemorizeOptions = (program: Command): Command =>
  addRunOptions(addVariantOptions(addFileOptions(addSolverOptions(addTargetOptions(program)))), 'memory');
