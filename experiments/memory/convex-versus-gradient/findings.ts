/** What rows say of methods, in numbers: shares with their intervals, capacities, paired differences. */
import type { Row } from '../../../src/campaign/index.js';
import { spread } from '../../../src/core/index.js';
import { wilson } from '../../../src/memory/measure/index.js';
import { fitLogistic, type Logistic } from '../../common/logistic.js';
import { mcnemar } from '../../common/mcnemar.js';
import { overNetworks } from '../common/networks.js';

export const numbers = (rows: readonly Row[], column: string): number[] =>
  rows.map((row) => row[column]).filter((cell) => typeof cell === 'number');
export const total = (rows: readonly Row[], column: string): number => numbers(rows, column).reduce((a, b) => a + b, 0);
export const mean = (rows: readonly Row[], column: string): number =>
  total(rows, column) / numbers(rows, column).length;

/** The value in the middle, of an even number the upper one. */
export const median = (rows: readonly Row[], column: string): number =>
  spread(numbers(rows, column))?.median ?? Number.NaN;

export interface Share {
  y: number;
  low: number;
  high: number;
  success: number;
  trials: number;
}

/** A share with its interval of Wilson. The units are single neurons, or where networks are told apart by their seeds these. */
export function shareOf(rows: readonly Row[], column: 'success' | 'within', units: 'neurons' | 'networks'): Share {
  const [success, trials] = [total(rows, column), total(rows, 'trials')];
  const [y, n] = units === 'networks' ? overSeeds(rows, column) : [success / trials, trials];
  const [low, high] = wilson(y * n, n);
  return { y, low, high, success, trials };
}

/** The mean of the shares of the networks, and how many these are. */
function overSeeds(rows: readonly Row[], column: 'success' | 'within'): [number, number] {
  const { rate, networks } = overNetworks(
    rows.map((row) => ({ ...row, network: row.seed })),
    column,
    'trials',
  );
  return [rate, networks];
}

const Z = 1.959963984540054;

/** A mean with its normal interval; a single value has none. */
export function meanOf(rows: readonly Row[], column: string): { y: number; low?: number; high?: number } {
  const values = numbers(rows, column);
  const n = values.length;
  const y = values.reduce((a, b) => a + b, 0) / n;
  if (n < 2) return { y };
  const variance = values.reduce((sum, value) => sum + (value - y) * (value - y), 0) / (n - 1);
  const half = Z * Math.sqrt(variance / n);
  return { y, low: Math.max(0, y - half), high: Math.min(1, y + half) };
}

/** The columns by which rows are told apart. */
export type Where = Partial<
  Record<'part' | 'method' | 'budget' | 'inputs' | 'load' | 'protocol' | 'setting' | 'noise', string | number | null>
>;

export const of = (rows: readonly Row[], where: Where): Row[] =>
  rows.filter((row) => Object.entries(where).every(([column, value]) => (row[column] ?? null) === value));

export interface Capacity {
  /** In words, where the data do not bracket it. */
  text: string;
  /** Where the fitted curve passes 1/2, within what was tried, and the half-width of its interval. */
  half?: number;
  error?: number;
  /** Where it passes 0.95, in words. */
  almost?: string;
  fit?: Logistic;
}

/** The load up to which a share of the trials succeeds. */
export function capacityOf(points: readonly { x: number; share: Share }[]): Capacity {
  const sorted = points.toSorted((p, q) => p.x - q.x);
  const [lowest, highest] = [sorted[0], sorted[sorted.length - 1]];
  const fit = fitLogistic(sorted.map(({ x, share: { success, trials } }) => ({ x, success, trials })));
  if (lowest.share.y < 0.5) return { text: `below ${lowest.x}` };
  if (highest.share.y > 0.5) return { text: `beyond ${highest.x}`, ...(fit ? { fit } : {}) };
  if (!fit) return { text: '–' };
  const placed = (load: number) =>
    load < lowest.x ? `below ${lowest.x}` : load > highest.x ? `beyond ${highest.x}` : load.toFixed(2);
  const { half, halfError: error } = fit;
  const inside = half >= lowest.x && half <= highest.x;
  return { text: placed(half), almost: placed(fit.inverse(0.95)), fit, ...(inside ? { half, error } : {}) };
}

export interface Paired {
  /** Things on which only the first, and only the second, succeeded. */
  first: number;
  second: number;
  both: number;
  things: number;
  p: number;
}

/** Two methods on the same things; a thing is told by its size, load, seed and neuron. */
export function pair(first: readonly Row[], second: readonly Row[], column: 'success' | 'within'): Paired {
  const thing = (row: Row) => `${row.inputs} ${row.load} ${row.seed} ${row.neuron ?? ''}`;
  const succeeded = (row: Row) => (row[column] as number) >= (row.trials as number) / 2;
  const others = new Map(second.map((row) => [thing(row), succeeded(row)]));
  const counts = { first: 0, second: 0, both: 0, things: 0 };
  for (const row of first) {
    const other = others.get(thing(row));
    if (other === undefined) continue;
    const own = succeeded(row);
    counts.things++;
    if (own && other) counts.both++;
    else if (own) counts.first++;
    else if (other) counts.second++;
  }
  return { ...counts, p: mcnemar(counts.first, counts.second) };
}
