/** Weights of least noise gain, and what the simulator makes of robust and soft networks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import { recallJob } from '../src/memory/measure/index.js';
import { explain, memorize, memorizeJob, type Problem } from '../src/memory/memorize/index.js';
import { spikesOf } from '../src/memory/score/index.js';
import { createSimulator } from '../src/memory/simulate/index.js';
import { arrivalsOf, defaultTemplate, potentialFrom, templateViolation } from '../src/memory/template/index.js';
import { inputsOf, kernelSlope, usualProblem } from './helpers.js';

const usual = (seed: number, channels = 6, period = 20, inputs = 250) => usualProblem(seed, channels, period, inputs);
const noise = (share: number) => ({ what: 'noise', share }) as const;
const square = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value * value, 0);

/** Of every own spike: its slope, and the squared responses to single spikes, from the definition. */
function responses(problem: Problem, l: number, weights: Float64Array) {
  const { score } = problem;
  const { sources, delays } = inputsOf(problem, l);
  return Array.from(spikesOf(score, l), (time) => {
    let [slope, passed] = [0, 0];
    for (const source of new Set(sources)) {
      for (const spike of spikesOf(score, source)) {
        for (let turn = -1; turn < 4; turn++) {
          let g = 0;
          sources.forEach((own, k) => {
            if (own === source) g += weights[k] * kernelSlope(time - (spike - turn * score.period) - delays[k]);
          });
          slope += g;
          passed += g * g;
        }
      }
    }
    return { slope, passed };
  });
}

describe('weights of least noise gain', () => {
  it('keep the template, and lower the gain that the definition gives, for longer weights', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(0.3, 0.5, 0.8), (seed, share) => {
        const problem = usual(seed);
        const [plain, quiet] = [problem, { ...problem, robust: noise(share) }].map((one) =>
          memorizeJob.prepare(one)(0),
        );
        expect(quiet.status).toBe(plain.status);
        if (quiet.status !== 'solved') return;
        const spikes = spikesOf(problem.score, 0);
        const potential = potentialFrom(arrivalsOf(problem.score, inputsOf(problem, 0)), quiet.weights);
        expect(templateViolation(potential, spikes, defaultTemplate)).toBeLessThan(1e-8);
        expect(quiet.kkt).toBeLessThan(1e-8);
        if (spikes.length === 0) return;
        // The shifts of causes are as large as those of the neuron at the weights of least norm.
        const before = responses(problem, 0, plain.weights);
        const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        const v = (quiet.noise?.plain ?? 0) ** 2;
        const gain = (rows: typeof before) => mean(rows.map(({ slope, passed }) => (1 + v * passed) / slope ** 2));
        expect(gain(before)).toBeCloseTo(v, 7);
        const after = gain(responses(problem, 0, quiet.weights));
        expect(Math.sqrt(after)).toBeCloseTo(quiet.noise?.gain ?? 0, 7);
        expect(after).toBeLessThan(v);
        expect(square(quiet.weights)).toBeGreaterThan(square(plain.weights));
        // What is minimized has fallen from 1.
        const cost = (share * after) / v + ((1 - share) * square(quiet.weights)) / square(plain.weights);
        expect(cost).toBeLessThan(1);
      }),
      { numRuns: 12 },
    );
  });

  it('are nearly a minimum: no weights between them and others that keep the template are better', () => {
    const problem = usual(3);
    const [share, l] = [0.5, 1];
    const quiet = memorizeJob.prepare({ ...problem, robust: noise(share) })(l);
    const plain = memorizeJob.prepare(problem)(l);
    const v = (quiet.noise?.plain ?? 0) ** 2;
    const cost = (weights: Float64Array) => {
      const rows = responses(problem, l, weights);
      const gain = rows.reduce((sum, { slope, passed }) => sum + (1 + v * passed) / slope ** 2, 0) / rows.length;
      return (share * gain) / v + ((1 - share) * square(weights)) / square(plain.weights);
    };
    const best = cost(quiet.weights);
    const others = [0.2, 0.4, 0.6, 0.8].map((other) => noise(other));
    for (const robust of [...others, { what: 'slope', share: 0.3 } as const, { what: 'both', share: 0.2 } as const]) {
      const { weights } = memorizeJob.prepare({ ...problem, robust })(l);
      for (const step of [0.1, 0.3, 1]) {
        const between = quiet.weights.map((w, k) => w + step * (weights[k] - w));
        expect(cost(between)).toBeGreaterThan(best * (1 - 2e-3));
      }
    }
  });

  it('are refused beside levels and without a norm', async () => {
    const robust = noise(0.5);
    await expect(memorize({ ...usual(1), robust, levels: 7 }, serialMap)).rejects.toThrow(/not on levels/);
    await expect(memorize({ ...usual(1), robust, objective: 'none' }, serialMap)).rejects.toThrow(/least norm/);
  });
});

describe('the simulator', () => {
  it.each(['margin', 'slope', 'both', 'noise'] as const)(
    'replays a network that is robust in %s exactly',
    async (what) => {
      const problem: Problem = { ...usual(5, 20, 20, 500), robust: { what, share: 0.5 } };
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
      const { periods } = recallJob.prepare(test)(0);
      for (const { precision, recall, timingError } of periods) {
        expect(precision).toBeGreaterThan(1 - 1e-9);
        expect(recall).toBeGreaterThan(1 - 1e-9);
        expect(timingError).toBeLessThan(1e-9);
      }
    },
  );

  it('moves the spikes of a soft neuron by what the report says, its inputs playing the score', () => {
    let [moved, replayed] = [0, 0];
    for (let seed = 1; seed <= 120 && (replayed < 8 || moved < 2); seed++) {
      const plain = usual(seed, 6, 20, seed % 2 === 0 ? 40 : 25);
      const { score, wiring } = plain;
      const target = 5;
      // Without synapses from itself it hears only what is imposed.
      const bounds = {
        lower: Float64Array.from(wiring.sources, (source) => (source === target ? 0 : -0.2)),
        upper: Float64Array.from(wiring.sources, (source) => (source === target ? 0 : 0.2)),
      };
      const { status, shortfalls = [], weights } = memorizeJob.prepare({ ...plain, bounds, soft: true })(target);
      // All spikes come, and no others.
      const comes = shortfalls.every(({ demand, amount, shift }) => {
        return demand.kind === 'spike' ? typeof shift === 'number' : demand.kind === 'slope' || amount < 0.99;
      });
      if (status !== 'infeasible' || !(comes || shortfalls.some(({ shift }) => typeof shift === 'number'))) continue;
      if (comes) replayed++;
      const all = new Float64Array(wiring.sources.length);
      all.set(weights, wiring.starts[target]);
      const imposed = [0, 1, 2, 3, 4]
        .flatMap((l) =>
          [0, 1, 2, 3, 4, 5, 6].flatMap((turn) =>
            Array.from(spikesOf(score, l), (time) => ({ time: time + 20 * turn, neuron: l })),
          ),
        )
        .sort((p, q) => p.time - q.time);
      const spikes = createSimulator({ ...wiring, weights: all }).run({
        from: 0,
        to: 140,
        imposed: {
          times: Float64Array.from(imposed, ({ time }) => time),
          neurons: Uint32Array.from(imposed, ({ neuron }) => neuron),
        },
        releases: Float64Array.from({ length: 6 }, (_, l) => (l === target ? 0 : 140)),
        sigma: 0,
        key: [1, 2],
      });
      const own = Array.from(spikesOf(score, target));
      // One period and its neighbourhood, in which no spike is cut off.
      const played = spikes.times.filter((time, i) => spikes.neurons[i] === target && time > 95 && time < 125);
      for (const nominal of own) {
        const paid = shortfalls.find(({ demand }) => demand.kind === 'spike' && demand.begin === nominal);
        if (paid && typeof paid.shift !== 'number') continue;
        const time = 100 + nominal + (paid?.shift ?? 0);
        // A spike that should not be there may keep the neuron from firing.
        if (!comes && played.some((t) => t < time - 1e-7 && t > time - 1 - 1e-7)) continue;
        if (paid) moved++;
        expect(Math.min(...played.map((t) => Math.abs(t - time)))).toBeLessThan(1e-7);
      }
      if (!comes) continue;
      const inPeriod = played.filter((t) => t >= 100 + own[0] - 0.5 && t < 120 + own[0] - 0.5);
      expect(inPeriod.length).toBe(own.length);
    }
    expect(replayed).toBeGreaterThan(3);
    expect(moved).toBeGreaterThan(0);
  });
});

describe('masked synapses', () => {
  const asks: [string, Partial<Problem>][] = [
    ['the plain template', {}],
    ['robust margins and slopes', { robust: { what: 'both', share: 0.5 } }],
    ['least noise gain', { robust: noise(0.5) }],
    ['soft weights', { soft: true }],
    ['levels', { levels: 31 }],
  ];
  it.each(asks)('have weight zero, and the rest is as if they were not there: %s', (name, ask) => {
    const inputs = name === 'soft weights' ? 80 : 300;
    const problem = usual(11, 6, 20, inputs);
    const { wiring } = problem;
    const mask = wiring.delays.map((_, k) => (k % 4 === 0 ? 0 : 1));
    const bounds = { lower: mask.map((bit) => -0.2 * bit), upper: mask.map((bit) => 0.2 * bit) };
    const kept = [...wiring.sources.keys()].filter((k) => mask[k] === 1);
    const without: Problem = {
      ...problem,
      wiring: {
        starts: Uint32Array.from(wiring.starts, (start) => kept.filter((k) => k < start).length),
        sources: Uint32Array.from(kept, (k) => wiring.sources[k]),
        delays: Float64Array.from(kept, (k) => wiring.delays[k]),
      },
    };
    const [masked, absent] = [{ ...problem, bounds }, without].map((one) => memorizeJob.prepare({ ...one, ...ask }));
    for (let l = 0; l < 3; l++) {
      const [a, b] = [masked(l), absent(l)];
      expect(a.status).toBe(b.status);
      const own = mask.subarray(wiring.starts[l], wiring.starts[l + 1]);
      a.weights.forEach((w, k) => {
        if (own[k] === 0) expect(Math.abs(w)).toBe(0);
      });
      const rest = a.weights.filter((_, k) => own[k] === 1);
      rest.forEach((w, k) => {
        expect(w).toBeCloseTo(b.weights[k], 6);
      });
      if (a.robust) expect(a.robust.factor).toBeCloseTo(b.robust?.factor ?? 0, 6);
    }
  });

  it('of which all are masked leave a neuron impossible, with a proof that no multiple of the bounds helps', () => {
    const problem = usual(11);
    const zeros = new Float64Array(problem.wiring.delays.length);
    const report = memorizeJob.prepare({ ...problem, bounds: { lower: zeros, upper: zeros } })(0);
    expect(report.status).toBe('infeasible');
    expect(report.boundNeeded).toBe(Number.POSITIVE_INFINITY);
    const text = explain(report, { ...problem, bounds: { lower: zeros, upper: zeros } }, 0, (time) => time.toFixed(2));
    expect(text).toMatch(/nothing drives the spikes? at .* no multiple of these bounds would do/);
  });

  it('and bounds that only inhibit exclude every solution, and the proof names the spikes', () => {
    const problem = usual(11);
    const { length } = problem.wiring.delays;
    const bounds = { lower: new Float64Array(length).fill(-0.2), upper: new Float64Array(length) };
    const report = memorizeJob.prepare({ ...problem, bounds })(0);
    expect(report.status).toBe('infeasible');
    expect(report.unreached.map(({ time }) => time).sort((s, t) => s - t)).toEqual(
      Array.from(spikesOf(problem.score, 0)),
    );
  });
});
