/**
 * The recall test: some channels play the score, the others are left to the network; then all are free.
 * Does the network replay the score, how precisely, how soon, and does it drift?
 */
import { demandInteger, demandNumber, demandObject, type Job, refuse, streamKey } from '../../core/index.js';
import { type Network, neuronCount } from '../network/index.js';
import { channelCount, demandChannels, demandScore, type Score, scoreOf, spikesOf } from '../score/index.js';
import { createSimulator, type Model, type Noise, type Spikes, splitTrains } from '../simulate/index.js';
import { type Firing, firingOf } from './firing.js';
import { imposePrompt, type Start } from './impose.js';
import { type Agreement, demandPlayed, periodWindow, similarity, similarityBounds } from './precision.js';
import { type Flaws, isFixed, type Prompted, promptedChannels, promptSize } from './prompt.js';
import { timingErrors, wrapped } from './timing.js';

/** A recall test: what is stored, how it is prompted, and how often. */
export interface RecallTest {
  /** What the network stores. */
  score: Score;
  /** The network that is tried. */
  network: Network;
  /** Equal seeds give equal trials. */
  seed: number;
  /** How long a prompt lasts. */
  promptTime: number;
  /** Free periods that follow. */
  periods: number;
  /** The trials; equal ones differ by their index, which their random streams depend on. */
  trials: readonly TrialPlan[];
  /** Noise of the simulation besides that of the thresholds. */
  simulation?: Noise;
  /** What the neurons are; kernel continuation unless given. */
  model?: Model | undefined;
  /** What the network has done before a prompt (default: nothing). */
  start?: Start;
  /** What wrong channels of a prompt play: another memory; trains unrelated to the score unless given. */
  other?: Score | undefined;
  /** Also follow the recall from the beginning of the prompt on, by groups of channels. */
  course?: boolean;
  /** Also tell how all trains fire in the free periods. */
  firing?: boolean;
}

/** How one trial is prompted and disturbed; flaws that are not given are none. */
export interface TrialPlan extends Partial<Flaws> {
  /** Which channels play the score over [0, promptTime); with 0, all start from the memory instead. */
  prompt: Prompted;
  /** Standard deviation of the threshold, in thresholds, and of the prompt's jitter, in refractory periods, where that is not given. */
  noise: number;
}

/** What one period of a trial is like. */
export interface PeriodRecall {
  /** The best precision over all lags. */
  precision: number;
  /** The best recall over all lags. */
  recall: number;
  /** In refractory periods; null where no spike agrees with a prescribed one at any lag. */
  lag: number | null;
  /** Root mean square of the timing errors after the lag; null where no spike has one. */
  timingError: number | null;
}

/** Precision and recall of one period, from the beginning of the prompt on. */
export interface CoursePeriod {
  /** All channels. */
  all: Agreement;
  /** Those that were prompted. */
  prompted: Agreement;
  /** Those that never were. */
  autonomous: Agreement;
}

/** What came of a trial. */
export interface Trial {
  /** As many channels were prompted. */
  prompt: number;
  /** Standard deviation of the threshold. */
  noise: number;
  /** The free periods, in order. */
  periods: PeriodRecall[];
  /** Precision and recall of the last free period are both at least 0.9. */
  success: boolean;
  /** Change of the lag per refractory period, over the free periods; null of one period, or where one end has no lag. */
  drift: number | null;
  /** All spikes, imposed ones included. */
  spikes: Spikes;
  /** With `course`: the periods from time 0 on, while prompted and free. */
  course?: CoursePeriod[];
  /**
   * With `course`: the beginning of the first stretch of one period in which the channels that were never prompted play the
   * score, on a grid of 1/20 period; null if there is none.
   */
  recalledAt?: number | null;
  /** With `firing`: of all neurons, in the free periods. */
  firing?: Firing;
}

/** Precision and recall from which on a period counts as recalled. */
export const SUCCESS = 0.9;
const GRID = 20;

/** One task per trial. */
export const recallJob: Job<RecallTest, Trial> = {
  name: 'recall',
  module: import.meta.url,
  prepare(test) {
    demandObject('a recall test', test);
    const { score, network, seed, promptTime, periods, trials, model, simulation } = test;
    demandScore(score);
    demandInteger('the seed', seed);
    demandInteger('free periods', periods, 1, 1e7);
    if (!Array.isArray(trials)) refuse('the trials of a recall test must be a list');
    const { period } = score;
    const simulator = createSimulator(network, { model });
    const neurons = neuronCount(network);
    demandChannels(score, neurons);
    return (index) => {
      demandInteger('the index of a trial', index, 0, trials.length - 1);
      const { noise, jitter = noise, missing = 0, extra = 0, ...given } = trials[index];
      const { prompt } = given;
      const plan = { ...given, jitter, missing, extra };
      const size = promptSize(prompt);
      const start = test.start ?? (size > 0 ? 'silent' : 'memory');
      const draws = { seed, index };
      const beside = { model, other: test.other };
      const { release, ...setting } = imposePrompt(score, network, plan, promptTime, start, draws, beside);
      const spikes = simulator.run({
        ...setting,
        to: release + periods * period,
        sigma: noise,
        noise: simulation,
        key: streamKey(seed, `threshold ${index}`),
      });
      const played = splitTrains(spikes, neurons);
      const results = Array.from({ length: periods }, (_, i) => measurePeriod(score, played, release + i * period));
      const last = results[results.length - 1];
      return {
        prompt: size,
        noise,
        periods: results,
        success: last.precision >= SUCCESS && last.recall >= SUCCESS,
        drift: growth(results, period),
        spikes,
        ...(test.course
          ? follow(score, played, promptedChannels(prompt, neurons, draws), release + periods * period)
          : {}),
        ...(test.firing ? { firing: firingOf(played, release, release + periods * period) } : {}),
      };
    };
  },
};

/** A trial as it is kept: only the first one of a test still has its spikes, to be drawn. */
export type TrialOutcome = Omit<Trial, 'spikes'> & { spikes?: Spikes };

/** The same trials, of which most are only counted. */
export const outcomeJob: Job<RecallTest, TrialOutcome> = {
  name: 'outcome',
  module: import.meta.url,
  prepare(test) {
    const trial = recallJob.prepare(test);
    return (index) => {
      const { spikes, ...outcome } = trial(index);
      return index === 0 ? { ...outcome, spikes } : outcome;
    };
  },
};

/** Precision, recall, lag and timing error of the period that begins at `begin`. */
export function measurePeriod(score: Score, trains: readonly Float64Array[], begin: number): PeriodRecall {
  demandPlayed(score, trains);
  demandNumber('the begin of the period', begin);
  const { period } = score;
  const window = trains.map((train) => periodWindow(train, begin, period));
  const { precision, recall, lag } = similarity(score, window);
  const errors = timingErrors(score, window, lag);
  const square = errors.reduce((sum, error) => sum + error * error, 0);
  if (errors.length === 0) return { precision, recall, lag: null, timingError: null };
  return { precision, recall, lag, timingError: Math.sqrt(square / errors.length) };
}

/** From the first lag to the last, per refractory period. */
function growth(results: readonly PeriodRecall[], period: number): number | null {
  const [first, last] = [results[0].lag, results[results.length - 1].lag];
  if (results.length < 2 || first === null || last === null) return null;
  return wrapped(last - first, period) / ((results.length - 1) * period);
}

/**
 * Whether all trials of a plan are the same: nothing of it is drawn. Such a plan is one trial, however often it is run, and
 * what came of it has no interval.
 */
export function isDeterministic(
  { noise, jitter = noise, ...prompt }: TrialPlan,
  {
    start,
    simulation: { failure = 0, jitter: delayJitter = 0, background = [] } = {},
  }: Pick<RecallTest, 'start' | 'simulation'> = {},
): boolean {
  const drawn = [noise, failure, delayJitter, background.length];
  return start !== 'random' && isFixed({ ...prompt, jitter }) && drawn.every((amount) => amount === 0);
}

/** The course of a trial by groups, and the moment of recall. */
function follow(score: Score, played: readonly Float64Array[], prompted: readonly number[], end: number) {
  const { period } = score;
  const channels = Array.from({ length: channelCount(score) }, (_, channel) => channel);
  const group = (members: readonly number[]) => ({
    score: scoreOf(
      members.map((channel) => spikesOf(score, channel)),
      period,
    ),
    trains: members.map((channel) => played[channel]),
  });
  const plays = new Set(prompted);
  const groups = {
    all: group(channels),
    prompted: group(prompted),
    autonomous: group(channels.filter((channel) => !plays.has(channel))),
  };
  const pairAt = ({ score: part, trains }: (typeof groups)['all'], begin: number): Agreement => {
    const { precision, recall } = similarity(
      part,
      trains.map((train) => periodWindow(train, begin, period)),
    );
    return { precision, recall };
  };
  const course = Array.from({ length: Math.floor(end / period + 1e-9) }, (_, i) => ({
    all: pairAt(groups.all, i * period),
    prompted: pairAt(groups.prompted, i * period),
    autonomous: pairAt(groups.autonomous, i * period),
  }));
  let recalledAt: number | null = null;
  const { autonomous } = groups;
  for (let i = 0; recalledAt === null && (i / GRID + 1) * period <= end + 1e-9; i++) {
    const begin = (i / GRID) * period;
    const windows = autonomous.trains.map((train) => periodWindow(train, begin, period));
    // The bounds cost nothing and rule out most of what is not recalled yet.
    const bounds = similarityBounds(autonomous.score, windows);
    if (bounds.precision < SUCCESS || bounds.recall < SUCCESS) continue;
    const { precision, recall } = similarity(autonomous.score, windows);
    if (precision >= SUCCESS && recall >= SUCCESS) recalledAt = begin;
  }
  return { course, recalledAt };
}
