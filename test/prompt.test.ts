/** What is imposed before a network is left alone. */
import { describe, expect, it } from 'vitest';
import { imposePrompt, type Prompt, type Start, similarity } from '../src/memory/measure/index.js';
import { wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore, spikesOf } from '../src/memory/score/index.js';
import { splitTrains } from '../src/memory/simulate/index.js';

const score = sampleScore(60, 40, 0.2, 3);
const wiring = wireFixedIn({ neurons: 60, inputs: 5, delays: [0.1, 10], seed: 1 });
const network = { ...wiring, weights: wiring.delays.map(() => 0) };
const exact = { prompt: 30, jitter: 0, missing: 0, extra: 0 };
const impose = (change: Partial<Prompt>, start: Start = 'silent', index = 0) =>
  imposePrompt(score, network, { ...exact, ...change }, 80, start, { seed: 1, index });
const count = (change: Partial<Prompt>) => impose(change).imposed.times.length;
const prescribed = 2 * score.starts[30];

describe('a prompt', () => {
  it('is the score on the first channels for as long as asked, and nothing else', () => {
    const { from, imposed, releases } = impose({});
    expect(from).toBe(0);
    const trains = splitTrains(imposed, 60);
    for (let c = 0; c < 30; c++) {
      expect([...trains[c]]).toEqual([...spikesOf(score, c), ...spikesOf(score, c).map((t) => t + 40)]);
      expect(releases[c]).toBe(80);
    }
    expect(trains.slice(30).every(({ length }) => length === 0)).toBe(true);
    expect(releases.slice(30).every((time) => time === 0)).toBe(true);
  });

  it('lacks and adds the shares that are asked for', () => {
    const deviations = (found: number, share: number) =>
      Math.abs(found - share * prescribed) / Math.sqrt(share * (1 - share) * prescribed);
    expect(deviations(prescribed - count({ missing: 0.3 }), 0.3)).toBeLessThan(4);
    expect(count({ missing: 1 })).toBe(0);
    const added = count({ extra: 0.2 }) - prescribed;
    // Some of those added at random fall too close to others and are dropped.
    expect(added).toBeGreaterThan(0.1 * prescribed);
    expect(added).toBeLessThanOrEqual(0.2 * prescribed + 30);
  });

  it('keeps the refractory period with jitter and added spikes', () => {
    for (const train of splitTrains(impose({ jitter: 0.3, extra: 0.5 }).imposed, 60)) {
      for (let i = 1; i < train.length; i++) expect(train[i] - train[i - 1]).toBeGreaterThan(1 - 1e-9);
    }
  });

  it('differs from trial to trial, each the same every time', () => {
    const times = (index: number) => impose({ jitter: 0.1 }, 'silent', index).imposed.times;
    expect(times(0)).toEqual(times(0));
    expect(times(0)).not.toEqual(times(1));
  });
});

describe('the past of a network', () => {
  it('is the score, for as long as it matters, where it starts from the memory', () => {
    const { from, imposed, release } = impose({ prompt: 0 }, 'memory');
    expect(from).toBeLessThan(-50);
    expect(release).toBe(0);
    const last = splitTrains(imposed, 60).map((train) => train.filter((t) => t >= -40).map((t) => t + 40));
    expect(similarity(score, last)).toMatchObject({ precision: expect.closeTo(1, 9), recall: expect.closeTo(1, 9) });
  });

  it('is unrelated activity of the same rate where it starts at random', () => {
    const { imposed } = impose({ prompt: 0 }, 'random');
    const last = splitTrains(imposed, 60).map((train) => train.filter((t) => t >= -40).map((t) => t + 40));
    expect(last.reduce((sum, { length }) => sum + length, 0)).toBe(score.times.length);
    expect(similarity(score, last).precision).toBeLessThan(0.35);
  });
});
