/**
 * Which neurons hold the rule, and when. Of each excitatory neuron and rule: the mean over trials in the delay, smoothed (sigma of 4 steps), in bins of 4 steps,
 * in deviations from its own mean. A neuron is tuned if it has a local maximum of at least 2 deviations under either rule and fires above 2 Hz; it belongs to the
 * rule of the larger one.
 */
import { demandInteger, demandNumber, demandObject, demandOneOf, refuse } from '../core/index.js';
import { delayRates, demandSession, meanActivity, type Session, trainsOf, trialsByRule } from './session.js';
import { binned, momentsOf, smoothed, standardized } from './smooth.js';

const SIGMA = 4;
/** Steps of a bin. */
export const BIN = 4;
const HEIGHT = 2;
const LEAST_RATE = 2;

/** The tuning of all excitatory neurons. */
export interface Tuned {
  /** By excitatory neuron: -1 if it is not tuned, else its rule. */
  readonly rule: Int32Array;
  /** How many neurons have a maximum of that height, whatever their rate. */
  readonly peaked: number;
  /** How many fire above the least rate. */
  readonly fast: number;
  /** How many do both. */
  readonly tuned: number;
  /** By rule and excitatory neuron: the course in Hz, bins after bins. */
  readonly courses: readonly (readonly Float64Array[])[];
  /** By rule and neuron: the bin of the highest value. */
  readonly peaks: readonly Uint32Array[];
  /** Bins of a course. */
  readonly bins: number;
}

/** The tuning of all excitatory neurons. */
export function tuningOf(session: Session, height = HEIGHT): Tuned {
  demandNumber('the height of a peak', height);
  demandSession(session);
  const { excitatory, from, until, steps, settings } = session;
  if (until - from < BIN) refuse(`tuning is of a delay of at least ${BIN} steps; got ${until - from}`);
  const trials = trialsByRule(session);
  const courses = trials.map((own) => {
    const mean = meanActivity(session, own);
    return Array.from({ length: excitatory }, (_, n) =>
      binned(smoothed(mean.subarray(n * steps + from, n * steps + until), SIGMA), BIN).map((x) => x / settings.task.dt),
    );
  });
  const rates = delayRates(session, trials.flat());
  const highest = courses.map((own) => own.map((course) => highestPeak(standardized(course))));
  const rule = new Int32Array(excitatory).fill(-1);
  let [peaked, fast, tuned] = [0, 0, 0];
  for (let n = 0; n < excitatory; n++) {
    const has = Math.max(highest[0][n], highest[1][n]) >= height;
    const fires = rates[n] > LEAST_RATE;
    if (has) peaked++;
    if (fires) fast++;
    if (!(has && fires)) continue;
    tuned++;
    rule[n] = highest[0][n] >= highest[1][n] ? 0 : 1;
  }
  const peaks = courses.map((own) => Uint32Array.from(own, (course) => course.indexOf(Math.max(...course))));
  return { rule, peaked, fast, tuned, courses, peaks, bins: courses[0][0]?.length ?? 0 };
}

/** The highest of the local maxima, plateaus counted; minus infinity without one. Ends are none. */
export function highestPeak(values: Float64Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 1; k < values.length - 1; k++) {
    if (!(values[k] > values[k - 1])) continue;
    let end = k;
    while (end + 1 < values.length && values[end + 1] === values[k]) end++;
    if (end + 1 < values.length && values[end + 1] < values[k]) highest = Math.max(highest, values[k]);
  }
  return highest;
}

/** The rows of a heat map: tuned neurons of both rules in the order of their peak under one; each course from 0 to 1. */
export function heatMap(
  tuned: Tuned,
  shown: 0 | 1,
  sortedBy: 0 | 1,
): {
  /** Its number. */
  neuron: number;
  /** Its course. */
  values: Float64Array;
}[] {
  demandObject('the tuning', tuned);
  for (const rule of [shown, sortedBy]) demandOneOf('the rule', rule, [0, 1]);
  const { rule, courses, peaks } = tuned;
  return [...rule.keys()]
    .filter((n) => rule[n] >= 0)
    .sort((a, b) => peaks[sortedBy][a] - peaks[sortedBy][b] || a - b)
    .map((neuron) => {
      const course = courses[shown][neuron];
      const [least, most] = [Math.min(...course), Math.max(...course)];
      return { neuron, values: course.map((x) => (most > least ? (x - least) / (most - least) : 0)) };
    });
}

/** The course of one neuron under a rule over the delay. */
export interface Psth {
  /** Hz by bin, of smoothed trials. */
  readonly mean: Float64Array;
  /** Its standard error, of trials that are not smoothed. */
  readonly error: Float64Array;
  /** The course in its deviations from its mean. */
  readonly z: Float64Array;
  /** The standard error in the same. */
  readonly zError: Float64Array;
  /** Spikes, trial by trial: step. */
  readonly raster: readonly number[][];
}

/** Raster and course of a neuron by rule. */
export function psthOf(session: Session, neuron: number): Psth[] {
  demandSession(session);
  const { outcome, steps, from, until, settings } = session;
  demandInteger('the neuron', neuron, 0, settings.neurons - 1);
  const { dt } = settings.task;
  return trialsByRule(session).map((trials) => {
    const courses = trials.map((trial) => {
      const { neurons, steps: times } = trainsOf(outcome, trial);
      const raw = new Float64Array(steps);
      neurons.forEach((other, k) => {
        if (other === neuron) raw[times[k]] = 1 / dt;
      });
      return raw;
    });
    const bins = Math.floor((until - from) / BIN);
    const mean = new Float64Array(bins);
    for (const raw of courses) {
      const own = binned(smoothed(raw, SIGMA).subarray(from, until), BIN);
      for (let b = 0; b < bins; b++) mean[b] += own[b] / courses.length;
    }
    const unsmoothed = courses.map((raw) => binned(raw.subarray(from, until), BIN));
    const error = mean.map((_, b) => {
      const values = unsmoothed.map((own) => own[b]);
      return values.length > 0 ? momentsOf(values).deviation / Math.sqrt(values.length) : Number.NaN;
    });
    const { deviation } = momentsOf(mean);
    return {
      mean,
      error,
      z: standardized(mean),
      zError: error.map((x) => (deviation > 0 ? x / deviation : 0)),
      raster: courses.map((raw) => [...raw.keys()].filter((t) => raw[t] > 0)),
    };
  });
}
