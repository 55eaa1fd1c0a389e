/**
 * Several memories in one network, by the protocol of Aguettaz and Loeliger: random scores of one period are stored in
 * the same weights, then prompted one after the other in a single run: some channels play a memory for one period,
 * jittered, then all are free for some; the first memory is prompted once more at the end.
 *
 * - `schedule`  precision and recall of every cycle against every memory (cross-talk)
 * - `each`      how many memories fit, all of the same length
 * - `total`     how many pieces a given length may be cut into
 *
 * A switch is a prompt while another memory is (or was) played: every one but the first of a run. It succeeds if precision
 * and recall of the prompted memory are both at least 0.9 in the last free period.
 */
import type { Row } from '../../../src/campaign/index.js';
import { EngramError } from '../../../src/core/index.js';
import { inTurn, switchingJob } from '../../../src/memory/measure/index.js';
import { wireFixedIn } from '../../../src/memory/network/index.js';
import { sampleScore } from '../../../src/memory/score/index.js';
import type { Experiment } from '../../common/experiment.js';
import { seedFor, storeProblem } from '../common/store.js';
import { units } from '../common/units.js';
import { type Config, schema, type Task } from './config.js';
import { conclude } from './report.js';

export const severalMemories: Experiment<Config, Task> = {
  name: 'several-memories',
  module: import.meta.url,
  title: 'Several memories',
  question: 'How many scores fit into the same weights, and does a prompt call up the one that it belongs to?',
  units,
  schema,
  columns: [
    'part',
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
  tasks({ channels, prompted, networks, schedule, fit }) {
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
    ]).flat();
  },
  cost({ part, inputs, memories, period }, { channels, free, schedule, fit }) {
    const { noises: levels, trials } = part === 'schedule' ? schedule : fit;
    const events = channels * 0.145 * period * inputs;
    return 0.2 + events * (memories * 3e-7 + levels.length * trials * (memories + 1) * (1 + free) * 2e-8);
  },
  prepare(config) {
    const { channels, activity, delays: range, bound, margin, slope, zone, prompted, jitter, free } = config;
    return ({ part, inputs, memories, period, network: number }) => {
      const own = seedFor(config.seed, `network ${number}`);
      const scores = Array.from({ length: memories }, (_, m) => sampleScore(channels, period, activity, own, m));
      const { network, solved } = storeProblem({
        score: scores[0],
        others: scores.slice(1),
        wiring: wireFixedIn({ neurons: channels, inputs, delays: range, seed: own }),
        template: { margin, slope, zone, bound },
        objective: 'l2',
      });
      const { noises: levels, trials } = part === 'schedule' ? config.schedule : config.fit;
      const noiseOf = (index: number) => levels[Math.floor(index / trials)];
      const test = switchingJob.prepare({
        scores,
        network,
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
