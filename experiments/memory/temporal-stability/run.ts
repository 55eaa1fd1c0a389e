/**
 * Temporal stability: how precisely a stored score is replayed, period after period, under threshold noise; and whether the
 * spectral radius of the jitter map (Aguettaz and Loeliger 2024, section 6) tells how fast jitter dies away.
 *
 * - `replay`  starts from memory and runs free; precision, recall and lag of every period, for objectives and slopes
 * - `decay`   all channels play the score with small jitter for one period, then run free without noise: the spread of
 *             the timing errors around their mean shrinks by a factor per period, to be compared with the radius.
 *             Short scores have a large radius, so that the decay can be followed before rounding ends it.
 */
import type { Row } from '../../../src/campaign/index.js';
import { jitterMap, jitterStatistics, recallJob, stabilityOf } from '../../../src/memory/measure/index.js';
import type { Network } from '../../../src/memory/network/index.js';
import { type Score, spikesOf } from '../../../src/memory/score/index.js';
import { splitTrains } from '../../../src/memory/simulate/index.js';
import type { Experiment } from '../../common/experiment.js';
import { storedFor } from '../common/network.js';
import { seedFor, specOf } from '../common/store.js';
import { units } from '../common/units.js';
import { type Config, schema, type Task } from './config.js';
import { conclude } from './report.js';

/** Spread of timing errors that rounding leaves. */
const FLOOR = 1e-12;

export const temporalStability: Experiment<Config, Task> = {
  name: 'temporal-stability',
  module: import.meta.url,
  title: 'Temporal stability',
  question: 'How precisely and for how long is a stored score replayed under noise, and what decides it?',
  units,
  schema,
  columns: [
    'part',
    'network',
    'period',
    'objective',
    'slope',
    'stored',
    'neurons',
    'spikes',
    'radius',
    'radius_status',
    'noise',
    'trial',
    'cycle',
    'precision',
    'recall',
    'lag',
    'timing_error',
    'spread',
  ],
  tasks({ networks, network, period, slopes, objectives, decay }) {
    const numbers = Array.from({ length: network === null ? networks : 1 }, (_, i) => i);
    if (network !== null) return [{ part: 'replay', network: 0, period, slope: 0, objective: 'l2' }];
    return numbers.flatMap((number): Task[] => [
      ...objectives.flatMap((objective) =>
        slopes.map((slope): Task => ({ part: 'replay', network: number, period, slope, objective })),
      ),
      ...decay.periods.map((own): Task => {
        return { part: 'decay', network: number, period: own, slope: decay.slope, objective: 'l2' };
      }),
    ]);
  },
  cost: ({ part, period }, { channels, inputs, noises: levels, trials, periods }) => {
    const replays = part === 'replay' ? levels.length * trials * periods : 3;
    return 1 + channels * inputs * period * (2e-7 + replays * 4e-9);
  },
  prepare(config) {
    return ({ part, network, period: wanted, slope, objective }) => {
      const varied = { ...config, period: wanted, slope, objective };
      const { score, network: wired, solved } = storedFor(config.network, specOf(varied, network));
      const { period } = score;
      const neurons = score.starts.length - 1;
      // A neuron that is not stored has no slope at its spikes, and the network no jitter map.
      const { radius, status } =
        solved === neurons ? stabilityOf(jitterMap(score, wired)) : { radius: null, status: 'not stored' };
      const head: Row = {
        part,
        network,
        period,
        objective: config.network === null ? objective : 'as stored',
        slope: config.network === null ? slope : null,
        stored: solved,
        neurons,
        spikes: score.times.length,
        radius,
        radius_status: status,
      };
      if (part === 'replay')
        return replayRows(config, head, score, wired, seedFor(config.seed, `replay ${network} ${slope} ${objective}`));
      return radius === null
        ? []
        : decayRows(config, head, score, wired, seedFor(config.seed, `decay ${network} ${period}`));
    };
  },
  conclude,
};

/** A row per period of every run from memory. */
function replayRows(config: Config, head: Row, score: Score, network: Network, seed: number): Row[] {
  const trials = config.noises.flatMap((noise) =>
    Array.from({ length: noise > 0 ? config.trials : 1 }, (_, trial) => ({ noise, trial })),
  );
  const test = recallJob.prepare({
    score,
    network,
    seed,
    promptTime: score.period,
    periods: config.periods,
    trials: trials.map(({ noise }) => ({ prompt: 0, noise, jitter: 0 })),
  });
  return trials.flatMap(({ noise, trial }, index) =>
    test(index).periods.map(
      ({ precision, recall, lag, timingError }, cycle): Row => ({
        ...head,
        noise,
        trial,
        cycle,
        precision,
        recall,
        lag,
        timing_error: timingError,
      }),
    ),
  );
}

/** Free periods over which a decay is followed. */
const FOLLOWED = 6;

/** A row per period in which the jitter of the prompt still stands above rounding. */
function decayRows(config: Config, head: Row, score: Score, network: Network, seed: number): Row[] {
  const { period } = score;
  const neurons = score.starts.length - 1;
  const test = recallJob.prepare({
    score,
    network,
    seed,
    promptTime: period,
    periods: FOLLOWED,
    trials: [{ prompt: neurons, noise: 0, jitter: config.decay.jitter }],
    start: 'memory',
  });
  const trains = splitTrains(test(0).spikes, neurons);
  // Only whole periods in which every spike has its counterpart tell a spread; below the floor it is rounding.
  const rows: Row[] = [];
  for (let cycle = 0; cycle <= FOLLOWED; cycle++) {
    const from = cycle * period;
    const window = trains.map((train, l) =>
      spikesOf(score, l).length === 0
        ? train.subarray(0, 0)
        : train.filter((t) => t >= from - 0.5 && t < from + period - 0.5),
    );
    const { deviation, matched } = jitterStatistics(score, window, 0);
    if (matched < score.times.length || deviation < FLOOR) break;
    rows.push({ ...head, noise: 0, trial: 0, cycle, spread: deviation });
  }
  return rows;
}
