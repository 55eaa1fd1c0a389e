/**
 * A metric that falls into blocks on variables of their own, P = L L', as the solver asks for one. The x = L'w of a block lie side by side, with
 * a zero behind them where they are odd in number, and a row has zeros in the blocks of which it says nothing: products of rows pass them over.
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
  blocksFactor(table: number, count: number, least: number): number;
  blocksForward(table: number, count: number, work: number, ...yx: [...Four, ...Four]): void;
  blocksBackward(table: number, count: number, x: number, y: number): void;
  /** As `denseGram`. */
  groupsGram(
    ...gram: [...Parameters<NonNullable<Metric['gram']>>, groups: number, count: number, marks: number, order: number]
  ): void;
}

/** Pivot below which a block is not positive definite to the last digits. */
const DEFINITE_PIVOT = 1e-14;

/** Four pointers, of which the last stands for those that are missing: the kernels allow that. */
const four = (pointers: readonly number[]): Four => {
  const at = (i: number) => pointers[Math.min(i, pointers.length - 1)];
  return [at(0), at(1), at(2), at(3)];
};

/** Blocks in an arena, which together name every variable once: each lies behind the numbers of its variables. */
function tabled(arena: Arena, blocks: readonly Block[]) {
  const count = blocks.length;
  let all = 0;
  for (const { variables } of blocks) all += variables.length * (variables.length + 1);
  const table = arena.alloc(16 * count);
  const begin = arena.alloc(8 * all);
  const groups = arena.alloc(4 * (count + 1));
  const tables = arena.u32(table, 4 * count);
  const words = arena.u32(begin, 2 * all);
  const numbers = arena.f64(begin, all);
  const offsets = arena.u32(groups, count + 1);
  let [n, at, largest] = [0, 0, 0];
  offsets[0] = 0;
  blocks.forEach(({ variables, P }, b) => {
    const size = variables.length;
    words.set(variables, 2 * at);
    numbers.set(P, at + size);
    tables[4 * b] = size;
    tables[4 * b + 1] = begin + 8 * at;
    tables[4 * b + 2] = begin + 8 * (at + size);
    offsets[b + 1] = offsets[b] + 8 * (size + (size & 1));
    n += size;
    at += size * (size + 1);
    largest = Math.max(largest, size + (size & 1));
  });
  return { table, groups, count, n, width: offsets[count] / 8, largest };
}

/** The factor of a metric in blocks. Throws `usage` where one is not positive definite. */
export function blockMetric(arena: Arena, blocks: readonly Block[]): Metric {
  const kernel = arena.kernels<Kernel>(kernelModule);
  const { table, groups, count, n, width, largest } = tabled(arena, blocks);
  if (kernel.blocksFactor(table, count, DEFINITE_PIVOT) >= 0) {
    throw new EngramError('usage', 'the metric must be finite and positive definite; add a multiple of the identity');
  }
  const work = arena.alloc(32 * (largest + 1));
  const rows = [0, 1, 2, 3].map(() => arena.alloc(8 * n));
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
  return {
    width,
    forward(pointers, _, write) {
      pointers.forEach((_, i) => write(i, rows[i]));
      kernel.blocksForward(table, count, work, ...four(rows.slice(0, pointers.length)), ...four(pointers));
    },
    backward: (x, w) => kernel.blocksBackward(table, count, x, w),
    gram(at, stride, gram, capacity, slots, fresh, old) {
      if (capacity > room) reserve(capacity);
      kernel.groupsGram(at, stride, gram, capacity, slots, fresh, old, groups, count, marks, order);
    },
  };
}
