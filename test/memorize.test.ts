import { describe, expect, it } from 'vitest';
import type { Status } from '../solvers/index.js';
import { serialMap } from '../src/core/index.js';
import { measurePeriod, recallJob } from '../src/memory/measure/index.js';
import { explain, type Memory, memorize, type NeuronReport, type Problem } from '../src/memory/memorize/index.js';
import { wireFixedIn } from '../src/memory/network/index.js';
import { type Score, sampleScore, scoreOf, spikesOf } from '../src/memory/score/index.js';
import { splitTrains } from '../src/memory/simulate/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';
import { kernel, kernelSlope, lcg, reference, smallProblem } from './helpers.js';

const solve = (problem: Omit<Problem, 'template' | 'objective'>, change: Partial<Problem> = {}) =>
  memorize({ template: defaultTemplate, objective: 'l2', ...problem, ...change }, serialMap);

const norm = (weights: Float64Array) => Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0));

async function replay(memory: Memory, score: Score, periods: number) {
  const test = { score, network: memory.network, seed: 1, promptTime: 0, periods, trials: [{ prompt: 0, noise: 0 }] };
  return recallJob.prepare(test)(0);
}

describe('memorizing', () => {
  it('solves, verifies and replays every period without a trace of drift', async () => {
    const problem = smallProblem(20, 30, 400, 1);
    const memory = await solve(problem);
    for (const report of memory.neurons) {
      expect(report.status).toBe('solved');
      expect(report.violation).toBeLessThan(1e-10);
      expect(report.kkt).toBeLessThan(1e-10);
    }
    const trial = await replay(memory, problem.score, 10);
    for (const { precision, recall, lag } of trial.periods) {
      expect(precision).toBeGreaterThan(1 - 1e-9);
      expect(recall).toBeGreaterThan(1 - 1e-9);
      expect(Math.abs(lag ?? Number.NaN)).toBeLessThan(1e-9);
    }
  });

  it('takes short periods, in which a source arrives with its own past', async () => {
    const problem = smallProblem(10, 4, 300, 5);
    const memory = await solve(problem);
    expect(memory.neurons.map(({ status }) => status)).toEqual(new Array(10).fill('solved'));
    const trial = await replay(memory, problem.score, 5);
    expect(trial.periods[4].precision).toBeGreaterThan(1 - 1e-9);
  });

  it('takes silent channels and channels at full rate', async () => {
    const { wiring } = smallProblem(6, 6, 900, 2);
    const full = Array.from({ length: 5 }, (_, i) => 0.3 + 1.13 * i);
    const score = scoreOf([[], full, [1], [2.5], [], [4]], 6);
    const memory = await solve({ score, wiring }, { template: { ...defaultTemplate, bound: 5 } });
    expect(memory.neurons.map(({ status }) => status)).toEqual(new Array(6).fill('solved'));
    expect(norm(memory.neurons[0].weights)).toBe(0);
  });

  it('decides about patterns that are repeated nearly exactly, whose rows all but depend on each other', async () => {
    const repeated = (seed: number, part: number, times: number, rest: number, inputs: number) => {
      const once = sampleScore(10, part, 0.2, seed);
      const trains = Array.from({ length: 10 }, (_, channel) =>
        Array.from({ length: times }, (_, turn) => Array.from(spikesOf(once, channel), (t) => t + turn * part)).flat(),
      );
      const wiring = wireFixedIn({ neurons: 10, inputs, delays: [0.1, 10], seed });
      return { score: scoreOf(trains, part * times + rest), wiring };
    };
    const statuses: Status[] = [];
    for (const problem of [
      repeated(7, 24.8, 4, 0.4, 1500),
      repeated(8, 30, 2, 3, 600),
      repeated(9, 15, 3, 1e-6, 800),
    ]) {
      for (const { status, violation } of (await solve(problem)).neurons) {
        statuses.push(status);
        if (status === 'solved') expect(violation).toBeLessThan(1e-8);
        expect(violation).not.toBeNaN();
      }
    }
    // Two of thirty have multipliers so large that nothing can be shown to 1e-8.
    const decided = statuses.filter((status) => status === 'solved' || status === 'infeasible');
    expect(decided.length).toBeGreaterThanOrEqual(28);
  });

  it('gives the same weights when one train and the delays to and from it are shifted against each other', async () => {
    const { score, wiring } = smallProblem(12, 40, 300, 3);
    const shift = 0.05;
    const trains = Array.from({ length: 12 }, (_, channel) => {
      const spikes = spikesOf(score, channel);
      return channel === 4 ? spikes.map((time) => (time + shift) % 40).sort() : spikes;
    });
    const delays = wiring.delays.map((delay, k) => {
      const target = Math.floor(k / 300);
      return delay + (target === 4 ? shift : 0) - (wiring.sources[k] === 4 ? shift : 0);
    });
    const plain = await solve({ score, wiring });
    const shifted = await solve({ score: scoreOf(trains, 40), wiring: { ...wiring, delays } });
    plain.neurons.forEach((report, channel) => {
      expect(norm(report.weights)).toBeCloseTo(norm(shifted.neurons[channel].weights), 9);
    });
  });

  it('takes a first spike whose firing zone begins at the origin, up to rounding', async () => {
    const { score, wiring } = smallProblem(10, 20, 400, 3);
    for (const first of [0.2, 0.19999999999999998, 0.20000000000000004, 0.2000000000000002]) {
      const trains = Array.from({ length: 10 }, (_, c) =>
        c === 2 ? [first, 7, 15.1] : Array.from(spikesOf(score, c)),
      );
      const memory = await solve({ score: scoreOf(trains, 20), wiring });
      expect(memory.neurons.map(({ status }) => status)).toEqual(new Array(10).fill('solved'));
    }
  });

  it('takes scores whose arrivals fall on the borders of zones', async () => {
    // Spikes and delays on one grid: every border meets arrivals.
    const random = lcg(5);
    const trains = Array.from({ length: 12 }, (_, c) => [0.2 + 0.1 * (c % 7), 5.1 + 0.3 * (c % 5), 11.2]);
    const wiring = {
      starts: Uint32Array.from({ length: 13 }, (_, l) => 300 * l),
      sources: Uint32Array.from({ length: 3600 }, () => Math.floor(random() * 12)),
      delays: Float64Array.from({ length: 3600 }, () => 0.1 * (1 + Math.floor(random() * 99))),
    };
    const memory = await solve({ score: scoreOf(trains, 16), wiring }, { template: { ...defaultTemplate, bound: 1 } });
    for (const { status } of memory.neurons) expect(['solved', 'infeasible']).toContain(status);
    expect(memory.neurons.filter(({ status }) => status === 'solved').length).toBeGreaterThan(8);
  });

  it('without an objective finds weights that obey the template, in no more rounds', async () => {
    const problem = smallProblem(12, 60, 500, 4);
    const [least, any] = [await solve(problem), await solve(problem, { objective: 'none' })];
    const rounds = (memory: Memory) => memory.neurons.reduce((sum, { counters }) => sum + counters.rounds, 0);
    any.neurons.forEach((report, channel) => {
      expect(report.status).toBe('solved');
      expect(report.violation).toBeLessThan(1e-8);
      expect(norm(report.weights)).toBeGreaterThanOrEqual(norm(least.neurons[channel].weights) - 1e-9);
    });
    expect(rounds(any)).toBeLessThanOrEqual(rounds(least));
  });

  it('obeys every template it is given', async () => {
    const problem = smallProblem(10, 40, 500, 6);
    for (const template of [
      { margin: 0.3, slope: 0, zone: 0.05, bound: 1 },
      { margin: 1.5, slope: 3, zone: 0.3, bound: 1 },
      { margin: 1, slope: 2, zone: 0.5, bound: 0.3 },
    ]) {
      const memory = await solve(problem, { template });
      for (const { status, violation } of memory.neurons) {
        expect(['solved', 'infeasible']).toContain(status);
        if (status === 'solved') expect(violation).toBeLessThan(1e-8);
      }
      expect(memory.neurons.some(({ status }) => status === 'solved')).toBe(true);
    }
  });

  it('refuses wirings with delays or sources that mean nothing', async () => {
    const { score, wiring } = smallProblem(3, 10, 20, 1);
    const change = (name: 'delays' | 'sources', value: number) => {
      const copy = wiring[name].slice();
      copy[5] = value;
      return { score, wiring: { ...wiring, [name]: copy } };
    };
    await expect(solve(change('delays', Number.NaN))).rejects.toThrow(
      /synapse 5 of neuron 0: its delay must be .*; got NaN/,
    );
    await expect(solve(change('delays', -1))).rejects.toThrow(/got -1/);
    await expect(solve(change('sources', 9))).rejects.toThrow(
      /synapse 5 of neuron 0: its source is neuron 9, but there are 3/,
    );
    const starts = Uint32Array.of(0, 30, 10, 60);
    await expect(solve({ score, wiring: { ...wiring, starts } })).rejects.toThrow(/starts must rise from 0 to 60/);
  });

  it('refuses scores and wirings that do not fit together', async () => {
    const { wiring } = smallProblem(3, 10, 20, 1);
    await expect(solve({ score: scoreOf([[1], [2]], 10), wiring })).rejects.toThrow(/3 neurons, the score 2 channels/);
    const score = scoreOf([[1], [2], [3]], 10);
    await expect(solve({ score, wiring }, { template: { ...defaultTemplate, zone: 0.7 } })).rejects.toThrow(
      /firing zone/,
    );
  });
});

describe('impossible scores', () => {
  /** The certificate from the definition alone: rows summed spike by spike with the engine's own exponential. */
  function proves(
    report: NeuronReport,
    { score, wiring }: Omit<Problem, 'template' | 'objective'>,
    neuron: number,
    bound = defaultTemplate.bound,
  ): boolean {
    const { cuts, multipliers } = report;
    // What the template asks, by the kind of demand.
    const asked = { spike: 1, above: 1, level: defaultTemplate.margin - 1, 'slope+': 2, 'slope-': 2 };
    for (const { kind, limit } of cuts) expect(limit).toBe(asked[kind]);
    let gap = cuts.reduce((sum, cut, i) => sum + multipliers[i] * cut.limit, 0);
    if (cuts.some(({ kind }, i) => kind !== 'spike' && multipliers[i] < 0)) return false;
    for (let k = wiring.starts[neuron]; k < wiring.starts[neuron + 1]; k++) {
      let v = 0;
      for (const spike of spikesOf(score, wiring.sources[k])) {
        cuts.forEach(({ time, kind }, i) => {
          for (let turn = -Math.ceil(80 / score.period) - 1; turn <= 1; turn++) {
            const age = time - spike - wiring.delays[k] - turn * score.period;
            // A slope cut may stand on an arrival; the shift chooses its side beyond doubt.
            const side = kind === 'slope+' ? 1e-9 : kind === 'slope-' ? -1e-9 : 0;
            const value = kind.startsWith('slope') ? kernelSlope(age + side) : kernel(age);
            v += multipliers[i] * (kind === 'level' ? -value : value);
          }
        });
      }
      gap -= bound * Math.abs(v);
    }
    return gap > 0;
  }

  it('are proved impossible, each by a certificate that stands on its own', async () => {
    for (const [inputs, period] of [
      [60, 20],
      [100, 50],
      [250, 100],
    ]) {
      const problem = smallProblem(12, period, inputs, 8);
      const memory = await solve(problem);
      let impossible = 0;
      memory.neurons.forEach((report, neuron) => {
        expect(['solved', 'infeasible']).toContain(report.status);
        if (report.status !== 'infeasible') return;
        impossible++;
        expect(proves(report, problem, neuron)).toBe(true);
        // The bound that is said to be needed is the one that this certificate proves, no more and no less.
        expect(report.boundNeeded).toBeGreaterThan(defaultTemplate.bound);
        if (report.boundNeeded < 1e6) {
          expect(proves(report, problem, neuron, report.boundNeeded * (1 - 1e-6))).toBe(true);
          expect(proves(report, problem, neuron, report.boundNeeded * (1 + 1e-6))).toBe(false);
        }
        expect(norm(report.weights)).toBe(0);
      });
      expect(impossible).toBeGreaterThan(5);
    }
  });

  it('are explained in words that name spikes and what would be needed', async () => {
    const { wiring } = smallProblem(3, 100, 40, 1);
    const score = scoreOf([[10], [11], [60]], 100);
    const memory = await solve({ score, wiring });
    const label = (time: number) => `${time * 5} ms`;
    const problem = { score, template: defaultTemplate, bounds: undefined };
    expect(explain(memory.neurons[2], problem, 2, label)).toMatch(/^nothing drives the spike at 300 ms \(of 1\); /);
    const crowded = await solve(smallProblem(12, 50, 100, 8));
    const report = crowded.neurons.find(({ status, unreached }) => status === 'infeasible' && unreached.length === 0);
    expect(explain(report as NeuronReport, problem, 0, label)).toMatch(
      /contradict each other; a weight bound of at least [\d.]+ instead of 0\.2 would be needed, or more inputs/,
    );
  });

  it('of neurons that hear nothing need more inputs whatever the bound', async () => {
    const score = scoreOf([[], [5]], 20);
    const wiring = { starts: Uint32Array.of(0, 1, 2), sources: Uint32Array.of(0, 0), delays: Float64Array.of(1, 2) };
    const memory = await solve({ score, wiring });
    expect(memory.neurons.map(({ status }) => status)).toEqual(['solved', 'infeasible']);
    expect(memory.neurons[1].boundNeeded).toBe(Number.POSITIVE_INFINITY);
    expect(explain(memory.neurons[1], { score, template: defaultTemplate, bounds: undefined }, 1, String)).toMatch(
      /no weight bound of any use would do/,
    );
  });
});

describe.skipIf(!reference)('the published score and wiring (skipped where ../shared is absent)', () => {
  it('are stored by all 200 neurons, with the norms found by independent solvers', async () => {
    const { score, network } = reference as NonNullable<typeof reference>;
    const memory = await solve({ score, wiring: network });
    expect(memory.neurons.filter(({ status }) => status === 'solved').length).toBe(200);
    expect(Math.max(...memory.neurons.map(({ violation }) => violation))).toBeLessThan(1e-8);
    expect(Math.max(...memory.neurons.map(({ kkt }) => kkt))).toBeLessThan(1e-8);
    const norms = memory.neurons.slice(0, 6).map(({ weights }) => norm(weights).toFixed(3));
    expect(norms).toEqual(['1.296', '1.753', '1.915', '1.477', '1.313', '2.131']);
    const trial = await replay(memory, score, 3);
    for (const { precision, lag } of trial.periods) {
      expect(precision).toBeGreaterThan(1 - 1e-9);
      expect(Math.abs(lag ?? Number.NaN)).toBeLessThan(1e-6);
    }
    const trains = splitTrains(trial.spikes, 200);
    expect(measurePeriod(score, trains, 0).timingError).toBeLessThan(1e-9);
  });
});
