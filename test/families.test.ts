/**
 * One suite for every family of neurons: the course that verifies is that of the differential equation, its extrema are
 * extrema, the program that is solved has the rows and the violations of the course, and what is solved or proved holds outside.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArena, serialMap } from '../src/core/index.js';
import { memorize } from '../src/memory/memorize/index.js';
import { type NeuronModel, wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore, scoreOf, spikesOf } from '../src/memory/score/index.js';
import {
  arrivalsOf,
  type Cut,
  combineCuts,
  combineCutsBounded,
  cutKinds,
  cutSlacks,
  defaultTemplate,
  inputsOf,
  limitsHold,
  loadScore,
  potentialFrom,
  resets,
  slopeAt,
  type Template,
  templateViolation,
  valueAt,
  zonesOfNeuron,
} from '../src/memory/template/index.js';
import { dynamicsOf } from '../src/memory/template/membrane/dynamics.js';
import { type Window, windowsOf } from '../src/memory/template/windows.js';
import { integrate, MODELS, type Neuron, neuronOf, TEMPLATES } from './neurons.js';

const ALL: [string, NeuronModel | undefined][] = [['the default', undefined], ...Object.entries(MODELS)];
const RESETTING = ALL.filter(([, model]) => model !== undefined && model.model !== 'continuation');
const seeds = fc.integer({ min: 1, max: 1000 });
const share = fc.double({ min: 0, max: 0.999, noNaN: true });

/** The program of a neuron in an arena of its own, with its weights in it. */
function programOf({ score, inputs, spikes, weights }: Neuron, template: Template) {
  const arena = createArena();
  const { sources, delays, own } = inputs;
  const program = loadScore(arena, score, 6)(spikes, sources, delays, template, own?.dynamics);
  const n = weights.length;
  const [at, row] = [arena.alloc(8 * n), arena.alloc(8 * n)];
  arena.f64(at, n).set(Array.from(program.order, (k) => weights[k]));
  /** The row of a cut, by synapse. */
  const rowOf = (cut: Cut) => {
    program.writeRow(cut, row);
    const entries = new Float64Array(n);
    arena.f64(row, n).forEach((entry, i) => {
      entries[program.order[i]] = entry;
    });
    return entries;
  };
  return { program, at, rowOf };
}

describe.each(ALL)('the potential of a neuron: %s', (_, model) => {
  it('is that of its differential equation', () => {
    const neuron = neuronOf(model, 3);
    const { score, inputs, weights, spikes, dynamics } = neuron;
    const potential = potentialFrom(arrivalsOf(score, inputs), weights);
    const at = [...Array.from({ length: 60 }, (_, n) => (n * score.period) / 60.3), ...spikes];
    const turns = dynamics.synapse > 2 ? 6 : 3;
    integrate(neuron, at, turns).forEach(([v, i, , held], n) => {
      expect(valueAt(potential, at[n]), `at ${at[n]}`).toBeCloseTo(v, 6);
      expect(slopeAt(potential, at[n], 'left')).toBeCloseTo(held ? 0 : i - v / dynamics.membrane, 6);
    });
  });

  it('is nowhere higher than at its highest and nowhere flatter than at its flattest, and both are attained', () => {
    fc.assert(
      fc.property(seeds, share, fc.double({ min: 0.01, max: 0.999, noNaN: true }), (seed, from, length) => {
        const { score, inputs, weights, spikes, dynamics } = neuronOf(model, seed);
        const potential = potentialFrom(arrivalsOf(score, inputs), weights);
        // Where spikes reset, between a release and the next spike.
        const [spike] = spikes.length > 0 ? spikes : [0];
        const next = spikes.length > 1 ? spikes[1] : spike + score.period;
        const first = resets(inputs.own?.dynamics) ? spike + dynamics.dead + 1e-3 : from * score.period;
        const begin = first + (resets(inputs.own?.dynamics) ? from * (next - first) : 0);
        const end = begin + length * (resets(inputs.own?.dynamics) ? next - begin : 0.9 * score.period);
        const rise = resets(inputs.own?.dynamics) ? 2 : 0;
        const [highest, flattest] = [potential.highest(begin, end, rise), potential.flattest(begin, end)];
        expect(valueAt(potential, highest.time) - (highest.time - end) * rise).toBeCloseTo(highest.value, 9);
        // A period on, rounding may put the moment on the other side of its arrival.
        const around = [-1e-10, 0, 1e-10].map((move) => slopeAt(potential, flattest.time + move, flattest.side));
        expect(Math.min(...around.map((slope) => Math.abs(slope - flattest.value)))).toBeLessThan(1e-7);
        for (let i = 0; i <= 600; i++) {
          const t = Math.min(end, begin + ((end - begin) * i) / 600);
          expect(valueAt(potential, t) - (t - end) * rise).toBeLessThan(highest.value + 1e-9);
          if (i === 0 || i === 600) continue;
          const slope = Math.min(slopeAt(potential, t, 'left'), slopeAt(potential, t, 'right'));
          expect(slope).toBeGreaterThan(flattest.value - 1e-9);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('is affine in the weights, with the rows of its program', () => {
    fc.assert(
      fc.property(seeds, share, (seed, at) => {
        const neuron = neuronOf(model, seed);
        const { score, inputs, weights, spikes } = neuron;
        const arrivals = arrivalsOf(score, inputs);
        const { rowOf } = programOf(neuron, TEMPLATES.window);
        const times = [at * score.period, arrivals.times[Math.floor(at * arrivals.times.length)], ...spikes];
        const cuts = times.flatMap((time) => cutKinds.map((kind): Cut => ({ time, kind, limit: 0 })));
        const slacks = cutSlacks(potentialFrom(arrivals, weights), cuts);
        const y = Float64Array.from(cuts, (_, n) => Math.sin(n + 1));
        const sum = new Float64Array(weights.length);
        cuts.forEach((cut, n) => {
          const entries = rowOf(cut);
          const product = entries.reduce((total, entry, k) => total + entry * weights[k], 0);
          expect(product, `${cut.kind} at ${cut.time}`).toBeCloseTo(slacks[n], 9);
          entries.forEach((entry, k) => {
            sum[k] += y[n] * entry;
          });
        });
        const { combination, errors } = combineCutsBounded(arrivals, weights.length, cuts, y);
        combineCuts(arrivals, weights.length, cuts, y).forEach((value, k) => {
          expect(value).toBeCloseTo(sum[k], 9);
          expect(Math.abs(combination[k] - sum[k])).toBeLessThanOrEqual(errors[k] + 1e-12);
        });
      }),
      { numRuns: 10 },
    );
  });

  for (const [shape, template] of Object.entries(TEMPLATES)) {
    if (shape === 'ramp' && !RESETTING.some(([, other]) => other === model)) continue;
    it(`leaves its template by what the scan says: ${shape}`, () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const neuron = neuronOf(model, seed);
          const { score, inputs, weights, spikes } = neuron;
          const { program, at } = programOf(neuron, template);
          const violations = program.scan(at, 1e-9);
          const potential = potentialFrom(arrivalsOf(score, inputs), weights);
          const atSpikes = [...spikes].map((time) => Math.abs(valueAt(potential, time) - 1));
          const worst = violations.reduce((most, { amount }) => Math.max(most, amount), Math.max(0, ...atSpikes));
          expect(worst).toBeCloseTo(templateViolation(potential, spikes, template), 8);
          // Every cut is violated by what it says, and the template asks for its limit.
          const slacks = cutSlacks(potential, violations);
          violations.forEach(({ amount, kind, time }, n) => {
            expect(-slacks[n], `${kind} at ${time}`).toBeCloseTo(amount, 8);
          });
          const asks = (cuts: readonly Cut[]) => limitsHold(spikes, score.period, inputs.own?.dynamics, template, cuts);
          expect(asks([...violations, ...program.spikes, ...program.borders])).toBe(true);
          for (const cut of [...violations, ...program.spikes]) {
            expect(asks([{ ...cut, limit: cut.limit + 1e-6 }]), cut.kind).toBe(false);
          }
        }),
        { numRuns: 20 },
      );
    });
  }
});

describe('the template as the verifier reads it', () => {
  /** What the zones of the program ask, said in the verifier's words. */
  function fromZones(spikes: Float64Array, period: number, template: Template, model?: NeuronModel): Window[] {
    const dynamics = dynamicsOf(model, 0);
    const level = resets(dynamics) ? Math.max(1 - template.margin, dynamics.reset) : 1 - template.margin;
    return zonesOfNeuron(spikes, period, template, dynamics).flatMap(({ kind, begin, end }): Window[] => {
      if (kind === 'free') return [];
      if (kind === 'silent') return [{ begin, end, level }];
      if (kind === 'firing') return [{ begin, end }];
      const apart = (time: number) => Math.min(Math.abs(time - end), Math.abs(time + period - end));
      const [nearest] = [...spikes].sort((a, b) => apart(a) - apart(b));
      return [
        { begin, end, level: 1, rise: template.slope },
        { begin: nearest, end: nearest },
      ];
    });
  }
  const inOrder = (windows: Window[]) =>
    windows
      .map(({ begin, end, level = Number.NaN, rise = 0 }) => [begin, end, level, rise])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  const templates = fc.record({
    margin: fc.constantFrom(0.3, 1),
    slope: fc.constantFrom(0.5, 2),
    zone: fc.constantFrom(0.05, 0.2, 0.5),
    bound: fc.constant(1),
    shape: fc.constantFrom('window' as const, 'ramp' as const),
  });
  /** Trains, also with a spike whose borders fall on the origin, or miss it by rounding only. */
  const trains = fc.tuple(seeds, fc.constantFrom('plain', 0.2, 0.2 + 1e-14, 12 - 0.2, 11, 0)).map(([seed, placed]) => {
    const spikes = spikesOf(sampleScore(1, 12, 0.4, seed), 0);
    if (placed === 'plain' || spikes.length === 0) return spikes;
    const moved = spikes.map((time) => (time - spikes[0] + (placed as number)) % 12).sort();
    return moved;
  });

  it.each(ALL)('asks in the same stretches as the program, to the bit: %s', (_, model) => {
    fc.assert(
      fc.property(trains, templates, (spikes, template) => {
        const windows = windowsOf(spikes, 12, template, dynamicsOf(model, 0));
        expect(inOrder(windows)).toEqual(inOrder(fromZones(spikes, 12, template, model)));
      }),
      { numRuns: 100 },
    );
  });

  it.each(ALL)('is not kept by a program with a zone that is wrong: %s', async (_, model) => {
    const [score, template] = [sampleScore(6, 15, 0.25, 4), { ...defaultTemplate, bound: 1 }];
    const wiring = wireFixedIn({ neurons: 6, inputs: 300, delays: [0.1, 10], seed: 4 });
    const lax = model?.model === 'lif' && model.synapse === 3 ? { ...template, slope: 0.1, margin: 0.3 } : template;
    const solve = (asked: Template) => memorize({ score, wiring, model, template: asked, objective: 'l2' }, serialMap);
    const violations = async (solved: Template) => {
      const { network, neurons } = await solve(solved);
      return neurons.flatMap(({ status }, l) => {
        if (status !== 'solved' || spikesOf(score, l).length === 0) return [];
        const arrivals = arrivalsOf(score, inputsOf(wiring, model, l));
        const weights = network.weights.subarray(wiring.starts[l], wiring.starts[l + 1]);
        return templateViolation(potentialFrom(arrivals, weights), spikesOf(score, l), lax);
      });
    };
    const [honest, wide] = [await violations(lax), await violations({ ...lax, zone: lax.zone + 0.02 })];
    expect(honest.length).toBeGreaterThan(0);
    expect(Math.max(...honest)).toBeLessThan(1e-8);
    expect(wide.length).toBeGreaterThan(0);
    expect(Math.max(...wide)).toBeGreaterThan(1e-4);
  });

  it('samples the points of a grid by the definition', () => {
    // One spike at 2 of 6, and one arrival at 1.5 that makes z = h(t - 1.5), summed over all periods.
    const score = scoreOf([[2], [1]], 6);
    const inputs = { sources: Uint32Array.of(1), delays: Float64Array.of(0.5) };
    const template = { ...defaultTemplate, grid: 0.05 };
    const potential = potentialFrom(arrivalsOf(score, inputs), Float64Array.of(0.3));
    let worst = 1 - valueAt(potential, 2);
    for (let i = 0; i * 0.05 < 6; i++) {
      const t = i * 0.05;
      const [left, right] = [(t - 2 + 6) % 6, (2 - t + 6) % 6];
      if (left > 1 && right > 0.2) worst = Math.max(worst, valueAt(potential, t) + 1e-6);
      if (left > 1 && right <= 0.2) worst = Math.max(worst, valueAt(potential, t) - 1 + 1e-6);
      if (left <= 0.2 || right <= 0.2) worst = Math.max(worst, 2 + 1e-6 - slopeAt(potential, t, 'right'));
    }
    expect(templateViolation(potential, spikesOf(score, 0), template)).toBe(worst);
  });
});
