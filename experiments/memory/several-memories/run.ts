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

/** What the neurons of a task are, and what is asked of them: those of the first parts by least norm, the others by their way. */
function neuronsOf({ margin, slope, zone, bound, ways }: Config, name: string | undefined) {
  const plain: Omit<Way, 'name' | 'memories'> = {
    objective: 'l2',
    margin,
    overdrive: null,
    reset: null,
    bound,
    soft: false,
  };
  const way = ways.list.find((one) => one.name === name) ?? plain;
  const template: Template = { margin: way.margin, slope, zone, bound: way.bound };
  const model: NeuronModel | undefined = way.reset === null ? undefined : { model: 'reset', reset: way.reset };
  return {
    template: way.overdrive === null ? template : { ...template, overdrive: { level: way.overdrive, after: AFTER } },
    model,
    objective: way.objective,
    soft: way.soft,
  };
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
  cost({ part, inputs, memories, period }, { channels, free, ...parts }) {
    const { noises: levels, trials } = tests(part, parts);
    const events = channels * 0.145 * period * inputs;
    return 0.2 + events * (memories * 3e-7 + levels.length * trials * (memories + 1) * (1 + free) * 2e-8);
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
