import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArena } from '../src/core/index.js';
import { type Score, sampleScore, scoreOf, spikesOf } from '../src/memory/score/index.js';
import { blocksOf, statesOf } from '../src/memory/template/default/blocks.js';
import {
  arrivalsOf,
  checkedOf,
  combineCuts,
  combineCutsBounded,
  cutKinds,
  defaultTemplate,
  firstCrossing,
  flattestSlope,
  highestPotential,
  loadScore,
  type Moment,
  potentialFrom,
  potentialOf,
  reachOf,
  slopeAt,
  type Template,
  templateViolation,
  valueAt,
  zonesOf,
} from '../src/memory/template/index.js';
import { kernel, kernelSlope, lcg, smallProblem } from './helpers.js';

/** A neuron with inputs and weights drawn at random. */
function neuron(seed: number, period: number, synapses: number, activity = 0.3) {
  const random = lcg(seed);
  const score = sampleScore(6, period, activity, seed);
  const inputs = {
    sources: Uint32Array.from({ length: synapses }, () => Math.floor(random() * 6)),
    delays: Float64Array.from({ length: synapses }, () => 0.1 + 14 * random()),
  };
  const weights = Float64Array.from({ length: synapses }, () => random() - 0.45);
  return { score, inputs, weights, random };
}

/** The entry of a row by its definition: a sum over every spike of the source, in every period that matters. */
function entry(score: Score, source: number, delay: number, { time, kind }: Moment): number {
  let sum = 0;
  for (const spike of spikesOf(score, source)) {
    for (let turn = -Math.ceil(80 / score.period); turn <= 1; turn++) {
      const age = time - (spike + delay) - turn * score.period;
      sum += kind.startsWith('slope') ? kernelSlope(age) : kernel(age);
    }
  }
  return kind === 'level' ? -sum : sum;
}

const seeds = fc.record({ seed: fc.integer({ min: 1, max: 1e6 }), period: fc.constantFrom(3, 12, 37.5, 200) });

describe('the potential', () => {
  it('is the sum of the kernel over all arrivals of all periods', () => {
    fc.assert(
      fc.property(seeds, ({ seed, period }) => {
        const { score, inputs, weights, random } = neuron(seed, period, 20);
        const potential = potentialFrom(arrivalsOf(score, inputs), weights);
        for (let i = 0; i < 5; i++) {
          const time = random() * period;
          const sum = (kind: Moment['kind']) =>
            weights.reduce((z, w, k) => z + w * entry(score, inputs.sources[k], inputs.delays[k], { time, kind }), 0);
          expect(valueAt(potential, time)).toBeCloseTo(sum('spike'), 11);
          expect(slopeAt(potential, time, 'left')).toBeCloseTo(sum('slope+'), 11);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has extrema that a dense scan never passes and comes close to', () => {
    fc.assert(
      fc.property(seeds, ({ seed, period }) => {
        const { score, inputs, weights, random } = neuron(seed, period, 15);
        const potential = potentialFrom(arrivalsOf(score, inputs), weights);
        const begin = random() * period;
        const end = begin + random() * 0.9 * period;
        const highest = highestPotential(potential, begin, end);
        const flattest = flattestSlope(potential, begin, end);
        let top = Number.NEGATIVE_INFINITY;
        let flat = Number.POSITIVE_INFINITY;
        const steps = 4000;
        for (let i = 0; i <= steps; i++) {
          const t = begin + ((end - begin) * i) / steps;
          top = Math.max(top, valueAt(potential, t));
          if (i > 0 && i < steps) flat = Math.min(flat, slopeAt(potential, t, 'left'), slopeAt(potential, t, 'right'));
        }
        const step = (end - begin) / steps;
        expect(top).toBeLessThanOrEqual(highest.value + 1e-12);
        expect(highest.value - top).toBeLessThan(10 * step);
        expect(flat).toBeGreaterThanOrEqual(flattest.value - 1e-12);
        expect(flat - flattest.value).toBeLessThan(60 * step);
        expect(valueAt(potential, highest.time)).toBeCloseTo(highest.value, 11);
      }),
      { numRuns: 80 },
    );
  });

  it('crosses a threshold where it says, and nowhere before', () => {
    const number = fc.double({ min: -3, max: 6, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.double({ min: 0.05, max: 2, noNaN: true }), (a, b, threshold) => {
        const z = (x: number) => (a + b * x) * Math.exp(-x);
        const x = firstCrossing(a, b, 0.25, 3, threshold);
        const last = Number.isNaN(x) ? 3 : x;
        for (let i = 0; i < 200 && x !== 0.25; i++) {
          const before = 0.25 + ((last - 0.25) * i) / 200;
          expect(z(before)).toBeLessThan(threshold * (1 + 1e-12) + 1e-12);
        }
        if (!Number.isNaN(x) && x > 0.25) expect(z(x)).toBeCloseTo(threshold, 11);
        if (x === 0.25) expect(z(x)).toBeGreaterThanOrEqual(threshold - 1e-12);
      }),
    );
  });

  it('of no arrivals is zero', () => {
    const potential = potentialOf(new Float64Array(), [], 10);
    expect(highestPotential(potential, 0, 10).value).toBe(0);
    expect(valueAt(potential, 3)).toBe(0);
  });
});

describe('zones', () => {
  it('leave out a silence that would end before it begins', () => {
    const kinds = zonesOf(Float64Array.of(1, 2.1, 5), 20, 0.2).map(({ kind }) => kind);
    expect(kinds).toEqual(['firing', 'free', 'firing', 'free', 'silent', 'firing', 'free', 'silent']);
  });
  it('cover the circle without overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const spikes = spikesOf(sampleScore(1, 40, 0.5, seed), 0);
        const zones = zonesOf(spikes, 40, 0.2);
        const total = zones.reduce((sum, { begin, end }) => sum + end - begin, 0);
        expect(total).toBeCloseTo(40, 10);
        zones.forEach((zone, i) => {
          const gap = (zones[(i + 1) % zones.length].begin - zone.end) / 40;
          expect(Math.abs(gap - Math.round(gap))).toBeLessThan(1e-12);
        });
      }),
    );
  });
});

describe('the kernel program', () => {
  function program(seed: number, period: number, template: Template) {
    const { score, inputs, weights, random } = neuron(seed, period, 24);
    const arena = createArena();
    const load = loadScore(arena, score, 15);
    const loaded = load(spikesOf(score, 0), inputs.sources, inputs.delays, template);
    const at = arena.alloc(8 * 24);
    const setWeights = (w: Float64Array) => arena.f64(at, 24).set(Array.from(loaded.order, (k) => w[k]));
    return { score, inputs, weights, random, arena, loaded, at, setWeights };
  }

  it('writes the rows of the definition', () => {
    fc.assert(
      fc.property(seeds, ({ seed, period }) => {
        const { score, inputs, arena, loaded, random } = program(seed, period, defaultTemplate);
        const row = arena.alloc(8 * 24);
        for (const kind of cutKinds) {
          const cut = { time: random() * period, kind };
          loaded.writeRow(cut, row);
          const written = arena.f64(row, 24);
          loaded.order.forEach((k, i) => {
            expect(written[i]).toBeCloseTo(entry(score, inputs.sources[k], inputs.delays[k], cut), 11);
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('tells the two slopes at an arrival apart', () => {
    fc.assert(
      fc.property(seeds, ({ seed, period }) => {
        const { score, inputs, weights, arena, loaded } = program(seed, period, defaultTemplate);
        const arrivals = arrivalsOf(score, inputs);
        const potential = potentialFrom(arrivals, weights);
        const row = arena.alloc(8 * 24);
        for (let i = 0; i < arrivals.times.length; i += 7) {
          for (const [kind, side] of [
            ['slope-', 'left'],
            ['slope+', 'right'],
          ] as const) {
            loaded.writeRow({ time: arrivals.times[i], kind }, row);
            const value = arena.f64(row, 24).reduce((sum, x, v) => sum + x * weights[loaded.order[v]], 0);
            expect(value).toBeCloseTo(slopeAt(potential, arrivals.times[i], side), 10);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('writes them to the last digits where little is heard, both slopes at an arrival, with exact zeros for what is long silent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(60, 300), (seed, period) => {
        const { score, inputs, random } = neuron(seed, period, 24, 0.01);
        const arena = createArena();
        const loaded = loadScore(arena, score, 15)(spikesOf(score, 0), inputs.sources, inputs.delays, defaultTemplate);
        const { times, synapses } = arrivalsOf(score, inputs);
        const row = arena.alloc(8 * 24);
        const written = (time: number, kind: Moment['kind']) => {
          loaded.writeRow({ time, kind }, row);
          return arena.f64(row, 24).slice();
        };
        const moments = [0, 0.25, random() * period, period - 1e-3, ...times.subarray(0, 3)];
        for (const time of moments) {
          const [before, after] = [written(time, 'slope-'), written(time, 'slope+')];
          loaded.order.forEach((k, i) => {
            const wanted = (kind: Moment['kind']) => entry(score, inputs.sources[k], inputs.delays[k], { time, kind });
            for (const kind of ['spike', 'level'] as const) {
              expect(Math.abs(written(time, kind)[i] - wanted(kind))).toBeLessThan(1e-14);
            }
            const arrives = times.reduce((n, at, e) => n + (at === time && synapses[e] === k ? 1 : 0), 0);
            expect(Math.abs(before[i] + arrives * Math.E - after[i])).toBeLessThan(1e-14);
            if (arrives === 0) expect(Math.abs(before[i] - wanted('slope-'))).toBeLessThan(1e-14);
            const ages = Array.from(times, (at) => (time - at + period) % period).filter((_, e) => synapses[e] === k);
            if (times.length * 46 < 24 * period && ages.every((age) => age > 46)) expect(before[i]).toBe(0);
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('finds exactly the violations that the verifier finds', () => {
    const template = fc.record({ margin: fc.constantFrom(0.4, 1, 1.5), slope: fc.constantFrom(0, 2) });
    fc.assert(
      fc.property(seeds, template, ({ seed, period }, { margin, slope }) => {
        const given: Template = { margin, slope, zone: 0.2, bound: 10 };
        const { score, inputs, weights, arena, loaded, at, setWeights } = program(seed, period, given);
        setWeights(weights);
        const spikes = spikesOf(score, 0);
        const potential = potentialFrom(arrivalsOf(score, inputs), weights);
        const found = loaded.scan(at, 1e-9);
        const row = arena.alloc(8 * 24);
        for (const cut of found) {
          // The row that is written for a cut is the demand that was violated, on the right side of its arrival.
          loaded.writeRow(cut, row);
          const product = arena.f64(row, 24).reduce((sum, x, v) => sum + x * weights[loaded.order[v]], 0);
          expect(cut.limit - product).toBeCloseTo(cut.amount, 9);
        }
        const scanned = found.reduce((worst, { amount }) => Math.max(worst, amount), 0);
        // The verifier also counts the equalities, which are no business of the scan.
        const equalities = Math.max(0, ...Array.from(spikes, (time) => Math.abs(valueAt(potential, time) - 1)));
        const verified = templateViolation(potential, spikes, given);
        if (verified > equalities) expect(scanned).toBeCloseTo(verified, 9);
        expect(scanned).toBeLessThanOrEqual(verified + 1e-9);
        for (const cut of found) {
          const value =
            cut.kind === 'level'
              ? -valueAt(potential, cut.time)
              : slopeAt(potential, cut.time, cut.kind === 'slope+' ? 'right' : 'left');
          expect(cut.limit - value).toBeCloseTo(cut.amount, 9);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('takes an arrival at the very end of the period for one at its begin', () => {
    // 3 + 5 = 8, within the zone around the spike at 0.1; the slope demanded is more than there is, so that the worst is a slope.
    const score = scoreOf([[], [3], [0.1]], 8);
    const inputs = { sources: Uint32Array.of(1, 1), delays: Float64Array.of(5, 4.5) };
    const steep: Template = { ...defaultTemplate, slope: 20 };
    const arena = createArena();
    const loaded = loadScore(arena, score, 2)(spikesOf(score, 2), inputs.sources, inputs.delays, steep);
    const at = arena.alloc(16);
    for (const weight of [-2, 0.4, 3]) {
      const weights = Float64Array.of(weight, 0.5);
      arena.f64(at, 2).set(Array.from(loaded.order, (k) => weights[k]));
      const potential = potentialFrom(arrivalsOf(score, inputs), weights);
      const found = loaded.scan(at, 1e-9);
      const scanned = found.reduce((worst, { amount }) => Math.max(worst, amount), 0);
      expect(scanned).toBeCloseTo(templateViolation(potential, spikesOf(score, 2), steep), 9);
      for (const { time } of found) expect(time).toBeLessThan(8);
    }
  });

  it('takes sources without spikes, one synapse, and simultaneous arrivals', () => {
    const score = scoreOf([[], [0.5, 3], [3]], 8);
    const arena = createArena();
    const load = loadScore(arena, score, 2);
    for (const [sources, delays] of [
      [[0], [1]],
      [[1], [1]],
      [
        [1, 1, 2, 2],
        [2, 2, 2, 2],
      ],
    ]) {
      const mark = arena.mark();
      const loaded = load(spikesOf(score, 2), Uint32Array.from(sources), Float64Array.from(delays), defaultTemplate);
      const at = arena.alloc(8 * sources.length);
      arena.f64(at, sources.length).fill(0.1);
      const inputs = { sources: Uint32Array.from(sources), delays: Float64Array.from(delays) };
      const weights = new Float64Array(sources.length).fill(0.1);
      const potential = potentialFrom(arrivalsOf(score, inputs), weights);
      const worst = Math.max(...loaded.scan(at, 1e-9).map(({ amount }) => amount));
      const slope = zonesOf(spikesOf(score, 2), 8, 0.2).filter(({ kind }) => kind === 'firing');
      expect(worst).toBeGreaterThanOrEqual(2 - flattestSlope(potential, slope[0].begin, slope[0].end).value - 1e-12);
      arena.release(mark);
    }
  });
});

describe('the verifier, which sorts nothing that it need not look at', () => {
  it('finds potential, slopes, extrema and sums over rows of the sorted arrivals', () => {
    const cases = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      period: fc.constantFrom(3, 12, 37.5, 200),
      synapses: fc.constantFrom(0, 1, 3, 40, 400),
      scale: fc.constantFrom(1, 1e-3),
    });
    fc.assert(
      fc.property(cases, ({ seed, period, synapses, scale }) => {
        const { score, inputs, weights: drawn, random } = neuron(seed, period, synapses);
        // Small ones are as those of stored neurons: few blocks can hold the highest potential, and the others stay shut.
        const weights = drawn.map((w) => scale * w);
        const arrivals = arrivalsOf(score, inputs);
        const sorted = potentialFrom(arrivals, weights);
        const { course, combine } = checkedOf(score, inputs, weights);
        const size = 1e-13 * (scale + weights.reduce((sum, w) => sum + Math.abs(w), 0)) * (1 + period);
        const near = (found: number, exact: number) => expect(Math.abs(found - exact)).toBeLessThanOrEqual(size);
        // At arrivals, where sides matter, and where blocks of any number may begin.
        const somewhere = () => {
          const kind = random();
          if (kind < 0.3) return arrivals.times[Math.floor(random() * arrivals.times.length)] ?? 0;
          return kind < 0.5 ? (period * Math.floor(random() * 9)) / 8 : random() * period;
        };
        for (let i = 0; i < 6; i++) {
          const time = somewhere();
          near(course.value(time), sorted.value(time));
          near(course.slope(time, 'left'), sorted.slope(time, 'left'));
          near(course.slope(time, 'right'), sorted.slope(time, 'right'));
          const [begin, end] = [time, time + random() * (i % 2 ? 1.5 * period : 0.4)];
          const [high, flat] = [course.highest(begin, end), course.flattest(begin, end)];
          near(high.value, sorted.highest(begin, end).value);
          near(flat.value, sorted.flattest(begin, end).value);
          near(course.value(high.time), high.value);
          expect(high.time).toBeGreaterThanOrEqual(begin);
          expect(high.time).toBeLessThanOrEqual(end);
        }
        const cuts: Moment[] = cutKinds.flatMap((kind) => [
          { kind, time: somewhere() % period },
          { kind, time: somewhere() % period },
        ]);
        const multipliers = Float64Array.from(cuts, () => random() * 4 - 2);
        const exact = combineCuts(arrivals, synapses, cuts, multipliers);
        combine(cuts, multipliers).forEach((value, k) => {
          expect(value).toBeCloseTo(exact[k], 11);
        });
      }),
      { numRuns: 120 },
    );
  });

  it('knows how far the potential rises within a block above its ends, at most, however sharply', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 18 }), fc.double({ min: 0.045, max: 0.07, noNaN: true }), (q, turn) => {
        // Silent synapses, 24 a block of length 0.1; one that lifts the potential within block q, one that pulls it
        // down again, and half a period later one that balances both.
        const [period, length] = [2, 0.1];
        const delays = Float64Array.from({ length: 480 }, (_, k) => (k < 477 ? (period * k) / 477 : 0));
        const lift = q * length + 0.01;
        delays.set([lift, q * length + turn, (lift + 1) % period], 477);
        const weights = new Float64Array(480);
        weights.set([1, -2.5, 1.5], 477);
        const score = scoreOf([[0]], period);
        const inputs = { sources: new Uint32Array(480), delays };
        const sorted = potentialFrom(arrivalsOf(score, inputs), weights);
        const blocks = blocksOf(score, inputs, weights);
        const { a, bulge } = statesOf(blocks);
        expect([blocks.count, blocks.length]).toEqual([20, length]);
        for (let k = 0; k < blocks.count; k++) {
          const ends = Math.max(a[k], a[(k + 1) % blocks.count]);
          const { value } = sorted.highest(k * length, (k + 1) * length);
          expect(value - ends).toBeLessThanOrEqual(bulge[k] + 1e-12);
          if (k === q) expect(value - ends).toBeGreaterThan(0.02);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('lets no weight that is no number pass', () => {
    const { score, inputs, weights } = neuron(3, 37.5, 40);
    weights[7] = Number.NaN;
    const { course } = checkedOf(score, inputs, weights);
    expect(course.highest(1, 30).value).toBeNaN();
    expect(course.flattest(1, 30).value).toBeNaN();
    expect(templateViolation(course, Float64Array.of(2), defaultTemplate)).toBeNaN();
  });
});

describe('combinations of cuts', () => {
  it('agree between the backward sweep, the term-by-term sum and the definition', () => {
    fc.assert(
      fc.property(seeds, ({ seed, period }) => {
        const { score, inputs, random } = neuron(seed, period, 12);
        const arrivals = arrivalsOf(score, inputs);
        const cuts: Moment[] = cutKinds.flatMap((kind) => [
          { kind, time: random() * period },
          // At an arrival, where sides matter.
          { kind, time: arrivals.times[Math.floor(random() * arrivals.times.length)] ?? 0 },
        ]);
        const multipliers = Float64Array.from(cuts, (_, i) => (i === 2 ? 0 : random() * 4 - 2));
        const swept = combineCuts(arrivals, 12, cuts, multipliers);
        const { combination, errors } = combineCutsBounded(arrivals, 12, cuts, multipliers);
        swept.forEach((value, k) => {
          expect(value).toBeCloseTo(combination[k], 11);
          expect(errors[k]).toBeLessThan(1e-9);
        });
        const open = cuts.filter((_, i) => i % 2 === 0);
        const exact = combineCutsBounded(arrivals, 12, open, multipliers);
        inputs.sources.forEach((source, k) => {
          const sum = open.reduce(
            (total, cut, i) => total + multipliers[i] * entry(score, source, inputs.delays[k], cut),
            0,
          );
          // The sum has errors of the same kind as the bounded one.
          expect(Math.abs(exact.combination[k] - sum)).toBeLessThanOrEqual(2 * exact.errors[k]);
        });
      }),
      { numRuns: 80 },
    );
  });

  it('the reach of a moment is the most that weights within the box produce there', () => {
    fc.assert(
      fc.property(seeds, ({ seed, period }) => {
        const { score, inputs, random } = neuron(seed, period, 12);
        const arrivals = arrivalsOf(score, inputs);
        const upper = Float64Array.from(inputs.delays, () => random());
        const lower = upper.map((value) => value - random());
        const times = Float64Array.from({ length: 4 }, () => random() * period);
        const reach = reachOf(arrivals, times, { lower, upper });
        times.forEach((time, i) => {
          const { combination } = combineCutsBounded(arrivals, 12, [{ time, kind: 'spike' }], Float64Array.of(1));
          const most = combination.reduce((sum, one, k) => sum + Math.max(one * lower[k], one * upper[k]), 0);
          expect(reach[i]).toBeCloseTo(most, 11);
        });
      }),
      { numRuns: 40 },
    );
  });
});

it('a wiring to unknown sources is refused', () => {
  const { score } = smallProblem(3, 10, 5, 1);
  const load = loadScore(createArena(), score, 2);
  expect(() => load(spikesOf(score, 0), Uint32Array.of(7), Float64Array.of(1), defaultTemplate)).toThrow(
    /synapse 0 comes from neuron 7, but the score has 3 channels/,
  );
});
