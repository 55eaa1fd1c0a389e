/**
 * Convex against gradient: the same score, synapses, delays and bounds, learned by the convex solver and by gradients and
 * their cousins, then judged by the same protocols under the same noise (docs/gradient.md says what the methods are).
 *
 * - `neurons`    protocol P0 on single neurons, over loads and budgets: what a method can learn, and at what cost
 * - `networks`   protocols P0 to P3 on whole networks: what becomes of it when the neurons hear each other
 *
 * Score, wiring and noise depend on the seed, the load and the size alone, never on the method: differences are paired.
 */
import type { Row } from '../../../src/campaign/index.js';
import { EngramError } from '../../../src/core/index.js';
import { jitterMap, SUCCESS, stabilityOf } from '../../../src/memory/measure/index.js';
import { type Network, wireFixedIn } from '../../../src/memory/network/index.js';
import { type Score, sampleScore, spikesOf } from '../../../src/memory/score/index.js';
import type { Experiment } from '../../common/experiment.js';
import { seedFor } from '../common/store.js';
import { units } from '../common/units.js';
import { boundFor, type Config, methodNamed, schema, type Task, tasksOf } from './config.js';
import { type Learned, type Lesson, learn } from './learn.js';
import { potentialMeasures, type Quality, sizeOf } from './measures.js';
import { forced, type Replay, recalled, replayed, returned } from './protocols.js';
import { conclude } from './report.js';

export const convexVersusGradient: Experiment<Config, Task> = {
  name: 'convex-versus-gradient',
  module: import.meta.url,
  title: 'Convex against gradient',
  question:
    'Which spikes can gradients store, how firmly, and at what cost, beside the convex solver on the same task?',
  units,
  schema,
  columns: [
    'part',
    'method',
    'budget',
    'seed',
    'channels',
    'inputs',
    'period',
    'load',
    'neuron',
    'spikes',
    'protocol',
    'setting',
    'noise',
    'trials',
    'success',
    'within',
    'precision',
    'recall',
    'lesser',
    'van_rossum_quarter',
    'van_rossum',
    'van_rossum_4',
    'jitter',
    'median_error',
    'missing',
    'extra',
    'drift',
    'margin',
    'slope',
    'off_threshold',
    'weight_l2',
    'weight_l1',
    'at_bound',
    'radius',
    'status',
    'learned',
    'epochs',
    'macs',
    'solver_macs',
    'bytes',
  ],
  tasks: tasksOf,
  cost,
  prepare(config) {
    return (task) => {
      const { part, method, load, inputs, seed } = task;
      const own = config[part];
      if (!own) return [];
      const lesson = lessonOf(config, task);
      const { score } = lesson;
      const { channels } = own;
      const rows: Row[] = [];
      learn(
        lesson,
        methodNamed(config, method),
        own.budgets,
        (name) => methodNamed(config, name),
        (learned, budget) => {
          const head: Row = { part, method, budget, seed, channels, inputs, period: score.period, load };
          const found = part === 'neurons' ? neuronRows(config, lesson, learned) : networkRows(config, lesson, learned);
          rows.push(...found.map((row) => ({ ...head, ...row })));
        },
      );
      return rows;
    };
  },
  conclude,
};

/** The score and wiring of a task, and the seed of what is drawn in learning. */
function lessonOf(config: Config, { part, load, inputs, seed }: Task): Lesson {
  const { channels } = config[part] as NonNullable<Config['neurons' | 'networks']>;
  const drawn = seedFor(config.seed, `${part} ${inputs} ${load} ${seed}`);
  const period = load * inputs;
  const learners = part === 'neurons' && config.neurons ? Math.min(config.neurons.learners, channels) : channels;
  const { starts, ...synapses } = wireFixedIn({ neurons: channels, inputs, delays: config.delays, seed: drawn });
  return {
    score: sampleScore(channels, period, config.activity, drawn),
    // Those that only teach hear nothing.
    wiring: {
      starts: starts.map((start) => Math.min(start, learners * inputs)),
      sources: synapses.sources.subarray(0, learners * inputs),
      delays: synapses.delays.subarray(0, learners * inputs),
    },
    learners,
    template: { ...config.template, bound: boundFor(config, inputs) },
    seed: seedFor(drawn, 'learning'),
  };
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number) =>
  items.reduce((total, item) => total + of(item), 0);
/** NaN has no place in a row. */
const orNull = (value: number) => (Number.isFinite(value) ? value : null);

const cellsOf = ({ precision, recall, lesser, vanRossum, jitter, median, missing, extra }: Quality): Row => ({
  precision,
  recall,
  lesser,
  van_rossum_quarter: vanRossum[0],
  van_rossum: vanRossum[1],
  van_rossum_4: vanRossum[2],
  jitter: orNull(jitter),
  median_error: orNull(median),
  missing,
  extra,
});

/** What learning has cost, over all its neurons, and what it has left. */
function learnedCells({ neurons }: Learned): Row {
  const states = [...new Set(neurons.map(({ status }) => status))];
  return {
    status: states.length === 1 ? states[0] : 'mixed',
    learned: neurons.filter(({ status }) => status === 'solved' || status === 'soft' || status === 'converged').length,
    epochs: sum(neurons, ({ epochs }) => epochs) / neurons.length,
    macs: sum(neurons, ({ macs }) => macs),
    solver_macs: sum(neurons, ({ solver }) => solver),
    bytes: sum(neurons, ({ bytes }) => bytes),
  };
}

/** P0: a row per neuron and noise. */
function neuronRows(config: Config, { score, learners, seed }: Lesson, { network, neurons }: Learned): Row[] {
  const { noises, periods } = config.neurons as NonNullable<Config['neurons']>;
  return noises.flatMap((sigma, index) => {
    const found = forced(score, network, learners, sigma > 0 ? periods : 1, { sigma, seed, index }, config.tolerance);
    return found.map((quality, neuron): Row => {
      const { margin, slope, miss } = potentialMeasures(score, network, neuron, config.template.zone);
      const weights = network.weights.subarray(network.starts[neuron], network.starts[neuron + 1]);
      const { l2, l1, atBound } = sizeOf(weights, boundFor(config, weights.length));
      return {
        neuron,
        spikes: spikesOf(score, neuron).length,
        protocol: 'P0',
        noise: sigma,
        trials: 1,
        success: quality.precision >= SUCCESS && quality.recall >= SUCCESS ? 1 : 0,
        ...cellsOf(quality),
        within: quality.within,
        margin: orNull(margin),
        slope: orNull(slope),
        off_threshold: orNull(miss),
        weight_l2: l2,
        weight_l1: l1,
        at_bound: atBound,
        ...learnedCells({ network, neurons: [neurons[neuron]] }),
      };
    });
  });
}

/** P0 to P3: a row per protocol and setting, over the neurons or the trials. */
function networkRows(config: Config, { score, learners, seed }: Lesson, learned: Learned): Row[] {
  const { networks, tolerance } = config;
  const { noises, noise, periods, trials, recall, perturbed } = networks as NonNullable<Config['networks']>;
  const { network } = learned;
  const common = commonCells(config, score, learners, learned);
  /** Trials of a protocol, numbered from `first` on. */
  const over = (cells: Row, count: number, first: number, play: (index: number) => Replay): Row => ({
    ...common,
    ...cells,
    ...replayCells(Array.from({ length: count }, (_, trial) => play(first + trial))),
  });
  const taught = [...new Set([0, noise])].map((sigma, index): Row => {
    const found = forced(score, network, learners, sigma > 0 ? trials : 1, { sigma, seed, index }, tolerance);
    return { ...common, protocol: 'P0', noise: sigma, trials: learners, ...taughtCells(found) };
  });
  const replays = noises.map((sigma) =>
    over({ protocol: 'P1', noise: sigma }, sigma > 0 ? trials : 1, 1000, (index) =>
      replayed(score, network, periods, { sigma, seed, index }, tolerance),
    ),
  );
  const prompts: { precision: number; recall: number }[] = [];
  const released = over({ protocol: 'P2', setting: 'released', noise }, recall.trials, 2000, (index) => {
    const found = recalled(score, network, recall, { sigma: noise, seed, index }, tolerance);
    prompts.push(found.prompted);
    return found.released;
  });
  const prompted: Row = {
    ...common,
    protocol: 'P2',
    setting: 'prompted',
    noise,
    trials: recall.trials,
    success: prompts.filter(isSuccess).length,
    precision: sum(prompts, (one) => one.precision) / recall.trials,
    recall: sum(prompts, (one) => one.recall) / recall.trials,
  };
  const disturbed = [
    ...perturbed.jitters.map((jitter) => ({ setting: `jitter ${jitter}`, jitter, missing: 0 })),
    ...perturbed.deleted.map((missing) => ({ setting: `deleted ${missing}`, jitter: 0, missing })),
  ].map(({ setting, ...how }) =>
    over({ protocol: 'P3', setting, noise: 0 }, perturbed.trials, 3000, (index) =>
      returned(score, network, how, perturbed.periods, { sigma: 0, seed, index }, tolerance),
    ),
  );
  return [...taught, ...replays, prompted, released, ...disturbed];
}

const isSuccess = ({ precision, recall }: { precision: number; recall: number }) =>
  precision >= SUCCESS && recall >= SUCCESS;

/** What all rows of a network say: its potentials, its weights, its jitter map, what learning has cost. */
function commonCells(config: Config, score: Score, learners: number, learned: Learned): Row {
  const { network } = learned;
  const potentials = Array.from({ length: learners }, (_, neuron) =>
    potentialMeasures(score, network, neuron, config.template.zone),
  );
  const least = (values: number[]) =>
    orNull(values.filter(Number.isFinite).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY));
  const { l2, l1, atBound } = sizeOf(network.weights, boundFor(config, network.weights.length / learners));
  return {
    spikes: score.times.length,
    margin: least(potentials.map(({ margin }) => margin)),
    slope: least(potentials.map(({ slope }) => slope)),
    off_threshold: orNull(potentials.reduce((most, { miss }) => Math.max(most, miss || 0), 0)),
    weight_l2: l2,
    weight_l1: l1,
    at_bound: atBound,
    radius: radiusOf(score, network),
    ...learnedCells(learned),
  };
}

/** Means over trials; the last period of each, at its best lag, says whether it succeeded. */
function replayCells(found: readonly Replay[]): Row {
  const mean = (of: (one: Replay) => number) => sum(found, of) / found.length;
  const meanOfSome = (of: (one: Replay) => number) => {
    const some = found.map(of).filter((value) => !Number.isNaN(value));
    return some.length > 0 ? sum(some, (value) => value) / some.length : Number.NaN;
  };
  return {
    trials: found.length,
    success: found.filter(isSuccess).length,
    ...cellsOf({
      ...found[0],
      precision: mean((one) => one.precision),
      recall: mean((one) => one.recall),
      lesser: mean((one) => Math.min(one.precision, one.recall)),
      vanRossum: [0, 1, 2].map((i) => mean((one) => one.vanRossum[i])) as [number, number, number],
      jitter: meanOfSome((one) => one.jitter),
      median: meanOfSome((one) => one.median),
      missing: mean((one) => one.missing),
      extra: mean((one) => one.extra),
    }),
    drift: mean((one) => one.drift),
  };
}

/** Over the neurons, each alone on the prescribed input. */
function taughtCells(found: readonly Quality[]): Row {
  const mean = (of: (one: Quality) => number) => sum(found, of) / found.length;
  return {
    success: found.filter(isSuccess).length,
    within: sum(found, (one) => one.within),
    precision: mean((one) => one.precision),
    recall: mean((one) => one.recall),
    lesser: mean((one) => one.lesser),
    missing: mean((one) => one.missing),
    extra: mean((one) => one.extra),
  };
}

/** Spectral radius of the jitter map around the score; null where a potential is flat at a prescribed spike. */
function radiusOf(score: Score, network: Network): number | null {
  if (score.times.length === 0) return null;
  try {
    return orNull(stabilityOf(jitterMap(score, network)).radius);
  } catch (error) {
    if (error instanceof EngramError) return null;
    throw error;
  }
}

/** Seconds, roughly. */
function cost({ part, inputs, load, method }: Task, config: Config): number {
  const own = config[part];
  if (!own) return 0.01;
  const learners = part === 'neurons' && config.neurons ? config.neurons.learners : own.channels;
  const perNeuron = (name: string): number => {
    const one = methodNamed(config, name);
    if (one.method === 'convex') return 0.01;
    const origin = 'from' in one && one.from !== undefined ? perNeuron(one.from) : 0;
    const draws = one.method === 'superspike' && one.noise > 0 ? 1.2 * one.draws : 1;
    // FP ends when it has learned, after a tenth of its epochs or less, where it can; EventProp after a few.
    const fp = load < 1 ? 0.1 : 1;
    const perEpoch = { hinge: 1, fp, superspike: 1.2 * draws, eventprop: 40, bptt: 3 }[one.method];
    return origin + own.budgets.length * one.epochs * perEpoch * load * inputs * 1e-6;
  };
  return 0.1 + learners * perNeuron(method) + (part === 'networks' ? 0.02 * own.channels * load : 0);
}
