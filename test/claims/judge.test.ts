/** The judge of memories alone: its words at their limits, and the claims of a neuron against sums taken from the definitions. */
import { describe, expect, it } from 'vitest';
import {
  cutsOf,
  demandsOfNeuron,
  gatherProof,
  gatherRows,
  infeasible,
  isEquality,
  justified,
  limitsOf,
} from '../../src/memory/memorize/claim.js';
import { judge, type Optimality } from '../../src/memory/memorize/judge.js';
import { type NeuronProblem, neuronProblem } from '../../src/memory/memorize/setting.js';
import { sampleScore, spikesOf } from '../../src/memory/score/index.js';
import { type Course, type Cut, defaultTemplate, demandsOf } from '../../src/memory/template/index.js';
import { kernel, kernelSlope, smallProblem } from '../helpers.js';

const f = (...values: number[]) => Float64Array.from(values);
const NAN = Number.NaN;

/** w = 1/2 at the row w >= 1/2 of multiplier 1/2: the least norm. */
const optimality: Optimality = {
  weights: f(0.5),
  multipliers: f(0.5),
  slacks: f(0),
  equality: [false],
  combination: f(0.5),
  lower: f(-1),
  upper: f(1),
  limits: f(0.5),
};
const solved = (more: object = {}) => judge({ kind: 'solved', violation: 0, justified: true, ...more });

describe('"solved" is said', () => {
  it('of what is violated by 1e-8 at most, or what the aim allows, and justified', () => {
    expect(solved()).toEqual({ granted: true, kkt: 0, gap: 0, factor: 0 });
    expect(solved({ violation: 1e-8 }).granted).toBe(true);
    expect(solved({ violation: 1.01e-8 }).granted).toBe(false);
    expect(solved({ violation: NAN }).granted).toBe(false);
    expect(solved({ violation: 0.1, allowed: 0.1 }).granted).toBe(true);
    expect(solved({ violation: 0.2, allowed: 0.1 }).granted).toBe(false);
    expect(solved({ violation: 1e-9, allowed: 0 }).granted).toBe(false);
    expect(solved({ justified: false }).granted).toBe(false);
    expect(solved({ optimality, violation: 2e-8 }).granted).toBe(false);
    expect(solved({ optimality, justified: false }).granted).toBe(false);
  });

  it('of the least norm where the residual is at most 1e-8', () => {
    expect(solved({ optimality })).toEqual({ granted: true, kkt: 0, gap: 0, factor: 0 });
    const off = (by: number) => solved({ optimality: { ...optimality, weights: f(0.5 + by) } });
    expect(off(0.9e-8).granted).toBe(true);
    expect(off(0.9e-8).kkt).toBeCloseTo(0.9e-8, 15);
    expect(off(1.1e-8).granted).toBe(false);
    expect(off(NAN).granted).toBe(false);
  });

  it('of another objective where the gap is closed as well, to 1e-8 (1 + |value|)', () => {
    // 3 |w| + 2 w with w >= 1/2 of multiplier 5: the value is 5/2.
    const priced = (by: { limit?: number; gradient?: number } = {}): object => ({
      optimality: {
        ...optimality,
        multipliers: f(5),
        combination: f(5),
        limits: f(0.5 - (by.limit ?? 0)),
        terms: { value: 2.5, gradient: f(2 + (by.gradient ?? 0)), price: f(3) },
      },
    });
    expect(solved(priced())).toEqual({ granted: true, kkt: 0, gap: 0, factor: 0 });
    // The gap is five times what the limit is off, and is said in the unit of the objective.
    expect(solved(priced({ limit: 0.69e-8 })).granted).toBe(true);
    expect(solved(priced({ limit: 0.69e-8 })).gap).toBeCloseTo(3.45e-8, 14);
    expect(solved(priced({ limit: 0.71e-8 })).granted).toBe(false);
    expect(solved(priced({ limit: -0.71e-8 })).granted, 'below what is possible').toBe(false);
    expect(solved(priced({ gradient: 1e-6 })).granted, 'not stationary').toBe(false);
    expect(solved(priced({ limit: NAN })).granted).toBe(false);
    // Stationary to 1e-8 only in a metric that is too small: the gap alone tells less here.
    const still = { ...optimality, weights: f(0), multipliers: f(0), limits: f(0), combination: f(2e-8) };
    const flat = { value: 1, gradient: f(0), price: f(0) };
    const narrow = { ...still, lower: f(-1e-9), upper: f(1) };
    expect(solved({ optimality: { ...narrow, terms: flat } }).kkt).toBeCloseTo(2e-8, 14);
    const residual = { ...still, lower: f(-1e-3), upper: f(0.5), combination: f(1.5e-8), terms: flat };
    expect(solved({ optimality: residual })).toMatchObject({ granted: false, gap: expect.closeTo(0.75e-8, 14) });
  });

  it('of the largest weight by the gap and the rows, whose signs still count', () => {
    // max |w| with w_1 + w_2 >= 3/5: both 3/10, multiplier 1/2. The combination is not the weights.
    const peak: Optimality = {
      ...optimality,
      weights: f(0.3, 0.3),
      lower: f(-1, -1),
      upper: f(1, 1),
      combination: f(0.5, 0.5),
      limits: f(0.6),
      terms: { value: 0.3, peak: true },
    };
    expect(solved({ optimality: peak })).toEqual({ granted: true, kkt: 0, gap: 0, factor: 0 });
    expect(solved({ optimality: { ...peak, weights: f(0.3, 0.4) } }).granted).toBe(false);
    expect(solved({ optimality: { ...peak, slacks: f(-1e-7) } }).granted).toBe(false);
    const shared = { multipliers: f(0.7, -0.2), slacks: f(0, 0), limits: f(0.6, 0.6), equality: [false, false] };
    expect(solved({ optimality: { ...peak, ...shared } })).toMatchObject({
      granted: false,
      gap: expect.closeTo(0, 12),
    });
  });
});

describe('"infeasible" is said', () => {
  const proof = {
    multipliers: f(1),
    limits: f(3),
    equality: [false],
    lower: f(-1),
    upper: f(2),
    combination: f(1),
    errors: f(0),
  };
  it('of a proof that is justified, with the factor by which the box is too small', () => {
    const { factor, ...word } = judge({ kind: 'infeasible', proof, justified: true });
    expect(word).toEqual({ granted: true, kkt: 0, gap: 0 });
    expect(factor).toBeCloseTo(1.5, 12);
    const none = { granted: false, kkt: 0, gap: 0, factor: 0 };
    expect(judge({ kind: 'infeasible', proof, justified: false })).toEqual(none);
    expect(judge({ kind: 'infeasible', proof: { ...proof, limits: f(2) }, justified: true })).toEqual(none);
  });
});

describe('the claims of a neuron with two memories', () => {
  const [first, second] = [smallProblem(4, 12, 6, 5), sampleScore(4, 9, 0.3, 8)];
  const neuron: NeuronProblem = neuronProblem({ ...first, others: [second], template: defaultTemplate }, 0);
  const weights = Float64Array.from(neuron.inputs.sources, (_, k) => 0.1 * (k - 2));
  const cuts: Cut[] = [
    { time: 1.5, kind: 'spike', limit: 0.25 },
    { time: 2.5, kind: 'level', limit: -0.5, memory: 1 },
    { time: 7.25, kind: 'slope+', limit: 2 },
    { time: 4.125, kind: 'above', limit: 1, memory: 1 },
    { time: 3.5, kind: 'slope-', limit: 1, memory: 0 },
  ];
  const multipliers = f(-1.5, 0.5, 0.25, 2, 0.75);
  const rows = { cuts, multipliers };

  /** Entry k of the row of a cut: the kernel, over all spikes of all periods. */
  const entry = ({ time, kind, memory = 0 }: Cut, k: number) => {
    const { score } = neuron.memories[memory];
    let total = 0;
    for (const spike of spikesOf(score, neuron.inputs.sources[k])) {
      for (let turn = -12; turn <= 2; turn++) {
        const age = time - spike - neuron.inputs.delays[k] - turn * score.period;
        total += kind.startsWith('slope') ? kernelSlope(age) : kernel(age);
      }
    }
    return kind === 'level' ? -total : total;
  };

  it('part the rows by memory, and name their places', () => {
    expect(cutsOf(0, rows)).toEqual({
      places: [0, 2, 4],
      cuts: [cuts[0], cuts[2], cuts[4]],
      multipliers: f(-1.5, 0.25, 0.75),
    });
    expect(cutsOf(1, rows)).toEqual({ places: [1, 3], cuts: [cuts[1], cuts[3]], multipliers: f(0.5, 2) });
    expect(limitsOf(cuts)).toEqual(f(0.25, -0.5, 2, 1, 1));
    expect(cuts.map(isEquality)).toEqual([true, false, false, false, false]);
  });

  it('are slacks and sums of the rows as defined', () => {
    const seen: [Course, number][] = [];
    const visit = (course: Course, memory: number) => seen.push([course, memory]);
    const { slacks, combination } = gatherRows(neuron, weights, rows, { visit });
    cuts.forEach((cut, i) => {
      const value = weights.reduce((total, w, k) => total + w * entry(cut, k), 0);
      expect(slacks[i]).toBeCloseTo(value - cut.limit, 11);
    });
    const expected = weights.map((_, k) => cuts.reduce((total, cut, i) => total + multipliers[i] * entry(cut, k), 0));
    for (let k = 0; k < weights.length; k++) expect(combination[k]).toBeCloseTo(expected[k], 11);
    expect(seen.map(([{ period }, memory]) => [period, memory])).toEqual([
      [12, 0],
      [9, 1],
    ]);
    const units = weights.map((_, k) => 2 ** (k - 1));
    const scaled = gatherRows(neuron, weights, rows, { visit, units });
    expect(scaled.slacks).toEqual(slacks);
    for (let k = 0; k < weights.length; k++) expect(scaled.combination[k]).toBeCloseTo(expected[k] / units[k], 11);

    const proof = gatherProof(neuron, rows);
    for (let k = 0; k < weights.length; k++) {
      expect(proof.combination[k]).toBeCloseTo(expected[k], 11);
      expect(proof.errors[k]).toBeGreaterThanOrEqual(Math.abs(proof.combination[k] - expected[k]) / 4);
      expect(proof.errors[k]).toBeLessThan(1e-9);
    }
    const claim = infeasible(neuron, defaultTemplate, rows);
    expect(claim.kind).toBe('infeasible');
    expect(claim.justified).toBe(false);
    expect(claim.proof).toEqual({
      multipliers,
      limits: limitsOf(cuts),
      equality: cuts.map(isEquality),
      ...neuron.box,
      ...proof,
    });
  });

  it('add the errors of all memories, and of the sum', () => {
    const part = (memory: number) => {
      const own = cutsOf(memory, rows);
      const only = { ...neuron, memories: [neuron.memories[memory]] };
      const bare = own.cuts.map(({ memory: _, ...cut }) => cut);
      return gatherProof(only, { cuts: bare, multipliers: own.multipliers });
    };
    const [all, one, two] = [gatherProof(neuron, rows), part(0), part(1)];
    for (let k = 0; k < weights.length; k++) {
      expect(all.combination[k]).toBe(one.combination[k] + two.combination[k]);
      const rounding = 2 ** -52 * Math.abs(all.combination[k]);
      expect(all.errors[k]).toBe(one.errors[k] + (two.errors[k] + rounding));
    }
  });

  it('are justified by the demands of the memory that they name, and of no other', () => {
    const demands = neuron.memories.map(
      ({ score, spikes }) => demandsOf(spikes, score.period, defaultTemplate).demands,
    );
    const asked = demandsOfNeuron(neuron, defaultTemplate);
    expect(asked).toEqual([
      ...demands[0].map((demand) => ({ ...demand, memory: 0 })),
      ...demands[1].map((demand) => ({ ...demand, memory: 1 })),
    ]);
    const alone = { ...neuron, memories: [neuron.memories[0]] };
    expect(demandsOfNeuron(alone, defaultTemplate)).toEqual(demands[0]);

    const at = (memory: number): Cut[] => {
      const { spikes } = neuron.memories[memory];
      return [{ time: spikes[0], kind: 'spike', limit: 1, memory }];
    };
    const of = (cuts: Cut[], problem = neuron) => justified(problem, defaultTemplate, cuts);
    expect(neuron.memories.map(({ spikes }) => spikes.length > 0)).toEqual([true, true]);
    expect(of([...at(0), ...at(1)])).toBe(true);
    expect(of([])).toBe(true);
    expect(of(at(0).map(({ memory: _, ...cut }) => cut)), 'the first, unnamed').toBe(true);
    expect(of(at(1).map((cut) => ({ ...cut, memory: 0 }))), 'of another memory').toBe(false);
    expect(of([...at(0), ...at(1).map((cut) => ({ ...cut, limit: 2 }))]), 'a limit of nobody').toBe(false);
    expect(of([...at(0).map((cut) => ({ ...cut, limit: 2 })), ...at(1)]), 'a limit of nobody').toBe(false);
    expect(of(at(1), alone), 'of a memory that is not there').toBe(false);
    expect(of(at(0).map((cut) => ({ ...cut, memory: 2 }))), 'of a memory that is not there').toBe(false);
  });
});
