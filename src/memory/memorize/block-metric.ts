/**
 * A metric that falls into blocks on variables of their own, P = L L', as the solver asks for one. The x = L'w of a block lie side by side. Where
 * most rows are zero in most blocks, a block that is odd has a zero behind it, and products of rows go from block to block that both have.
 */
import type { Metric } from '../../../solvers/index.js';
import { type Arena, EngramError } from '../../core/index.js';
import { kernelModule } from '../kernels.generated.js';

/** A part of a metric on some of the variables, which no other part touches. */
export interface Block {
  /** Numbers of the m variables. */
  readonly variables: Uint32Array;
  /** m x m, row-major, positive definite. */
  readonly P: Float64Array;
}

type Four = [number, number, number, number];

interface Kernel {
  blocksInvert(table: number, count: number): void;
  blocksForward(table: number, count: number, work: number, ...yx: [...Four, ...Four]): void;
  blocksBackward(table: number, count: number, x: number, y: number): void;
  groupsSort(
    ...sorting: [rows: number, stride: number, slots: number, fresh: number, old: number, ...marking: Four]
  ): number;
  groupsFresh(): number;
  groupsGram(
    ...gram: [rows: number, stride: number, gram: number, capacity: number, all: number, ...marking: Four]
  ): void;
}

/** Of the ground. */
interface Ground {
  denseCholesky(a: number, n: number, stride: number, least: number): number;
  denseGram: NonNullable<Metric['gram']>;
}

/** Pivot below which a block is not positive definite to the last digits. */
const DEFINITE_PIVOT = 1e-14;

/** Four pointers, of which the last stands for those that are missing: the kernels allow that. */
const four = (pointers: readonly number[]): Four => {
  const at = (i: number) => pointers[Math.min(i, pointers.length - 1)];
  return [at(0), at(1), at(2), at(3)];
};

/** Blocks in an arena, which together name every variable once: each lies behind the numbers of its variables. */
function tabled(arena: Arena, blocks: readonly Block[], apart: boolean) {
  const count = blocks.length;
  let all = 0;
  for (const { variables } of blocks) all += variables.length * (variables.length + 1);
  const table = arena.alloc(16 * count);
  const begin = arena.alloc(8 * all);
  const tables = arena.u32(table, 4 * count);
  const words = arena.u32(begin, 2 * all);
  const numbers = arena.f64(begin, all);
  const begins = new Uint32Array(count + 1);
  let [n, at, largest, inPlace] = [0, 0, 0, true];
  blocks.forEach(({ variables, P }, b) => {
    const size = variables.length;
    const own = size + (apart ? size & 1 : 0);
    words.set(variables, 2 * at);
    numbers.set(P, at + size);
    tables.set([size, begin + 8 * at, begin + 8 * (at + size), 8 * own], 4 * b);
    begins[b + 1] = begins[b] + 8 * own;
    inPlace &&= variables.every((k) => 8 * k >= begins[b] && 8 * k < begins[b] + 8 * size);
    n += size;
    at += size * (size + 1);
    largest = Math.max(largest, own);
  });
  return { table, n, begins, largest, inPlace: inPlace && 8 * n === begins[count] };
}

/** Products of rows with zeros in whole blocks, which begin at these offsets. */
function productsIn(arena: Arena, begins: Uint32Array, largest: number): NonNullable<Metric['gram']> {
  const kernel = arena.kernels<Kernel>(kernelModule);
  const dense = arena.kernels<Ground>();
  const count = begins.length - 1;
  const groups = arena.alloc(4 * begins.length);
  arena.u32(groups, begins.length).set(begins);
  // How many blocks a row has, and a bit for each.
  const markBytes = 4 * (1 + Math.ceil(count / 32));
  let [room, marks, order] = [0, 0, 0];
  const reserve = (capacity: number) => {
    const before = marks;
    marks = arena.alloc(markBytes * capacity);
    order = arena.alloc(8 * (capacity + 8) + 8 * largest * (capacity + 16));
    const kept = (markBytes * room) / 4;
    arena.u32(marks, kept).set(arena.u32(before, kept));
    room = capacity;
  };
  return (at, stride, gram, capacity, slots, fresh, old) => {
    if (capacity > room) reserve(capacity);
    const thin = kernel.groupsSort(at, stride, slots, fresh, old, groups, count, marks, order);
    const full = kernel.groupsFresh() - thin;
    dense.denseGram(at, stride, gram, capacity, order + 4 * thin, full, fresh + old - thin - full);
    if (thin > 0) kernel.groupsGram(at, stride, gram, capacity, fresh + old, groups, count, marks, order);
  };
}

/**
 * The factor of a metric in blocks. Throws `usage` where one is not positive definite.
 * @param apart whether most rows are zero in most blocks
 */
export function blockMetric(arena: Arena, blocks: readonly Block[], apart: boolean): Metric {
  const kernel = arena.kernels<Kernel>(kernelModule);
  const count = blocks.length;
  const { table, n, begins, largest, inPlace } = tabled(arena, blocks, apart);
  const { denseCholesky } = arena.kernels<Ground>();
  const tables = arena.u32(table, 4 * count);
  if (
    blocks.some(({ variables: { length } }, b) => denseCholesky(tables[4 * b + 2], length, length, DEFINITE_PIVOT) >= 0)
  ) {
    throw new EngramError('usage', 'the metric must be finite and positive definite; add a multiple of the identity');
  }
  kernel.blocksInvert(table, count);
  const work = arena.alloc(32 * (largest + 1));
  const rows = inPlace ? [] : [0, 1, 2, 3].map(() => arena.alloc(8 * n));
  return {
    width: begins[count] / 8,
    forward(pointers, _, write) {
      const from = inPlace ? pointers : rows.slice(0, pointers.length);
      from.forEach((pointer, i) => write(i, pointer));
      kernel.blocksForward(table, count, work, ...four(from), ...four(pointers));
    },
    backward: (x, w) => kernel.blocksBackward(table, count, x, w),
    ...(apart ? { gram: productsIn(arena, begins, largest) } : {}),
  };
}
