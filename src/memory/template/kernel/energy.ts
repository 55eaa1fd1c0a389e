// The quadratic form of the potential's energy. The mathematics stands in default/energy.ts.

/**
 * Writes Q, n x n, given what the arrivals (time since the one before, e to the minus of that, synapse, 24 bytes each: f64, f64, u32)
 * of a synapse have left, of all periods, just after the last arrival of one (level, drive: 16 bytes a synapse), and how many
 * arrivals each synapse has (f64). Room for n rows of `stride` doubles, n rounded up to a multiple of 8, is at `table`; so many
 * synapses are at `left`.
 */
export function energyMatrix(
  n: i32,
  stride: i32,
  count: i32,
  arrivals: usize,
  left: usize,
  own: usize,
  unit: f64,
  table: usize,
  out: usize,
): void {
  memory.fill(table, 0, 8 * <usize>n * stride);
  for (let k = 0; k < n; k += 8) eightRows(k, stride, count, arrivals, left + 16 * k, table + 8 * k);
  // In tiles of 8 x 8, of which all lines stay in the first cache.
  for (let tile = 0; tile < n; tile += 8) {
    for (let other = 0; other <= tile; other += 8) {
      for (let k = tile; k < min(tile + 8, n); k++) {
        for (let j = other; j < min(other + 8, k); j++) {
          const mirrored = load<f64>(table + 8 * (<usize>j * stride + k));
          const value = unit * (mirrored + load<f64>(table + 8 * (<usize>k * stride + j)));
          store<f64>(out + 8 * (<usize>k * n + j), value);
          store<f64>(out + 8 * (<usize>j * n + k), value);
        }
      }
    }
  }
  for (let k = 0; k < n; k++) {
    const twice = 2 * load<f64>(table + 8 * (<usize>k * stride + k));
    store<f64>(out + 8 * (<usize>k * n + k), unit * (twice - load<f64>(own + 8 * k)));
  }
}

/** 1 at the lane of a synapse: of two, the first of which has number `first`. */
@inline
function oneAt(synapse: i32, first: i32): v128 {
  return f64x2(synapse == first ? 1 : 0, synapse == first + 1 ? 1 : 0);
}

@inline
function add(at: usize, value: v128): void {
  v128.store(at, f64x2.add(v128.load(at), value));
}

/** The sweep of eight synapses from number k on at once; F is written with its columns as rows. */
function eightRows(k: i32, stride: i32, count: i32, arrivals: usize, left: usize, column: usize): void {
  let a0 = f64x2(load<f64>(left), load<f64>(left, 16));
  let a1 = f64x2(load<f64>(left, 32), load<f64>(left, 48));
  let a2 = f64x2(load<f64>(left, 64), load<f64>(left, 80));
  let a3 = f64x2(load<f64>(left, 96), load<f64>(left, 112));
  let b0 = f64x2(load<f64>(left, 8), load<f64>(left, 24));
  let b1 = f64x2(load<f64>(left, 40), load<f64>(left, 56));
  let b2 = f64x2(load<f64>(left, 72), load<f64>(left, 88));
  let b3 = f64x2(load<f64>(left, 104), load<f64>(left, 120));
  for (const end = arrivals + 24 * <usize>count; arrivals < end; arrivals += 24) {
    const gap = v128.load64_splat(arrivals);
    const shrink = v128.load64_splat(arrivals, 8);
    const synapse = load<i32>(arrivals, 16);
    a0 = f64x2.mul(f64x2.add(a0, f64x2.mul(b0, gap)), shrink);
    a1 = f64x2.mul(f64x2.add(a1, f64x2.mul(b1, gap)), shrink);
    a2 = f64x2.mul(f64x2.add(a2, f64x2.mul(b2, gap)), shrink);
    a3 = f64x2.mul(f64x2.add(a3, f64x2.mul(b3, gap)), shrink);
    b0 = f64x2.mul(b0, shrink);
    b1 = f64x2.mul(b1, shrink);
    b2 = f64x2.mul(b2, shrink);
    b3 = f64x2.mul(b3, shrink);
    if (<u32>(synapse - k) < 8) {
      a0 = f64x2.add(a0, oneAt(synapse, k));
      a1 = f64x2.add(a1, oneAt(synapse, k + 2));
      a2 = f64x2.add(a2, oneAt(synapse, k + 4));
      a3 = f64x2.add(a3, oneAt(synapse, k + 6));
      b0 = f64x2.add(b0, oneAt(synapse, k));
      b1 = f64x2.add(b1, oneAt(synapse, k + 2));
      b2 = f64x2.add(b2, oneAt(synapse, k + 4));
      b3 = f64x2.add(b3, oneAt(synapse, k + 6));
    }
    const at = column + 8 * <usize>synapse * stride;
    add(at, a0);
    add(at + 16, a1);
    add(at + 32, a2);
    add(at + 48, a3);
  }
}
