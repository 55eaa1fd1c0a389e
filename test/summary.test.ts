/** What replays and recalls come to: drift, basin, comparison with theory, recall statistics, sizes. No process is started here. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PeriodRecall, wilson } from '../src/memory/measure/index.js';
import {
  basinTrials,
  byMemory,
  compareNoise,
  defaultInputs,
  driftOf,
  JITTERS,
  levelsOf,
  lowerSpread,
  MISSING,
  medianOf,
  memoryNeed,
  type Outcome,
  promptedChannels,
  recallStatistics,
  summarizeBasin,
  summarizeRecall,
  summarizeReplay,
  summarizeSwitching,
  worstBlock,
} from '../src/memory/summary/index.js';

describe('samples', () => {
  it('a spread of an even number of values takes the lower value of the middle', () => {
    expect(lowerSpread(Float64Array.of(4, 1, 2, 10))).toEqual({ least: 1, median: 2, most: 10 });
    expect(lowerSpread(Float64Array.of(7, 5, 6))).toEqual({ least: 5, median: 6, most: 7 });
  });

  it('the median stands in the middle, and is the mean of two where two do', () => {
    expect(medianOf([4, 1, 2, 10])).toBe(3);
    expect(medianOf([9, 1, 2])).toBe(2);
    expect(medianOf([])).toBeNaN();
  });
});

describe('drift', () => {
  it('is positive where the replay is ever later, negative where it is ever earlier, and as large as each step', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.integer({ min: 2, max: 40 }),
        (first, step, count) => {
          const period = 10;
          // Known only around the circle of a period.
          const lags = Array.from({ length: count }, (_, i) => {
            const lag = first + i * step;
            return lag - period * Math.round(lag / period);
          });
          expect(driftOf(lags, period)).toBeCloseTo(step, 9);
        },
      ),
    );
  });
});

const period = (precision: number, lag: number, timingError = 0.02): PeriodRecall => ({
  precision,
  recall: precision,
  lag,
  timingError,
});
const prediction = (drift: number) => ({ sigma: 0.1, precision: 0.9, jitter: 0.05, drift, driftError: 0.001 });

describe('theory beside simulation', () => {
  const T = 20;
  const tau0 = 0.005;
  const compared = (lags: readonly number[], quiet: number, precisions = lags.map(() => 0.9)) =>
    compareNoise(
      { noise: 0.1, linear: prediction(0.002), curved: prediction(0.006) },
      lags.map((lag, i) => period(precisions[i], lag)),
      quiet,
      T,
      tau0,
    );

  it('adds the drift of the quiet network to what is predicted, with its sign', () => {
    const { linear, curved } = compared([0, 0, 0], 0.01);
    expect(linear.drift_ms_per_s).toBeCloseTo((1e3 * 0.012) / T, 12);
    expect(curved.drift_ms_per_s).toBeCloseTo((1e3 * 0.016) / T, 12);
    expect(linear.timing_error_ms).toBeCloseTo(0.25, 12);
    expect(linear.drift_error_ms_per_s).toBeCloseTo((1e3 * 0.001) / T, 12);
    expect(linear.precision).toBe(0.9);
    expect(compared([0, 0, 0], -0.01).linear.drift_ms_per_s).toBeCloseTo((1e3 * -0.008) / T, 12);
  });

  it('reports a replay that is ever later as a positive drift', () => {
    expect(compared([0, 0.1, 0.2, 0.3], 0).simulated.drift_ms_per_s).toBeCloseTo((1e3 * 0.1) / T, 12);
    expect(compared([0, -0.1, -0.2], 0).simulated.drift_ms_per_s).toBeCloseTo((-1e3 * 0.1) / T, 12);
  });

  it('counts only the periods before the replay is lost', () => {
    const { simulated } = compared([0, 0.1, 5, 5], 0, [0.9, 0.8, 0.2, 0.9]);
    expect(simulated).toMatchObject({ periods: 4, held: 2, precisions: [0.9, 0.8, 0.2, 0.9] });
    expect(simulated.precision).toBeCloseTo(0.85, 12);
    expect(simulated.timing_error_ms).toBeCloseTo(0.1, 12);
    expect(simulated.drift_ms_per_s).toBeCloseTo((1e3 * 0.1) / T, 12);
  });

  it('a precision of just one half is not lost, and of one period there is no drift', () => {
    expect(compared([0, 0], 0, [0.5, 0.4]).simulated).toMatchObject({ held: 1, precision: 0.5, drift_ms_per_s: null });
  });

  it('has no numbers of a replay that is lost at once', () => {
    expect(compared([0, 0], 0, [0.1, 0.1]).simulated).toMatchObject({
      held: 0,
      precision: null,
      timing_error_ms: null,
      drift_ms_per_s: null,
    });
  });
});

it('a basin counts the trials of each disturbance apart', () => {
  const each = 3;
  const plans = basinTrials(each);
  expect(plans).toHaveLength(each * (JITTERS.length + MISSING.length));
  expect(plans[each]).toEqual({ prompt: 0, noise: 0, jitter: JITTERS[1] });
  expect(plans[each * JITTERS.length]).toEqual({ prompt: 0, noise: 0, missing: MISSING[0] });
  // The first disturbance always returns, the second in one trial, the first lack of spikes in two.
  const success = new Set([0, 1, 2, 3, each * JITTERS.length, each * JITTERS.length + 2]);
  const { jitter, missing } = summarizeBasin(
    plans.map((_, i) => ({ success: success.has(i) })),
    each,
    0.005,
  );
  expect(jitter.map(({ returned }) => returned)).toEqual([3, 1, 0, 0, 0]);
  expect(missing.map(({ returned }) => returned)).toEqual([2, 0, 0, 0, 0]);
  expect(jitter[1]).toMatchObject({ jitter_s: 0.001, trials: 3 });
  expect(missing[0].share).toBe(MISSING[0]);
  for (const { returned, trials, interval } of [...jitter, ...missing]) {
    expect(interval).toEqual(wilson(returned, trials));
  }
});

const trial = (
  noise: number,
  success: boolean,
  recalledAt: number | null,
  drift: number,
  precision: number,
): Outcome => ({
  prompt: 5,
  noise,
  success,
  recalledAt,
  drift,
  periods: [period(0.1, 0), period(precision, 0, 0.04)],
  course: [0, 1].map((i) => {
    const pair = { precision: precision / (1 + i), recall: precision };
    return { all: pair, prompted: { precision: 1, recall: 1 }, autonomous: pair };
  }),
});

describe('recall', () => {
  const trials = [
    trial(0.1, true, 10, 0.002, 0.92),
    trial(0.1, true, 30, 0.004, 0.96),
    trial(0.1, true, 100, 0.006, 0.94),
    trial(0.1, false, 1, -1, 0.3),
  ];

  it('takes the median of the times to recall, over the trials that succeed', () => {
    const found = recallStatistics(0.1, trials, 0.005);
    expect(found).toMatchObject({ noise: 0.1, success: 3, trials: 4, interval: wilson(3, 4) });
    expect(found.recall).toBeCloseTo((0.92 + 0.96 + 0.94 + 0.3) / 4, 12);
    expect(found.time_to_recall_s).toBeCloseTo(30 * 0.005, 12);
    const even = recallStatistics(0.1, [trials[0], trials[1]], 0.005);
    expect(even.time_to_recall_s).toBeCloseTo(20 * 0.005, 12);
  });

  it('takes timing and drift of the trials that succeed, precision of all', () => {
    const found = recallStatistics(0.1, trials, 0.005);
    expect(found.drift_ms_per_s).toBeCloseTo(4, 12);
    expect(found.timing_error_ms).toBeCloseTo(0.2, 12);
    expect(found.precision).toBeCloseTo((0.92 + 0.96 + 0.94 + 0.3) / 4, 12);
  });

  it('follows the course by medians, group by group', () => {
    const { course } = recallStatistics(0.1, trials, 0.005);
    expect(course).toHaveLength(2);
    const middle = (0.92 + 0.94) / 2;
    expect(course?.[0].all).toEqual([middle, middle]);
    expect(course?.[1].autonomous).toEqual([middle / 2, middle]);
    expect(course?.[0].prompted).toEqual([1, 1]);
  });

  it('has no course of trials that were not followed, and no time of those that never came to it', () => {
    const { course: _, ...plain } = trial(0.1, true, null, 0, 1);
    const found = recallStatistics(0.1, [plain], 0.005);
    expect(found).toMatchObject({ course: undefined, time_to_recall_s: null, success: 1 });
    expect(recallStatistics(0.1, [], 0.005)).toMatchObject({ trials: 0, precision: null, recall: null });
  });

  it('has nothing to say of timing where no trial succeeds', () => {
    const none = recallStatistics(0.1, [trials[3]], 0.005);
    expect(none).toMatchObject({ success: 0, time_to_recall_s: null, timing_error_ms: null, drift_ms_per_s: null });
  });

  it('has one row per noise, of its own trials alone', () => {
    const rows = summarizeRecall([...trials, trial(0, true, 1, 0, 1)], [0, 0.1], 0.005);
    expect(rows.map(({ noise, success, trials: count }) => [noise, success, count])).toEqual([
      [0, 1, 1],
      [0.1, 3, 4],
    ]);
    expect(rows[1].drift_ms_per_s).toBeCloseTo(4, 9);
    expect(rows[1].precision).toBeCloseTo((0.92 + 0.96 + 0.94 + 0.3) / 4, 12);
    expect(rows[1].recall).toBeCloseTo((0.92 + 0.96 + 0.94 + 0.3) / 4, 12);
    expect(rows[1].timing_error_ms).toBeCloseTo(0.2, 12);
    expect(levelsOf([0.1, 0, 0.1, 0.05])).toEqual([0, 0.05, 0.1]);
  });

  it('a replay is as precise as its worst period, and its lag moves as far as the largest step', () => {
    expect(summarizeReplay([period(1, 0.01), period(0.9, 0.03), period(0.95, -0.01)])).toEqual({
      precision: 0.9,
      lagChange: 0.04,
    });
  });
});

describe('memories in turn', () => {
  const block = (memory: number, success: boolean, precisions: number[]) => ({
    memory,
    success,
    periods: [[], precisions.map((precision) => ({ precision, recall: precision }))],
  });
  const trials = [
    { noise: 0, blocks: [block(0, true, [1, 0.1]), block(1, true, [0.2, 0.8]), block(0, true, [0.9, 0.1])] },
    { noise: 0.1, blocks: [block(0, true, [1, 0.3]), block(1, false, [0.2, 0.4]), block(0, true, [0.8, 0.1])] },
    { noise: 0.1, blocks: [block(0, true, [0.8, 0.1]), block(1, true, [0.4, 0.8]), block(0, false, [0.6, 0.5])] },
  ];
  const rows = summarizeSwitching(trials, [0, 0.1], [0, 1, 0], 1);

  it('a row for each block of the schedule at each noise', () => {
    expect(rows).toHaveLength(6);
    expect(rows[4]).toMatchObject({ noise: 0.1, prompted: 2, success: 1, trials: 2 });
    expect(rows[3].precision_against[0]).toBeCloseTo(0.9, 12);
    expect(rows[3].precision_against[1]).toBeCloseTo(0.2, 12);
  });

  it('the worst block stands for a noise', () => {
    expect(worstBlock(rows, 0, 3)).toBe(3);
    expect(worstBlock(rows, 0.1, 3)).toBe(1.5);
  });

  it('blocks of the same memory are taken together', () => {
    const found = byMemory(rows);
    expect(found).toHaveLength(4);
    expect(found[2]).toMatchObject({ noise: 0.1, prompted: 1, success: 3, trials: 4 });
    expect(found[2].precision[0]).toBeCloseTo(0.8, 12);
    expect(found[2].precision[1]).toBeCloseTo(0.25, 12);
  });
});

describe('sizes', () => {
  it('inputs by duration, at least 500, and more for further memories', () => {
    expect(defaultInputs(10, [])).toBe(500);
    expect(defaultInputs(200, [])).toBe(2000);
    expect(defaultInputs(200, [100, 50])).toBe(3500);
  });

  it('a sparse recording needs no more than 70 inputs per spike', () => {
    expect(defaultInputs(200, [], { spikes: 100, channels: 10 })).toBe(700);
    expect(defaultInputs(200, [], { spikes: 10000, channels: 10 })).toBe(2000);
  });

  it('whatever grows, the memory needed grows', () => {
    const size = { channels: 100, synapses: 50000, period: 200, simulated: 600, workers: 2 };
    const need = memoryNeed(size);
    for (const name of ['synapses', 'period', 'simulated', 'workers'] as const) {
      expect(memoryNeed({ ...size, [name]: 2 * size[name] }), name).toBeGreaterThan(need);
    }
    expect(memoryNeed({ ...size, simulated: 0 })).toBeLessThan(need);
  });

  it('the memory needed is what its parts come to', () => {
    // 100 spikes on 10 channels, 100 inputs each, hence 128 + 5 * 10 active rows.
    const solving = 32_000 + 10_000;
    const worker = 8 * 178 * (178 + 100) + 20 * 10 * 50 + 40 * 100 * 10;
    const recalling = 1000 * (20 + 2 * 36) + 3 * 100 * 200;
    const size = { channels: 10, synapses: 1000, period: 50, simulated: 100, workers: 2 };
    expect(memoryNeed(size)).toBeCloseTo(solving + recalling + 2 * worker, 6);
    expect(memoryNeed({ ...size, spikes: 100 })).toBeCloseTo(memoryNeed(size), 6);
    expect(memoryNeed({ ...size, spikes: 200 })).toBeGreaterThan(memoryNeed(size));
    expect(memoryNeed({ ...size, simulated: 0 })).toBeCloseTo(solving + 2 * worker, 6);
  });

  it('a share of channels is rounded, and at least one', () => {
    expect(promptedChannels({ share: 0.5 }, 5)).toBe(3);
    expect(promptedChannels({ share: 0.01 }, 5)).toBe(1);
    expect(promptedChannels({ count: 7 }, 5)).toBe(7);
  });
});
