/** The aim recall, the overdrive and the design: against quadrature, against a dense program, and in words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveQp } from '../solvers/index.js';
import { createArena } from '../src/core/index.js';
import { swingOf } from '../src/memory/measure/index.js';
import { memorizeJob, type Problem } from '../src/memory/memorize/index.js';
import { daleBounds, delayRange, type NeuronModel, twinCount } from '../src/memory/network/index.js';
import { sampleScore, spikesOf } from '../src/memory/score/index.js';
import {
  arrivalsOf,
  defaultTemplate,
  inputsOf as inputsWith,
  loadScore,
  meanSpread,
  potentialFrom,
  sourceSpreads,
  spreadGradient,
} from '../src/memory/template/index.js';
import { gradientByQuadrature } from '../src/memory/template/spread-check.js';
import { lcg, usualProblem } from './helpers.js';

const models: Record<string, NeuronModel | undefined> = {
  default: undefined,
  'kernel of its own': { model: 'continuation', beta: 1.4 },
  reset: { model: 'reset', reset: -1 },
  'lif-exp': { model: 'lif', current: 'exp', membrane: 2, synapse: 0.4, reset: 0, refractory: 0.4 },
  'lif-exp, equal time constants': { model: 'lif', current: 'exp', membrane: 1, synapse: 1, reset: 0, refractory: 0.4 },
  'lif-alpha': { model: 'lif', current: 'alpha', membrane: 2, synapse: 0.4, reset: -1, refractory: 0.6 },
};
const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  name: fc.constantFrom(...Object.keys(models)),
  period: fc.constantFrom(1.5, 6, 20),
});

/** The inputs of neuron 0, two of whose synapses are the same, and its score. */
function neuronOf(seed: number, period: number, name: string, channels = 3, inputs = 9) {
  const { score, wiring } = usualProblem(seed, channels, period, inputs);
  const twin = { ...wiring, sources: wiring.sources.slice(), delays: wiring.delays.slice() };
  [twin.sources[1], twin.delays[1]] = [twin.sources[0], twin.delays[0]];
  const own = inputsWith(twin, models[name], 0);
  const random = lcg(seed);
  return { score, inputs: own, wiring: twin, weights: new Float64Array(inputs).map(() => random() - 0.5) };
}

describe('the spread over prompts', () => {
  it('is, for every neuron, the mean over time of the squares of what each source makes, by Simpson', () => {
    fc.assert(
      fc.property(cases, ({ seed, name, period }) => {
        const { score, inputs, weights } = neuronOf(seed, period, name);
        const arrivals = arrivalsOf(score, inputs);
        const sources = [...new Set(inputs.sources)];
        const spikes = arrivals.own?.spikes ?? [];
        const dead = arrivals.own?.dynamics.dead ?? 0;
        const turned = Array.from(spikes, (spike) => (spike + dead) % period);
        const edges = [0, ...arrivals.times, ...spikes, ...turned, period].sort((a, b) => a - b);
        let expected = 0;
        for (const source of sources) {
          const alone = weights.map((w, k) => (inputs.sources[k] === source ? w : 0));
          // What weights make is what is there less what a reset has left.
          const [with_, without] = [alone, new Float64Array(weights.length)].map((w) => potentialFrom(arrivals, w));
          for (let i = 0; i + 1 < edges.length; i++) {
            const [from, to] = [edges[i] + 1e-12, edges[i + 1] - 1e-12];
            if (to <= from) continue;
            const steps = 2 * Math.ceil(30 * (to - from) + 1);
            for (let j = 0; j <= steps; j++) {
              const t = from + ((to - from) * j) / steps;
              const z = with_.value(t) - without.value(t);
              expected += (((j === 0 || j === steps ? 1 : j % 2 === 1 ? 4 : 2) * (to - from)) / (3 * steps)) * z * z;
            }
          }
        }
        expected /= period;
        const form = sourceSpreads([{ score }], inputs).reduce((total, { variables, P }) => {
          const m = variables.length;
          return (
            total +
            P.reduce((sum, h, i) => sum + h * weights[variables[Math.floor(i / m)]] * weights[variables[i % m]], 0)
          );
        }, 0);
        expect(Math.abs(form - expected)).toBeLessThan(1e-6 * (1e-3 + expected));
      }),
      { numRuns: 15 },
    );
  });

  it('has the gradient that the judge finds by quadrature or correlation, and the same mean curvature', () => {
    fc.assert(
      fc.property(cases, ({ seed, name, period }) => {
        const { score, inputs, weights } = neuronOf(seed, period, name);
        const memories = [{ score }, { score: sampleScore(3, 7, 0.3, seed + 1) }];
        const spreads = sourceSpreads(memories, inputs);
        const gradient = new Float64Array(weights.length);
        let diagonal = 0;
        for (const { variables, P } of spreads) {
          variables.forEach((k, i) => {
            diagonal += P[(variables.length + 1) * i] / weights.length;
            variables.forEach((l, j) => {
              gradient[k] += P[variables.length * i + j] * weights[l];
            });
          });
        }
        const close = (found: number, wanted: number) =>
          expect(Math.abs(found - wanted)).toBeLessThan(1e-10 * (1 + Math.abs(wanted)));
        spreadGradient(memories, inputs, weights).forEach((value, k) => {
          close(value, gradient[k]);
        });
        close(meanSpread(memories, inputs), diagonal);
        // The quadrature knows all neurons, those that have a shorter way too.
        const groups = Int32Array.from(inputs.sources);
        const [one] = [sourceSpreads(memories.slice(0, 1), inputs)];
        const direct = gradientByQuadrature(arrivalsOf(score, inputs), groups, 3, weights);
        for (const { variables, P } of one) {
          variables.forEach((k, i) => {
            const m = variables.length;
            close(
              direct[k],
              variables.reduce((sum, l, j) => sum + P[m * i + j] * weights[l], 0),
            );
          });
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('the aim recall', () => {
  const driven = { ...defaultTemplate, margin: 2, bound: 3, overdrive: { level: 3, after: 0.5 } };

  it('has the value of a dense quadratic program on its rows, with bounds and signs', () => {
    const usual = usualProblem(3, 8, 12, 250);
    const problems: Problem[] = [
      { ...usual, objective: 'recall:0.1' },
      { ...usual, objective: 'recall:0.001', template: { ...defaultTemplate, bound: 0.15 } },
      { ...usual, objective: 'recall:0.1', template: driven },
      { ...usual, objective: 'recall:0.1', bounds: daleBounds(usual.wiring, 0.6, 0.8, 1) },
    ];
    let compared = 0;
    for (const problem of problems) {
      const solve = memorizeJob.prepare(problem);
      for (let l = 0; l < 3; l++) {
        const { status, cuts, optimum, violation } = solve(l);
        if (status !== 'solved' || cuts.length === 0) continue;
        expect(violation).toBeLessThan(1e-8);
        const inputs = inputsWith(problem.wiring, undefined, l);
        const n = inputs.delays.length;
        const arena = createArena();
        const load = loadScore(arena, problem.score, delayRange(problem.wiring)[1]);
        const { order, writeRow } = load(spikesOf(problem.score, l), inputs.sources, inputs.delays, problem.template);
        const at = arena.alloc(8 * n);
        const A = new Float64Array(n * cuts.length);
        cuts.forEach((cut, i) => {
          writeRow(cut, at);
          arena.f64(at, n).forEach((entry, j) => {
            A[n * i + order[j]] = entry;
          });
        });
        const P = new Float64Array(n * n);
        let trace = 0;
        for (const { variables, P: H } of sourceSpreads([{ score: problem.score }], inputs)) {
          variables.forEach((k, i) => {
            trace += H[(variables.length + 1) * i];
            variables.forEach((j, m) => {
              P[n * k + j] = H[variables.length * i + m];
            });
          });
        }
        const ridge = Number(problem.objective?.split(':')[1]);
        for (let k = 0; k < n; k++) P[(n + 1) * k] += (ridge * trace) / n;
        const first = problem.wiring.starts[l];
        const answer = solveQp({
          P,
          q: new Float64Array(n),
          A,
          l: Float64Array.from(cuts, ({ limit }) => limit),
          u: Float64Array.from(cuts, ({ kind, limit }) => (kind === 'spike' ? limit : Number.POSITIVE_INFINITY)),
          lb: problem.bounds?.lower.slice(first, first + n) ?? new Float64Array(n).fill(-problem.template.bound),
          ub: problem.bounds?.upper.slice(first, first + n) ?? new Float64Array(n).fill(problem.template.bound),
        });
        expect(answer.status).toBe('solved');
        expect(Math.abs(answer.objective - (optimum?.value ?? 0))).toBeLessThan(1e-8 * (1 + answer.objective));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(7);
  });

  it('puts a weight that its sign or its bound holds there to the bit, so that it does not count as in use', () => {
    const usual = usualProblem(5, 6, 12, 200);
    const bounds = daleBounds(usual.wiring, 0.5, 0.8, 1);
    for (const objective of ['recall:0.1', 'energy:0.001'] as const) {
      const { status, weights } = memorizeJob.prepare({ ...usual, objective, bounds })(0);
      expect(status).toBe('solved');
      expect(weights.every((w, k) => w >= bounds.lower[k] && w <= bounds.upper[k])).toBe(true);
      expect(weights.filter((w) => w === 0).length).toBeGreaterThan(50);
      expect(weights.filter((w) => w !== 0 && Math.abs(w) < 1e-12).length).toBeLessThan(3);
    }
  });

  it('gives identical synapses the same weight', () => {
    const usual = usualProblem(5, 6, 15, 200);
    const wiring = { ...usual.wiring, sources: usual.wiring.sources.slice(), delays: usual.wiring.delays.slice() };
    [wiring.sources[7], wiring.delays[7]] = [wiring.sources[3], wiring.delays[3]];
    const { status, weights } = memorizeJob.prepare({ ...usual, wiring, objective: 'recall:0.1' })(0);
    expect(status).toBe('solved');
    expect(weights[7]).toBeCloseTo(weights[3], 10);
    expect(twinCount(usual.wiring)).toBe(0);
    expect(twinCount(wiring)).toBe(1);
    // With bounds of its own it may get another weight.
    const lower = new Float64Array(wiring.sources.length).fill(-0.2);
    const upper = lower.map((bound, k) => (k === 7 ? 0.1 : -bound));
    expect(twinCount(wiring, { lower, upper })).toBe(0);
  });

  it('is proved impossible like every other where nothing keeps the template', () => {
    const usual = usualProblem(2, 6, 20, 25);
    for (const template of [defaultTemplate, driven]) {
      const { status, cuts } = memorizeJob.prepare({ ...usual, template, objective: 'recall:0.1' })(0);
      expect(status).toBe('infeasible');
      expect(cuts.length).toBeGreaterThan(0);
    }
  });

  it('keeps an overdrive with soft weights, robust slopes and kernels of their own, and lifts the peaks', () => {
    const usual = usualProblem(4, 6, 15, 400);
    const base: Problem = { ...usual, template: driven, objective: 'recall:0.1' };
    for (const problem of [
      base,
      { ...base, robust: { what: 'slope', share: 0.5 } as const },
      { ...base, soft: true },
      { ...base, model: { model: 'continuation', beta: 1.2 } as const },
    ]) {
      const { status, weights } = memorizeJob.prepare(problem)(0);
      expect(status).toBe('solved');
      const inputs = inputsWith(problem.wiring, problem.model, 0);
      const potential = potentialFrom(arrivalsOf(problem.score, inputs), weights);
      for (const spike of spikesOf(problem.score, 0)) expect(potential.value(spike + 0.5)).toBeGreaterThan(3 - 1e-8);
      const swing = swingOf([problem.score], 0, inputs, problem.template, weights);
      expect(swing?.peak).toBeGreaterThan(2.9);
      expect(swing?.silence).toBeLessThan(-0.9);
    }
  });

  it('lowers an overdrive that is too much, and says so', () => {
    const usual = usualProblem(2, 6, 15, 60);
    const template = { ...driven, overdrive: { level: 30, after: 0.5 } };
    const report = memorizeJob.prepare({ ...usual, template, objective: 'recall:0.1', soft: true })(0);
    expect(report.status).toBe('infeasible');
    expect(report.shortfalls?.some(({ demand }) => demand.kind === 'overdrive')).toBe(true);
  });
});
