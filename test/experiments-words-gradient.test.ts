/** Headlines, captions, cells and points of convex-versus-gradient against their definitions, on made rows. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Config, schema } from '../experiments/memory/convex-versus-gradient/config.js';
import { conclude } from '../experiments/memory/convex-versus-gradient/report.js';
import type { Row } from '../src/campaign/index.js';
import { wilson } from '../src/memory/measure/index.js';
import { expectedSpikes } from '../src/memory/score/index.js';
import { pointsOf } from './points.js';

const folder = new URL('../experiments/memory/convex-versus-gradient/', import.meta.url).pathname;
const read = (name: string) => JSON.parse(readFileSync(`${folder}${name}`, 'utf8'));
const quick = schema.parse(read('quick.json'));
const of = (count: number, make: (i: number) => Row) => Array.from({ length: count }, (_, i) => make(i));
const percent = (value: number) => `${Math.round(100 * value)} %`;
const withInterval = (rate: number, n: number) => {
  const [low, high] = wilson(rate * n, n);
  return `${percent(rate)} (${percent(low)} to ${percent(high)})`;
};

it('refuses plans whose report would have gaps, and takes all that are there', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) schema.parse(read(name));
  const raw = read('quick.json');
  expect(() => schema.parse({ ...raw, neurons: { ...raw.neurons, noises: [0.1] } })).toThrow(/must contain 0/);
  expect(() => schema.parse({ ...raw, networks: { ...raw.networks, noise: 0.07 } })).toThrow(/must be one of noises/);
});

describe('single neurons', () => {
  const loads = [0.1, 0.2, 0.3];
  const methods = ['convex', 'FP', 'hinge'];
  const inputs = [100, 50];
  // Of ten neurons (two seeds with five each) learned at each load, by precision and recall, and within the tolerance.
  const learned: Record<string, number[]> = { convex: [10, 5, 0], FP: [4, 2, 0], hinge: [10, 10, 9] };
  const within: Record<string, number[]> = { convex: [10, 5, 0], FP: [10, 10, 1], hinge: [10, 10, 10] };
  /** The lesser of precision and recall under noise: at K = 50 half of that at K = 100. */
  const lesser: Record<string, number> = { convex: 0.88, FP: 0.4, hinge: 0.8 };
  const rowsOf = (method: string, budget: number | null): Row[] =>
    inputs.flatMap((k) =>
      loads.flatMap((load, at) =>
        [0, 0.1].flatMap((noise) =>
          of(10, (i): Row => {
            const learns = method !== 'hinge' || budget === 50;
            const head = { part: 'neurons', method, budget, seed: Math.floor(i / 5), neuron: i % 5, inputs: k, load };
            const work = { macs: (budget ?? 1) * 1000 * (i + 1), solver_macs: 1000 * (i + 1), epochs: i, bytes: 2048 };
            const good = { success: Number(learns && i < learned[method][at]), within: Number(i < within[method][at]) };
            const found = noise === 0 ? 1 : (lesser[method] + (i < 5 ? 0.05 : -0.05)) * (k === 50 ? 0.5 : 1);
            // A neuron without spikes has no jitter, margin or slope.
            const timing =
              i === 0 ? { jitter: null, margin: null, slope: null } : { jitter: 0.1, margin: i, slope: 2 * i };
            return {
              ...head,
              spikes: 15 * load,
              protocol: 'P0',
              noise,
              trials: 1,
              ...good,
              lesser: found,
              ...timing,
              ...work,
            };
          }),
        ),
      ),
    );
  const rows = [...rowsOf('convex', null), ...['FP', 'hinge'].flatMap((m) => [...rowsOf(m, 20), ...rowsOf(m, 50)])];
  const neurons = {
    ...quick.neurons,
    methods,
    inputs,
    loads,
    budgets: [20, 50],
    noises: [0, 0.1],
  } as Config['neurons'];
  const { answer, figures, tables, notes } = conclude({ ...quick, neurons, networks: null }, rows);
  const [single, capacity, paired, cost] = tables;
  const rate = (k: number) => expectedSpikes(0.3 * k, quick.activity) / (0.3 * k);

  it('has a headline of the first size alone, and no load that was not tried', () => {
    expect(answer.replace(/FP 0\.2\d/, 'FP 0.2x')).toBe(
      'Half of the single neurons (K = 100) are learned up to T / K of convex 0.20, FP 0.2x, hinge beyond 0.3. ' +
        'At T / K = 0.2 under threshold noise 0.1 the lesser of precision and recall is convex 0.88, FP 0.40, hinge 0.80.',
    );
  });

  it('has a row for every size, load and method at the largest budget', () => {
    expect(single.rows.length).toBe(18);
    expect(single.columns.length).toBe(single.rows[0].length);
    const row = (k: number, load: number, method: string) =>
      single.rows.find((cells) => cells[0] === k && cells[1] === load && cells[3] === method);
    // Of the neurons 1 to 9 with a value the middle is 5; the mean of the epochs 0 to 9 is 4.5.
    const tail = ['5.00', '10.00'];
    expect(row(100, 0.2, 'convex')).toEqual([
      100,
      0.2,
      '0.030',
      'convex',
      withInterval(0.5, 10),
      '50 %',
      '0.88',
      '0.100',
      ...tail,
      '1',
      '4.5',
    ]);
    expect(row(50, 0.3, 'hinge')).toEqual([
      50,
      0.3,
      '0.090',
      'hinge',
      withInterval(0.9, 10),
      '100 %',
      '0.40',
      '0.100',
      ...tail,
      '50',
      '4.5',
    ]);
    expect(notes.join(' ')).toMatch(/Margin, slope, .* are medians/);
  });

  it('tells capacities where they lie, or on which side of all loads, in spikes at the rate of their size', () => {
    expect(capacity.columns.length).toBe(capacity.rows[0].length);
    const cells = new Map(capacity.rows.map((row) => [`${row[0]} ${row[1]}`, row.slice(2)]));
    for (const k of inputs) {
      const [convex, FP, hinge] = methods.map((method) => cells.get(`${method} ${k}`) as (string | number)[]);
      expect(convex[0]).toBe('0.20');
      expect(Number(convex[1])).toBeGreaterThan(0);
      expect(convex[2]).toMatch(/^0\.1\d$|^below 0\.1$/);
      expect(Number(convex[3])).toBeCloseTo(0.2 * rate(k), 2);
      expect(FP.slice(0, 4)).toEqual(['below 0.1', '–', '–', `below ${(0.1 * rate(k)).toFixed(3)}`]);
      expect(FP[4]).toMatch(/^0\.2\d/);
      expect(hinge).toEqual([
        'beyond 0.3',
        '–',
        '–',
        ...[`beyond ${(0.3 * rate(k)).toFixed(3)}`, 'beyond 0.3'],
        hinge[5],
      ]);
    }
  });

  it('pairs neurons, and sums up the cost of every budget over all loads and sizes', () => {
    // Of 60 neurons convex learns 30, FP 12 of these; hinge 58, all of convex among them.
    expect(paired.rows).toEqual([
      ['FP', 60, 12, 18, 0, 'below 0.001'],
      ['hinge', 60, 30, 0, 28, 'below 0.001'],
    ]);
    expect(cost.title).toMatch(/over all loads and sizes/);
    // The upper one of the two in the middle of 1000 to 10 000 is 6000; 0.75 the mean of 1 and 1/2.
    expect(cost.rows).toEqual([
      ['convex', 'none', '6000', '1', '4.5', '2', '0.66'],
      ['FP', '20 x', '120000', '20', '4.5', '2', '0.30'],
      ['FP', '50 x', '300000', '50', '4.5', '2', '0.30'],
      ['hinge', '20 x', '120000', '20', '4.5', '2', '0.60'],
      ['hinge', '50 x', '300000', '50', '4.5', '2', '0.60'],
    ]);
  });

  it('draws what its captions say', () => {
    const [curves, firm, work, bars] = figures;
    expect(figures.map(({ name }) => name)).toEqual(['learned', 'firm', 'work', 'capacity']);
    expect(curves.caption).toMatch(/neurons as units; .*prior towards one half/);
    const [low, high] = wilson(5, 10);
    expect(pointsOf(curves)).toContainEqual({ name: 'convex', x: 0.2, y: 0.5, success: 5, trials: 10, low, high });
    const deviation = Math.sqrt((10 * 0.05 ** 2) / 9 / 10) * 1.959963984540054;
    expect(pointsOf(firm)).toContainEqual({
      ...{ name: 'hinge', x: 0.1, y: expect.closeTo(0.8, 12) },
      ...{ low: expect.closeTo(0.8 - deviation, 12), high: expect.closeTo(0.8 + deviation, 12) },
    });
    expect(work.caption).toMatch(/^The same at K = 100,.*\(20 times the solver's count, 50 times/);
    expect(pointsOf(work)).toContainEqual(
      expect.objectContaining({ name: 'FP', x: 110_000, y: expect.closeTo(0.4, 12) }),
    );
    expect(bars.caption).toMatch(/K = 100/);
    expect(pointsOf(bars).map(({ method }) => method)).toEqual([undefined, 'convex', 'FP', 'convex', 'FP']);
  });
});

describe('whole networks', () => {
  const methods = ['convex', 'hinge'];
  const plan = quick.networks as NonNullable<Config['networks']>;
  const networks = {
    ...{ ...plan, methods, inputs: 100, channels: 50, loads: [0.1, 0.2], seeds: 3, budgets: [50], noises: [0, 0.1] },
    ...{ noise: 0.1, periods: 5, trials: 2 },
    recall: { prompt: 0.5, prompted: 2, free: 3, trials: 2 },
    perturbed: { jitters: [0.1], deleted: [0.25], periods: 4, trials: 1 },
  };
  /** Replays that succeed, of two, at noise 0.1: of convex in the three networks 2, 1 and 0, of hinge all. */
  const successes = (method: string, seed: number, load: number) => (method === 'hinge' || load === 0.2 ? 2 : 2 - seed);
  const rows = methods.flatMap((method) =>
    networks.loads.flatMap((load) =>
      [0, 1, 2].flatMap((seed): Row[] => {
        const head = { part: 'networks', method, budget: method === 'hinge' ? 50 : null, seed, inputs: 100, load };
        const radius = method === 'hinge' ? [0, 0.2, 0.4][seed] : [null, 0.5, 0.7][seed];
        const weights = { weight_l2: 1 + seed, at_bound: 0.1 * seed, macs: 1e6 * (seed + 1), solver_macs: 1e6 };
        const common = { ...head, radius, ...weights, epochs: 10, bytes: 3 * 1048576 };
        const played = { jitter: seed === 0 ? null : 0.02, van_rossum: 0.3, drift: 0.01 * seed };
        const row = (protocol: string, noise: number, own: Row): Row => ({ ...common, protocol, noise, ...own });
        const success = successes(method, seed, load);
        return [
          row('P0', 0, { trials: 50, success: seed === 0 ? 44 : 50, lesser: 1 }),
          row('P0', 0.1, { trials: 50, success: 40, lesser: 0.9 }),
          row('P1', 0, { trials: 1, success: 1, lesser: 1, ...played }),
          row('P1', 0.1, { trials: 2, success, lesser: 0.3 * success, ...played }),
          row('P2', 0.1, { setting: 'prompted', trials: 2, success: 0, precision: 0.6, recall: 0.5 }),
          row('P2', 0.1, { setting: 'released', trials: 2, success: seed === 1 ? 2 : 0, precision: 0.4, recall: 0.3 }),
          row('P3', 0, { setting: 'jitter 0.1', trials: 1, success: 1, lesser: 0.9 + 0.01 * seed }),
          row('P3', 0, { setting: 'deleted 0.25', trials: 1, success: 1, lesser: 0.7 }),
        ];
      }),
    ),
  );
  const { answer, tables, figures } = conclude({ ...quick, neurons: null, networks }, rows);
  const [replay, recall, back, paired, weights] = tables;

  it('has a headline of the load in the middle', () => {
    expect(answer).toBe(
      'Whole networks (K = 100, T / K = 0.1) replay from memory at noise 0.1 with a lesser of precision and recall, ' +
        'in period 5, of convex 0.30, hinge 0.60.',
    );
  });

  it('takes networks as units, and medians of the radii that exist', () => {
    expect(replay.title).toBe('Replay from memory (P1): the last of 5 free periods');
    expect(replay.columns.length).toBe(replay.rows[0].length);
    const tail = ['0.020', '0.300', '0.010'];
    expect(replay.rows).toEqual([
      [0.1, 'convex', '96 %', '0.7', '1.00', '0.30', withInterval(0.5, 3), ...tail],
      [0.1, 'hinge', '96 %', '0.2', '1.00', '0.60', withInterval(1, 3), ...tail],
      [0.2, 'convex', '96 %', '0.7', '1.00', '0.60', withInterval(1, 3), ...tail],
      [0.2, 'hinge', '96 %', '0.2', '1.00', '0.60', withInterval(1, 3), ...tail],
    ]);
    expect(recall.title).toBe(
      'Recall (P2): 50 % of the channels play for 2 periods, then all are free for 3; noise 0.1',
    );
    expect(recall.rows[0]).toEqual([0.1, 'convex', '0.60', '0.50', '0.40', '0.30', withInterval(1 / 3, 3)]);
    expect(back.columns).toEqual(['T / K', 'method', 'jitter 0.1', 'deleted 0.25']);
    expect(back.rows[3]).toEqual([0.2, 'hinge', '0.91', '0.70']);
    expect(weights.rows[1]).toEqual([0.1, 'hinge', '2.00', '10 %', '2000000', '2', '10', '3']);
  });

  it('pairs networks by whether at least half of their trials succeed', () => {
    expect(paired.title).toMatch(/at least half of their trials/);
    expect(paired.rows).toEqual([['hinge', 6, 5, 0, 1, '1.000']]);
  });

  it('draws no interval of one network, no radius of 0, and networks as units', () => {
    expect(figures.map(({ name }) => name)).toEqual(['replay-noise', 'replay-load', 'radius']);
    const [low, high] = wilson(1.5, 3);
    expect(pointsOf(figures[1])).toContainEqual({ name: 'convex', x: 0.1, y: 0.5, success: 3, trials: 6, low, high });
    expect(figures[1].caption).toMatch(/Bars are 95 % intervals with networks as units/);
    expect(figures[2].caption).toMatch(/the radius is above 0/);
    expect(pointsOf(figures[2])).toContainEqual({ name: 'hinge', x: 0.1, y: 0.4, low: 0.2, high: 0.4 });
    const alone = conclude(
      { ...quick, neurons: null, networks },
      rows.filter(({ seed }) => seed === 1),
    );
    const points = pointsOf(alone.figures[0]).filter(({ name }) => name === 'hinge');
    expect(points).toContainEqual({ name: 'hinge', x: 0.1, y: 0.6 });
    for (const point of points) expect(point).not.toHaveProperty('low');
  });
});
