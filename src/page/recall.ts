/**
 * The recall in a worker: some channels play a stretch of the score to a network at rest, then all are free. A run goes on for
 * as long as it is asked to.
 */
import { streamKey } from '../core/index.js';
import { measurePeriod, type PeriodRecall, repeatTrain } from '../memory/measure/index.js';
import { channelCount, spikesOf } from '../memory/score/index.js';
import {
  createSimulator,
  mergeTrains,
  type Run,
  type Session,
  type Simulator,
  type Spikes,
  splitTrains,
} from '../memory/simulate/index.js';
import type { Cue } from './address.js';
import { current } from './solver.js';

/** A cue, and the standard deviation of the threshold, in thresholds. */
type NoisyCue = Cue & { noise: number };

/** What has come since the last time, and the free periods that have ended. */
export interface Progress {
  spikes: Spikes;
  periods: PeriodRecall[];
}

let simulator: Simulator | undefined;
let session: Session | undefined;
/** Of this run: spikes that a period still needs, where the next period begins. */
let held: Float64Array[] = [];
let next = 0;

export const recall = {
  /** Loads the weights that were found. */
  load(weights: Float64Array): void {
    const { problem } = current();
    simulator = createSimulator({ ...problem.wiring, weights }, { model: problem.model });
    session = undefined;
  },
  /** Begins a run. */
  begin(cue: NoisyCue): void {
    session = simulator?.start(startOf(cue));
    held = Array.from({ length: channelCount(current().problem.score) }, () => new Float64Array());
    next = cue.to;
  },
  /** Runs on until a time. */
  advance(until: number): Progress {
    if (!session) return { spikes: { times: new Float64Array(), neurons: new Uint32Array() }, periods: [] };
    const { score } = current().problem;
    const spikes = session.run(Math.max(until, session.now()));
    const fresh = splitTrains(spikes, held.length);
    held = held.map((train, channel) => Float64Array.of(...train, ...fresh[channel]));
    const periods: PeriodRecall[] = [];
    for (; next + score.period <= session.now(); next += score.period) {
      periods.push(measurePeriod(score, held, next));
      held = held.map((train) => train.filter((time) => time >= next + score.period - 1));
    }
    return { spikes, periods };
  },
};

/** A run after a cue: from rest, with the channels of the cue clamped to what they play. */
function startOf({ first, last, from, to, noise }: NoisyCue): Run {
  const { problem, seed } = current();
  const { score } = problem;
  const plays = (channel: number) => channel >= first && channel <= last;
  const trains = Array.from({ length: channelCount(score) }, (_, channel) =>
    plays(channel) ? repeatTrain(spikesOf(score, channel), score.period, from, to) : new Float64Array(),
  );
  const releases = Float64Array.from(trains, (_, channel) => (plays(channel) ? to : from));
  return { from, imposed: mergeTrains(trains), releases, sigma: noise, key: streamKey(seed, 'threshold') };
}

/** The trains of a whole run, beside the one that is under way. */
export function runOf(weights: Float64Array, cue: NoisyCue, to: number): Float64Array[] {
  const { wiring, model, score } = current().problem;
  return splitTrains(
    createSimulator({ ...wiring, weights }, { model }).run({ ...startOf(cue), to }),
    channelCount(score),
  );
}
