/** What does not exist is absent from every statistic, table and file of recall; what is not drawn has no interval. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recallTable } from '../src/cli/memorize/recall-table.js';
import { isDeterministic, measurePeriod, type PeriodRecall } from '../src/memory/measure/index.js';
import { scoreOf } from '../src/memory/score/index.js';
import {
  driftOf,
  type Outcome,
  recallStatistics,
  summarizeRecall,
  summarizeReplay,
} from '../src/memory/summary/index.js';
import { run } from './command.js';

const period = (precision: number, lag: number | null, timingError: number | null): PeriodRecall => ({
  precision,
  recall: precision,
  lag,
  timingError,
});
const alive: Outcome = { prompt: 1, noise: 0.1, periods: [period(0.95, 0, 0.02)], success: true, drift: 0.001 };
const dead: Outcome = { prompt: 1, noise: 0.1, periods: [period(0, null, null)], success: false, drift: null };
const strayed: Outcome = { prompt: 1, noise: 0.1, periods: [period(0.4, 3, 0.4)], success: false, drift: 0.3 };

describe('trials that failed', () => {
  it('have no part in timing error and drift, in any table', () => {
    const all = [alive, dead, strayed];
    const statistics = recallStatistics(0.1, all, 0.005);
    expect(statistics).toMatchObject({ success: 1, trials: 3 });
    expect(statistics.timing_error_ms).toBeCloseTo(0.1, 12);
    expect(statistics.drift_ms_per_s).toBeCloseTo(1, 12);
    const [row] = summarizeRecall(all, [0.1], 0.005);
    expect(row.timing_error_ms).toBe(statistics.timing_error_ms);
    expect(row.drift_ms_per_s).toBe(statistics.drift_ms_per_s);
    expect(row.precision).toBe(statistics.precision);
    expect(recallTable([row])[1].slice(-2)).toEqual(['0.10 ms', '1.0 ms/s']);
  });

  it('leave nothing to say of timing where all did', () => {
    const [row] = summarizeRecall([dead, strayed], [0.1], 0.005);
    expect([row.timing_error_ms, row.drift_ms_per_s]).toEqual([null, null]);
    expect(recallTable([row])[1].slice(-2)).toEqual(['-', '-']);
  });
});

describe('a period in which nothing is played', () => {
  const score = scoreOf([Float64Array.of(1, 4), Float64Array.of(2)], 8);

  it('has neither lag nor timing error', () => {
    const silent = [new Float64Array(), new Float64Array()];
    expect(measurePeriod(score, silent, 0)).toEqual({ precision: 0, recall: 0, lag: null, timingError: null });
    const played = measurePeriod(score, [Float64Array.of(1.1, 4.1), Float64Array.of(2.1)], 0);
    expect(played.lag).toBeCloseTo(0.1, 9);
    expect(played.timingError).toBeCloseTo(0, 9);
  });

  it('ends a drift, and makes no replay one without drift', () => {
    expect(driftOf([0.1, 0.3, null, 0.4], 8)).toBeCloseTo(0.2, 12);
    expect(driftOf([0.1], 8)).toBeNull();
    expect(driftOf([null, 0.1, 0.2], 8)).toBeNull();
    expect(summarizeReplay([period(1, 0, 0), period(0, null, null)])).toEqual({ precision: 0, lagChange: null });
  });
});

describe('a trial of which nothing is drawn', () => {
  const plan = { prompt: 3, noise: 0 };

  it('is known by its plan', () => {
    expect(isDeterministic(plan)).toBe(true);
    expect(isDeterministic(plan, { start: 'silent', simulation: { failure: 0, background: [] } })).toBe(true);
    for (const drawn of [{ noise: 0.1 }, { jitter: 0.1 }, { missing: 0.1 }, { extra: 0.1 }])
      expect(isDeterministic({ ...plan, ...drawn })).toBe(false);
    expect(isDeterministic(plan, { start: 'random' })).toBe(false);
    for (const simulation of [{ failure: 0.1 }, { jitter: 0.1 }, { background: [{ rate: 1, weight: 0.1 }] }])
      expect(isDeterministic(plan, { simulation })).toBe(false);
  });

  it('has no interval', () => {
    const quiet = recallStatistics(0, [{ ...alive, noise: 0 }], 0.005);
    expect(quiet.interval).toBeNull();
    expect(recallTable([quiet])[1][2]).toBe('-');
    expect(recallStatistics(0, [{ ...alive, noise: 0 }], 0.005, true).interval).not.toBeNull();
  });

  it('is run once by `recall`, and trials.csv leaves empty what a trial does not have', () => {
    const { cwd } = run('--channels 12 --duration 60ms --inputs 300 --seed 3 --no-recall --quiet --out m'.split(' '));
    const asked = '--noise 0,0.9 --trials 3 --prompt 2 --periods 1 --seed 1 --workers 1'.split(' ');
    expect(run(['recall', 'm', '--out', 'r', ...asked], cwd)).toMatchObject({ status: 0, stderr: expect.any(String) });
    const { recall } = JSON.parse(readFileSync(join(cwd, 'r', 'summary.json'), 'utf8'));
    expect(recall.map(({ noise, trials }: { noise: number; trials: number }) => [noise, trials])).toEqual([
      [0, 1],
      [0.9, 3],
    ]);
    expect(recall[0].interval).toBeNull();
    const [, ...lines] = readFileSync(join(cwd, 'r', 'trials.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(4);
    // One period has no drift.
    for (const line of lines) expect(line.split(',').at(-1)).toBe('');
  });
});
