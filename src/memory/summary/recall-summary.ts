/**
 * What the trials of a recall test come to, noise by noise: the one source of every table of recall. What does not exist
 * is null and enters no mean: a trial that failed has no timing, a single period no drift, a single outcome no interval.
 */
import { mean, median } from '../../core/index.js';
import { type CoursePeriod, type PeriodRecall, type Trial, wilson } from '../measure/index.js';
import { medianOf } from './samples.js';

/** A trial without its spikes. */
export type Outcome = Omit<Trial, 'spikes'>;

/** The last free period of a trial, which decides on it. */
export const lastOf = ({ periods }: Pick<Trial, 'periods'>): PeriodRecall => periods[periods.length - 1];

/** The levels of a list, each once, from the quiet one on. */
export const levelsOf = (noises: readonly number[]): number[] => [...new Set(noises)].sort((a, b) => a - b);

/** Medians of precision and recall over the trials, in one period of the course. */
export type MedianCourse = Record<keyof CoursePeriod, [precision: number, recall: number]>;

/** One level of noise in a recall test; null where no trial tells. */
export interface RecallStatistics {
  noise: number;
  trials: number;
  success: number;
  /** Of the probability of success, at 95 %; null of an outcome that is not drawn. */
  interval: [number, number] | null;
  /** Means over the trials, of the last free period. */
  precision: number | null;
  recall: number | null;
  /** Median over the trials that succeed. */
  time_to_recall_s: number | null;
  /** Means over the trials that succeed. */
  timing_error_ms: number | null;
  drift_ms_per_s: number | null;
  /** Period by period from the start of the prompt on. */
  course: MedianCourse[] | undefined;
}

/**
 * The statistics of trials under one noise; times of trials are in refractory periods of `tau0` seconds.
 * @param drawn whether trials differ by chance
 */
export function recallStatistics(
  noise: number,
  trials: readonly Outcome[],
  tau0: number,
  drawn = noise > 0,
): RecallStatistics {
  const recalled = trials.filter(({ success }) => success);
  const average = (of: readonly Outcome[], value: (trial: Outcome) => number | null): number | null =>
    mean(of.map(value).filter((one) => one !== null)) ?? null;
  const times = recalled.flatMap(({ recalledAt }) => (typeof recalledAt === 'number' ? [recalledAt * tau0] : []));
  const error = average(recalled, (trial) => lastOf(trial).timingError);
  const drift = average(recalled, (trial) => trial.drift);
  return {
    noise,
    trials: trials.length,
    success: recalled.length,
    interval: drawn ? wilson(recalled.length, trials.length) : null,
    precision: average(trials, (trial) => lastOf(trial).precision),
    recall: average(trials, (trial) => lastOf(trial).recall),
    time_to_recall_s: median(times) ?? null,
    timing_error_ms: error === null ? null : error * tau0 * 1e3,
    drift_ms_per_s: drift === null ? null : drift * 1e3,
    course: medianCourse(trials),
  };
}

/** What the test that follows storing keeps of that. */
export interface RecallSummary
  extends Omit<RecallStatistics, 'interval' | 'time_to_recall_s' | 'course' | 'precision' | 'recall'> {
  precision: number;
  recall: number;
}

/** One row per noise, in the order of `noises`. */
export const summarizeRecall = (trials: readonly Outcome[], noises: readonly number[], tau0: number): RecallSummary[] =>
  noises.map((noise) => {
    const own = trials.filter((trial) => trial.noise === noise);
    const { interval: _, time_to_recall_s: __, course: ___, ...kept } = recallStatistics(noise, own, tau0);
    return { ...kept, precision: kept.precision ?? Number.NaN, recall: kept.recall ?? Number.NaN };
  });

/** Undefined where the trials were not followed. */
function medianCourse(trials: readonly Outcome[]): MedianCourse[] | undefined {
  return trials[0]?.course?.map((_, period) => {
    const pair = (group: keyof CoursePeriod): [number, number] => {
      const of = (measure: 'precision' | 'recall') =>
        medianOf(trials.map(({ course }) => course?.[period][group][measure] ?? 0));
      return [of('precision'), of('recall')];
    };
    return { all: pair('all'), prompted: pair('prompted'), autonomous: pair('autonomous') };
  });
}

/**
 * Periods played from memory without noise: how exactly, and by how much the lag moves from one to the next at most, null
 * where a period has no lag.
 */
export function summarizeReplay(periods: readonly PeriodRecall[]): { precision: number; lagChange: number | null } {
  const lags = periods.flatMap(({ lag }) => lag ?? []);
  const steps = lags.map((lag, i) => Math.abs(i > 0 ? lag - lags[i - 1] : lag));
  return {
    precision: Math.min(...periods.map(({ precision }) => precision)),
    lagChange: lags.length < periods.length ? null : steps.reduce((a, b) => Math.max(a, b), 0),
  };
}
