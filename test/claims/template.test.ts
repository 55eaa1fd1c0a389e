/** What the verifier asks of a potential: its windows, its violations and its limits, by hand, on courses that are plain functions. */
import { describe, expect, it } from 'vitest';
import { dynamicsOf } from '../../src/memory/template/family.js';
import {
  boxViolation,
  type Course,
  type Cut,
  combineCuts,
  combineCutsBounded,
  cutSlacks,
  defaultTemplate,
  limitsHold,
  potentialFrom,
  reachOf,
  type Template,
  templateViolation,
} from '../../src/memory/template/index.js';
import { windowsOf } from '../../src/memory/template/windows.js';

const f = (...values: number[]) => Float64Array.from(values);
const NAN = Number.NaN;
const template: Template = { ...defaultTemplate, zone: 0.25, margin: 0.5 };
const ramp: Template = { ...template, shape: 'ramp' };
const window = (begin: number, end: number, more: object = {}) => ({ begin, end, ...more });
/** With a dead time of 1 and a membrane of 1. */
const reset = (to: number) =>
  dynamicsOf({ model: 'lif', current: 'exp', membrane: 1, synapse: 0.4, reset: to, refractory: 1 }, 0);
const RESET = reset(-1);
const HIGH = reset(0.75);
const level = { level: 0.5 };

describe('the windows of a template', () => {
  it('are a firing zone and a silence for each spike that changes nothing, around the circle', () => {
    expect(windowsOf(f(), 8, template)).toEqual([window(0, 8, level)]);
    expect(windowsOf(f(2, 5), 8, template)).toEqual([
      window(1.75, 2.25),
      window(3, 4.75, level),
      window(4.75, 5.25),
      window(6, 9.75, level),
    ]);
    // The last silence begins in the next period, the first zone in the one before.
    expect(windowsOf(f(0.125, 7.5), 8, template)).toEqual([
      window(7.875, 8.375),
      window(1.125, 7.25, level),
      window(7.25, 7.75),
    ]);
    expect(windowsOf(f(3, 7.5), 8, template)[3]).toEqual(window(0.5, 2.75, level));
    // Room for a silence, or none.
    expect(windowsOf(f(2, 3.25), 8, template).map(({ begin }) => begin)).toEqual([1.75, 3, 4.25]);
    expect(windowsOf(f(2, 3.5), 8, template)[1]).toEqual(window(3, 3.25, level));
  });

  it('have borders on the origin where they only miss it by rounding', () => {
    expect(windowsOf(f(0.25 - 1e-14, 4), 8, template)[0].begin + 0).toBe(0);
    expect(windowsOf(f(0.25 + 1e-14, 4), 8, template)[0].begin + 0).toBe(0);
    expect(windowsOf(f(7.75 + 1e-14), 8, template)[0]).toEqual(window(7.5 + 1e-14, 8));
    expect(windowsOf(f(4, 7 - 1e-14), 8, template)[3].begin + 0).toBe(0);
    expect(windowsOf(f(0.25 - 1e-9), 8, template)[0].begin).toBeCloseTo(8, 6);
    expect(windowsOf(f(0.25 + 1e-9), 8, template)[0].begin).toBeGreaterThan(0);
  });

  it('of a spike that resets are a silence from the release and a rise up to the next spike', () => {
    expect(windowsOf(f(), 8, template, RESET)).toEqual([window(0, 8, level)]);
    expect(windowsOf(f(2, 5), 8, template, RESET)).toEqual([
      window(3, 4.75, level),
      window(4.75, 5),
      window(6, 9.75, level),
      window(1.75, 2),
    ]);
    // Release and zone in the next period, told there.
    expect(windowsOf(f(3, 7.5), 8, template, RESET).slice(2)).toEqual([window(0.5, 2.75, level), window(2.75, 3)]);
    expect(windowsOf(f(0.125, 5), 8, template, RESET).slice(2)).toEqual([
      window(6, 7.875, level),
      window(7.875, 8.125),
    ]);
    expect(windowsOf(f(2, 7), 8, template, RESET)[2], 'a release at the origin').toEqual(window(0, 1.75, level));
    expect(windowsOf(f(0.25, 5), 8, template, RESET)[3], 'a zone from the origin').toEqual(window(0, 0.25));
    // No room for a silence: the rise begins at the release; a spike at the release: nothing.
    expect(windowsOf(f(2, 3.125), 8, template, RESET).slice(0, 1)).toEqual([window(3, 3.125)]);
    expect(windowsOf(f(2, 3), 8, template, RESET)[0]).toEqual(window(4, 9.75, level));
    // No silence is asked below what the reset leaves.
    expect(windowsOf(f(2), 8, template, HIGH)[0]).toEqual(window(3, 9.75, { level: 0.75 }));
    expect(windowsOf(f(2), 8, template)[1]).toEqual(window(3, 9.75, level));
  });

  it('of a ramp are a silence, a line that ends at the threshold, and the slope at the spike', () => {
    const rise = { level: 1, rise: 2 };
    // (1 - 1/2) / 2 = 1/4 ahead of the spike the line crosses the level.
    expect(windowsOf(f(2, 5), 8, ramp, RESET)).toEqual([
      window(3, 4.75, level),
      window(4.75, 5, rise),
      window(5, 5),
      window(6, 9.75, level),
      window(1.75, 2, rise),
      window(2, 2),
    ]);
    expect(windowsOf(f(2, 5), 8, { ...ramp, slope: 0.25 }, RESET).slice(0, 2)).toEqual([
      window(3, 5, { level: 1, rise: 0.25 }),
      window(5, 5),
    ]);
    expect(windowsOf(f(2, 5), 8, { ...ramp, slope: 0 }, RESET)[0]).toEqual(window(3, 5, { level: 1, rise: 0 }));
    expect(windowsOf(f(0.125, 5), 8, ramp, RESET).slice(3)).toEqual([
      window(6, 7.875, level),
      window(7.875, 8.125, rise),
      window(0.125, 0.125),
    ]);
    expect(windowsOf(f(2, 3), 8, ramp, RESET).length, 'a spike at the release').toBe(3);
    expect(windowsOf(f(2), 8, ramp, HIGH).slice(0, 2)).toEqual([
      window(3, 9.875, { level: 0.75 }),
      window(1.875, 2, rise),
    ]);
  });
});

/** A course of these values and slopes; extrema are sought on a grid that holds all borders. */
function courseOf(z: (t: number) => number, slope: (t: number) => number, dynamics?: Course['dynamics']): Course {
  const at = (t: number) => ((t % 8) + 8) % 8;
  const points = (begin: number, end: number) => {
    return Array.from({ length: Math.round((end - begin) * 64) + 1 }, (_, i) => begin + i / 64);
  };
  return {
    period: 8,
    dynamics,
    value: (t) => z(at(t)),
    slope: (t) => slope(at(t)),
    highest(begin, end, rise = 0) {
      const values = points(begin, end).map((t) => z(at(t)) - rise * (t - end));
      return { time: begin, value: values.some(Number.isNaN) ? NAN : Math.max(...values) };
    },
    flattest(begin, end) {
      const slopes = points(begin, end).map((t) => slope(at(t)));
      return { time: begin, value: slopes.some(Number.isNaN) ? NAN : Math.min(...slopes), side: 'left' };
    },
    free: () => 0,
  };
}

const near = (t: number, spike: number, width: number) => Math.abs(t - spike) <= width;
const spikes = f(2, 5);
/** Just what the template asks, and by how much it is missed near one moment. */
const kept = (missed: { value?: [number, number]; slope?: [number, number] } = {}, dynamics?: Course['dynamics']) =>
  courseOf(
    (t) =>
      (t === 2 || t === 5
        ? 1
        : near(t, 2, 0.25) || near(t, 5, 0.25)
          ? 0.5
          : t > 2 && t < 3
            ? 7
            : t > 5 && t < 6
              ? 7
              : 0.5) + (missed.value && near(t, missed.value[0], 1 / 100) ? missed.value[1] : 0),
    (t) =>
      (near(t, 2, 0.25) || near(t, 5, 0.25) ? 2 : -9) +
      (missed.slope && near(t, missed.slope[0], 1 / 100) ? missed.slope[1] : 0),
    dynamics,
  );

describe('the violation of a template', () => {
  const of = (course: Course, asked = template) => templateViolation(course, spikes, asked);

  it('is the worst of its windows and spikes, each in its own unit', () => {
    expect(of(kept())).toBe(0);
    for (const by of [0.125, -0.125]) expect(of(kept({ value: [5, by] })), 'at a spike').toBe(0.125);
    expect(of(kept({ value: [4, 0.125] })), 'in a silence').toBe(0.125);
    expect(of(kept({ value: [0.5, 0.125] })), 'in the silence around the circle').toBe(0.125);
    expect(of(kept({ value: [4, -0.125] })), 'below the level').toBe(0);
    expect(of(kept({ value: [2.5, 5] })), 'where nothing is asked').toBe(0);
    expect(of(kept({ slope: [5.25, -0.5] })), 'at the end of a zone').toBe(0.5);
    expect(of(kept({ slope: [1.75, -0.5] })), 'at the begin of a zone').toBe(0.5);
    expect(of(kept({ slope: [5.25, 0.5] })), 'steeper').toBe(0);
    expect(of(kept({ value: [4, 0.125], slope: [2, -0.5] })), 'the worse of two').toBe(0.5);
    expect(of(kept({ value: [5, 0.125] }), { ...template, leeway: 0.0625 })).toBe(0.0625);
    expect(of(kept({ value: [5, 0.125] }), { ...template, leeway: 0.25 })).toBe(0);
  });

  it('of a ramp is that of its line, and of the slope at the spike alone', () => {
    const line = (by: { line?: number; slope?: number } = {}) =>
      courseOf(
        (t) => {
          const next = t <= 2 ? 2 : t <= 5 ? 5 : 10;
          return t === 4.875 ? 0.75 + (by.line ?? 0) : Math.max(0.5, 1 - 2 * (next - t));
        },
        (t) => (t === 2 ? 2 : t === 5 ? 2 + (by.slope ?? 0) : -9),
        RESET,
      );
    expect(of(line(), ramp)).toBe(0);
    expect(of(line({ line: 0.125 }), ramp)).toBe(0.125);
    expect(of(line({ line: -0.125 }), ramp)).toBe(0);
    expect(of(line({ slope: -0.5 }), ramp)).toBe(0.5);
    expect(of(line({ slope: 0.5 }), ramp)).toBe(0);
  });

  it('of what is no number passes for nothing, wherever it stands', () => {
    for (const time of [2, 5, 4, 7, 0.5]) expect(of(kept({ value: [time, NAN] })), `value at ${time}`).toBeNaN();
    for (const time of [2, 5, 1.75]) expect(of(kept({ slope: [time, NAN] })), `slope at ${time}`).toBeNaN();
  });

  it('of the sampled template is that of its points', () => {
    const grid: Template = { ...template, grid: 0.125 };
    // At the points: slope within 1/4 of a spike, a level from 1 after the last spike on, that of the threshold within the zone.
    const sampled = (missed: { value?: [number, number]; slope?: [number, number] } = {}) =>
      courseOf(
        (t) => {
          const [left, right] = [t <= 2 ? t + 3 : t <= 5 ? t - 2 : t - 5, t <= 2 ? 2 - t : t <= 5 ? 5 - t : 10 - t];
          const silent = left > 1 ? (right > 0.25 ? 0.5 : 1) - 1e-6 : 7;
          const value = t === 2 || t === 5 ? 1 : silent;
          return value + (missed.value && near(t, missed.value[0], 1 / 100) ? missed.value[1] : 0);
        },
        (t) =>
          (near(t, 2, 0.25) || near(t, 5, 0.25) ? 2 + 1e-6 : -9) +
          (missed.slope && near(t, missed.slope[0], 1 / 100) ? missed.slope[1] : 0),
      );
    const missed = (by: Parameters<typeof sampled>[0], more: object = {}) => of(sampled(by), { ...grid, ...more });
    // At a spike that is a point the next is 0 away, and the last as well.
    expect(missed({})).toBeCloseTo(0, 12);
    expect(missed({ value: [5, -0.125] }), 'below the threshold').toBeCloseTo(0.125, 12);
    expect(missed({ value: [5, 0.125] }), 'above it').toBeCloseTo(0, 12);
    expect(missed({ value: [5, -0.125] }, { leeway: 0.0625 })).toBeCloseTo(0.0625, 12);
    for (const [time, what] of [
      [4, 'in a silence'],
      [3.125, 'just after the refractory time'],
      [4.75, 'at the begin of a zone'],
      [4.875, 'within a zone'],
      [0, 'at the origin'],
      [7.875, 'at the end'],
      [1, 'before the first spike'],
    ] as const) {
      expect(missed({ value: [time, 0.125] }), what).toBeCloseTo(0.125, 12);
      expect(missed({ value: [time, -0.125] }), what).toBeCloseTo(0, 12);
    }
    expect(missed({ value: [3, 5] }), 'at the end of the refractory time').toBeCloseTo(0, 12);
    expect(missed({ value: [4.0625, 5] }), 'between points').toBeCloseTo(0, 12);
    for (const time of [4.75, 5, 5.25, 1.75, 2.25]) {
      expect(missed({ slope: [time, -0.5] }), `slope at ${time}`).toBeCloseTo(0.5, 12);
      expect(missed({ slope: [time, 0.5] }), `slope at ${time}`).toBeCloseTo(0, 12);
    }
    expect(missed({ slope: [4.625, -5] }), 'outside').toBeCloseTo(0, 12);
    const silent = (by: number, time: number) =>
      templateViolation(
        courseOf(
          (t) => 0.5 - 1e-6 + (t === time ? by : 0),
          () => -9,
        ),
        f(),
        grid,
      );
    expect(silent(0, 0)).toBeCloseTo(0, 12);
    for (const time of [0, 4, 7.875]) expect(silent(0.125, time)).toBeCloseTo(0.125, 12);
  });
});

describe('an overdrive', () => {
  const over: Template = { ...template, leeway: 0.25, overdrive: { after: 0.125, level: 1.25 } };

  it('is missed by what lacks of its level just after a spike', () => {
    const driven = (by: number) => kept({ value: [5.125, 0.75 + by] });
    const both = (by: number) =>
      courseOf(
        (t) => driven(by).value(t) + (t === 2.125 ? 0.75 : 0),
        (t) => kept().slope(t, 'left'),
      );
    expect(templateViolation(both(0), spikes, over)).toBe(0);
    expect(templateViolation(both(-0.5), spikes, over)).toBe(0.5);
    expect(templateViolation(both(-0.5), spikes, template)).toBe(0);
    expect(templateViolation(kept(), spikes, over)).toBe(0.75);
  });

  it('justifies a limit up to its level, at its moments alone, around the circle', () => {
    const holds = (time: number, limit: number, asked = over, kind: Cut['kind'] = 'above', at = spikes) =>
      limitsHold(at, 8, undefined, asked, [{ kind, time, limit }]);
    for (const time of [2.125, 5.125]) {
      expect(holds(time, 1.25)).toBe(true);
      expect(holds(time, 0.5)).toBe(true);
      expect(holds(time, 1.25 + 1e-9)).toBe(false);
      expect(holds(time, -100, template)).toBe(false);
      expect(holds(time, 1.25, over, 'spike')).toBe(false);
    }
    for (const time of [4, 1.875, 2.25]) expect(holds(time, -100)).toBe(false);
    expect(holds(2, 0.75)).toBe(true);
    expect(holds(2, 0.75 + 1e-9)).toBe(false);
    expect(holds(0.0625, 1.25, over, 'above', f(4, 7.9375)), 'in the next period').toBe(true);
    expect(holds(8.0625, 1.25, over, 'above', f(4, 7.9375))).toBe(false);
    expect(holds(0, 1.25, over, 'above', f(4, 7.875)), 'at its very origin').toBe(true);
    // Where a spike resets, what is left of it there comes off: all, ahead of the release at 6.
    const driven = (limit: number) => limitsHold(spikes, 8, RESET, over, [{ kind: 'above', time: 5.125, limit }]);
    expect(driven(1.25 + 1 + 1e-9)).toBe(false);
    expect(driven(1.25 + 1)).toBe(true);
  });
});

describe('the potential of weights', () => {
  const arrivals = { times: f(1, 2.5, 6), synapses: Uint32Array.of(1, 0, 1), period: 8 };
  const own = { spikes, dynamics: RESET as NonNullable<typeof RESET> };
  const h = (t: number) => (t > 0 ? t * Math.exp(1 - t) : 0);
  /** Of one unit weight around the circle. */
  const response = (t: number, arrival: number) => {
    let sum = 0;
    for (let turn = -8; turn <= 1; turn++) sum += h(t - arrival - 8 * turn);
    return sum;
  };
  const cuts: Cut[] = [
    { kind: 'spike', time: 2, limit: 0.5 },
    { kind: 'level', time: 4, limit: -0.25 },
    { kind: 'slope-', time: 4.875, limit: 1 },
    { kind: 'slope+', time: 6.5, limit: 2 },
    { kind: 'above', time: 7, limit: 0.75 },
  ];

  it('is the sum of its arrivals around the circle, and its reach that of the largest', () => {
    const weights = f(0.5, -2);
    const potential = potentialFrom(arrivals, weights);
    const value = (t: number, [first, second]: Float64Array) =>
      second * response(t, 1) + first * response(t, 2.5) + second * response(t, 6);
    for (const t of [0, 1, 2, 3.5, 6, 7.75]) expect(potential.value(t)).toBeCloseTo(value(t, weights), 12);
    const box = { lower: f(-1, -1), upper: f(0.5, 3) };
    const reach = reachOf(arrivals, f(2, 7), box);
    expect([...reach]).toEqual([2, 7].map((t) => expect.closeTo(value(t, box.upper), 12)));
    const slacks = cutSlacks(potential, cuts);
    expect(slacks.length).toBe(5);
    expect(slacks[0]).toBeCloseTo(value(2, weights) - 0.5, 12);
    expect(slacks[1]).toBeCloseTo(-value(4, weights) + 0.25, 12);
    expect(slacks[4]).toBeCloseTo(value(7, weights) - 0.75, 12);
    const steep = (value(4.875 + 1e-5, weights) - value(4.875 - 1e-5, weights)) / 2e-5;
    expect(slacks[2]).toBeCloseTo(steep - 1, 6);
  });

  it('has rows whose combination is that of the slacks of unit weights, in both families', () => {
    const multipliers = f(2, 0.5, 1, 0.25, 3);
    for (const all of [arrivals, { ...arrivals, own }]) {
      const slacks = (...weights: number[]) => cutSlacks(potentialFrom(all, f(...weights)), cuts);
      const none = slacks(0, 0);
      const rows = [slacks(1, 0), slacks(0, 1)].map((unit) => unit.map((slack, i) => slack - none[i]));
      const expected = rows.map((row) => row.reduce((sum, entry, i) => sum + multipliers[i] * entry, 0));
      const found = combineCuts(all, 2, cuts, multipliers);
      const { combination, errors } = combineCutsBounded(all, 2, cuts, multipliers);
      expected.forEach((entry, k) => {
        expect(found[k]).toBeCloseTo(entry, 10);
        expect(combination[k]).toBeCloseTo(entry, 10);
        expect(errors[k]).toBeLessThan(1e-9);
        expect(Math.abs(combination[k] - found[k])).toBeLessThanOrEqual(errors[k]);
      });
    }
    // Own spikes matter: what counts at a spike arrived since the last release.
    const [free, reset] = [arrivals, { ...arrivals, own }].map((all) => potentialFrom(all, f(1, 1)).value(5));
    expect(Math.abs(free - reset)).toBeGreaterThan(0.01);
  });
});

describe('the violation of a box', () => {
  const box = { lower: f(-1, 0, -1), upper: f(1, 0, 2) };
  it('is the worst of both sides, and keeps what is no number', () => {
    expect(boxViolation(f(1, 0, -1), box)).toBe(0);
    expect(boxViolation(f(1.5, 0, 0), box)).toBe(0.5);
    expect(boxViolation(f(0, -0.25, 0), box)).toBe(0.25);
    expect(boxViolation(f(1.5, 0, 2.75), box)).toBe(0.75);
    expect(boxViolation(f(NAN, 0, 0), box)).toBeNaN();
    expect(boxViolation(f(0, 0, NAN), box)).toBeNaN();
  });
});

describe('the limit of a cut is asked for', () => {
  const E = 1e-9;
  const holds = (cut: Cut, asked = template, dynamics?: typeof RESET, at = spikes) =>
    limitsHold(at, 8, dynamics, asked, [cut]);
  /** At most this limit, and no more. */
  const most = (
    kind: Cut['kind'],
    time: number,
    limit: number,
    asked = template,
    dynamics?: typeof RESET,
    at = spikes,
  ) => {
    expect(holds({ kind, time, limit }, asked, dynamics, at), `${kind} at ${time}`).toBe(true);
    expect(holds({ kind, time, limit: limit - 0.5 }, asked, dynamics, at), `${kind} at ${time}, less`).toBe(
      kind !== 'spike',
    );
    expect(holds({ kind, time, limit: limit + E }, asked, dynamics, at), `${kind} at ${time}, more`).toBe(false);
  };
  const never = (kind: Cut['kind'], time: number, asked = template, dynamics?: typeof RESET, at = spikes) =>
    expect(holds({ kind, time, limit: -100 }, asked, dynamics, at), `${kind} at ${time}`).toBe(false);

  it('at a spike: the threshold, or what the leeway leaves of it on either side', () => {
    most('spike', 2, 1);
    most('spike', 5, 1);
    never('spike', 4);
    expect(holds({ kind: 'spike', time: 2, limit: 1 - E })).toBe(false);
    const loose = { ...template, leeway: 0.25 };
    most('above', 2, 0.75, loose);
    most('above', 2, 1);
    never('above', 4);
    most('level', 2, -1.25, loose);
    never('level', 2.5);
  });

  it('to the rounding of times and limits', () => {
    // 1e-12 of what the period adds to 1, and of a slope as much as it adds to 1.
    expect(holds({ kind: 'spike', time: 2, limit: 1 + 4e-12 })).toBe(true);
    expect(holds({ kind: 'spike', time: 2, limit: 1 - 4e-12 })).toBe(true);
    expect(holds({ kind: 'level', time: 4, limit: -0.5 + 1.5e-11 })).toBe(true);
    expect(holds({ kind: 'slope+', time: 2, limit: 2 + 1.5e-11 })).toBe(true);
    expect(holds({ kind: 'level', time: 4.75 + 4e-12, limit: -0.5 })).toBe(true);
    const good: Cut = { kind: 'level', time: 4, limit: -100 };
    const bad: Cut = { kind: 'level', time: 4.0625, limit: -100 };
    for (const cuts of [
      [good, bad],
      [bad, good],
    ]) {
      expect(limitsHold(spikes, 8, undefined, { ...template, grid: 0.125 }, cuts)).toBe(false);
    }
    expect(limitsHold(spikes, 8, undefined, { ...template, grid: 0.125 }, [good])).toBe(true);
  });

  it('in a silence and in a firing zone, up to their borders, also a period later', () => {
    for (const time of [3, 4, 4.75, 6, 7, 0, 1, 1.75]) most('level', time, -0.5);
    for (const time of [2.5, 2.99, 5.5]) never('level', time);
    for (const kind of ['slope+', 'slope-'] as const) {
      for (const time of [1.75, 2, 2.25, 4.75, 5, 5.25]) most(kind, time, 2);
      for (const time of [1.7, 2.3, 4, 7]) never(kind, time);
    }
    for (const time of [0, 4, 7.99]) most('level', time, -0.5, template, undefined, f());
    never('spike', 2, template, undefined, f());
    expect(limitsHold(spikes, 8, undefined, template, [])).toBe(true);
    const good: Cut = { kind: 'level', time: 4, limit: -0.5 };
    expect(limitsHold(spikes, 8, undefined, template, [good, { ...good, limit: 0 }])).toBe(false);
    expect(limitsHold(spikes, 8, undefined, template, [{ ...good, limit: 0 }, good])).toBe(false);
  });

  it('where a spike resets: less what the reset has left', () => {
    // R e^{-(t - release)}: -1 at the release, of time constant 1.
    const free = (since: number) => -Math.exp(-since);
    most('spike', 5, 1 - free(2), template, RESET);
    most('above', 5, 1 - free(2), template, RESET);
    most('level', 3, free(0) - 0.5, template, RESET);
    most('level', 4, free(1) - 0.5, template, RESET);
    most('slope-', 4.875, 2 + free(1.875), template, RESET);
    most('slope+', 4.875, 2 + free(1.875), template, RESET);
    most('level', 1, free(3) - 0.5, template, RESET);
    never('slope+', 5.125, template, RESET);
  });

  it('on a ramp: the line, from where it crosses the level, and the slope at the spike', () => {
    const free = (since: number) => -Math.exp(-since);
    most('level', 4, free(1) - 0.5, ramp, RESET);
    most('level', 4.875, free(1.875) - 0.75, ramp, RESET);
    most('level', 5, free(2) - 1, ramp, RESET);
    most('level', 1.875, free(3.875) - 0.75, ramp, RESET);
    most('slope-', 5, 2 + free(2), ramp, RESET);
    most('slope-', 2, 2 + free(4), ramp, RESET);
    never('slope-', 4.875, ramp, RESET);
    never('slope-', 5 - 1e-13, ramp, RESET);
  });

  it('on the grid: at its points alone', () => {
    const grid = { ...template, grid: 0.125 };
    most('level', 4, -0.5 + 1e-6, grid);
    most('level', 4.875, -1 + 1e-6, grid);
    most('slope+', 4.875, 2 + 1e-6, grid);
    most('above', 5, 1, grid);
    most('above', 5, 0.75, { ...grid, leeway: 0.25 });
    for (const [kind, time] of [
      ['level', 4.0625],
      ['level', 3],
      ['slope+', 4],
      ['slope-', 5],
      ['spike', 5],
      ['above', 4],
    ] as const) {
      never(kind, time, grid);
    }
  });
});
