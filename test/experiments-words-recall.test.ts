/** Headlines, captions, cells and points of recall-by-design and mnesis against their definitions, on made rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { experimentNamed } from '../experiments/index.js';
import { isDrawn } from '../experiments/memory/mnesis/cue.js';
import type { Row } from '../src/campaign/index.js';
import { discriminability, wilson } from '../src/memory/measure/index.js';
import { pointsOf } from './points.js';

const root = new URL('../experiments/memory/', import.meta.url).pathname;
const quick = (name: string) => JSON.parse(readFileSync(join(root, name, 'quick.json'), 'utf8'));
const conclude = (name: string, change: object, rows: readonly Row[]) => {
  const experiment = experimentNamed(name);
  return experiment.conclude(experiment.schema.parse({ ...quick(name), ...change }), rows);
};
const of = (count: number, make: (i: number) => Row) => Array.from({ length: count }, (_, i) => make(i));

describe('recall-by-design', () => {
  const plain = { objective: 'l2', margin: 1, overdrive: null };
  const designs = [
    { name: 'A', reset: null, ...plain },
    { name: 'reset', reset: -8, ...plain },
    { name: 'B', reset: null, ...plain },
  ];
  const noises = [
    { level: 0.1, unit: 'threshold' },
    { level: 0.03, unit: 'swing' },
  ];
  // Of ten networks, recalled from 10, 20 and 50 % at noise 0.1: the first ones, of A the last ones.
  const recalled: Record<string, Record<number, number[]>> = {
    A: { 100: [0, 9, 8], 200: [0, 8, 9] },
    reset: { 100: [0, 0, 0], 200: [10, 10, 10] },
    B: { 100: [9, 10, 9], 200: [3, 9, 10] },
  };
  /** What D predicts of network n. */
  const expectedOf = (design: string, inputs: number, n: number) => {
    if (design === 'A') return inputs === 100 || n > 6 ? null : 0.26;
    return design === 'B' ? 0.1 + 0.01 * n : null;
  };
  const rows = designs.flatMap(({ name: design }) =>
    [100, 200].flatMap((inputs) =>
      noises.flatMap(({ level, unit }) =>
        [0.5, 0.1, 0.2].flatMap((prompt) =>
          of(10, (network) => {
            const count = recalled[design][inputs][[0.1, 0.2, 0.5].indexOf(prompt)];
            const good = unit === 'threshold' && (design === 'A' ? network >= 10 - count : network < count);
            const swing = { peak: 1.5 + network / 10, silence: -1, d_even: 2 };
            return {
              ...{
                part: 'ablation',
                design,
                inputs,
                bound: 10,
                network,
                step: 0,
                unit,
                noise: level,
                prompt,
                trials: 2,
              },
              ...{
                stored: network === 0 ? 28 : 30,
                neurons: 30,
                norm: 2 + network,
                largest: network === 0 ? 1.5 : 0.5,
              },
              ...(design === 'reset' ? { peak: null, silence: null, d_even: null } : swing),
              // A trial of two does not make a recalled network.
              ...{ expected: expectedOf(design, inputs, network), success: good ? 2 : 1, precision: 1, recall: 1 },
            };
          }),
        ),
      ),
    ),
  );
  const frontier = [0.4, 0.8].flatMap((bound) =>
    noises.flatMap(({ level, unit }) =>
      [0.1, 0.2, 0.5].flatMap((prompt) =>
        of(10, (network): Row => {
          const head = { part: 'frontier', design: 'first step kept', inputs: 300, bound, network, unit, noise: level };
          const kept = bound === 0.8 || network > 0;
          const step = bound === 0.8 ? 1 : kept ? 3 : 5;
          const success = prompt >= (bound === 0.8 ? 0.2 : 0.5) ? 1 : 0;
          return { ...head, step, stored: kept ? 30 : 21, neurons: 30, prompt, trials: 1, success };
        }),
      ),
    ),
  );
  const change = { designs, noises, networks: 10, inputs: [200, 100], prompts: [0.5, 0.1, 0.2], period: 30 };
  const bounds = { frontier: { inputs: 300, bounds: [0.4, 0.8] } };
  const { answer, figures, tables, notes } = conclude('recall-by-design', { ...change, ...bounds }, [
    ...rows,
    ...frontier,
  ]);

  it('names the prompt from which on all larger ones are reliable too', () => {
    expect(answer).toBe(
      'Smallest reliable prompt (noise 0.1 thresholds): A: 50 % at T / K = 0.15, none at T / K = 0.30; ' +
        'reset: 10 % at T / K = 0.15, none at T / K = 0.30; B: 20 % at T / K = 0.15, 10 % at T / K = 0.30.',
    );
    expect(tables[0].columns).toEqual([
      'design',
      'T / K',
      'noise 0.1 thresholds',
      'noise 0.03 of the swing',
      'predicted (median)',
    ]);
    expect(tables[0].rows).toEqual([
      ['A', '0.15', '50 %', 'none', '26 % (7 of 10 networks)'],
      ['A', '0.30', 'none', 'none', '–'],
      ['reset', '0.15', '10 %', 'none', '–'],
      ['reset', '0.30', 'none', 'none', '–'],
      ['B', '0.15', '20 %', 'none', '14 %'],
      ['B', '0.30', '10 %', 'none', '14 %'],
    ]);
    expect(notes.join(' ')).toMatch(/where they are unknown, noise of the swing is in thresholds/);
  });

  it('takes means of weights and potentials over networks, and D at a quarter from D at one half', () => {
    const known = ['298 of 300', '6.5', '0.6', '1.95', '-1.00', '1.15'];
    expect(tables[1].rows).toEqual([
      ['A', '0.15', ...known],
      ['A', '0.30', ...known],
      ['reset', '0.15', ...known.slice(0, 3), '–', '–', '–'],
      ['reset', '0.30', ...known.slice(0, 3), '–', '–', '–'],
      ['B', '0.15', ...known],
      ['B', '0.30', ...known],
    ]);
    const swing = fc.record({
      peak: fc.double({ min: 1, max: 5, noNaN: true }),
      silence: fc.double({ min: -5, max: 0, noNaN: true }),
      spread: fc.double({ min: 0.1, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(swing, { minLength: 1, maxLength: 5 }), (swings) => {
        expect(discriminability(swings, 1 / 4)).toBeCloseTo(discriminability(swings, 1 / 2) / Math.sqrt(3), 9);
      }),
    );
  });

  it('pairs the last design with each other one at the load in the middle', () => {
    expect(tables[2].title).toMatch(/^B beside each other design at K = 200, noise 0.1 thresholds/);
    // Of A networks 2 to 9, of B 0 to 8 are recalled from a fifth.
    expect(tables[2].rows).toEqual([
      ['A', '50 %', 1, 0, '1.0'],
      ['A', '10 %', 3, 0, '0.25'],
      ['A', '20 %', 2, 1, '1.0'],
      ['reset', '50 %', 0, 0, '1.0'],
      ['reset', '10 %', 0, 7, '0.016'],
      ['reset', '20 %', 0, 1, '1.0'],
    ]);
  });

  it('says of a bound what is stored and which steps are given up', () => {
    expect(tables[3].title).toMatch(/the first step of the design that all neurons keep, or the last one/);
    expect(tables[3].rows).toEqual([
      [0.4, '291 of 300', '3.2', '50 %', '50 %'],
      [0.8, '300 of 300', '1.0', '20 %', '20 %'],
    ]);
  });

  it('draws shares of networks with their intervals, and predictions beside what was found', () => {
    const [phases, parts, predicted] = figures;
    expect(phases.caption).toMatch(/^Share of 10 networks that are recalled/);
    expect(pointsOf(phases)).toContainEqual({ x: 0.15, y: 0.2, value: 0.8 });
    expect(pointsOf(phases)).toContainEqual({ x: 0.3, y: 0.1, value: 0.9 });
    expect(parts.caption).toMatch(/at T \/ K = 0\.15/);
    const [low, high] = wilson(3, 10);
    expect(pointsOf(parts)).toContainEqual({ name: 'B', x: 0.1, y: 0.3, low, high });
    // A: networks 1 to 6 of those with a prediction are recalled from one half on, network 0 from none; B: all but the last at K = 100.
    expect(predicted.caption).toMatch(/to 5 % of the channels.*: 25 of 60 networks, every design and load counted/);
  });
});

describe('mnesis', () => {
  const kinds = ['none', 'resampled', 'shortened', 'silenced'];
  const network = { design: 'standard', channels: 64, inputs: 400, rate: 4 };
  /** F1 of four networks with two trials each: those of the first network are lost. */
  const made = (part: string, memories: number, noise: number, lost: (kind: string) => boolean) =>
    kinds.flatMap((corruption) =>
      of(4, (n) => ({ n })).flatMap(({ n }) =>
        of(2, (trial): Row => {
          const good = !(lost(corruption) && n === 0);
          const setting = { part, ...network, memories, network: n as number, corruption, noise, memory: 0, trial };
          const bins = { bin_precision: good ? 1 : 0.5, bin_recall: good ? 0.9 : 0.25, f1: good ? 0.95 : 1 / 3 };
          // What is lost at lag 0 is played later; the second trial of the last network plays nothing.
          const mute = n === 3 && trial === 1 && corruption === 'silenced';
          const lag = mute ? null : good ? 0.5 : 2.5;
          return {
            ...setting,
            stored: n === 0 ? 63 : 64,
            neurons: 64,
            ...bins,
            precision: mute ? 0 : 1,
            recall: 0.9,
            lag,
          };
        }),
      ),
    );
  const task = made('task', 2, 0.05, (kind) => kind === 'resampled');
  const capacity = [
    ...made('capacity', 1, 0.05, () => false),
    ...made('capacity', 2, 0.05, (kind) => kind === 'none'),
    ...made('capacity', 4, 0.05, () => false),
    ...made('capacity', 1, 0.1, () => true),
  ];
  const change = { steps: 500, cue: 41 };
  const { answer, tables, figures, notes } = conclude('mnesis', change, [...task, ...capacity]);
  const interval = (rate: number) =>
    `${wilson(4 * rate, 4)
      .map((end) => Math.round(100 * end))
      .join('–')} %`;

  it('tells mean F1, the trials recalled with networks as units, and lags of those that play', () => {
    expect(tables[0].columns.length).toBe(tables[0].rows[0].length);
    const head = ['standard', 64, 400, 4, 2, '255 of 256'];
    expect(tables[0].rows).toEqual([
      [
        ...head,
        'none',
        0.05,
        '0.950',
        '1.000',
        '1.000 / 0.900',
        '8 of 8',
        interval(1),
        '8 of 8',
        '1.000 / 0.900',
        '0.50',
      ],
      [
        ...[...head, 'resampled', 0.05, (0.25 / 3 + 0.75 * 0.95).toFixed(3), '0.967', '0.875 / 0.738', '6 of 8'],
        ...[interval(0.75), '8 of 8', '1.000 / 0.900', '1.00'],
      ],
      [
        ...[...head, 'shortened', 0.05, '0.950', '0.862', '1.000 / 0.900', '8 of 8'],
        ...[interval(1), '8 of 8', '1.000 / 0.900', '0.50'],
      ],
      [
        ...[...head, 'silenced', 0.05, '0.950', '1.000', '1.000 / 0.900', '8 of 8'],
        ...[interval(1), '7 of 8', '0.875 / 0.900', '0.50 (7 of 8)'],
      ],
    ]);
    expect(notes.join(' ')).toMatch(/with networks as units, trials of a network pooled; one network has none/);
  });

  it('tells capacities by noise, and spikes of the pattern as long as it is', () => {
    const cells = tables[1].rows.map((row) => row.slice(4));
    const all = '8 of 8; 8';
    expect(cells).toEqual(
      [
        [1, (4 * 1 * 0.5) / 400, '255 of 256', 0.05, all, all, all, '8 of 8; 7', interval(1)],
        [2, (4 * 2 * 0.5) / 400, '255 of 256', 0.05, '6 of 8; 8', all, all, '8 of 8; 7', interval(0.75)],
        [4, (4 * 4 * 0.5) / 400, '255 of 256', 0.05, all, all, all, '8 of 8; 7', interval(1)],
        [1, (4 * 1 * 0.5) / 400, '255 of 256', 0.1, '6 of 8; 8', '6 of 8; 8', '6 of 8; 8', '6 of 8; 7', interval(0.75)],
      ].map((row) => row.map((cell, i) => (i === 1 ? (cell as number).toPrecision(2) : cell))),
    );
  });

  it('has a headline up to the first gap, with words for one memory and for none', () => {
    const where = 'at 4 Hz in 64 neurons with 400 synapses (standard, noise';
    expect(answer).toBe(
      'Mean F1 by kind of cue: 2 memories at 4 Hz in 64 neurons with 400 synapses each (standard, noise 0.05): ' +
        'none 0.950, resampled 0.796, shortened 0.950, silenced 0.950. ' +
        `A whole cue recalls in at least 90 % of the trials up to 1 memory ${where} 0.05); not even 1 memory ${where} 0.1).`,
    );
  });

  it('draws shares with networks as units, and the range of the trials', () => {
    const [f1, share] = figures;
    expect(f1.caption).toMatch(/from the lowest trial to the highest/);
    expect(pointsOf(f1)).toContainEqual({
      name: 'standard, noise 0.05',
      x: 2,
      y: expect.closeTo((2 * (1 / 3) + 6 * 0.95) / 8, 12),
      low: 1 / 3,
      high: 0.95,
    });
    expect(share.caption).toMatch(/networks as units/);
    const [low, high] = wilson(3, 4);
    expect(pointsOf(share)).toContainEqual({ name: 'cue none', x: 2, y: 0.75, low, high });
  });

  it('one network has no interval, a network without spikes no lag', () => {
    const rows = made('task', 2, 0.05, () => false)
      .filter((row) => row.network === 1)
      .map((row) => ({ ...row, lag: null }));
    const [table] = conclude('mnesis', change, rows).tables;
    for (const row of table.rows) expect([row[12], row[15]]).toEqual(['–', '–']);
  });

  it('a cue that nothing is drawn of is tried once', () => {
    expect(kinds.map((kind) => isDrawn(kind as 'none', 0))).toEqual([false, true, false, true]);
    expect(kinds.map((kind) => isDrawn(kind as 'none', 0.05))).toEqual([true, true, true, true]);
  });
});
