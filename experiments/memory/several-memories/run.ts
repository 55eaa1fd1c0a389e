/**
 * Several memories in one network, by the protocol of Aguettaz and Loeliger: random scores of one period are stored in
 * the same weights, then prompted one after the other in a single run: some channels play a memory for one period,
 * jittered, then all are free for some; the first memory is prompted once more at the end.
 *
 * - `schedule`  precision and recall of every cycle against every memory (cross-talk)
 * - `each`      how many memories fit, all of the same length
 * - `total`     how many pieces a given length may be cut into
 * - `ways`      how many fit by other ways to make the neurons: weights that are soft, free, or made for recall, and deep resets
 *
 * A switch is a prompt while another memory is (or was) played: every one but the first of a run. It succeeds if precision
 * and recall of the prompted memory are both at least 0.9 in the last free period.
 */
import type { Row } from '../../../src/campaign/index.js';
import { EngramError } from '../../../src/core/index.js';
import { inTurn, switchingJob } from '../../../src/memory/measure/index.js';
import { type NeuronModel, wireFixedIn } from '../../../src/memory/network/index.js';
import { sampleScore } from '../../../src/memory/score/index.js';
import type { Template } from '../../../src/memory/template/index.js';
import type { Experiment } from '../../common/experiment.js';
import { seedFor, storeProblem } from '../common/store.js';
import { units } from '../common/units.js';
import { type Config, schema, type Task, type Way } from './config.js';
import { conclude } from './report.js';

/** When an overdrive is asked for, as in the design for recall. */
const AFTER = 0.5;

/** Noises and trials of a part. */
const tests = (part: Task['part'], { schedule, fit, ways }: Pick<Config, 'schedule' | 'fit' | 'ways'>) =>
  ({ schedule, each: fit, total: fit, ways })[part];

/** How the neurons of a task are made: those of the first parts by least norm, the others by their way. */
const wayOf = ({ margin, bound, ways }: Config, name: string | undefined): Omit<Way, 'name' | 'memories'> =>
  ways.list.find((one) => one.name === name) ?? {
    objective: 'l2',
    margin,
    overdrive: null,
    reset: null,
    bound,
    soft: false,
  };

/** What they are, and what is asked of them. */
function neuronsOf(config: Config, name: string | undefined) {
  const { slope, zone } = config;
  const way = wayOf(config, name);
  const template: Template = { margin: way.margin, slope, zone, bound: way.bound };
  const model: NeuronModel | undefined = way.reset === null ? undefined : { model: 'reset', reset: way.reset };
  return {
    template: way.overdrive === null ? template : { ...template, overdrive: { level: way.overdrive, after: AFTER } },
    model,
    objective: way.objective,
    soft: way.soft,
  };
}

/** Refractory periods of all memories per input, from which on weights of the paper's bound (0.2) obey no template. */
const FULL = 0.3;

/** Seconds in which the neurons of a task are made: measured, as all costs are, on one processor. */
function storing({ way: name, inputs, memories, period }: Task, config: Config): number {
  const { objective, soft, bound } = wayOf(config, name);
  const { channels } = config;
  const length = memories * period;
  const arrival = objective === 'l2' ? (soft ? 8e-7 : 5e-7) : 1.2e-6;
  const usual = channels * 0.145 * length * inputs * arrival;
  // Where no weights will do, the proof of that is quick, but the best there are have every demand at work.
  const full = soft && bound < 1 && length > FULL * inputs;
  return full ? usual + channels * 1.1e-5 * length * length : usual;
}

export const severalMemories: Experiment<Config, Task> = {
  name: 'several-memories',
  module: import.meta.url,
  title: 'Several memories',
  question: 'How many scores fit into the same weights, and does a prompt call up the one that it belongs to?',
  units,
  schema,
  columns: [
    'part',
    'way',
    'inputs',
    'memories',
    'period',
    'network',
    'stored',
    'neurons',
    'noise',
    'trial',
    'block',
    'prompted',
    'cycle',
    'against',
    'precision',
    'recall',
    'success',
  ],
  tasks({ channels, prompted, networks, schedule, fit, ways }) {
    if (prompted > channels) {
      throw new EngramError('usage', `prompted must be at most channels, ${channels}; got ${prompted}`);
    }
    const { memories, period, inputs } = schedule;
    return Array.from({ length: networks }, (_, network): Task[] => [
      ...inputs.map((own): Task => ({ part: 'schedule', inputs: own, memories, period, network })),
      ...fit.each.memories.map((m): Task => {
        return { part: 'each', inputs: fit.inputs, memories: m, period: fit.each.period, network };
      }),
      ...fit.total.memories.map((m): Task => {
        return { part: 'total', inputs: fit.inputs, memories: m, period: fit.total.period / m, network };
      }),
      ...ways.list.flatMap(({ name: way, memories: numbers }) =>
        numbers.map((m): Task => {
          return { part: 'ways', way, inputs: ways.inputs, memories: m, period: ways.period, network };
        }),
      ),
    ]).flat();
  },
  cost(task, config) {
    const { part, inputs, memories, period } = task;
    const { noises: levels, trials } = tests(part, config);
    const events = config.channels * 0.145 * period * inputs;
    const played = levels.length * trials * (memories + 1) * (1 + config.free);
    return 0.2 + storing(task, config) + events * played * 2e-8;
  },
  prepare(config) {
    const { channels, activity, delays: range, prompted, jitter, free } = config;
    return ({ part, way, inputs, memories, period, network: number }) => {
      const own = seedFor(config.seed, `network ${number}`);
      const scores = Array.from({ length: memories }, (_, m) => sampleScore(channels, period, activity, own, m));
      const neurons = neuronsOf(config, way);
      const { network, solved } = storeProblem({
        score: scores[0],
        others: scores.slice(1),
        wiring: wireFixedIn({ neurons: channels, inputs, delays: range, seed: own }),
        ...neurons,
      });
      const { noises: levels, trials } = tests(part, config);
      const noiseOf = (index: number) => levels[Math.floor(index / trials)];
      const test = switchingJob.prepare({
        scores,
        network,
        model: neurons.model,
        seed: seedFor(config.seed, `${part} ${inputs} ${memories} ${number}`),
        schedule: inTurn(memories),
        prompt: prompted,
        free,
        noises: Array.from({ length: levels.length * trials }, (_, index) => noiseOf(index)),
        jitter,
      });
      return Array.from({ length: levels.length * trials }, (_, index) =>
        test(index).blocks.flatMap(({ memory, periods, success }, block) =>
          periods.flatMap((pairs, cycle) =>
            // How many fit is told by how the blocks end.
            part !== 'schedule' && cycle < free
              ? []
              : pairs.map(
                  ({ precision, recall }, against): Row => ({
                    part,
                    way: way ?? '',
                    inputs,
                    memories,
                    period,
                    network: number,
                    stored: solved,
                    neurons: channels,
                    noise: noiseOf(index),
                    trial: index % trials,
                    block,
                    prompted: memory,
                    cycle,
                    against,
                    precision,
                    recall,
                    success: Number(success),
                  }),
                ),
          ),
        ),
      ).flat();
    };
  },
  conclude,
};
