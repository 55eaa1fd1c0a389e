/** Recall, by hand: a ring of relays that replays. */
import { describe, expect, it } from 'vitest';
import { streamKey } from '../../src/core/index.js';
import {
  imposePrompt,
  isDeterministic,
  measurePeriod,
  outcomeJob,
  type RecallTest,
  recallJob,
} from '../../src/memory/measure/index.js';
import { scoreOf } from '../../src/memory/score/index.js';
import { createSimulator, splitTrains } from '../../src/memory/simulate/index.js';
import { exactly, QUICK, ring } from './relays.js';

const close = (found: ArrayLike<number>, expected: ArrayLike<number>, digits = 9) => {
  expect(found.length).toBe(expected.length);
  Array.from(expected, (value, i) => expect(found[i]).toBeCloseTo(value, digits));
};

describe('a recall', () => {
  const test: RecallTest = {
    score: exactly,
    network: ring,
    model: QUICK,
    seed: 4,
    promptTime: 9,
    periods: 3,
    trials: [{ prompt: 1, noise: 0 }],
  };
  const recalled = (change: Partial<RecallTest> = {}, index = 0) => recallJob.prepare({ ...test, ...change })(index);

  it('of a ring that plays the score is a success without lag, drift and error', () => {
    const trial = recalled();
    expect(trial).toMatchObject({ prompt: 1, noise: 0, success: true });
    expect(trial.periods.length).toBe(3);
    for (const { precision, recall, lag, timingError } of trial.periods) {
      close([precision, recall, lag ?? 9, timingError ?? 9], [1, 1, 0, 0], 6);
    }
    expect(trial.drift).toBeCloseTo(0, 6);
    expect('course' in trial || 'recalledAt' in trial).toBe(false);
    splitTrains(trial.spikes, 3).forEach((train, c) =>
      close(
        train,
        [0, 9, 18, 27].map((t) => t + 0.5 + 3 * c),
        6,
      ),
    );
    expect(recalled({ periods: 1 }).drift).toBeNull();
    // With nobody prompted the memory is what was before.
    expect(recalled({ trials: [{ prompt: 0, noise: 0 }] })).toMatchObject({ prompt: 0, success: true });
    expect(recalled({ trials: [{ prompt: 0, noise: 0 }], start: 'silent' })).toMatchObject({
      success: false,
      drift: null,
      periods: Array.from({ length: 3 }, () => ({ precision: 0, recall: 0, lag: null, timingError: null })),
    });
  });

  it('of one that is too fast has the lag of the median, an error, and drifts', () => {
    const slower = scoreOf([[0.5], [3.54], [6.58]], 9.12);
    const { periods, drift, success } = recalled({ score: slower, promptTime: 9.12 });
    // Free period i: -0.12 i and -0.12, -0.16 and -0.2 of the three.
    periods.forEach(({ precision, recall, lag, timingError }, i) => {
      close(
        [precision, recall, lag ?? 9, timingError ?? 9],
        [2.84 / 3, 2.84 / 3, -0.16 - 0.12 * i, Math.sqrt(0.0032 / 3)],
        6,
      );
    });
    expect(drift).toBeCloseTo(-0.12 / 9.12, 6);
    expect(recalled({ score: slower, promptTime: 9.12, periods: 2 }).drift).toBeCloseTo(-0.12 / 9.12, 6);
    expect(success).toBe(true);
    const far = recalled({ score: scoreOf([[0.7], [3.9], [7.1]], 9.6), promptTime: 9.6 });
    expect(far.periods[0].precision).toBeCloseTo(2.2 / 3, 6);
    expect(far.success).toBe(false);
  });

  it('that plays too little or too much is none', () => {
    const more = recalled({ score: scoreOf([[0.5], [3.5], [1.5, 6.5]], 9) });
    close([more.periods[2].precision, more.periods[2].recall], [1, 2.5 / 3], 6);
    expect(more.success).toBe(false);
    const less = recalled({ score: scoreOf([[0.5, 5], [3.5], [6.5]], 9) });
    close([less.periods[2].precision, less.periods[2].recall], [2 / 3, 1], 5);
    expect(less.success).toBe(false);
  });

  it('is the run of what is imposed, with the noise of its plan and of its simulation', () => {
    const trials = [
      { prompt: 1, noise: 0 },
      { prompt: { random: 2 }, noise: 0.01, missing: 0.2 },
      { prompt: 2, noise: 0.01, jitter: 0.05, extra: 0.3 },
    ];
    const simulation = { jitter: 0.02 };
    trials.forEach(({ noise, prompt, ...flaws }, index) => {
      const start = index === 1 ? 'memory' : 'silent';
      const plan = { jitter: noise, missing: 0, extra: 0, ...flaws, prompt };
      const setting = imposePrompt(exactly, ring, plan, 9, start, { seed: 4, index }, { model: QUICK });
      const spikes = createSimulator(ring, { model: QUICK }).run({
        ...{ from: setting.from, imposed: setting.imposed, releases: setting.releases },
        ...{ to: 36, sigma: noise, noise: simulation, key: streamKey(4, `threshold ${index}`) },
      });
      const trial = recalled({ trials, simulation, start }, index);
      expect(trial.spikes).toEqual(spikes);
      const trains = splitTrains(spikes, 3);
      expect(trial.periods).toEqual([9, 18, 27].map((begin) => measurePeriod(exactly, trains, begin)));
      expect(trial.noise).toBe(noise);
    });
  });

  it('has a course by groups, and a moment from which on the others play alone', () => {
    const trials = [{ prompt: { list: [1] }, noise: 0 }];
    const { course, recalledAt } = recalled({ trials, course: true });
    // Neuron 1 at 3.5, 2 at 6.5, 0 only at 9.5: within the window that begins at 2/20 of the period.
    expect(course?.length).toBe(4);
    const all = course?.map((part) =>
      [part.all, part.prompted, part.autonomous].flatMap((x) => [x.precision, x.recall]),
    );
    close(all?.[0] ?? [], [2 / 3, 2 / 3, 1, 1, 0.5, 0.5], 6);
    for (const part of all?.slice(1) ?? []) close(part, [1, 1, 1, 1, 1, 1], 6);
    expect(recalledAt).toBeCloseTo(0.9, 9);
    expect(recalled({ course: true }).recalledAt).toBe(0);
    const never = recalled({ score: scoreOf([[0.5], [3.5], [7]], 9), trials: [{ prompt: 1, noise: 0 }], course: true });
    expect(never.recalledAt).toBeNull();
    const less = recalled({ score: scoreOf([[0.5], [3.5], [1.5, 6.5]], 9), course: true });
    expect(less.recalledAt, 'recall of 3/4').toBeNull();
    const more = recalled({ score: scoreOf([[0.5, 5], [3.5], [6.5]], 9), course: true });
    expect(more.recalledAt, 'precision of 1/2').toBeNull();
    const short = recalled({ trials: [{ prompt: 0, noise: 0 }], periods: 1, course: true });
    expect([short.course?.length, short.recalledAt]).toEqual([1, 0]);
    expect(recalled({ promptTime: 4, course: true }).course?.length, 'whole periods').toBe(3);
  });

  it('is kept with its spikes the first time only', () => {
    const trials = [
      { prompt: 1, noise: 0 },
      { prompt: 1, noise: 0 },
    ];
    const run = outcomeJob.prepare({ ...test, trials });
    expect(run(0)).toEqual(recalled());
    const { spikes, ...outcome } = recalled();
    expect(spikes.times.length).toBe(12);
    expect(run(1)).toEqual(outcome);
    expect('spikes' in run(1)).toBe(false);
    expect([recallJob, outcomeJob].map(({ module }) => module.includes('recall'))).toEqual([true, true]);
  });

  it('is refused where it is none', () => {
    const bad: [object, RegExp][] = [
      [{ seed: 0.5 }, /the seed/],
      [{ periods: 0 }, /free periods/],
      [{ periods: 1e8 }, /free periods/],
      [{ trials: 3 }, /must be a list/],
      [{ score: { ...exactly, period: -1 } }, /./],
      [{ score: scoreOf([[1]], 9) }, /channels/],
    ];
    for (const [change, text] of bad) {
      expect(() => recallJob.prepare({ ...test, ...change }), JSON.stringify(change)).toThrow(text);
    }
    expect(() => recallJob.prepare(3 as unknown as RecallTest)).toThrow(/a recall test must be/);
    for (const index of [-1, 1, 0.5]) expect(() => recalled({}, index)).toThrow(/the index of a trial/);
  });

  it('is the same every time where nothing is drawn', () => {
    const plan = { prompt: 3, noise: 0 };
    const quiet = { failure: 0, jitter: 0, background: [] };
    expect(isDeterministic(plan)).toBe(true);
    expect(isDeterministic(plan, { start: 'silent', simulation: quiet })).toBe(true);
    expect(isDeterministic({ ...plan, warp: 0.1 }, {})).toBe(true);
    for (const drawn of [
      { noise: 0.1, jitter: 0 },
      { jitter: 0.1 },
      { missing: 0.1 },
      { extra: 0.1 },
      { prompt: { random: 1 } },
    ]) {
      expect(isDeterministic({ ...plan, ...drawn }), JSON.stringify(drawn)).toBe(false);
    }
    expect(isDeterministic(plan, { start: 'random' })).toBe(false);
    for (const drawn of [{ failure: 0.1 }, { jitter: 0.1 }, { background: [{ rate: 1, weight: 0.1 }] }]) {
      expect(isDeterministic(plan, { simulation: { ...quiet, ...drawn } }), JSON.stringify(drawn)).toBe(false);
    }
  });
});
