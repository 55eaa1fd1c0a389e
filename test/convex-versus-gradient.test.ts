/** The comparison of convex and gradient-trained memories: its measures, its counts, its fairness, and what has to come out. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLogistic } from '../experiments/common/logistic.js';
import { mcnemar } from '../experiments/common/mcnemar.js';
import { type Config, type Method, schema, tasksOf } from '../experiments/memory/convex-versus-gradient/config.js';
import { solverMacs } from '../experiments/memory/convex-versus-gradient/cost.js';
import { capacityOf, pair } from '../experiments/memory/convex-versus-gradient/findings.js';
import { type Learned, type Lesson, learn } from '../experiments/memory/convex-versus-gradient/learn.js';
import { potentialMeasures, qualityOf } from '../experiments/memory/convex-versus-gradient/measures.js';
import { forced, replayed, returned } from '../experiments/memory/convex-versus-gradient/protocols.js';
import { convexVersusGradient } from '../experiments/memory/convex-versus-gradient/run.js';
import type { Row } from '../src/campaign/index.js';
import { circularVanRossum } from '../src/memory/measure/index.js';
import { wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore, scoreOf } from '../src/memory/score/index.js';

const folder = new URL('../experiments/memory/convex-versus-gradient/', import.meta.url).pathname;
const configOf = (name: string): Config => schema.parse(JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')));
const rowsOf = (config: Config): Row[] => {
  const task = convexVersusGradient.prepare(config);
  return tasksOf(config).flatMap((one) => task(one));
};
const TEMPLATE = { margin: 1, slope: 2, zone: 0.2, bound: 1 };
const lesson = (seed: number, channels = 20, learners = channels) => ({
  score: sampleScore(channels, 10, 0.2, seed),
  wiring: wireFixedIn({ neurons: channels, inputs: 150, delays: [0.1, 10], seed }),
  learners,
  template: TEMPLATE,
  seed,
});
const learned = (one: Lesson, method: Method, budgets: (number | null)[]) => {
  const all: Learned[] = [];
  learn(
    one,
    method,
    budgets,
    () => CONVEX,
    (found) => all.push(found),
  );
  return all;
};
const CONVEX = { name: 'convex', method: 'convex', soft: false } as const;
const HINGE = {
  name: 'hinge',
  method: 'hinge',
  epochs: 500,
  optimizer: 'adam',
  rate: 0.02,
  finalRate: 0.0001,
  penalty: 10,
  finalPenalty: 10000,
} as const;

describe('measures', () => {
  it('the distance around the circle is the integral of the squared difference of two decaying traces', () => {
    const trains = fc.array(fc.double({ min: 0, max: 6.99, noNaN: true }), { maxLength: 4 });
    fc.assert(
      fc.property(trains, trains, fc.constantFrom(0.5, 1, 4), (a, b, tau) => {
        const period = 7;
        const cells = 7000;
        const trace = (spikes: number[], t: number) =>
          spikes.reduce((sum, spike) => {
            const age = t - spike - period * Math.floor((t - spike) / period);
            return sum + Math.exp(-age / tau) / (1 - Math.exp(-period / tau));
          }, 0);
        let integral = 0;
        for (let i = 0; i < cells; i++) {
          const t = ((i + 0.5) * period) / cells;
          integral += ((trace(a, t) - trace(b, t)) ** 2 * period) / cells / tau;
        }
        const distance = circularVanRossum(Float64Array.from(a), Float64Array.from(b), period, tau);
        expect(Math.abs(distance - integral)).toBeLessThan(0.01 * (1 + integral));
      }),
      { numRuns: 25 },
    );
  });

  it('equal trains are perfect, a quarter late is worth a half, and what is missing or too much is counted', () => {
    const score = scoreOf([[1, 4], [2]], 10);
    const same = qualityOf(score, [Float64Array.of(1, 4), Float64Array.of(2)], 0, 0.1);
    expect(same).toMatchObject({ precision: 1, recall: 1, good: 2, within: 2, missing: 0, extra: 0 });
    expect(same.vanRossum.every((distance) => distance < 1e-12)).toBe(true);
    const late = qualityOf(score, [Float64Array.of(1.25, 4.25), Float64Array.of(2.25)], 0, 0.1);
    expect(late.precision).toBeCloseTo(0.5, 12);
    expect(late.within).toBe(0);
    // The same trains at their lag are perfect again.
    expect(qualityOf(score, [Float64Array.of(1.25, 4.25), Float64Array.of(2.25)], 0.25, 0.1).within).toBe(2);
    const wrong = qualityOf(score, [Float64Array.of(1), Float64Array.of(2, 7)], 0, 0.1);
    expect([wrong.missing, wrong.extra]).toEqual([1 / 3, 1 / 3]);
    expect(wrong.lesser).toBeCloseTo(0.5, 12);
  });

  it('the solver obeys its template by the measures too', () => {
    const one = lesson(3);
    const [{ network, neurons }] = learned(one, CONVEX, [null]);
    neurons.forEach(({ status }, neuron) => {
      if (status !== 'solved') return;
      const { margin, slope, miss } = potentialMeasures(one.score, network, neuron, 0.2);
      if (!Number.isNaN(margin)) expect(margin).toBeGreaterThan(1 - 1e-7);
      if (!Number.isNaN(slope)) expect(slope).toBeGreaterThan(2 - 1e-7);
      if (!Number.isNaN(miss)) expect(miss).toBeLessThan(1e-7);
    });
  });

  it("McNemar's test is the fair coin's", () => {
    expect(mcnemar(0, 0)).toBe(1);
    expect(mcnemar(5, 0)).toBeCloseTo(2 / 32, 12);
    expect(mcnemar(8, 2)).toBeCloseTo((2 * (1 + 10 + 45)) / 1024, 12);
    expect(mcnemar(2, 8)).toBe(mcnemar(8, 2));
    expect(mcnemar(1500, 1000)).toBeLessThan(1e-20);
    expect(mcnemar(1000, 1000)).toBe(1);
  });

  it('pairs things by what they are, not by their order', () => {
    const row = (neuron: number, success: number): Row => ({ inputs: 1, load: 1, seed: 0, neuron, success, trials: 1 });
    const found = pair(
      [row(0, 1), row(1, 1), row(2, 0), row(3, 1)],
      [row(3, 1), row(2, 1), row(1, 0), row(0, 0)],
      'success',
    );
    expect(found).toMatchObject({ first: 2, second: 1, both: 1, things: 4, p: 1 });
  });

  it('a capacity is where the fit passes one half, and no number outside of what was tried', () => {
    const points = (shares: number[]) =>
      shares.map((y, i) => ({ x: i + 1, share: { y, low: 0, high: 1, success: 20 * y, trials: 20 } }));
    const falling = points([1, 0.9, 0.4, 0]);
    const { half, error } = capacityOf(falling);
    expect(half).toBeCloseTo(fitLogistic(falling.map(({ x, share }) => ({ x, ...share })))?.half as number, 12);
    expect(error).toBeGreaterThan(0);
    expect(capacityOf(points([1, 1, 0.9, 0.8]))).toMatchObject({ text: 'beyond 4' });
    expect(capacityOf(points([0.4, 0.2, 0, 0])).half).toBeUndefined();
  });
});

describe('fairness', () => {
  it('the same weights give the same spikes whoever learned them, and no noise is drawn twice', () => {
    const one = lesson(4);
    const [{ network }] = learned(one, CONVEX, [null]);
    const play = (index: number) => replayed(one.score, network, 2, { sigma: 0.1, seed: 1, index }, 0.1);
    expect(play(0)).toEqual(play(0));
    expect(play(0).jitter).not.toBe(play(1).jitter);
    const past = (jitter: number) =>
      returned(one.score, network, { jitter, missing: 0 }, 2, { sigma: 0, seed: 1, index: 0 }, 0.1);
    expect(past(0).precision).toBeGreaterThan(0.999);
    expect(past(0.4).precision).toBeLessThan(past(0).precision);
  });

  it('a solved neuron plays its train exactly when the others are prescribed', () => {
    const one = lesson(5);
    const [{ network, neurons }] = learned(one, CONVEX, [null]);
    const found = forced(one.score, network, 20, 3, { sigma: 0, seed: 1, index: 0 }, 0.1);
    expect(neurons.filter(({ status }) => status === 'solved').length).toBeGreaterThan(15);
    neurons.forEach(({ status }, neuron) => {
      if (status === 'solved') expect(found[neuron].lesser).toBeGreaterThan(1 - 1e-6);
    });
  });

  it('budgets are kept, in multiples of the count of the solver for that very neuron', () => {
    const one = lesson(6, 20, 4);
    const all = learned(one, HINGE, [20, 50, null]);
    all.slice(0, 2).forEach(({ neurons }, i) => {
      for (const { macs, solver, epochs } of neurons) {
        expect(macs).toBeLessThanOrEqual([20, 50][i] * solver);
        // Nothing is left that another epoch would have fitted into.
        if (epochs < HINGE.epochs) expect(macs + macs / epochs).toBeGreaterThan([20, 50][i] * solver);
      }
    });
    for (const { epochs } of all[2].neurons) expect(epochs).toBe(HINGE.epochs);
    expect(all[0].neurons.map(({ solver }) => solver)).toEqual(all[2].neurons.map(({ solver }) => solver));
  });

  it('the count of the solver is that of its formula', () => {
    const counters = { rounds: 2, rows: 10, additions: 6, removals: 2, active: 4 };
    expect(solverMacs(counters, 100, 50)).toBe(2 * (200 + 400) + 10 * 100 * 7 + 1.5 * 8 * 16);
  });

  it('those that only teach learn nothing, and tasks do not depend on each other', () => {
    const quick = configOf('quick');
    const config = {
      ...quick,
      neurons: quick.neurons && { ...quick.neurons, loads: [0.1], seeds: 1, learners: 1, budgets: [20], periods: 2 },
      networks: null,
    };
    const tasks = tasksOf(config);
    const forwards = convexVersusGradient.prepare(config);
    const backwards = convexVersusGradient.prepare(config);
    const rows = tasks.map((task) => forwards(task));
    expect(
      tasks
        .toReversed()
        .map((task) => backwards(task))
        .toReversed(),
    ).toEqual(rows);
    expect(rows.flat().every((row) => row.neuron === 0)).toBe(true);
  });
});

describe('what has to come out', () => {
  const quick = configOf('quick');
  const networks = quick.networks as NonNullable<Config['networks']>;
  const rows = rowsOf({
    ...quick,
    neurons: null,
    networks: {
      ...networks,
      loads: [0.2],
      seeds: 1,
      budgets: [100],
      noises: [0, 0.1],
      trials: 1,
      recall: { ...networks.recall, trials: 1 },
      perturbed: { jitters: [0.1], deleted: [], periods: 2, trials: 1 },
    },
  });
  const at = (method: string, protocol: string, noise: number) =>
    rows.find((row) => row.method === method && row.protocol === protocol && row.noise === noise) as Record<
      string,
      number
    >;
  const share = (method: string, noise: number, column = 'success') =>
    at(method, 'P0', noise)[column] / at(method, 'P0', noise).trials;

  it('50 neurons, T / K = 0.2: the template is learned by the solver and by the regression, and holds under noise', () => {
    for (const method of ['convex', 'hinge']) {
      expect(share(method, 0)).toBeGreaterThanOrEqual(0.96);
      expect(at(method, 'P0', 0.1).lesser).toBeGreaterThan(0.9);
    }
    expect(at('convex', 'P0', 0).learned).toBe(at('convex', 'P0', 0).success);
  });

  it('the report has figures and tables without gaps, and an answer', () => {
    const config = {
      ...quick,
      neurons: null,
      networks: { ...networks, loads: [0.2], budgets: [100], noises: [0, 0.1] },
    };
    const findings = convexVersusGradient.conclude(
      {
        ...config,
        networks: { ...config.networks, perturbed: { jitters: [0.1], deleted: [], periods: 2, trials: 1 } },
      },
      rows,
    );
    expect(findings.answer).toMatch(/\d.*\.$/);
    expect(findings.figures.map(({ name }) => name)).toEqual(['replay-noise', 'radius']);
    expect(JSON.stringify([findings.answer, findings.tables, findings.notes])).not.toMatch(
      /NaN|undefined|Infinity|null/,
    );
  });

  it('FP learning puts the spikes within its tolerance, and no more precisely than that', () => {
    expect(share('FP', 0, 'within')).toBeGreaterThanOrEqual(0.9);
    expect(at('FP', 'P0', 0).lesser).toBeLessThan(at('hinge', 'P0', 0).lesser);
  });

  it('no gradient method stands noise as the template does', () => {
    for (const method of ['SuperSpike', 'SuperSpike, noise', 'FP', 'convex, weak']) {
      expect(at(method, 'P0', 0.1).lesser).toBeLessThan(at('hinge', 'P0', 0.1).lesser);
    }
  });
});
