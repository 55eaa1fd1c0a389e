/** What rounding leaves of a spectral radius: against the same map in numbers of 600 bits. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import { type JitterMap, jitterMap, stabilityOf } from '../src/memory/measure/index.js';
import { memorize } from '../src/memory/memorize/index.js';
import type { NeuronModel } from '../src/memory/network/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';
import { smallProblem } from './helpers.js';

const BITS = 600n;
const ONE = 1n << BITS;
/** A double, exactly. */
function fixed(value: number): bigint {
  let [mantissa, exponent] = [value, 0];
  for (; !Number.isInteger(mantissa); exponent++) mantissa *= 2;
  return (BigInt(mantissa) << BITS) >> BigInt(exponent);
}

/** The spectral radius of a period on the differences of shifts; every row is made to sum to 1. */
function exactRadius({ size, state, starts, columns, values }: JitterMap): number {
  const shifts: bigint[][] = [];
  const unit = (n: number) => Array.from({ length: state }, (_, j) => (j === n - (size - state) ? ONE : 0n));
  for (let m = 0; m < size; m++) {
    const [first, last] = [starts[m], starts[m + 1]];
    const row = Array.from({ length: last - first }, (_, i) => fixed(values[first + i]));
    row[row.length - 1] = ONE - row.slice(0, -1).reduce((sum, value) => sum + value, 0n);
    const sum = new Array<bigint>(state).fill(0n);
    row.forEach((value, i) => {
      const column = columns[first + i];
      const cause = column < size ? unit(column) : shifts[column - size];
      for (let j = 0; j < state; j++) sum[j] += (value * cause[j]) >> BITS;
    });
    shifts.push(sum);
  }
  const rows = shifts.slice(size - state);
  // Shifts that differ by a common one are the same; the last one of a period is none.
  const last = rows[state - 1];
  const map = rows.slice(0, -1).map((row) => row.slice(0, -1).map((value, j) => value - last[j]));
  const absolute = (value: bigint) => (value < 0n ? -value : value);
  const largest = map.flat().reduce((most, value) => (absolute(value) > most ? absolute(value) : most), 1n);
  const relative = map.map((row) => row.map((value) => Number((value << 64n) / largest) / 2 ** 64));
  const { realEigenvalues: re, imaginaryEigenvalues: im } = new EigenvalueDecomposition(new Matrix(relative));
  return (Number(largest) / 2 ** Number(BITS)) * Math.max(...re.map((x, i) => Math.hypot(x, im[i])));
}

/** The map of `turns` periods taken for one, whose eigenvalues are those of one to that power. */
function unrolled(map: JitterMap, turns: number): JitterMap {
  const { size, times, slopes, starts, columns, values } = map;
  const whole = turns * size;
  const each = <Value>(of: (turn: number) => Iterable<Value>) =>
    Array.from({ length: turns }, (_, turn) => [...of(turn)]).flat();
  const placed = (column: number, turn: number) => {
    if (column >= size) return whole + turn * size + column - size;
    return turn === 0 ? whole - size + column : whole + (turn - 1) * size + column;
  };
  const period = times[size - 1] + 1e-3;
  return {
    ...map,
    size: whole,
    times: Float64Array.from(each((turn) => times.map((time) => time + turn * period))),
    slopes: Float64Array.from(each(() => slopes)),
    starts: Float64Array.from([0, ...each((turn) => starts.subarray(1).map((end) => end + turn * starts[size]))]),
    columns: Uint32Array.from(each((turn) => columns.map((column) => placed(column, turn)))),
    values: Float64Array.from(each(() => values)),
  };
}

const reset = (value: number): NeuronModel => ({ model: 'reset', reset: value, beta: 1 });

it.each<[string, NeuronModel, number, number]>([
  ['continue', { model: 'continuation' }, 45, 700],
  ['reset to -1', reset(-1), 60, 500],
  ['reset to -8', reset(-8), 60, 400],
  ['leak', { model: 'lif', current: 'exp', membrane: 2, synapse: 0.4, refractory: 0.4, reset: 0 }, 40, 300],
])(
  'the radius of neurons that %s is right to nine digits however small, and called rounding where it is that',
  async (_, model, period, inputs) => {
    const problem = {
      ...smallProblem(10, period, inputs, 5),
      model,
      template: defaultTemplate,
      objective: 'l2' as const,
    };
    const memory = await memorize(problem, serialMap);
    expect(memory.neurons.every(({ status }) => status === 'solved')).toBe(true);
    const map = jitterMap(problem.score, memory.network, model);
    const once = exactRadius(map);
    for (const turns of [1, 2, 5, 12]) {
      const { status, radius, exponent } = stabilityOf(unrolled(map, turns));
      const right = turns * Math.log(once);
      expect([turns, status]).toEqual([turns, 'converged']);
      expect(Math.abs(radius / Math.exp(right) - 1)).toBeLessThan(1e-9);
      expect(exponent).toBeCloseTo(right, 8);
    }
    // Squeezed into less than the time after which common shifts are taken out, their rounding hides what is left.
    const squeezed = unrolled(map, 8);
    const { status, radius, spectrum } = stabilityOf({ ...squeezed, times: squeezed.times.map((time) => time / 1e4) });
    expect([status, spectrum]).toEqual(['rounding', []]);
    expect(radius).toBeLessThan(1e-9);
  },
);
