/** The kernels of neurons with dynamics of their own against plain TypeScript, which shares no code with them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArena, decay, exp, ln, phi } from '../src/core/index.js';
import { kernelModule } from '../src/memory/kernels.generated.js';
import { type NeuronModel, wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore, spikesOf } from '../src/memory/score/index.js';
import { slackOf } from '../src/memory/template/course.js';
import {
  arrivalsOf,
  defaultTemplate,
  type Moment,
  type Template,
  templateViolation,
} from '../src/memory/template/index.js';
import { membraneOf } from '../src/memory/template/membrane/course.js';
import { dynamicsOf, type MembraneDynamics } from '../src/memory/template/membrane/dynamics.js';
import { respond } from '../src/memory/template/membrane/piece.js';
import { membraneProgram } from '../src/memory/template/membrane/program.js';
import { lcg } from './helpers.js';

interface Elementary {
  elementaryExp(x: number): number;
  elementaryDecay(x: number): number;
  elementaryLn(x: number): number;
  elementaryPhi(k: number, z: number): number;
}
interface Piece {
  membraneConstants(membrane: number, synapse: number, order: number): void;
  membraneRespond(x: number, out: number): void;
}

const anything = fc.double({ noNaN: false });
const ordinary = fc.double({ min: -800, max: 800, noNaN: true });
const small = fc.double({ min: -3, max: 3, noNaN: true });
const step = fc.double({ min: 0, max: 40, noNaN: true });
const tau = fc.double({ min: 0.2, max: 8, noNaN: true });
const order = fc.constantFrom(1 as const, 2 as const);

describe('elementary functions of kernels', () => {
  it('give the bits of those in TypeScript', () => {
    const kernel = createArena().kernels<Elementary>(kernelModule);
    const edges = [
      0,
      -0,
      1,
      Math.SQRT2,
      Math.SQRT1_2,
      5e-324,
      1e-310,
      709.78,
      709.79,
      -708,
      -744.4,
      -744.5,
      1e-9,
      0.0625,
      1.5,
      -1.5,
    ];
    const same = (x: number) => {
      expect(kernel.elementaryExp(x)).toBe(exp(x));
      expect(kernel.elementaryLn(x)).toBe(ln(x));
      expect(kernel.elementaryDecay(Math.abs(x))).toBe(decay(Math.abs(x)));
      for (const k of [1, 2] as const) expect(kernel.elementaryPhi(k, x)).toBe(phi(k, x));
    };
    edges.forEach(same);
    fc.assert(fc.property(fc.oneof(anything, ordinary, small), same), { numRuns: 3000 });
  });

  it('respond to a step with the bits of those in TypeScript, on every branch', () => {
    const arena = createArena();
    const kernel = arena.kernels<Piece>(kernelModule);
    const at = arena.alloc(32);
    const close = fc.double({ min: -0.2, max: 0.2, noNaN: true });
    fc.assert(
      fc.property(
        tau,
        fc.oneof(tau, close, fc.constant(0)),
        order,
        fc.oneof(step, small),
        (membrane, other, n, size) => {
          const synapse = Math.abs(other) <= 0.2 ? membrane * (1 + other) : other;
          const x = Math.abs(size);
          kernel.membraneConstants(membrane, synapse, n);
          const wanted = new Float64Array(4);
          respond({ membrane, synapse, order: n }, x, wanted);
          kernel.membraneRespond(x, at);
          const found = arena.f64(at, 4);
          for (let c = 0; c < (n === 2 ? 4 : 3); c++) expect(found[c]).toBe(wanted[c]);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

const lif = { model: 'lif', membrane: 2, synapse: 0.4, refractory: 0.4, reset: 0 } as const;
const models: Record<string, NeuronModel> = {
  'a reset neuron': { model: 'reset', reset: -0.3 },
  'a slower kernel': { model: 'continuation', beta: 1.4 },
  'leaky, exponential currents': { ...lif, current: 'exp' },
  'leaky, alpha currents': { ...lif, current: 'alpha' },
  'leaky, alpha currents of nearly the same time constant': { ...lif, synapse: 1.97, reset: -0.2, current: 'alpha' },
};
const [period, inputs] = [12, 60];

/** The synapses of the first of two neurons. */
function wired(inputs: number, seed: number) {
  const { sources, delays } = wireFixedIn({ neurons: 2, inputs, delays: [0.1, 10], seed });
  return { sources: sources.slice(0, inputs), delays: delays.slice(0, inputs) };
}

/** A program, random weights in its arena, and the plain potential that they make. */
function made(model: NeuronModel, seed: number, template: Template = defaultTemplate, scale = 0.4) {
  const arena = createArena();
  const score = sampleScore(2, period, 0.3, seed);
  const { sources, delays } = wired(inputs, seed);
  const dynamics = dynamicsOf(model, 0) as MembraneDynamics;
  const spikes = spikesOf(score, 0);
  const program = membraneProgram(arena, score, spikes, sources, delays, template, dynamics);
  const random = lcg(seed);
  const w = Float64Array.from({ length: inputs }, () => scale * (random() - 0.5));
  const at = arena.alloc(8 * inputs);
  arena.f64(at, inputs).set(w);
  const { times, synapses } = arrivalsOf(score, { sources, delays });
  const course = membraneOf(
    dynamics,
    spikes,
    period,
    times,
    Float64Array.from(synapses, (k) => w[k]),
  );
  return { arena, program, spikes, random, w, at, course, template };
}

describe.each(Object.entries(models))('%s', (_, model) => {
  it('has rows that say of weights what the plain potential says', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const { arena, program, random, w, course } = made(model, seed);
      const row = arena.alloc(8 * inputs);
      const moments = [...program.spikes, ...program.borders];
      const kinds = ['level', 'above', 'slope+', 'slope-'] as const;
      for (let n = 0; n < 40; n++) {
        const moment: Moment = { time: period * random(), kind: kinds[n % 4] };
        moments.push({ ...moment, limit: 0 });
      }
      for (const { time, kind } of moments) {
        program.writeRow({ time, kind }, row);
        const product = arena.f64(row, inputs).reduce((sum, entry, k) => sum + entry * w[k], 0);
        expect(Math.abs(product - slackOf(course, { time, kind, limit: 0 }))).toBeLessThan(1e-12);
      }
    }
  });

  it.each(['window', 'ramp'] as const)('is scanned for exactly the worst violations: %s', (shape) => {
    if (shape === 'ramp' && model.model === 'continuation') return;
    for (let seed = 1; seed <= 12; seed++) {
      const { program, spikes, at, course, template } = made(model, seed, { ...defaultTemplate, shape });
      const found = program.scan(at, 1e-9);
      // The amounts are the plain potential's.
      for (const cut of found) expect(Math.abs(slackOf(course, cut) + cut.amount)).toBeLessThan(1e-11);
      // The worst of them is the worst there is, what is asked at the spikes left aside.
      const atSpikes = spikes.map((time) => Math.abs(course.value(time) - 1));
      const scanned = found.reduce((most, { amount }) => Math.max(most, amount), 0);
      const all = Math.max(scanned, ...atSpikes);
      expect(Math.abs(all - templateViolation(course, spikes, template))).toBeLessThan(1e-11);
      expect(program.scan(at, scanned)).toEqual([]);
    }
  });
});

it('currents at releases that are not kept are found anew, with the same rows', () => {
  // Enough arrivals that what is kept of their currents would pass its limit.
  const arena = createArena();
  const score = sampleScore(2, 2000, 0.2, 1);
  const { sources, delays } = wired(60, 1);
  const dynamics = dynamicsOf({ ...lif, synapse: 40, membrane: 50, current: 'alpha' }, 0) as MembraneDynamics;
  const program = membraneProgram(arena, score, spikesOf(score, 0), sources, delays, defaultTemplate, dynamics);
  const { times, synapses } = arrivalsOf(score, { sources, delays });
  const w = Float64Array.from({ length: 60 }, (_, k) => 0.01 * Math.cos(k));
  const course = membraneOf(
    dynamics,
    spikesOf(score, 0),
    2000,
    times,
    Float64Array.from(synapses, (k) => w[k]),
  );
  const row = arena.alloc(8 * 60);
  for (const time of [3, 700, 1500, 1999]) {
    program.writeRow({ time, kind: 'level' }, row);
    const product = arena.f64(row, 60).reduce((sum, entry, k) => sum + entry * w[k], 0);
    expect(Math.abs(product - slackOf(course, { time, kind: 'level', limit: 0 }))).toBeLessThan(1e-10);
  }
});

it('a smooth current is held down from the release on, where the potential begins at the silent level', () => {
  for (const [reset, current, more] of [
    [0, 'alpha', 1],
    [-0.1, 'alpha', 0],
    [0, 'exp', 0],
  ] as const) {
    const { program, spikes } = made({ ...lif, reset, current }, 3);
    const releases = Array.from(spikes, (spike) => (spike + lif.refractory) % period);
    const after = program.borders.filter(({ time }) => releases.some((at) => time > at && time < at + 1e-4));
    expect(spikes.length).toBeGreaterThan(1);
    expect(after.length).toBe(more * spikes.length);
    expect(program.borders.length).toBe((1 + more) * spikes.length);
  }
});
