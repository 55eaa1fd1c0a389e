/** Headlines, captions and cells of experiments against their definitions, on made rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reached } from '../experiments/common/rows.js';
import { experimentNamed } from '../experiments/index.js';
import { overNetworks } from '../experiments/memory/common/networks.js';
import type { Row } from '../src/campaign/index.js';
import { wilson } from '../src/memory/measure/index.js';

const root = new URL('../experiments/memory/', import.meta.url).pathname;
const quick = (name: string) => JSON.parse(readFileSync(join(root, name, 'quick.json'), 'utf8'));
const conclude = (name: string, change: object, rows: readonly Row[]) => {
  const experiment = experimentNamed(name);
  return experiment.conclude(experiment.schema.parse({ ...quick(name), ...change }), rows);
};

describe('a rate over networks', () => {
  const trials = fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 5, maxLength: 5 }), {
    minLength: 1,
    maxLength: 12,
  });

  it('is the mean of the rates, with an interval that more trials of the same networks never narrow', () => {
    fc.assert(
      fc.property(trials, (found) => {
        const rows = found.flatMap((own, network) => own.map((success): Row => ({ network, success })));
        const { rate, low, high, networks } = overNetworks(rows);
        expect(networks).toBe(found.length);
        expect(rate).toBeCloseTo(found.flat().reduce((a, b) => a + b, 0) / found.flat().length, 12);
        expect([low, high]).toEqual(wilson(rate * networks, networks));
        const doubled = overNetworks([...rows, ...rows]);
        expect(doubled.high - doubled.low).toBeCloseTo(high - low, 12);
      }),
    );
  });

  it('counts columns of trials as single rows', () => {
    const rows = [
      { network: 0, success: 2, trials: 4 },
      { network: 1, success: 4, trials: 4 },
    ];
    expect(overNetworks(rows, 'success', 'trials')).toMatchObject({ rate: 0.75, networks: 2, success: 6, trials: 8 });
  });

  it('a limit is reached without a gap', () => {
    const good = new Set([1, 2, 4]);
    expect(reached([1, 2, 3, 4], (x) => good.has(x))).toBe(2);
    expect(reached([3, 4], (x) => good.has(x))).toBeUndefined();
    expect(reached([1, 2], (x) => good.has(x))).toBe(2);
  });
});

describe('recall-capacity', () => {
  const survival = { inputs: 700, period: 35, periods: 100, noises: [0.05, 0.1, 0.15] };
  const row = (network: number, noise: number, survived: number, precision: number): Row => ({
    part: 'survival',
    margin: 1,
    inputs: 700,
    period: 35,
    network,
    stored: 100,
    neurons: 100,
    prompt: 0,
    prompt_time: 0,
    noise,
    trials: 1,
    success: 1,
    precision,
    recall: precision,
    survived,
  });
  // A dip in period 40 of one network, whose precision at the end is 0.913; the noise above it is survived again.
  const rows = [0.05, 0.1, 0.15].flatMap((noise) => [
    row(0, noise, 100, 0.95),
    row(1, noise, noise === 0.1 ? 40 : 100, noise === 0.1 ? 0.913 : 0.95),
  ]);
  const { answer, figures, tables } = conclude('recall-capacity', { margins: [1], survival }, rows);

  it('does not call lost what fell below 0.9 in one period, and names the noise before the first gap', () => {
    expect(answer).toContain('stay at 0.9 or above up to noise 0.05 (silent level 0)');
    const caption = figures.find(({ name }) => name === 'survival')?.caption;
    expect(caption).not.toMatch(/lost/);
    expect(caption).toMatch(/first falls below 0\.9.*may be above again later/);
  });

  it('has cells that are what their columns say', () => {
    const table = tables.find(({ title }) => title.startsWith('Replay'));
    expect(table?.columns[3]).toBe('median periods before the first below 0.9');
    expect(table?.rows).toEqual([
      ['silent level 0', 0.05, '2 of 2', 100, '0.950'],
      ['silent level 0', 0.1, '1 of 2', 70, (0.9315).toFixed(3)],
      ['silent level 0', 0.15, '2 of 2', 100, '0.950'],
    ]);
  });

  it('runs a plan without noise once', () => {
    const config = { ...quick('recall-capacity'), channels: 8, networks: 1, margins: [1], trials: 3 };
    const length = { inputs: 60, periods: [5], prompts: [0.5], promptTime: 1, noises: [0, 0.1] };
    const experiment = experimentNamed('recall-capacity');
    const parsed = experiment.schema.parse({ ...config, length });
    const task = experiment.tasks(parsed).find(({ part }: { part: string }) => part === 'length');
    expect(
      experiment
        .prepare(parsed)(task)
        .map((one: Row) => [one.noise, one.trials]),
    ).toEqual([
      [0, 1],
      [0.1, 3],
    ]);
  });
});

describe('storage-capacity', () => {
  const rowsOf = (solved: (period: number) => number): Row[] =>
    [10, 20, 30].map((period) => ({ curve: 0, period, trials: 20, solved: solved(period), undecided: 0 }));
  const change = { inputs: [100], variations: [] };

  it('names no length that was not tried', () => {
    const { answer, tables, figures } = conclude(
      'storage-capacity',
      change,
      rowsOf((T) => (T === 10 ? 14 : T === 20 ? 9 : 2)),
    );
    expect(answer).not.toMatch(/ 0\.0/);
    expect(answer).toContain('99 % at a length below 10, which is shorter than any that was tried');
    expect(tables[0].rows[0][3]).toBe('below 10');
    expect(Number(tables[0].rows[0][1])).toBeGreaterThan(10);
    expect(figures[0].caption).toMatch(/prior towards one half/);
  });

  it('has no headline where half is not passed within the lengths', () => {
    const { answer, tables } = conclude(
      'storage-capacity',
      change,
      rowsOf((T) => (T === 10 ? 6 : T === 20 ? 3 : 0)),
    );
    expect(answer).toMatch(/^No curve falls/);
    expect(tables[0].rows[0].slice(1, 3)).toEqual(['below 10', '–']);
  });
});

describe('noise-limits', () => {
  it('names an amount between those that were tried, or the side on which it lies', () => {
    const config = quick('noise-limits');
    const kinds = Object.keys(config.worse);
    const rows = kinds.flatMap((kind, k) =>
      config.worse[kind].flatMap((amount: number, i: number) =>
        [0, 1].map((network): Row => {
          // One kind never succeeds, one always does, the others fall.
          const success = k === 0 ? 0 : k === 1 ? 3 : i < 3 ? 3 : 0;
          const counts = { trials: 3, replayed: success, recalled: success };
          return { margin: 1, network, stored: 100, neurons: 100, kind, amount, ...counts };
        }),
      ),
    );
    const { tables, answer, figures } = conclude('noise-limits', {}, rows);
    const limits = tables[0].rows.map((cells) => String(cells[3]));
    expect(limits[0]).toBe(`below ${config.worse.threshold[0]}`);
    expect(limits[1]).toBe(`beyond ${config.worse.weights.at(-1)}`);
    kinds.slice(2).forEach((kind, k) => {
      const amounts = config.worse[kind];
      expect(Number(limits[k + 2])).toBeGreaterThanOrEqual(amounts[2]);
      expect(Number(limits[k + 2])).toBeLessThanOrEqual(amounts[3]);
    });
    expect(answer).toContain(`noise of the thresholds below ${config.worse.threshold[0]}`);
    expect(figures[0].caption).toMatch(/networks as units, trials of a network pooled/);
  });

  it('names the range of single networks, and which template stands more in each', () => {
    const config = { ...quick('noise-limits'), margins: [1, 1.25] };
    // Network i stands amounts up to the i-th; under the second template network 2 stands one less.
    const stands = (margin: number, network: number) => (margin === 1.25 && network === 2 ? 1 : network);
    const rows = Object.keys(config.worse).flatMap((kind) =>
      config.margins.flatMap((margin: number) =>
        config.worse[kind].flatMap((amount: number, i: number) =>
          [0, 1, 2].map((network): Row => {
            const success = i <= stands(margin, network) ? 4 : 0;
            const counts = { trials: 4, replayed: 4, recalled: success };
            return { margin, network, stored: 100, neurons: 100, kind, amount, ...counts };
          }),
        ),
      ),
    );
    const { tables, notes } = conclude('noise-limits', { margins: [1, 1.25] }, rows);
    const [least, most] = String(tables[0].rows[0][4]).split(' to ').map(Number);
    const amounts = config.worse.threshold;
    expect(least).toBeGreaterThanOrEqual(amounts[0]);
    expect(least).toBeLessThanOrEqual(amounts[1]);
    expect(most).toBeGreaterThanOrEqual(amounts[2]);
    expect(tables[1].rows[0].slice(1)).toEqual([1, 0, 2, '1.0']);
    expect(notes?.join(' ')).toContain(
      'least and the largest limit of 3, each by its own trials; between them lies the median over all networks with a confidence of 75 %',
    );
  });
});

describe('associative-recall', () => {
  const rowsOf = (networks: number): Row[] =>
    Array.from({ length: networks }, (_, network) =>
      [1, 1, 0, 1].map((success, trial): Row => {
        const setting = { part: 'released', start: 'silent', prompted: 50, prompt_cycles: 2, noise: 0.1 };
        return { ...setting, network, trial, group: 'all', cycle: 0, precision: 1, recall: 1, success };
      }),
    ).flat();

  it('gives one network no interval and says so; of several, networks are the units', () => {
    const one = conclude('associative-recall', {}, rowsOf(1));
    expect(one.tables[0].rows).toEqual([[50, 2, 0.1, 1, '3 of 4', '–']]);
    expect(one.answer).toContain('3 of 4 trials, of 1 network, which says nothing of others');
    const [low, high] = wilson(6, 8).map((bound) => Math.round(100 * bound));
    const eight = conclude('associative-recall', {}, rowsOf(8));
    expect(eight.tables[0].rows).toEqual([[50, 2, 0.1, 8, '24 of 32', `${low}–${high} %`]]);
  });
});

describe('real-recording', () => {
  it('takes timing of the trials that succeed alone', () => {
    const stretch = quick('real-recording').stretches[0].name;
    const noises = [0, 0.1];
    const rows = noises.flatMap((noise) =>
      [0, 5].flatMap((prompted) =>
        [1, 0].map((success, trial): Row => {
          const told = { precision: success, recall: success, timing_error_ms: success ? 0.2 : null };
          const network = { recorded: 8, hidden: 2, spikes: 30, period_s: 0.1, stored: 10 };
          return { stretch, noise, trial, prompted, success, ...network, ...told };
        }),
      ),
    );
    const stretches = [quick('real-recording').stretches[0]];
    const { tables } = conclude('real-recording', { file: 'x', stretches, noises }, rows);
    for (const cells of tables[0].rows) expect(cells.at(-1)).toBe('0.20 ms');
  });
});

describe('several-memories', () => {
  // Two networks; with one memory all switches succeed, with two 3 of 4 at noise 0.05 and 1 of 4 at 0.1, with three none.
  const successes: Record<number, Record<string, number[]>> = {
    1: { '0.05': [1, 1, 1, 1], '0.1': [1, 1, 1, 1] },
    2: { '0.05': [1, 1, 1, 0], '0.1': [1, 0, 0, 0] },
    3: { '0.05': [0, 0, 0, 0], '0.1': [0, 0, 0, 0] },
  };
  const rowsOf = (part: string) =>
    [1, 2, 3].flatMap((memories) =>
      ['0.05', '0.1'].flatMap((noise) =>
        successes[memories][noise].flatMap((success, i) =>
          [0, 1].flatMap((block) =>
            [0, 1, 2, 3].flatMap((cycle) =>
              Array.from({ length: memories }, (_, against): Row => {
                const prompted = block % memories;
                const precision = against === prompted ? 0.5 + 0.4 * success : 0.1 + 0.01 * against;
                const network = { network: i % 2, stored: memories === 3 ? 99 : 100, neurons: 100, trial: i };
                const played = { block, cycle, prompted, against, precision, recall: precision };
                return { part, inputs: 700, memories, noise: Number(noise), ...network, ...played, success };
              }),
            ),
          ),
        ),
      ),
    );
  const fit = { ...quick('several-memories').fit };
  const change = {
    fit: { ...fit, each: { period: 20, memories: [1, 2, 3] }, total: { period: 60, memories: [1, 2, 3] } },
  };
  const { answer, tables, figures } = conclude('several-memories', change, [...rowsOf('each'), ...rowsOf('total')]);

  it('counts switches after the first prompt alone, in the last free period, against the memory that was prompted', () => {
    const cells = tables[1].rows.map((row) => row.slice(0, -1));
    const interval = (rate: number) =>
      wilson(2 * rate, 2)
        .map((x) => Math.round(100 * x))
        .join('–');
    const of = (rate: number) => [`${4 * rate} of 4`, `${interval(rate)} %`];
    expect(cells.slice(0, 3)).toEqual([
      [1, 20, 20, '200 of 200', ...of(1), ...of(1), '–'],
      [2, 20, 40, '200 of 200', ...of(0.75), ...of(0.25), '0.11'],
      [3, 20, 60, '198 of 200', ...of(0), ...of(0), '0.12'],
    ]);
    expect(cells.slice(3).map((row) => row[1])).toEqual([60, 30, 20]);
    expect(tables[1].columns.length).toBe(tables[1].rows[0].length);
  });

  it('names the most memories that are stored and called up without a gap, and no schedule that was not run', () => {
    expect(answer).toBe(
      'With 700 synapses at noise 0.1 2 memories of T = 20 each are stored in all neurons, and 1 can be called up in 90 % of the trials; ' +
        '2 memories in T = 60 are stored in all neurons, and 1 can be called up in 90 % of the trials.',
    );
    expect(figures.map(({ name }) => name)).not.toContain('schedule');
    expect(figures.find(({ name }) => name === 'fit')?.caption).toMatch(/networks as units/);
  });
});

describe('several-memories by way', () => {
  // Two networks, a trial each: the aim switches all of two memories and half of four, the deep reset all.
  const rows = ['aim', 'deep reset'].flatMap((way) =>
    [2, 4].flatMap((memories) =>
      [0, 1].flatMap((network) =>
        Array.from({ length: memories + 1 }, (_, block): Row => {
          const prompted = block % memories;
          const success = Number(way === 'deep reset' || memories === 2 || network === 0);
          const own = { part: 'ways', way, inputs: 500, memories, period: 50, network, stored: 100, neurons: 100 };
          const played = { noise: 0.1, trial: 0, block, prompted, cycle: 3, against: prompted };
          return { ...own, ...played, precision: 0.5 + 0.4 * success, recall: 0.9, success };
        }),
      ),
    ),
  );
  const { ways } = quick('several-memories');
  const list = ways.list.map((way: Row) => ({ ...way, memories: [2, 4] }));
  const change = { ways: { ...ways, inputs: 500, period: 50, list } };
  const { answer, tables, figures } = conclude('several-memories', change, rows);

  it('counts switches way by way, networks as units, and says how many memories each calls up', () => {
    const interval = (rate: number) =>
      `${wilson(2 * rate, 2)
        .map((x) => Math.round(100 * x))
        .join('–')} %`;
    expect(tables[tables.length - 1].rows).toEqual([
      ['aim', 10, 2, '0.20', '200 of 200', 0.1, '4 of 4', interval(1), '0.900'],
      ['aim', 10, 4, '0.40', '200 of 200', 0.1, '4 of 8', interval(0.5), '0.700'],
      ['deep reset', 10, 2, '0.20', '200 of 200', 0.1, '4 of 4', interval(1), '0.900'],
      ['deep reset', 10, 4, '0.40', '200 of 200', 0.1, '8 of 8', interval(1), '0.900'],
    ]);
    expect(answer).toBe(
      'With 500 synapses at noise 0.1 so many memories of T = 50 each can be called up in 90 % of the trials: aim 2, deep reset 4.',
    );
    expect(figures.map(({ name }) => name)).toEqual(['ways']);
  });
});

describe('temporal-stability', () => {
  const replay = (trial: number, noise: number, precisions: number[], slip: number): Row[] =>
    precisions.map((precision, cycle) => {
      const setting = { part: 'replay', network: 0, objective: 'l2', slope: 2, period: 30, radius: 1e-4, trial, noise };
      const found = { stored: 100, neurons: 100, cycle, precision, recall: precision - 0.1 };
      return { ...setting, ...found, lag: cycle * slip, timing_error: 0.01 * (1 + trial) };
    });
  // Of two replays at noise 0.1 one is lost: it slips fast, and has no part in drift and timing error.
  const rows = [
    ...[0, 1].flatMap((trial) => replay(trial, 0, [1, 1, 1, 1], 0)),
    ...replay(0, 0.1, [0.9, 0.9, 0.9, 0.9], 0.02),
    ...replay(1, 0.1, [0.9, 0.7, 0.4, 0.2], 3),
    ...[1, 1e-3, 3e-4, 6e-5, 1.2e-5].map((spread, cycle): Row => {
      const setting = { part: 'decay', network: 0, objective: 'l2', slope: 2, period: 15, radius: 0.25 };
      return { ...setting, stored: 100, neurons: 100, cycle, spread };
    }),
  ];
  const { answer, tables } = conclude('temporal-stability', { noises: [0, 0.1], periods: 4 }, rows);

  it('takes drift and timing of the runs whose last period is played, precision of all', () => {
    expect(tables[0].rows.map((row) => row.slice(3))).toEqual([
      [0, '1.000', '1.000–1.000', '0.900', '1.000', '0.0000', '0.0150'],
      [0.1, '0.725', '0.200–0.900', '0.625', '0.550', '0.0200', '0.0100'],
    ]);
    expect(answer).toContain('drifts by 0.020 refractory periods per period; it holds up to noise 0,');
  });

  it('measures the decay from the second free period on', () => {
    // Both factors from then on are a fifth.
    expect(tables[1].rows[0].slice(0, 5)).toEqual([15, 0, '2.50e-1', '2.00e-1', '0.80']);
  });
});
