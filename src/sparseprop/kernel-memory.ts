/** What the kernels of SparseProp read: tables of numbers, and the synapses of a network. */
import type { Arena } from '../core/index.js';
import { type Connectivity, hashWords } from './connectivity.js';
import { layouts } from './kernels.generated.js';

/** Writes the numbers of a table at their places. */
export function fill<Name extends string>(
  arena: Arena,
  at: number,
  fields: Readonly<Record<Name, { at: number; type: string }>>,
  values: Readonly<Partial<Record<Name, number>>>,
): void {
  for (const name in values) {
    const { at: offset, type } = fields[name];
    if (type === 'f64') arena.f64(at + offset, 1)[0] = values[name] as number;
    else arena.i32(at + offset, 1)[0] = values[name] as number;
  }
}

/** Puts f64 numbers into an arena. */
export function place(arena: Arena, values: Float64Array): number {
  const at = arena.alloc(8 * Math.max(1, values.length));
  arena.f64(at, values.length).set(values);
  return at;
}

function placeIndices(arena: Arena, values: Uint32Array): number {
  const at = arena.alloc(4 * Math.max(1, values.length));
  arena.u32(at, values.length).set(values);
  return at;
}

/**
 * Puts synapses into an arena.
 * @param own a weight in the units of the kernel
 * @returns the address of a `Synapses`
 */
export function loadSynapses(arena: Arena, connectivity: Connectivity, own: (weight: number) => number): number {
  const { drawn, starts, targets, weights, neurons } = connectivity;
  const at = arena.alloc(layouts.Synapses.bytes);
  const write = (values: Parameters<typeof fill<keyof typeof layouts.Synapses.fields>>[3]) =>
    fill(arena, at, layouts.Synapses.fields, values);
  write({ neurons, starts: 0, weights: 0 });
  if (drawn) {
    const { degree, random, key } = drawn;
    write({
      targets: arena.alloc(4 * (random ? neurons : degree)),
      degree,
      bernoulli: random ? 1 : 0,
      key0: key[0],
      key1: key[1],
      hash: arena.alloc(4 * hashWords(random ? 0 : degree)),
      probability: degree / (neurons - 1),
    });
    return at;
  }
  const placed = {
    starts: placeIndices(arena, starts as Uint32Array),
    targets: placeIndices(arena, targets as Uint32Array),
    weights: weights ? place(arena, weights.map(own)) : 0,
  };
  write(placed);
  return at;
}
