/** What a neuron may be asked beyond, or instead of, the plain template: robust, soft. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadHighs } from '../solvers/index.js';
import { createArena, serialMap } from '../src/core/index.js';
import { readMemory, writeMemory } from '../src/memory/files/index.js';
import { recallJob } from '../src/memory/measure/index.js';
import { exactLevels, memorize, memorizeJob, type Problem, shortfallsOf } from '../src/memory/memorize/index.js';
import { delayRange } from '../src/memory/network/index.js';
import { spikesOf } from '../src/memory/score/index.js';
import {
  arrivalsOf,
  defaultTemplate,
  demandsOf,
  loadScore,
  potentialFrom,
  relaxed,
  scaled,
  shortfalls,
  slopeAt,
  templateViolation,
  valueAt,
} from '../src/memory/template/index.js';
import { inputsOf, usualProblem } from './helpers.js';

const norm = (w: Float64Array) => Math.sqrt(w.reduce((sum, x) => sum + x * x, 0));
const what = fc.constantFrom('margin' as const, 'slope' as const, 'both' as const);
const seeds = fc.integer({ min: 1, max: 1e6 });

describe('the demands of a template', () => {
  it('are missed, all together, by what the verifier finds', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = usualProblem(seed);
        const { score, template } = problem;
        for (let l = 0; l < 3; l++) {
          const inputs = inputsOf(problem, l);
          const weights = inputs.delays.map((delay) => 0.1 * Math.sin(100 * delay));
          const potential = potentialFrom(arrivalsOf(score, inputs), weights);
          const { demands } = demandsOf(spikesOf(score, l), score.period, template);
          const found = shortfalls(potential, demands, template).map(({ amount }) => amount);
          expect(Math.max(0, ...found)).toBeCloseTo(templateViolation(potential, spikesOf(score, l), template), 12);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are scanned exactly when they are lowered, each by its own amount', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = usualProblem(seed);
        const { score, template, wiring } = problem;
        const inputs = inputsOf(problem, 0);
        const arena = createArena();
        const { order, demands, scan } = loadScore(arena, score, delayRange(wiring)[1])(
          spikesOf(score, 0),
          inputs.sources,
          inputs.delays,
          { ...template, leeway: 0 },
        );
        const weights = inputs.delays.map((delay) => 0.1 * Math.sin(100 * delay));
        const at = arena.alloc(8 * weights.length);
        arena.f64(at, weights.length).set(Array.from(order, (k) => weights[k]));
        const ease = Float64Array.from(demands, ({ kind }, d) => (kind === 'slope' ? 2 : 1) * ((d * 0.37) % 1));
        const violations = scan(at, 1e-9, ease);
        const missed = shortfalls(potentialFrom(arrivalsOf(score, inputs), weights), demands, template);
        missed.forEach(({ amount }, d) => {
          const own = violations.filter(({ demand }) => demand === d).map((violation) => violation.amount);
          expect(Math.max(0, ...own), `demand ${d}`).toBeCloseTo(Math.max(0, amount - ease[d]), 9);
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe('robust weights', () => {
  it('keep a multiple of the template, by the definition of the potential, on the way to what is proved impossible', () => {
    fc.assert(
      fc.property(seeds, what, fc.constantFrom(0.25, 0.5, 0.9), (seed, grows, share) => {
        const problem = usualProblem(seed);
        const plain = memorizeJob.prepare(problem);
        const solve = memorizeJob.prepare({ ...problem, robust: { what: grows, share } });
        for (let l = 0; l < 2; l++) {
          const before = plain(l);
          const { status, weights, kkt, robust } = solve(l);
          expect(status).toBe(before.status);
          if (status !== 'solved' || !robust) continue;
          const potential = potentialFrom(arrivalsOf(problem.score, inputsOf(problem, l)), weights);
          const kept = scaled(defaultTemplate, grows, robust.factor);
          expect(templateViolation(potential, spikesOf(problem.score, l), kept)).toBeLessThan(1e-8);
          expect(kkt).toBeLessThan(1e-8);
          expect(robust.factor).toBeGreaterThanOrEqual(1);
          if (spikesOf(problem.score, l).length === 0) continue;
          expect(norm(weights)).toBeGreaterThanOrEqual(norm(before.weights) - 1e-9);
          // The factor lies at the share of the way; the most is known.
          const most = 1 + (robust.factor - 1) / share;
          if (most < 10) expect(robust.impossible / most).toBeLessThan(1 + 1e-6);
          if (most < 10) expect(robust.impossible / most).toBeGreaterThan(1);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('cannot be had beyond the factor that is called impossible: the template there has a proof of its own', () => {
    const problem = usualProblem(7);
    const { robust } = memorizeJob.prepare({ ...problem, robust: { what: 'both', share: 0.5 } })(1);
    expect(robust?.impossible).toBeGreaterThan(1);
    const beyond = scaled(defaultTemplate, 'both', (robust?.impossible ?? 0) * 1.001);
    expect(memorizeJob.prepare({ ...problem, template: beyond })(1).status).toBe('infeasible');
    const below = scaled(defaultTemplate, 'both', (robust?.impossible ?? 0) * 0.97);
    expect(memorizeJob.prepare({ ...problem, template: below })(1).status).toBe('solved');
  });

  it('survive the way through network.npz with their factors', async () => {
    const problem: Problem = { ...usualProblem(3), robust: { what: 'slope', share: 0.5 } };
    const memory = await memorize(problem, serialMap);
    const bytes: Uint8Array[] = [];
    writeMemory(problem, memory.neurons, { program: 'test', seed: 3, tau0: 0.005 }, (piece) =>
      bytes.push(piece.slice()),
    );
    const { header, robust } = readMemory(Buffer.concat(bytes), 'network.npz');
    expect(header.robust).toEqual({ what: 'slope', share: 0.5 });
    expect(Array.from(robust?.factor ?? [])).toEqual(memory.neurons.map((neuron) => neuron.robust?.factor));
  });

  it('are refused for a sampled template and for a share that is none', async () => {
    const robust = { what: 'both', share: 0.5 } as const;
    await expect(
      memorize({ ...usualProblem(1), template: { ...defaultTemplate, grid: 0.05 }, robust }, serialMap),
    ).rejects.toThrow(/sampled template/);
    await expect(memorize({ ...usualProblem(1), robust: { ...robust, share: 1 } }, serialMap)).rejects.toThrow(
      /below 1; got 1/,
    );
  });
});

describe('soft weights', () => {
  it('miss exactly the demands that are said to pay, and none by more than the weights zero do', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem: Problem = { ...usualProblem(seed, 5, 20, 60), soft: true };
        const solve = memorizeJob.prepare(problem);
        for (let l = 0; l < 3; l++) {
          const { status, weights, shortfalls, kkt, violation } = solve(l);
          expect(['solved', 'infeasible']).toContain(status);
          if (status === 'solved') expect(shortfalls).toBeUndefined();
          if (status !== 'infeasible') continue;
          expect(kkt).toBeLessThan(1e-8);
          const { score, template } = problem;
          const potential = potentialFrom(arrivalsOf(score, inputsOf(problem, l)), weights);
          expect(templateViolation(potential, spikesOf(score, l), template)).toBeCloseTo(violation, 9);
          expect(shortfalls?.length).toBeGreaterThan(0);
          for (const { demand, amount, time } of shortfalls ?? []) {
            if (demand.kind === 'silence') {
              expect(valueAt(potential, time)).toBeCloseTo(amount, 9);
              expect(amount).toBeLessThan(1 + 1e-9);
            }
            if (demand.kind === 'spike') expect(Math.abs(valueAt(potential, time) - 1)).toBeCloseTo(amount, 9);
            if (demand.kind === 'slope') {
              const slopes = [slopeAt(potential, time, 'left'), slopeAt(potential, time, 'right')];
              expect(2 - Math.min(...slopes)).toBeCloseTo(amount, 6);
              expect(amount).toBeLessThan(2 + 1e-9);
            }
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it('change nothing where the template can be kept', async () => {
    const hard = await memorize(usualProblem(2), serialMap);
    const soft = await memorize({ ...usualProblem(2), soft: true }, serialMap);
    hard.neurons.forEach(({ status, weights }, l) => {
      if (status === 'solved') expect(soft.neurons[l].weights).toEqual(weights);
    });
    expect(hard.neurons.some(({ status }) => status === 'solved')).toBe(true);
  });

  it('cost no more than any other weights: by the prices, chosen weights nearby are dearer', () => {
    const problem: Problem = { ...usualProblem(11, 5, 20, 60), soft: true };
    const report = memorizeJob.prepare(problem)(0);
    expect(report.status).toBe('infeasible');
    const { score, template } = problem;
    const inputs = inputsOf(problem, 0);
    const spikes = spikesOf(score, 0);
    const part = { memories: [{ score, spikes }], inputs };
    const { demands } = demandsOf(spikes, score.period, template);
    const prices = { silence: 100, slope: 50, overdrive: 100, spike: 1000 };
    const cost = (weights: Float64Array) =>
      norm(weights) ** 2 / 2 +
      shortfallsOf(part, demands, template, weights).reduce(
        (sum, { demand, amount }) => sum + prices[demand.kind] * amount + (amount * amount) / 2,
        0,
      );
    const best = cost(report.weights);
    for (let i = 0; i < 200; i++) {
      const other = report.weights.map((w, k) =>
        Math.min(0.2, Math.max(-0.2, w + 10 ** (-1 - (i % 4)) * Math.sin(12.9898 * (k + 1) * (i + 1)))),
      );
      expect(cost(other)).toBeGreaterThan(best - 1e-6);
    }
  });
});

describe('quantised weights', () => {
  it('are multiples of one unit, and keep the template to the share that is reported', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(3, 7, 15, 31), (seed, levels) => {
        const problem: Problem = { ...usualProblem(seed, 4, 15, 250), levels };
        const solve = memorizeJob.prepare(problem);
        for (let l = 0; l < 2; l++) {
          const { status, weights, share } = solve(l);
          if (status === 'infeasible') continue;
          const half = (levels - 1) / 2;
          for (const w of weights) expect(Math.abs(w * half * 5 - Math.round(w * half * 5))).toBeLessThan(1e-12);
          const potential = potentialFrom(arrivalsOf(problem.score, inputsOf(problem, l)), weights);
          const spikes = spikesOf(problem.score, l);
          expect(templateViolation(potential, spikes, relaxed(defaultTemplate, (share as number) + 1e-9))).toBeLessThan(
            1e-8,
          );
          if ((share as number) > 1e-6) {
            const less = relaxed(defaultTemplate, 0.99 * (share as number));
            expect(templateViolation(potential, spikes, less)).toBeGreaterThan(0);
          }
          expect(status).toBe((share as number) <= 0.05 ? 'solved' : 'stalled');
        }
      }),
      { numRuns: 15 },
    );
  });

  it('are replayed by the simulator, every spike as near as slope and share allow', async () => {
    const problem: Problem = { ...usualProblem(5, 20, 20, 500), levels: 31 };
    const { network, neurons } = await memorize(problem, serialMap);
    expect(neurons.every(({ status }) => status === 'solved')).toBe(true);
    const { score } = problem;
    const test = { score, network, seed: 1, promptTime: 20, periods: 1, trials: [{ prompt: 0, noise: 0 }] };
    const { periods } = recallJob.prepare(test)(0);
    // A potential off by 5 % at a slope of nearly 2 is off by 0.025 in time, and so are its causes.
    expect(periods[0].precision).toBeGreaterThan(0.95);
    expect(periods[0].recall).toBeGreaterThan(0.95);
    expect(periods[0].timingError).toBeLessThan(0.025);
  });

  it('are near the exact optimum of the integer program on small neurons', async () => {
    const highs = await loadHighs();
    const gaps: number[] = [];
    for (const seed of [3, 5, 8]) {
      const problem: Problem = {
        ...usualProblem(seed, 10, 5, 8),
        template: { ...defaultTemplate, bound: 1.5, margin: 0.4, slope: 0.3 },
        levels: 5,
      };
      const { score, template } = problem;
      for (let l = 0; l < 10; l++) {
        const spikes = spikesOf(score, l);
        if (spikes.length !== 1) continue;
        const { status, share } = memorizeJob.prepare(problem)(l);
        if (share === undefined || !Number.isFinite(share)) continue;
        expect(status).not.toBe('infeasible');
        const exact = exactLevels(highs, problem, l, 5);
        if (!exact) throw new Error('HiGHS did not solve it');
        expect(share).toBeGreaterThan(exact.share - 1e-6);
        gaps.push(share - exact.share);
        // What is called the optimum is on the lattice, needs the share by the verifier, and no neighbour needs less.
        const spikesOfIt = spikesOf(score, l);
        const needs = (weights: Float64Array) => {
          const potential = potentialFrom(arrivalsOf(score, inputsOf(problem, l)), weights);
          const { demands } = demandsOf(spikesOfIt, score.period, template);
          return Math.max(
            ...shortfalls(potential, demands, template).map(({ amount }, d) =>
              demands[d].kind === 'slope' ? amount / template.slope : amount,
            ),
          );
        };
        expect(needs(exact.weights)).toBeCloseTo(exact.share, 9);
        for (const w of exact.weights) expect(Math.abs(w / 0.75 - Math.round(w / 0.75))).toBeLessThan(1e-12);
        exact.weights.forEach((w, k) => {
          for (const step of [-0.75, 0.75]) {
            if (Math.abs(w + step) > 1.5) continue;
            const other = exact.weights.slice();
            other[k] += step;
            expect(needs(other)).toBeGreaterThan(exact.share - 1e-6);
          }
        });
      }
    }
    expect(gaps.length).toBeGreaterThan(3);
    gaps.sort((a, b) => a - b);
    expect(gaps[gaps.length >> 1]).toBeLessThan(0.1);
  });

  it('are refused in even numbers, and beside what they exclude', async () => {
    for (const levels of [2, 4, 1, 2.5]) {
      await expect(memorize({ ...usualProblem(1), levels }, serialMap)).rejects.toThrow(/odd number/);
    }
    await expect(memorize({ ...usualProblem(1), levels: 5, soft: true }, serialMap)).rejects.toThrow(/leave one/);
  });
});
