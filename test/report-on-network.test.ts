/** The words of the pages of recall, stability and simulate, on made data. */
import { describe, expect, it } from 'vitest';
import { networkPageOf } from '../src/cli/memorize/report-on-network.js';

const head = {
  program: 'engram 0',
  seed: 1,
  channels: 40,
  spikes: 100,
  synapses: 4000,
  period_s: 0.5,
  refractory_s: 0.005,
};
const answerOf = (summary: typeof head): string => networkPageOf(summary)?.answer(summary) ?? 'no page';

const row = { noise: 0.1, trials: 4, success: 3, interval: [0.3, 0.95], precision: 0.95, recall: 0.94 };
const recall = {
  ...head,
  prompt: { channels: 10, duration_s: 0.2, start: 'silent' },
  periods: 2,
  chance: { precision: 0.12 },
};

describe('the page of recall', () => {
  it('says how many of the trials recall the score, and of a trial that cannot differ that it is one', () => {
    const text = answerOf({
      ...recall,
      recall: [{ ...row, noise: 0, trials: 1, success: 0, precision: null, recall: null }, row],
    } as typeof head);
    expect(text).toContain('After a prompt of 10 channels for 200 ms, from silent, and then free for 1 s');
    expect(text).toContain(
      'at noise 0 not in its one trial; at noise 0.1 in 3 of 4 trials, precision 0.950, recall 0.940.',
    );
  });
});

it('says what was wrong with a prompt, and who played it', () => {
  const flawed = { ...recall.prompt, drawn: true, jitter_s: 0.001, missing: 0.1, extra: 0, wrong: 0.25, warp: -0.05 };
  expect(answerOf({ ...recall, prompt: flawed, recall: [row] } as typeof head)).toContain(
    'After a prompt of 10 channels drawn in each trial for 200 ms, from silent, jitter 1 ms, 10 % missing, 25 % of the channels, 3, play another memory, 5 % faster, and then',
  );
});

describe('the page of stability', () => {
  const stability = { status: 'converged', radius: 0.5, exponent_per_s: -3, gain: 2, least_slope: 2 };
  const at = (noise: number, held: number) => ({ noise, simulated: { held, periods: 20 } });

  it('names the strongest noise at which every period is held, not the strongest tried', () => {
    const text = answerOf({ ...head, stability, noise: [at(0.05, 20), at(0.1, 20), at(0.2, 19)] } as typeof head);
    expect(text).toContain('Small jitter dies away: spectral radius 5.00e-1 a period');
    expect(text).toContain('holds up to noise 0.1');
    expect(answerOf({ ...head, stability, noise: [at(0.2, 19)] } as typeof head)).toContain('holds at no noise tried');
  });

  it('calls a spectrum beyond 1 growing, and names no radius below the rounding', () => {
    const grows = { ...stability, radius: 1.5, exponent_per_s: 2 };
    expect(answerOf({ ...head, stability: grows, noise: [] } as typeof head)).toContain('Small jitter grows');
    const rounded = { ...stability, status: 'rounding', radius: 1e-17 };
    expect(answerOf({ ...head, stability: rounded, noise: [] } as typeof head)).not.toContain('e-17');
  });

  it('counts channels where a step hits more than play, and is silent where none does', () => {
    const map = (from: number | null) => ({
      ...head,
      stability,
      noise: [],
      recall_map: { map: [], carries_from: from },
    });
    expect(answerOf(map(0.25) as typeof head)).toContain('from 10 channels on');
    expect(answerOf(map(null) as typeof head)).not.toContain('channels on');
  });
});

it('the page of simulate knows runs below a period, and those without a drift', () => {
  const run = { ...head, until_s: 2, simulated_spikes: 50, rate_hz: 25, drift_ms_per_s: null };
  expect(answerOf({ ...run, last_period: null } as typeof head)).toContain('it ran for less than a period');
  const last = { precision: 0.9, recall: 0.8 };
  expect(answerOf({ ...run, last_period: last } as typeof head)).toMatch(/precision 0\.900 and recall 0\.800\.$/);
});

it('the page of the smallest prompt says what is enough, and where nothing is', () => {
  const found = (size: number | undefined) => (size === undefined ? { smallest: null } : { smallest: { size } });
  const summary = {
    ...head,
    wanted: 0.9,
    smallest: [{ noise: 0.1, channels: found(7), duration_s: found(undefined) }],
  };
  expect(answerOf(summary as typeof head)).toBe('Enough are at noise 0.1 7 of 40 channels, and no duration tried.');
});

it('the summary of a memory is no page of these', () => {
  expect(networkPageOf({ solved: 3, worst_violation: 0, recall: [], prompt: {} })).toBeUndefined();
});
