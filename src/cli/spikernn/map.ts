/** `engram spikernn map`: a trained rate network as a spiking one, on trials of its task. */
import { join } from 'node:path';
import {
  defineCommand,
  goOn,
  type Invocation,
  integer,
  option,
  path,
  pngOption,
  quote,
  type RunOptions,
  refuse,
  runOptions,
  seedOf,
  withRun,
} from '../../app/index.js';
import { streamKey, wilson } from '../../core/index.js';
import { type NpyEntry, npzBytes, writeNpz } from '../../files/index.js';
import {
  correlationWithRate,
  judgedSteps,
  type Mapping,
  mapNetwork,
  type RateNetwork,
  type RateTask,
  rateActivity,
  type SpikingModel,
  type SpikingRun,
  type Stimulation,
  speaks,
  spikingActivity,
  spikingRight,
  type Targeted,
  targetedAxes,
} from '../../spikernn/index.js';
import { drawRasters } from './figures.js';
import { type MappingOptions, mappingOf, mappingOptions } from './mapping.js';
import { loadModel, networkOf, taskFor } from './model.js';
import { demandFile, type ModelOptions, modelOf, modelOptions, type TimesOptions, timesOptions } from './options.js';
import { drawEigenvalues, drawPaths } from './paths.js';

interface MapOptions extends RunOptions, Partial<TimesOptions>, ModelOptions, MappingOptions {
  trials: number;
  record?: number;
  stimulate?: string;
  stimulated?: string;
}

const NAMES = [
  'trials.csv',
  'spikes.npz',
  'traces.npz',
  'rasters.svg',
  'trajectories.svg',
  'targeted.csv',
  'spectrum.svg',
] as const;
/** Trials whose activity is drawn. */
const DRAWN = 64;

export const mapCommand = defineCommand<MapOptions>({
  name: 'map',
  about: 'a trained rate network as a spiking one, on trials of its task',
  argument: ['[model]', 'the .mat of a model, or a folder: its newest'],
  options: runOptions('map', [
    ...timesOptions(),
    ...mappingOptions,
    option('--trials <n>', 'trials', integer(1, 1e5), 100),
    ...modelOptions,
    option(
      '--record <steps>',
      'also v, I and r of all units of the drawn trials, every so many steps',
      integer(1, 1e6),
    ),
    option(
      '--stimulate <mode:on..off>',
      "exc:2000..4000 or inh:..., in steps: +0.5 or -0.5 mV at a coin's throw",
      path,
    ),
    option('--stimulated <units>', 'which units: 0,5,7 or exc or inh (default: inh)', path),
    pngOption,
  ]),
  after: 'Exit codes: 0 done, right or not, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted',
  work: runMap,
});

async function runMap(options: MapOptions, invocation: Invocation, given: string): Promise<number> {
  const model = loadModel(demandFile(given));
  const { task, name, option: asked } = taskFor(model, options);
  const network = networkOf(model, options.initial);
  const spiking = modelOf(options);
  const stimulation = stimulationOf(options, network, task);
  const seed = seedOf(options, 'map');
  const directory = options.out ?? `map-${seed}`;
  return withRun({ options, directory, names: NAMES, workers: 1, invocation }, async ({ screen, results, finish }) => {
    const chosen = mappingOf(options, network, task, model.scale, seed, spiking);
    screen.line('engram', `${invocation.version} spikernn · seed ${seed}`);
    screen.line('model', `${model.file} · ${network.units} ${spiking.neuron} units · ${chosen.told}`);
    const how = { seed, trials: options.trials, stimulation };
    const found = runTrials(network, task, chosen.mapping, spiking, how);
    const [low, high] = wilson(found.right, options.trials);
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    screen.line('right', `${found.right} of ${options.trials} trials of ${name} (${percent(low)} to ${percent(high)})`);
    const likeness = Number.isNaN(found.correlation)
      ? 'no trial in which anything but silence is asked for'
      : `output correlates ${found.correlation.toFixed(3)} with the rate network's`;
    screen.line('rates', `${found.rate.toFixed(1)} Hz in the mean · ${likeness}`);
    results.write(
      'trials.csv',
      `trial,label,right,least,most,rate\n${found.rows.map((row) => `${row.join(',')}\n`).join('')}`,
    );
    results.write('spikes.npz', npzBytes(spikesOf(found.shown)));
    if (options.record !== undefined) {
      const traces = tracesOf(network, task, chosen.mapping, spiking, found.shown, {
        every: options.record,
        seed,
        stimulation,
      });
      results.write('traces.npz', (sink) => writeNpz(traces, sink));
    }
    results.write('rasters.svg', await drawRasters(network, found.shown, 0.05 * spiking.downsample, chosen.told));
    const { labels, rate, spikes, targeted } = activityOf(network, task, chosen.mapping, spiking, how);
    results.write('trajectories.svg', await drawPaths(network.units, labels, rate, spikes, targeted));
    if (targeted) results.write('targeted.csv', tableOf(targeted));
    results.write(
      'spectrum.svg',
      await drawEigenvalues(options.initial ? { initial: network } : { initial: model.initial, trained: network }),
    );
    finish(
      {
        program: `engram ${invocation.version}`,
        seed,
        model: model.file,
        task: name,
        scale: typeof chosen.mapping.scale === 'number' ? chosen.mapping.scale : [...chosen.mapping.scale],
        units: spiking,
        trials: options.trials,
        right: found.right,
        rate: found.rate,
        correlation: found.correlation,
      },
      {
        figures: ['rasters.svg', 'trajectories.svg', 'spectrum.svg'],
        results: `${join(directory, 'spikes.npz')}  (trials.csv, summary.json beside it)`,
        next: `the best scaling factor by trials: ${goOn(`spikernn scale ${quote(model.file)}`, invocation.args, [...timesOptions(), ...modelOptions], { '--task': asked })}`,
      },
    );
    return 0;
  });
}

/** Which trials are played, and what happens in them. */
interface Played {
  seed: number;
  trials: number;
  stimulation: Stimulation | undefined;
}

/** What all units do in the first trials; for mante on the axes of what they stand for as well. */
function activityOf(
  network: RateNetwork,
  task: RateTask,
  mapping: Mapping,
  model: SpikingModel,
  { seed, trials, stimulation }: Played,
) {
  const mapped = mapNetwork(network, mapping, model);
  const drawn = Array.from({ length: Math.min(trials, DRAWN) }, (_, trial) => trial);
  const labels = drawn.map((trial) => task.task.trial(seed, trial).label);
  const rate = drawn.map((trial) => rateActivity(network, task, seed, trial));
  const spikes = drawn.map((trial) => spikingActivity(mapped, task, seed, trial, { stimulation }));
  const enough = task.name === 'mante' && drawn.length >= 16;
  const targeted = enough ? targetedAxes(task, seed, network.units, spikes) : undefined;
  return { labels, rate, spikes, targeted };
}

/** Mean paths, a line a condition and step. */
function tableOf({ paths }: Targeted): string {
  const rows = paths.flatMap(({ context, signs, trials, points }) =>
    Array.from(points[0], (_, t) => [context, ...signs, trials, t, ...points.map((axis) => axis[t])].join(',')),
  );
  return `${['attends,modality_1,modality_2,trials,step,choice,modality_1_axis,modality_2_axis,context', ...rows].join('\n')}\n`;
}

/** `exc:2000..4000`. */
function stimulationOf(
  { stimulate, stimulated, downsample }: MapOptions,
  { units, inhibitory }: RateNetwork,
  { task }: RateTask,
): Stimulation | undefined {
  if (stimulate === undefined) {
    if (stimulated !== undefined) refuse('--stimulated', 'given beside --stimulate', stimulated);
    return undefined;
  }
  const [, mode, on, off] =
    /^(exc|inh):(\d+)\.\.(\d+)$/.exec(stimulate) ??
    refuse('--stimulate', 'exc or inh with steps, such as exc:2000..4000', stimulate);
  const words = stimulated ?? 'inh';
  const kind = words === 'exc' ? 0 : words === 'inh' ? 1 : undefined;
  const chosen =
    kind === undefined
      ? words.split(',').map((word) => (/^\d+$/.test(word) ? Number(word) : units))
      : [...inhibitory.keys()].filter((unit) => inhibitory[unit] === kind);
  if (!chosen.every((unit) => unit < units)) {
    refuse('--stimulated', `exc, inh, or units from 0 to ${units - 1}`, words);
  }
  if (chosen.length === 0) refuse('--stimulated', `units that are there: of that kind are none`, words);
  const steps = 100 * Math.floor(task.steps / downsample);
  if (!(Number(on) < Number(off) && Number(on) <= steps)) {
    refuse('--stimulate', `a stretch that begins before its end, within the ${steps} steps of a trial`, stimulate);
  }
  return { mode: mode as 'exc' | 'inh', units: chosen, on: Number(on), off: Number(off) };
}

interface Shown {
  title: string;
  trial: number;
  run: SpikingRun;
}

function runTrials(
  network: RateNetwork,
  task: RateTask,
  mapping: Mapping,
  model: SpikingModel,
  { seed, trials, stimulation }: Played,
) {
  const mapped = mapNetwork(network, mapping, model);
  const key = streamKey(seed, 'spikernn spiking');
  const shown = new Map<string | number, Shown>();
  const rows: (string | number)[][] = [];
  const pairs: { trial: number; outputs: Float64Array }[] = [];
  let [right, rate] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const { input, label } = task.longer.trial(seed, trial);
    const run = mapped.run(input, key, trial, { stimulation });
    const good = spikingRight(task, label, run.outputs, model.downsample);
    const judged = judgedSteps(task, label, run.outputs, model.downsample).map(({ from, to }) =>
      run.outputs.subarray(from, to),
    );
    const extreme = (of: (a: number, b: number) => number) =>
      judged.map((part) => part.reduce((a, b) => of(a, b))).reduce(of);
    const mean = run.rates.reduce((a, b) => a + b, 0) / network.units;
    right += Number(good);
    rate += mean / trials;
    rows.push([trial, label, Number(good), extreme((a, b) => Math.min(a, b)), extreme((a, b) => Math.max(a, b)), mean]);
    if (!shown.has(label)) shown.set(label, { title: `trial ${trial}: ${label}`, trial, run });
    // Trials in which something is to be said.
    if (speaks(task, label)) pairs.push({ trial, outputs: run.outputs });
  }
  const correlation = correlationWithRate(network, task, seed, pairs.slice(0, 20), model.downsample);
  return { right, rate, rows, shown: [...shown.values()], correlation };
}

const spikesOf = (shown: readonly Shown[]): Record<string, NpyEntry> =>
  Object.fromEntries(
    shown.flatMap(({ trial, run }) => [
      [`trial_${trial}_step`, run.spikeSteps],
      [`trial_${trial}_unit`, run.spikeUnits],
      [`trial_${trial}_output`, run.outputs],
    ]),
  );

/** v, I and r of all units, rows of units, every so many steps. Each comes from a run of its own while it is written: nothing is kept. */
function tracesOf(
  network: RateNetwork,
  task: RateTask,
  mapping: Mapping,
  model: SpikingModel,
  shown: readonly Shown[],
  { every, seed, stimulation }: { every: number; seed: number; stimulation: Stimulation | undefined },
): Record<string, NpyEntry> {
  const mapped = mapNetwork(network, mapping, model);
  const key = streamKey(seed, 'spikernn spiking');
  function* pieces(trial: number, kind: 'v' | 'current' | 'rate') {
    const { input } = task.longer.trial(seed, trial);
    for (const state of mapped.states(input, key, trial, { stimulation, every })) yield state[kind];
  }
  return Object.fromEntries(
    shown.flatMap(({ trial, run }) =>
      (['v', 'current', 'rate'] as const).map((kind): [string, NpyEntry] => {
        const shape = [Math.floor(run.steps / every), network.units];
        return [
          `trial_${trial}_${kind}`,
          { type: '<f8', shape, length: shape[0] * shape[1], pieces: pieces(trial, kind) },
        ];
      }),
    ),
  );
}
