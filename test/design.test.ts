/** What a design promises before anything is simulated: the step that neurons keep, and the prompt that suffices. */
import { describe, expect, it } from 'vitest';
import type { ParallelMap } from '../src/core/index.js';
import {
  carriesFrom,
  discriminability,
  expectedShare,
  meanMap,
  type RecallMapTest,
  recallMapJob,
  swingOf,
} from '../src/memory/measure/index.js';
import { designSteps, fittingStep } from '../src/memory/memorize/index.js';
import { wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore, scoreOf, spikesOf } from '../src/memory/score/index.js';
import { arrivalsOf, defaultTemplate, inputsOf, potentialFrom } from '../src/memory/template/index.js';
import { exactly, QUICK, ring } from './claims/relays.js';
import { lcg } from './helpers.js';

describe('the step of a design', () => {
  const wiring = wireFixedIn({ neurons: 12, inputs: 20, delays: [0.1, 5], seed: 1 });
  const problem = { score: sampleScore(12, 20, 0.2, 1), wiring, template: defaultTemplate, objective: 'l2' as const };
  const steps = designSteps(defaultTemplate);
  /** Says of each probe of each step that is tried whether it is stored. */
  const asked: object[] = [];
  const answering =
    (stored: (step: number, probe: number) => boolean): ParallelMap =>
    async (_, shared, count, each) => {
      const step = asked.push(shared as object) - 1;
      for (let probe = 0; probe < count; probe++) {
        each({ status: stored(step, probe) ? 'solved' : 'infeasible' } as never, probe);
      }
    };
  const taken = async (stored: (step: number, probe: number) => boolean) => {
    asked.length = 0;
    const { problem: posed, given } = await fittingStep(problem, answering(stored));
    expect([posed.template, posed.model]).toEqual([steps[given].template, steps[given].model]);
    return given;
  };

  it('is the first that every probe keeps: one that cannot is enough to ask for less', async () => {
    expect(await taken(() => true)).toBe(0);
    expect(await taken((step, probe) => step > 0 || probe !== 7)).toBe(1);
    expect(await taken((step, probe) => step > 2 || probe === 0)).toBe(3);
  });

  it('is the plain template where none is kept, which nobody tries', async () => {
    expect(await taken(() => false)).toBe(steps.length - 1);
    expect(asked.length).toBe(steps.length - 1);
  });

  it('is tried without the best weights of those that cannot', async () => {
    await taken(() => true);
    expect(asked[0]).toMatchObject({ soft: false, template: steps[0].template });
  });
});

describe('the prompt that is expected to suffice', () => {
  const swings = [
    { peak: 4, silence: -2, spread: 2 },
    { peak: 3, silence: -2, spread: 2.5 },
  ];

  it('is the share at which the swing stands out by two spreads', () => {
    const share = expectedShare(swings) as number;
    expect(discriminability(swings, share)).toBeCloseTo(2, 12);
    // D at a half is the mean of 6 / 2 and 5 / 2.5.
    expect(share).toBeCloseTo(1 / (1 + 1.25 * 1.25), 12);
  });

  it('is none where nothing is known, or where no mean reaches the threshold', () => {
    expect(expectedShare([])).toBeUndefined();
    expect(expectedShare([{ peak: 0.9, silence: -2, spread: 1 }])).toBeUndefined();
  });

  it('has the spread of what each source makes by itself', () => {
    const score = sampleScore(4, 12, 0.2, 3);
    const wiring = wireFixedIn({ neurons: 4, inputs: 15, delays: [0.1, 5], seed: 2 });
    const inputs = inputsOf(wiring, undefined, 0);
    const random = lcg(5);
    const weights = Float64Array.from({ length: 15 }, () => random() - 0.5);
    const swing = swingOf([score], 0, inputs, defaultTemplate, weights);
    let square = 0;
    const points = 4800;
    for (let source = 0; source < 4; source++) {
      const own = weights.map((w, k) => (inputs.sources[k] === source ? w : 0));
      const potential = potentialFrom(arrivalsOf(score, inputs), own);
      for (let i = 0; i < points; i++) square += potential.value(((i + 0.5) * score.period) / points) ** 2 / points;
    }
    expect(swing?.spread).toBeCloseTo(Math.sqrt(square), 4);
    // Stored twice it is the same: the mean over the memories.
    expect(swingOf([score, score], 0, inputs, defaultTemplate, weights)?.spread).toBeCloseTo(Math.sqrt(square), 4);
  });

  it('has the mean of the peaks after its spikes, and of the potential where it has to be silent', () => {
    const score = sampleScore(4, 40, 0.2, 3);
    const wiring = wireFixedIn({ neurons: 4, inputs: 15, delays: [0.1, 5], seed: 2 });
    const inputs = inputsOf(wiring, undefined, 0);
    const random = lcg(6);
    const weights = Float64Array.from({ length: 15 }, () => random() - 0.5);
    const potential = potentialFrom(arrivalsOf(score, inputs), weights);
    const swing = swingOf([score], 0, inputs, defaultTemplate, weights);
    const spikes = [...spikesOf(score, 0)];
    const most = (from: number) =>
      Math.max(...Array.from({ length: 2001 }, (_, i) => potential.value((from + i / 2000) % score.period)));
    const peaks = spikes.map(most);
    expect(swing?.peak).toBeCloseTo(peaks.reduce((sum, peak) => sum + peak, 0) / peaks.length, 4);
    // Silent from the end of refractoriness to 0.2 before the next spike.
    let [sum, count] = [0, 0];
    for (let i = 0; i < 40000; i++) {
      const t = (i * score.period) / 40000;
      const since = Math.min(...spikes.map((spike) => (t - spike + score.period) % score.period));
      const until = Math.min(...spikes.map((spike) => (spike - t + score.period) % score.period));
      if (since < 1 || until < 0.2) continue;
      sum += potential.value(t);
      count++;
    }
    expect(swing?.silence).toBeCloseTo(sum / count, 2);
  });

  it('is unknown of a neuron that never fires, and of one whose spikes reset it', () => {
    const score = scoreOf([[], [3]], 20);
    const wiring = wireFixedIn({ neurons: 2, inputs: 5, delays: [0.1, 5], seed: 2 });
    const weights = new Float64Array(5).fill(0.1);
    expect(swingOf([score], 0, inputsOf(wiring, undefined, 0), defaultTemplate, weights)).toBeUndefined();
    const reset = inputsOf(wiring, { model: 'reset', reset: -1 }, 1);
    expect(swingOf([score], 1, reset, defaultTemplate, weights)).toBeUndefined();
    expect(swingOf([score], 1, inputsOf(wiring, undefined, 1), defaultTemplate, weights)).toBeDefined();
  });
});

describe('the recall map', () => {
  const map = (shares: readonly number[], seed: number) => {
    const test: RecallMapTest = { score: exactly, network: ring, model: QUICK, seed, shares };
    return shares.map((_, index) => recallMapJob.prepare(test)(index));
  };

  it('of a ring of relays: all that is heard in time is hit in time', () => {
    expect(map([1], 3)).toEqual([{ playing: 1, hit: 1 }]);
  });

  it('of a ring whose neurons hear others at random phases: hit is what comes within a quarter by chance', () => {
    const points = map(new Array(600).fill(0), 4);
    const [{ playing, hit }] = meanMap(points);
    expect(playing).toBe(0);
    // Half a refractory period of nine.
    expect(hit).toBeGreaterThan(0.5 / 9 - 0.02);
    expect(hit).toBeLessThan(0.5 / 9 + 0.02);
  });

  it('carries from where more is hit than plays, up to its end', () => {
    const points = [
      { playing: 0.25, hit: 0.3 },
      { playing: 0.5, hit: 0.4 },
      { playing: 0.75, hit: 0.8 },
    ];
    expect(carriesFrom(points)).toBe(0.75);
    expect(carriesFrom(points.slice(0, 2))).toBeUndefined();
    expect(meanMap([points[0], { playing: 0.25, hit: 0.5 }])).toEqual([{ playing: 0.25, hit: 0.4 }]);
    // Share by share, in order, whatever the order of the samples.
    expect(meanMap([points[2], points[0], { playing: 0.75, hit: 0.6 }, points[1]])).toEqual([
      points[0],
      points[1],
      { playing: 0.75, hit: 0.7 },
    ]);
  });
});
