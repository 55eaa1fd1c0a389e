/** Weights by other measures than least norm: against HiGHS, against each other, and by what they do. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Highs, loadHighs, optimalityGap, refineSeparable, solveQp } from '../solvers/index.js';
import { createArena, serialMap } from '../src/core/index.js';
import { readMemory, writeMemory } from '../src/memory/files/index.js';
import { recallJob } from '../src/memory/measure/index.js';
import { type Norm, quadratic } from '../src/memory/memorize/aims/norm.js';
import { norms } from '../src/memory/memorize/aims/norms.js';
import {
  memorize,
  memorizeJob,
  type NeuronReport,
  type Objective,
  type Problem,
} from '../src/memory/memorize/index.js';
import { daleBounds, delayRange } from '../src/memory/network/index.js';
import { sampleScore, spikesOf } from '../src/memory/score/index.js';
import {
  arrivalsOf,
  type Cut,
  defaultTemplate,
  energyCurvatures,
  energyGradient,
  energyMatrix,
  loadScore,
  potentialFrom,
  templateViolation,
  valueAt,
} from '../src/memory/template/index.js';
import { inputsOf, lcg, usualProblem } from './helpers.js';

const seeds = fc.integer({ min: 1, max: 1e6 });
const sum = (values: Float64Array, term: (x: number, k: number) => number) =>
  values.reduce((total, x, k) => total + term(x, k), 0);
const BOUND = defaultTemplate.bound;

/** The measures, straight from their definitions. */
const measures: Record<string, (w: Float64Array, problem: Problem, l: number) => number> = {
  l2: (w) => sum(w, (x) => (x * x) / 2),
  l1: (w) => sum(w, Math.abs),
  linf: (w) => Math.max(...w.map(Math.abs)),
  'elastic:0.3': (w) => sum(w, (x) => 0.3 * BOUND * Math.abs(x) + 0.35 * x * x),
  'energy:0.01': (w, problem, l) => {
    const Q = energyMatrix(createArena(), arrivalsOf(problem.score, inputsOf(problem, l)), w.length);
    return sum(w, (x, k) => (x * (sum(w, (y, j) => Q[w.length * k + j] * y) + 0.01 * x)) / 2);
  },
};
const objectives = Object.keys(measures) as Objective[];

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

/** The least value under the active cuts of an answer alone, by HiGHS: no more than the least under the whole template. */
function byHighs(problem: Problem, l: number, { cuts }: NeuronReport, objective: Objective, costs?: Float64Array) {
  const { sources, delays } = inputsOf(problem, l);
  const n = delays.length;
  const arena = createArena();
  const load = loadScore(arena, problem.score, delayRange(problem.wiring)[1]);
  const { order, writeRow } = load(spikesOf(problem.score, l), sources, delays, problem.template);
  const at = arena.alloc(8 * n);
  const rows = cuts.map((cut: Cut) => {
    writeRow(cut, at);
    const row = new Float64Array(n);
    arena.f64(at, n).forEach((entry, i) => {
      row[order[i]] = entry;
    });
    return row;
  });
  const first = problem.wiring.starts[l];
  const lower = problem.bounds?.lower.slice(first, first + n) ?? new Float64Array(n).fill(-BOUND);
  const upper = problem.bounds?.upper.slice(first, first + n) ?? new Float64Array(n).fill(BOUND);
  const limits = cuts.map(({ limit }) => limit);
  const tops = cuts.map(({ kind, limit }) => (kind === 'spike' ? limit : Number.POSITIVE_INFINITY));
  const [kind, parameter] = objective.split(':');
  const c = costs ?? new Float64Array(n).fill(1);
  const Q =
    kind === 'energy' ? energyMatrix(createArena(), arrivalsOf(problem.score, { sources, delays }), n) : undefined;
  if (kind === 'l2' || Q) {
    const P = Q ?? c;
    if (Q) for (let k = 0; k < n; k++) Q[n * k + k] += Number(parameter);
    const A = Float64Array.from(rows.flatMap((row) => [...row]));
    const [l, u] = [Float64Array.from(limits), Float64Array.from(tops)];
    const problem = { P, q: new Float64Array(n), A, l, u, lb: lower, ub: upper };
    // HiGHS gives up on the energy at its cap of iterations; then another method answers, judged like all.
    const [answer] = [highs.solve(problem), solveQp(problem, { method: 'interiorPoint' })].filter(
      ({ status }) => status === 'solved',
    );
    return answer.objective;
  }
  // w = p - m with p, m >= 0, and the largest weight as one more variable. With both at once p'p + m'm is not less than w'w.
  const wide = 2 * n + 1;
  const split = rows.flatMap((row) => [...row, ...row.map((x) => -x), 0]);
  const peaks = Array.from({ length: n }, (_, k) =>
    Array.from({ length: wide }, (_, j) => (j === 2 * n ? 1 : j % n === k ? -1 : 0)),
  );
  const P = Float64Array.from({ length: wide }, (_, j) => (j < 2 * n ? (1 - Number(parameter)) * c[j % n] : 0));
  const price = (k: number) => (kind === 'l1' ? c[k] : kind === 'elastic' ? Number(parameter) * BOUND * c[k] : 0);
  const q = Float64Array.from({ length: wide }, (_, j) => (j < 2 * n ? price(j % n) : kind === 'linf' ? 1 : 0));
  const linear = kind === 'l1' || kind === 'linf';
  const answer = highs.solve({
    ...(linear ? {} : { P }),
    q,
    A: Float64Array.from([...split, ...(kind === 'linf' ? peaks.flat() : [])]),
    l: Float64Array.from([...limits, ...(kind === 'linf' ? peaks.map(() => 0) : [])]),
    u: Float64Array.from([...tops, ...(kind === 'linf' ? peaks.map(() => Number.POSITIVE_INFINITY) : [])]),
    lb: Float64Array.from({ length: wide }, (_, j) =>
      j === 2 * n ? 0 : Math.max(0, j < n ? lower[j] : -upper[j - n]),
    ),
    ub: Float64Array.from({ length: wide }, (_, j) =>
      j === 2 * n ? 10 : Math.max(0, j < n ? upper[j] : -lower[j - n]),
    ),
  });
  return answer.objective;
}

describe('each objective', () => {
  it.each(objectives)('has by %s the value that HiGHS finds, to 1e-7, and keeps the template', (objective) => {
    for (const seed of [1, 2]) {
      const problem = {
        ...usualProblem(seed, 20, 12, 150),
        objective,
      };
      const solve = memorizeJob.prepare(problem);
      let compared = 0;
      for (let l = 0; l < 4; l++) {
        const report = solve(l);
        if (report.status !== 'solved' || report.cuts.length === 0) continue;
        const value = measures[objective](report.weights, problem, l);
        const best = byHighs(problem, l, report, objective);
        expect(Math.abs(value - best)).toBeLessThan(1e-7 * Math.max(Math.abs(best), 0.05));
        const potential = potentialFrom(arrivalsOf(problem.score, inputsOf(problem, l)), report.weights);
        expect(templateViolation(potential, spikesOf(problem.score, l), problem.template)).toBeLessThan(1e-8);
        compared++;
      }
      expect(compared).toBeGreaterThan(0);
    }
  });

  it.each(['l1', 'linf', 'elastic:0.3'] as const)('has the value of HiGHS at a middle size too: %s', (objective) => {
    const problem = { ...usualProblem(3, 20, 50, 300), objective };
    const solve = memorizeJob.prepare(problem);
    const l = [0, 1, 2, 3, 4, 5].find((one) => solve(one).status === 'solved') as number;
    const report = solve(l);
    const best = byHighs(problem, l, report, objective);
    expect(report.optimum?.value).toBeDefined();
    expect(Math.abs(measures[objective](report.weights, problem, l) - best)).toBeLessThan(1e-7 * best);
  });

  it('is least by its own measure, and says its value and a gap', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = usualProblem(seed);
        const found = objectives.map((objective) => memorizeJob.prepare({ ...problem, objective })(0));
        const statuses = found.map(({ status }) => status);
        expect(new Set(statuses).size).toBe(1);
        if (statuses[0] !== 'solved') return;
        objectives.forEach((objective, i) => {
          const values = found.map(({ weights }) => measures[objective](weights, problem, 0));
          values.forEach((value) => {
            expect(values[i]).toBeLessThanOrEqual(value + 1e-8 * (1 + value));
          });
          const { optimum } = found[i];
          if (objective === 'l2' || !optimum) return;
          expect(optimum.value).toBeCloseTo(values[i], 9);
          expect(optimum.gap).toBeLessThan(1e-8 * (1 + values[i]));
        });
      }),
      { numRuns: 12 },
    );
  });

  it.each(['l1', 'sparse', 'linf', 'elastic:0.5', 'energy:0.01'] as const)(
    'is replayed by the simulator: %s',
    async (objective) => {
      const problem = { ...usualProblem(2, 10, 20, 600), objective };
      const { network, neurons } = await memorize(problem, serialMap);
      expect(neurons.every(({ status }) => status === 'solved')).toBe(true);
      const test = {
        score: problem.score,
        network,
        seed: 1,
        promptTime: 20,
        periods: 2,
        trials: [{ prompt: 0, noise: 0 }],
      };
      for (const { precision, recall, timingError } of recallJob.prepare(test)(0).periods) {
        expect(precision).toBeGreaterThan(1 - 1e-6);
        expect(recall).toBeGreaterThan(1 - 1e-6);
        expect(timingError).toBeLessThan(1e-6);
      }
    },
  );

  it('goes with Dale signs, several memories, a grid and robust templates', () => {
    for (const objective of ['l1', 'linf', 'elastic:0.5', 'energy:0.01', 'sparse'] as const) {
      const plain = { ...usualProblem(4, 5, 15, 600), objective };
      const bounds = daleBounds(plain.wiring, 0.6, BOUND, 1);
      const cases: Problem[] = [
        { ...plain, bounds },
        { ...plain, others: [sampleScore(5, 12, 0.2, 1, 1)] },
        { ...plain, template: { ...defaultTemplate, grid: 0.1 } },
        { ...plain, robust: { what: 'both', share: 0.5 } },
      ];
      for (const problem of cases) {
        const { status, violation, optimum, weights } = memorizeJob.prepare(problem)(1);
        expect(status).toBe('solved');
        expect(violation).toBeLessThan(1e-8);
        expect(optimum?.gap).toBeLessThan(2e-8);
        if (!problem.bounds) continue;
        const first = problem.wiring.starts[1];
        weights.forEach((w, k) => {
          expect(w).toBeGreaterThanOrEqual(bounds.lower[first + k] - 1e-12);
          expect(w).toBeLessThanOrEqual(bounds.upper[first + k] + 1e-12);
        });
      }
    }
  });

  it('finds the least largest weight within bounds of single synapses that are narrower', () => {
    const plain = { ...usualProblem(5, 4, 15, 400), objective: 'linf' as const };
    const random = lcg(5);
    const upper = plain.wiring.delays.map(() => (random() < 0.5 ? 0.01 : 0.2));
    const problem = { ...plain, bounds: { lower: upper.map((x) => -2 * x), upper } };
    const report = memorizeJob.prepare(problem)(0);
    expect(report.status).toBe('solved');
    const value = Math.max(...report.weights.map(Math.abs));
    expect(value).toBeGreaterThan(0.02);
    expect(value).toBeCloseTo(byHighs(problem, 0, report, 'linf'), 8);
  });

  it('counts the costs of synapses', () => {
    const random = lcg(6);
    const plain = usualProblem(6, 4, 15, 250);
    const costs = plain.wiring.delays.map(() => 0.1 + 5 * random());
    for (const objective of ['l2', 'l1', 'elastic:0.3'] as const) {
      const problem = { ...plain, objective, costs };
      const report = memorizeJob.prepare(problem)(0);
      expect(report.status).toBe('solved');
      const own = costs.slice(problem.wiring.starts[0], problem.wiring.starts[1]);
      const best = byHighs(problem, 0, report, objective, own);
      expect(Math.abs((report.optimum?.value ?? 0) - best)).toBeLessThan(1e-7 * best);
    }
  });

  it('is the same bytes in any order of the neurons', () => {
    for (const objective of ['l1', 'sparse', 'linf', 'energy:0.01', 'elastic:0.5'] as const) {
      const problem = { ...usualProblem(7), objective };
      const forwards = memorizeJob.prepare(problem);
      const backwards = memorizeJob.prepare(problem);
      const reports = [0, 1, 2, 3].map((l) => forwards(l));
      for (const l of [3, 2, 1, 0]) expect(backwards(l)).toEqual(reports[l]);
    }
  });

  it('survives the way through network.npz with costs, values and gaps', async () => {
    const plain = usualProblem(3);
    const problem: Problem = {
      ...plain,
      objective: 'elastic:0.25',
      costs: plain.wiring.delays.map((delay) => 1 + delay),
    };
    const memory = await memorize(problem, serialMap);
    const bytes: Uint8Array[] = [];
    writeMemory(problem, memory.neurons, { program: 'test', seed: 3, tau0: 0.005 }, (piece) =>
      bytes.push(piece.slice()),
    );
    const { header, costs, optimum } = readMemory(Buffer.concat(bytes), 'network.npz');
    expect(header.objective).toBe('elastic:0.25');
    expect(costs).toEqual(problem.costs);
    expect(Array.from(optimum?.gap ?? [])).toEqual(memory.neurons.map((neuron) => neuron.optimum?.gap ?? 0));
  });

  it('is refused where it means nothing', async () => {
    const plain = usualProblem(1);
    const costs = plain.wiring.delays.map(() => 1);
    const refused = (problem: object, message: RegExp) =>
      expect(memorize({ ...plain, ...problem } as Problem, serialMap)).rejects.toThrow(message);
    await refused({ objective: 'l3' }, /the objective must be none, l2, .*; got "l3"/);
    await refused({ objective: 'elastic:1' }, /got "elastic:1"/);
    await refused({ objective: 'energy:0' }, /got "energy:0"/);
    await refused({ objective: 'linf', costs }, /linf knows no costs/);
    await refused({ objective: 'l1', costs: costs.slice(1) }, /costs must hold 1000 numbers; got 999/);
    await refused({ objective: 'l1', costs: costs.map((_, k) => (k === 7 ? 0 : 1)) }, /synapse 7: its cost .* got 0/);
    await refused(
      { objective: 'l1', soft: true },
      /soft and quantised weights know no objective but l2 and none; got l1/,
    );
    await refused({ objective: 'sparse', levels: 7 }, /got sparse/);
  });
});

describe('sparse weights', () => {
  it('are exact zeros where they are not needed, fewer than by l1 and no fewer than the bound allows', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = usualProblem(seed, 5, 20, 300);
        const [l1, sparse] = (['l1', 'sparse'] as const).map((objective) =>
          memorizeJob.prepare({ ...problem, objective })(1),
        );
        if (l1.status !== 'solved') return;
        expect(sparse.status).toBe('solved');
        const used = ({ weights }: NeuronReport) => weights.filter((w) => w !== 0).length;
        expect(used(sparse)).toBeLessThanOrEqual(used(l1));
        expect(used(sparse)).toBeGreaterThanOrEqual((l1.optimum?.value ?? 0) / BOUND - 1e-6);
      }),
      { numRuns: 12 },
    );
  });
});

describe('the energy', () => {
  it('is the mean of the squared potential, by quadrature', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1.5, 6, 20), (seed, period) => {
        const problem = usualProblem(seed, 4, period, 12);
        const arrivals = arrivalsOf(problem.score, inputsOf(problem, 0));
        const random = lcg(seed);
        const w = new Float64Array(12).map(() => random() - 0.5);
        const potential = potentialFrom(arrivals, w);
        // Simpson's rule on every piece between arrivals.
        const edges = [0, ...arrivals.times, period];
        let integral = 0;
        for (let i = 0; i + 1 < edges.length; i++) {
          const [from, to] = [edges[i], edges[i + 1]];
          const steps = 2 * Math.ceil(50 * (to - from) + 1);
          for (let j = 0; j <= steps; j++) {
            const z = valueAt(potential, from + ((to - from) * j) / steps);
            const factor = j === 0 || j === steps ? 1 : j % 2 === 1 ? 4 : 2;
            integral += ((factor * (to - from)) / (3 * steps)) * z * z;
          }
        }
        const Q = energyMatrix(createArena(), arrivals, 12);
        const form = sum(w, (x, k) => x * sum(w, (y, j) => Q[12 * k + j] * y));
        expect(Math.abs(form - integral / period)).toBeLessThan(1e-7 * (1e-3 + form));
        // The verifier's own way.
        const diagonal = energyCurvatures(problem.score, inputsOf(problem, 0).sources);
        energyGradient(arrivals, w).forEach((value, k) => {
          expect(Math.abs(value - sum(w, (y, j) => Q[12 * k + j] * y))).toBeLessThan(1e-13 * (1 + form));
          expect(Math.abs(diagonal[k] - Q[13 * k])).toBeLessThan(1e-13 * (1 + diagonal[k]));
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe('the dual Newton method', () => {
  it('solves dense programs as HiGHS does, sides and signs of bounds at will', () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, linear) => {
        const random = lcg(seed);
        const [n, m] = [12, 6];
        const draw = (size: number) => Float64Array.from({ length: size }, () => 2 * random() - 1);
        const A = draw(n * m);
        const lower = draw(n).map((x) => -0.1 - Math.abs(x));
        const upper = draw(n).map((x) => 0.1 + Math.abs(x));
        const inside = lower.map((low, k) => low + random() * (upper[k] - low));
        const limits = Array.from({ length: m }, (_, i) => sum(inside, (x, k) => A[n * i + k] * x) - (i < 2 ? 0 : 0.1));
        const price = draw(n).map(Math.abs);
        const metric = draw(n).map((x) => 0.1 + Math.abs(x));
        const arena = createArena();
        const refined = refineSeparable<number>(
          arena,
          { price, gain: new Float64Array(n), metric, lower, upper },
          {
            equalities: [0, 1],
            likely: [2, 3, 4, 5],
            ...(linear ? { centre: new Float64Array(n) } : {}),
            violated: () => [],
            write: (i, row) => arena.f64(row, n).set(A.subarray(n * i, n * i + n)),
            limit: (i) => limits[i],
          },
          300,
        );
        expect(refined.status).toBe('solved');
        const w = arena.f64(refined.weights, n);
        const value = sum(w, (x, k) => price[k] * Math.abs(x) + (linear ? 0 : (metric[k] / 2) * x * x));
        const P = Float64Array.from({ length: 2 * n }, (_, j) => metric[j % n]);
        const q = Float64Array.from({ length: 2 * n }, (_, j) => price[j % n]);
        // p and m at once cost more than their difference, so that p'P p + m'P m will do.
        const best = highs.solve({
          ...(linear ? {} : { P }),
          q,
          A: Float64Array.from(
            limits.flatMap((_, i) => [...A.subarray(n * i, n * i + n), ...A.subarray(n * i, n * i + n).map((x) => -x)]),
          ),
          l: Float64Array.from(limits),
          u: Float64Array.from(limits, (limit, i) => (i < 2 ? limit : Number.POSITIVE_INFINITY)),
          lb: new Float64Array(2 * n),
          ub: Float64Array.of(...upper, ...lower.map((x) => -x)),
        }).objective;
        expect(Math.abs(value - best)).toBeLessThan(1e-7 * (1 + best));
        limits.forEach((limit, i) => {
          const slack = sum(w, (x, k) => A[n * i + k] * x) - limit;
          expect(i < 2 ? -Math.abs(slack) : slack).toBeGreaterThan(-1e-9);
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('the duality gap', () => {
  it('is never less than what a feasible point is above the least value', () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, peak) => {
        const random = lcg(seed);
        const n = 6;
        const draw = (size: number) => Float64Array.from({ length: size }, () => 2 * random() - 1);
        const [row, price] = [draw(n), draw(n).map(Math.abs)];
        const lower = draw(n).map((x) => -Math.abs(x));
        const upper = draw(n).map(Math.abs);
        const point = () => lower.map((low, k) => low + random() * (upper[k] - low));
        const [w, other] = [point(), point()];
        const at = (x: Float64Array) => sum(x, (value, k) => row[k] * value);
        // Both points obey the row.
        const limit = Math.min(at(w), at(other));
        const y = random();
        const optimum = { weights: w, lower, upper, multipliers: Float64Array.of(y), limits: Float64Array.of(limit) };
        const value = (x: Float64Array) =>
          peak ? Math.max(...x.map(Math.abs)) : sum(x, (v, k) => price[k] * Math.abs(v));
        const gap = optimalityGap({ ...optimum, combination: row.map((x) => y * x), ...(peak ? { peak } : { price }) });
        expect(gap).toBeGreaterThanOrEqual(value(w) - value(other) - 1e-12);
      }),
      { numRuns: 300 },
    );
  });
});

it('a further objective is a measure in the list, and nothing else', async () => {
  const curvature = (k: number) => 1 + (k % 3);
  const made: Norm<{ kind: 'made' }, 'made'> = {
    kind: 'made',
    spelled: 'made',
    help: 'made',
    parse: (parameter) => (parameter === undefined ? { kind: 'made' } : undefined),
    spell: () => 'made',
    takesCosts: false,
    improve: (_, { answer, separable, fill, order }) =>
      answer(separable({ price: fill(0), metric: Float64Array.from(order, curvature) })),
    terms: (_, { weights }) =>
      quadratic(
        weights,
        Float64Array.from(weights, (_w, k) => curvature(k)),
      ),
  };
  const usual = usualProblem(3, 5, 20, 300);
  const { sources, starts } = usual.wiring;
  const first = (k: number) => starts.findLast((start) => start <= k) as number;
  const costs = Float64Array.from(sources, (_, k) => curvature(k - first(k)));
  const byCosts = await memorize({ ...usual, costs }, serialMap);
  (norms as Norm[]).push(made as Norm);
  try {
    const problem = { ...usual, objective: 'made' as Objective };
    const memory = await memorize(problem, serialMap);
    expect(memory.neurons.some(({ status }) => status === 'solved')).toBe(true);
    memory.neurons.forEach(({ status, weights, optimum }, l) => {
      expect(status).toBe(byCosts.neurons[l].status);
      if (status !== 'solved') return;
      expect(optimum?.value).toBeCloseTo(byCosts.neurons[l].optimum?.value as number, 9);
      weights.forEach((w, k) => {
        expect(w).toBeCloseTo(byCosts.neurons[l].weights[k], 7);
      });
    });
    await expect(memorize({ ...problem, costs }, serialMap)).rejects.toThrow('made knows no costs');
  } finally {
    (norms as Norm[]).pop();
  }
});
