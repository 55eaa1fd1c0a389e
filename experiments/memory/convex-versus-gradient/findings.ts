/** What rows say of methods, in numbers: shares with their intervals, capacities, paired differences. */
import type { Row } from '../../../src/campaign/index.js';
import { spread } from '../../../src/core/index.js';
import { wilson } from '../../../src/memory/measure/index.js';
import { fitLogistic, type Logistic } from '../../common/logistic.js';
import { mcnemar } from '../../common/mcnemar.js';

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

/** A share with its interval of Wilson. */
export function shareOf(rows: readonly Row[], column: 'success' | 'within'): Share {
  const [success, trials] = [total(rows, column), total(rows, 'trials')];
  const [low, high] = wilson(success, trials);
  return { y: success / trials, low, high, success, trials };
}

const Z = 1.959963984540054;

/** A mean with its normal interval. */
export function meanOf(rows: readonly Row[], column: string): { y: number; low: number; high: number } {
  const values = numbers(rows, column);
  const n = values.length;
  const y = values.reduce((a, b) => a + b, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - y) * (value - y), 0) / Math.max(1, n - 1);
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
  /** Where the fitted curve passes 1/2 and 0.95, and the half-width of the interval of the first. */
  half?: number;
  error?: number;
  most?: number;
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
  const { half, halfError: error } = fit;
  return { text: half.toFixed(2), half, error, most: Math.max(0, fit.inverse(0.95)), fit };
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
