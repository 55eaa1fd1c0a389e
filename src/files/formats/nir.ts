/**
 * NIR (neuroir.org), version 1: a graph in HDF5, /node/nodes/<name> with a `type` and its numbers, and /node/edges, pairs of names.
 * Read is a wiring: from every group of neurons along Linear, Affine and at most one Delay to a group of neurons,
 *
 *   weight of i on j = sum over the lines k of B[j, k] A[k, i], late by delay[k],
 *
 * A being the product of the matrices before the Delay, B of those behind it. What is anything else on the way (convolutions,
 * scales, thresholds) is refused.
 */
import type { Hdf5 } from '../hdf5.js';
import type { Ask, Format, Spikes, Synapses } from './format.js';
import { readOwn } from './own.js';
import { parseSelection } from './select.js';

const ROOT = '/node';
const NEURONS = /^(LIF|CubaLIF|IF|LI|I|CubaLI)$/;
const MATRICES = /^(Linear|Affine)$/;

export const nir: Format = {
  name: 'NIR',
  is: ({ hdf5 }) => hdf5?.kind(`${ROOT}/nodes`) === 'group',
  spikes: ({ hdf5 }, ask) => spikesBeside(hdf5 as Hdf5, ask),
  synapses: ({ hdf5 }) => wiringIn(hdf5 as Hdf5),
};

/** NIR itself has no spikes; a file of ours has them beside. */
function spikesBeside(file: Hdf5, { select, window, unit }: Ask): Spikes {
  const { spikes, ids, period } = readOwn(file);
  if (!spikes) return file.fail('a file of NIR, of which no spikes are read');
  if (select !== undefined && parseSelection(select)) file.fail('its spikes are not chosen from: leave --select out');
  if (typeof window === 'string') file.fail('names no intervals; give a stretch such as 2s..4s');
  if (unit !== undefined && unit !== 's') file.fail(`its spikes are in s: leave --time-unit out`);
  return {
    ...spikes,
    ids: ids ?? Array.from({ length: spikes.starts.length - 1 }, (_, neuron) => neuron),
    unit: 's',
    sure: true,
    window: window === undefined && period ? [0, period] : undefined,
    notes: ['NIR, with spikes that engram put beside · times in s'],
  };
}

/** A matrix, row after row, and how many columns it has. */
interface Matrix {
  values: Float64Array;
  columns: number;
}

function wiringIn(file: Hdf5): Synapses {
  const names = file.keys(`${ROOT}/nodes`);
  const typeOf = (name: string) => file.column(`${ROOT}/nodes/${name}/type`).words()[0] ?? '';
  const types = new Map(names.map((name) => [name, typeOf(name)]));
  const pairs = file.column(`${ROOT}/edges`).words();
  const next = (name: string) => pairs.filter((_, i) => i % 2 === 1 && pairs[i - 1] === name);
  const kept = readOwn(file);
  const groups = names.filter((name) => NEURONS.test(types.get(name) ?? ''));
  if (groups.length === 0) file.fail('a NIR graph without neurons');
  const called = (group: string, i: number) => (groups.length > 1 ? `${group}/${i}` : i);
  const [sources, targets]: (number | string)[][] = [[], []];
  const [delays, weights]: number[][] = [[], []];
  const follow = (
    from: string,
    at: string,
    before: Matrix | undefined,
    delay: Float64Array | undefined,
    after: Matrix | undefined,
    depth: number,
  ): void => {
    const type = types.get(at) ?? file.fail(`its edges name a node "${at.slice(0, 40)}" that is not there`);
    if (type === 'Output' || type === 'Input') return;
    if (depth > names.length) file.fail(`${at} lies on a circle without neurons`);
    const path = `${ROOT}/nodes/${at}`;
    if (NEURONS.test(type)) {
      const found =
        joined(before, delay, after, kept.targets) ??
        file.fail(`${from} and ${at} are connected without a matrix of weights`);
      for (const [i, j, late, weight] of found) {
        sources.push(called(from, i));
        targets.push(called(at, j));
        delays.push(late);
        weights.push(weight);
      }
      return;
    }
    if (type === 'Delay' && delay) file.fail(`${at} is a second delay on one way`);
    if (type !== 'Delay' && !MATRICES.test(type))
      file.fail(`${at} is a ${type}, which is no wiring: Linear, Affine and Delay are read`);
    const own = type === 'Delay' ? undefined : matrixAt(file, `${path}/weight`);
    const late = own ? delay : file.column(`${path}/delay`).numbers();
    const product = own && times(own, delay ? after : before, file);
    for (const further of next(at))
      follow(from, further, product && !delay ? product : before, late, product && delay ? product : after, depth + 1);
  };
  for (const group of groups) for (const first of next(group)) follow(group, first, undefined, undefined, undefined, 0);
  const kinds = [...new Set(groups.map((name) => types.get(name)))].join(', ');
  return {
    sources,
    targets,
    delays: Float64Array.from(delays),
    weights: Float64Array.from(weights),
    ids: groups.length === 1 ? kept.ids : undefined,
    own: kept,
    notes: [
      `NIR, ${kinds} ${groups.join(', ')} · delays in s (as NIR has them)${groups.length > 1 ? ' · group and number together are the neuron' : ''}`,
      `of the neurons nothing is taken over: --neuron says what they are${kept.dead === undefined ? '' : `, --dead-time ${Number((kept.dead * 1e3).toPrecision(12))}ms how long they are dead after a spike`}`,
    ],
  };
}

function matrixAt(file: Hdf5, path: string): Matrix {
  const column = file.column(path);
  const [rows, columns] = column.shape;
  if (column.shape.length !== 2) file.fail(`${path} has ${column.shape.length} dimensions; matrices of weights have 2`);
  return { values: column.numbers(0, rows), columns };
}

/** One matrix behind another; zeros, of which these matrices mostly consist, cost nothing. */
function times(a: Matrix, b: Matrix | undefined, file: Hdf5): Matrix {
  if (!b) return a;
  const rows = a.values.length / a.columns;
  if (a.columns !== b.values.length / b.columns)
    file.fail(`a matrix of ${a.columns} columns stands behind one of ${b.values.length / b.columns} rows`);
  const values = new Float64Array(rows * b.columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = a.values[i * a.columns + k];
      if (factor === 0) continue;
      for (let j = 0; j < b.columns; j++) values[i * b.columns + j] += factor * b.values[k * b.columns + j];
    }
  }
  return { values, columns: b.columns };
}

type Synapse = [source: number, target: number, delay: number, weight: number];

/**
 * The synapses of one way, if there is a matrix on it; a way without a delay is not late. `targets` of the lines, where they are
 * known, tell a synapse of weight 0 from none.
 */
function joined(
  before: Matrix | undefined,
  delay: Float64Array | undefined,
  after: Matrix | undefined,
  targets: Uint32Array | undefined,
): Synapse[] | undefined {
  if (!before && !after) return undefined;
  const entries = ({ values, columns }: Matrix, isSynapse = (_i: number, _j: number) => false) =>
    Array.from(values.entries()).flatMap(([at, value]) => {
      const [i, j] = [at % columns, Math.floor(at / columns)];
      return value === 0 && !isSynapse(i, j) ? [] : [[i, j, value] as const];
    });
  if (!delay || !after) return entries(before as Matrix).map(([i, j, weight]) => [i, j, delay?.[j] ?? 0, weight]);
  if (!before) return entries(after).map(([i, j, weight]) => [i, j, delay[i], weight]);
  const sourcesOf = new Map<number, (readonly [number, number])[]>();
  for (const [i, k, value] of entries(before)) sourcesOf.set(k, [...(sourcesOf.get(k) ?? []), [i, value]]);
  return entries(after, (k, j) => targets?.[k] === j).flatMap(([k, j, weight]) =>
    (sourcesOf.get(k) ?? []).map(([i, value]): Synapse => [i, j, delay[k], weight * value]),
  );
}
