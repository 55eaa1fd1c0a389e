import { describe, expect, it } from 'vitest';
import { recurrentOf } from '../src/srnn/cell.js';
import { decodeRule } from '../src/srnn/decode.js';
import {
  ablations,
  cyclePlan,
  DEFAULTS,
  delayRates,
  drawWeights,
  effectOf,
  heatMap,
  here,
  type Manipulation,
  manipulated,
  playSession,
  populationRates,
  prepared,
  psthOf,
  runTrials,
  type Session,
  type SrnnSettings,
  silenced,
  sweeps,
  trajectoriesOf,
  trialsByRule,
  tuningOf,
} from '../src/srnn/index.js';
import { binned, smoothed, standardized } from '../src/srnn/smooth.js';
import { lcg } from './helpers.js';

const N = 10;
const E = 8;
const settings: SrnnSettings = { ...DEFAULTS, neurons: N, seed: 3 };
const task = prepared(settings);
const [FROM, UNTIL] = [150, 350];

/** 64 trials, all right, in which neurons fire as they are told: probability of a spike by neuron, step, and trial. */
function sessionOf(chance: (neuron: number, step: number, shown: Session['shown'][number]) => number): Session {
  const plan = cyclePlan(task, 'test', 0, 64);
  const shown = plan.conditions.map((condition) => task.conditions[condition]);
  const random = lcg(5);
  const trains = shown.map((condition) => {
    const [neurons, steps] = [[] as number[], [] as number[]];
    for (let t = 0; t < task.steps; t++) {
      for (let n = 0; n < N; n++) {
        if (random() >= chance(n, t, condition)) continue;
        neurons.push(n);
        steps.push(t);
      }
    }
    return { neurons: Uint32Array.from(neurons), steps: Uint32Array.from(steps) };
  });
  const blank = { error: 0, loss: 0, last: new Float64Array(128), rates: new Float64Array(80), read: 0, unread: 0 };
  const outcome = { ...blank, plan, right: new Uint8Array(64).fill(1), trains };
  return { settings, outcome, shown, steps: task.steps, from: FROM, until: UNTIL, excitatory: E };
}

const within = (step: number, centre: number, reach: number) => Math.abs(step - centre) < reach;

/** Neurons 0 and 1 fire early and late for audition, 2 in the middle for vision; 3 fires always, 4 hardly, 5 by the choice; the others never. */
const told = sessionOf((neuron, step, { context, truth }) => {
  if (neuron === 0 || neuron === 1) return context === 0 && within(step, neuron === 0 ? 190 : 310, 12) ? 0.3 : 0;
  if (neuron === 2) return context === 1 && within(step, 250, 12) ? 0.3 : 0;
  if (neuron === 3) return 0.05;
  if (neuron === 4) return within(step, 250, 12) ? 0.01 : 0;
  return neuron === 5 && truth === 1 ? (0.1 * Math.max(0, step - FROM)) / 200 : 0;
});

describe('courses over time', () => {
  it('are smoothed as by scipy.ndimage.gaussian_filter1d', () => {
    // gaussian_filter1d([0, 0, 1, 0, 0, 0, 2.], 1) of scipy 1.17, mode "reflect".
    const known = [0.058423, 0.242105, 0.399211, 0.251103, 0.170837, 0.596357, 1.281964];
    smoothed(Float64Array.of(0, 0, 1, 0, 0, 0, 2), 1).forEach((x, k) => expect(x).toBeCloseTo(known[k], 6));
    const random = lcg(2);
    const values = Float64Array.from({ length: 40 }, () => random());
    const sum = (of: Float64Array) => of.reduce((a, b) => a + b, 0);
    // Reflection keeps the sum.
    expect(sum(smoothed(values, 4))).toBeCloseTo(sum(values), 10);
    expect([...binned(Float64Array.of(1, 3, 5, 7, 9), 2)]).toEqual([2, 6]);
  });

  it('are told in population deviations', () => {
    const z = standardized(Float64Array.of(1, 2, 3, 6));
    expect(z.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 12);
    expect(z.reduce((sum, x) => sum + x * x, 0) / 4).toBeCloseTo(1, 12);
  });
});

describe('tuning', () => {
  const tuned = tuningOf(told);

  it('finds the neurons that were told when to fire, and their rule', () => {
    expect([...tuned.rule].slice(0, 3)).toEqual([0, 0, 1]);
    expect([...tuned.rule].slice(6)).toEqual([-1, -1]);
    // It has a peak and not the rate.
    expect(tuned.rule[4]).toBe(-1);
    const rates = delayRates(told, trialsByRule(told).flat());
    expect(tuned.fast).toBe([...rates.slice(0, E)].filter((rate) => rate > 2).length);
  });

  it('sorts heat maps by the time of the peak under one rule, from 0 to 1', () => {
    const own = heatMap(tuned, 0, 0).filter(({ neuron }) => neuron < 3);
    expect(own.map(({ neuron }) => neuron).filter((n) => n < 2)).toEqual([0, 1]);
    for (const { values } of own.filter(({ neuron }) => neuron < 2)) {
      expect([Math.min(...values), Math.max(...values)]).toEqual([0, 1]);
    }
    const bin = (step: number) => (step - FROM) / 4;
    expect(Math.abs(tuned.peaks[0][0] - bin(190))).toBeLessThan(4);
    expect(Math.abs(tuned.peaks[1][2] - bin(250))).toBeLessThan(4);
  });

  it('has courses of single neurons in Hz, with a raster of all trials', () => {
    const [audition, vision] = psthOf(told, 0);
    expect(audition.raster.length).toBe(32);
    expect(vision.raster.flat()).toEqual([]);
    const counted = audition.raster.flat().length / (32 * 0.4);
    expect(audition.mean.reduce((a, b) => a + b) / audition.mean.length).toBeCloseTo(counted, 1);
    expect(Math.max(...audition.error)).toBeGreaterThan(0);
  });

  it('names the neurons to be silenced: those of each rule, all, and as many others', () => {
    const groups = ablations(told);
    const named = Object.fromEntries(groups.map(({ name, neurons }) => [name, neurons]));
    expect(named.tuned).toEqual([...(named.audition ?? []), ...(named.vision ?? [])].sort((a, b) => a - b));
    expect(named.untuned.length).toBe(Math.min(named.tuned.length, E - named.tuned.length));
    for (const n of named.untuned) expect(tuned.rule[n]).toBe(-1);
  });
});

describe('the rule', () => {
  it('is read where neurons tell it, and only there', () => {
    const found = decodeRule(told);
    if (!found) throw new Error('there is a rule to be read');
    const { shares, samples } = found;
    const at = (step: number) => Math.floor((step - FROM) / 10);
    const own = (step: number) => shares[at(step) * samples + at(step)];
    expect(own(190)).toBeGreaterThan(0.9);
    expect(own(250)).toBeGreaterThan(0.9);
    // Other neurons tell it early and late: nothing generalises.
    expect(shares[at(190) * samples + at(310)]).toBeLessThan(0.75);
    const nothing = decodeRule(sessionOf((neuron) => (neuron < E ? 0.02 : 0)));
    if (!nothing) throw new Error('there are trials');
    const mean = nothing.shares.reduce((a, b) => a + b, 0) / nothing.shares.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.1);
  });
});

describe('trajectories', () => {
  it('begin at 0, and part where the choices do', () => {
    const found = trajectoriesOf(told);
    if (!found) throw new Error('all rules and choices have right trials');
    expect(found.curves.map(({ rule, choice }) => 2 * rule + choice)).toEqual([0, 1, 2, 3]);
    for (const { points, energy } of found.curves) {
      expect(points[0].every((x) => x === 0)).toBe(true);
      points.slice(1).forEach((point, s) => {
        const step = point[0] - points[s][0];
        expect(energy[s]).toBeCloseTo((step * step) / 2, 9);
      });
    }
    expect(found.explained.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    // The error is over all components: axes of any fit give the same.
    const squared = [0, 2].map((k) => {
      const [right, left] = [found.curves[k].points, found.curves[k + 1].points].map((points) => points.at(-1));
      if (!right || !left) throw new Error('there are samples');
      return right.reduce((sum, x, c) => sum + (x - left[c]) * (x - left[c]), 0) / right.length;
    });
    expect(found.error).toBeCloseTo((squared[0] + squared[1]) / 2, 6);
    expect(trajectoriesOf(told, 'original')?.error).toBeCloseTo(found.error, 9);
  });
});

describe('manipulations', () => {
  const weights = drawWeights(settings, 3);
  const matrix = (of: Manipulation) => {
    const m = new Float64Array(N * N);
    recurrentOf(settings, manipulated(settings, weights, of).weights, m);
    return m;
  };
  const intact = matrix({ kind: 'block', region: 'all', value: 1 });
  const expectFactors = (of: Manipulation, factor: (pre: number, post: number) => number) =>
    matrix(of).forEach((value, k) => expect(value).toBeCloseTo(intact[k] * factor(Math.floor(k / N), k % N), 12));

  it('scale the weights from one population to another, and no others', () => {
    const kind = (n: number) => (n < E ? 'E' : 'I');
    for (const region of ['EE', 'EI', 'IE', 'II'] as const) {
      expectFactors({ kind: 'block', region, value: 0.5 }, (pre, post) =>
        kind(pre) + kind(post) === region ? 0.5 : 1,
      );
    }
    expectFactors({ kind: 'balance', value: 1.5 }, (pre) => (pre < E ? 1 : 1.5));
  });

  it('cut just the share that is asked for, and scale the rest', () => {
    for (const [kind, factor] of [
      ['sparsity', 1],
      ['rescaled', 2],
    ] as const) {
      const cut = matrix({ kind, value: 0.5 });
      expect(cut.filter((x) => x !== 0).length).toBe(45);
      cut.forEach((x, k) => x !== 0 && expect(x).toBeCloseTo(factor * intact[k], 12));
    }
  });

  it('in all steps are what a perturbation is that lasts all the time, and nothing before it begins', () => {
    const trials = (of: Manipulation) => {
      const { weights: own, perturbation } = manipulated(settings, weights, of);
      const plan = cyclePlan(task, 'test', 0, 8);
      return here(runTrials(settings, own, plan, { spikes: true, ...(perturbation ? { perturbation } : {}) })).trains;
    };
    const lasting = { kind: 'perturbation', region: 'all', value: 0, until: task.steps } as const;
    expect(trials({ ...lasting, from: 0 })).toEqual(trials({ kind: 'block', region: 'all', value: 0 }));
    const before = ({ neurons, steps }: { neurons: Uint32Array; steps: Uint32Array }) =>
      [...neurons].flatMap((neuron, k) => (steps[k] < 200 ? [`${neuron} ${steps[k]}`] : []));
    const [late, none] = [trials({ ...lasting, from: 200 }), trials({ kind: 'block', region: 'all', value: 1 })];
    expect(late.map(before)).toEqual(none.map(before));
    expect(late).not.toEqual(none);
  });

  it('cover the source: cues, delays, blocks, sparsity, balance, and time', () => {
    const kinds = new Set(sweeps(settings).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(
      ['balance', 'block', 'coherence', 'delay', 'perturbation', 'rescaled', 'sparsity'].sort(),
    );
    // Without Dale's law no neuron is inhibitory, and none is left out of what is analysed.
    const lawless = { ...settings, dale: false, synapseI: settings.synapseE };
    const session = here(playSession(lawless, weights, 16));
    expect(session.excitatory).toBe(N);
    expect(populationRates(session).inhibitory.of).toBe(0);
    expect(tuningOf(session).rule).toHaveLength(N);
    // A perturbation does not reach out of the trial, into whatever lies behind it.
    const silent = { kind: 'perturbation', region: 'all', value: 0, from: 0 } as const;
    const untouched = here(effectOf(settings, weights, { kind: 'balance', value: 1 }, 16));
    for (const until of [401, 4000]) {
      expect(() => here(effectOf(settings, weights, { ...silent, until }, 16))).toThrow(/end of a perturbation/);
    }
    expect(here(effectOf(settings, weights, { ...silent, until: 0 }, 16))).toEqual(untouched);
    expect(here(effectOf(settings, weights, { kind: 'balance', value: 1 }, 16))).toEqual(untouched);
    // Of hardly any delay, or none, there is the choice and nothing else.
    for (const value of [0, 0.01]) {
      const hardly = here(effectOf(settings, weights, { kind: 'delay', value }, 16));
      expect(hardly.accuracy.all.of).toBe(16);
      expect(hardly.error).toBeNaN();
      if (value === 0) expect(hardly.tuned).toBeNaN();
    }
    const { accuracy, tuned } = here(effectOf(settings, weights, { kind: 'delay', value: 0.1 }, 16));
    expect([accuracy.congruent.of, accuracy.incongruent.of]).toEqual([8, 8]);
    expect(tuned).toBeGreaterThanOrEqual(0);
  });

  it('silence neurons: they fire on, and nobody hears them', () => {
    const plan = cyclePlan(task, 'test', 0, 8);
    const all = Array.from({ length: N }, (_, n) => n);
    const mute = here(runTrials(settings, silenced(settings, weights, all), plan, { spikes: true }));
    const alone = manipulated(settings, weights, { kind: 'block', region: 'all', value: 0 }).weights;
    expect(mute.trains).toEqual(here(runTrials(settings, alone, plan, { spikes: true })).trains);
    expect(mute.last.every((x) => x === 0)).toBe(true);
    expect(silenced(settings, weights, [])).toEqual(weights);
  });
});
