// The quadratic form of the potential's energy. The mathematics stands in default/energy.ts.
//
// Time is cut into windows, and within one the potential of a synapse's earlier arrivals is (a + b t) e^{-t}, t since the window began:
// a and b change at its own arrivals alone, so that of all others only e^{-t} and t e^{-t} matter.
//
// Arrivals, 24 bytes each: e^{-t} f64 | t e^{-t} f64 | synapse u32. Windows, 24 bytes each: time since the one before began, or
// the period, f64 | e to the minus of that f64 | arrivals up to its end u32.

/**
 * Writes Q, n x n, given what the arrivals of a synapse have left of all earlier periods where one begins (a, b: 16 bytes a synapse), and how many arrivals each synapse has (f64). `left` has room for n rounded up to a multiple of 8; `column` takes
 * 64 bytes a synapse.
 */
export function energyMatrix(
  n: i32,
  windows: usize,
  count: i32,
  arrivals: usize,
  left: usize,
  own: usize,
  unit: f64,
  column: usize,
  out: usize,
): void {
  const width: usize = 8 * <usize>n;
  for (let k = 0; k < n; k += 8) {
    memory.fill(column, 0, 64 * n);
    eightRows(k, windows, count, arrivals, left + 16 * k, column);
    const end = min(k + 8, n);
    // In tiles of 8 x 8, of which all lines stay in the first cache.
    for (let tile = 0; tile < k; tile += 8) {
      for (let i = k; i < end; i++) {
        let from = column + 64 * tile + 8 * (i - k);
        let across = out + width * i + 8 * tile;
        let down = out + width * tile + 8 * i;
        for (let j = 0; j < 8; j++) {
          const value = unit * (load<f64>(across) + load<f64>(from));
          store<f64>(across, value);
          store<f64>(down, value);
          from += 64;
          across += 8;
          down += width;
        }
      }
    }
    for (let i = k; i < end; i++) {
      const row = out + width * i;
      for (let j = k; j < i; j++) {
        const value = unit * (load<f64>(column + 64 * i + 8 * (j - k)) + load<f64>(column + 64 * j + 8 * (i - k)));
        store<f64>(row + 8 * j, value);
        store<f64>(out + width * j + 8 * i, value);
      }
      const twice = 2 * load<f64>(column + 64 * i + 8 * (i - k));
      store<f64>(row + 8 * i, unit * (twice - load<f64>(own + 8 * i)));
    }
    for (let i = end; i < n; i++) memory.copy(out + width * i + 8 * k, column + 64 * i, 64);
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

/** The sweep of eight synapses from number k on at once: adds to each synapse's entry of `column` what they make at its arrivals. */
function eightRows(k: i32, windows: usize, count: i32, arrivals: usize, left: usize, column: usize): void {
  let a0 = f64x2(load<f64>(left), load<f64>(left, 16));
  let a1 = f64x2(load<f64>(left, 32), load<f64>(left, 48));
  let a2 = f64x2(load<f64>(left, 64), load<f64>(left, 80));
  let a3 = f64x2(load<f64>(left, 96), load<f64>(left, 112));
  let b0 = f64x2(load<f64>(left, 8), load<f64>(left, 24));
  let b1 = f64x2(load<f64>(left, 40), load<f64>(left, 56));
  let b2 = f64x2(load<f64>(left, 72), load<f64>(left, 88));
  let b3 = f64x2(load<f64>(left, 104), load<f64>(left, 120));
  let at = arrivals;
  for (const last = windows + 24 * <usize>count; windows < last; windows += 24) {
    const gap = v128.load64_splat(windows);
    const shrink = v128.load64_splat(windows, 8);
    a0 = f64x2.mul(f64x2.add(a0, f64x2.mul(b0, gap)), shrink);
    a1 = f64x2.mul(f64x2.add(a1, f64x2.mul(b1, gap)), shrink);
    a2 = f64x2.mul(f64x2.add(a2, f64x2.mul(b2, gap)), shrink);
    a3 = f64x2.mul(f64x2.add(a3, f64x2.mul(b3, gap)), shrink);
    b0 = f64x2.mul(b0, shrink);
    b1 = f64x2.mul(b1, shrink);
    b2 = f64x2.mul(b2, shrink);
    b3 = f64x2.mul(b3, shrink);
    for (const end = arrivals + 24 * <usize>load<u32>(windows, 16); at < end; at += 24) {
      const e = v128.load64_splat(at);
      const te = v128.load64_splat(at, 8);
      const synapse = load<i32>(at, 16);
      if (<u32>(synapse - k) < 8) {
        // What this arrival itself leaves, (1 + x) e^{-x}, x after it.
        const rise = f64x2.div(f64x2.splat(1), e);
        const level = f64x2.mul(f64x2.sub(e, te), f64x2.mul(rise, rise));
        a0 = f64x2.add(a0, f64x2.mul(level, oneAt(synapse, k)));
        a1 = f64x2.add(a1, f64x2.mul(level, oneAt(synapse, k + 2)));
        a2 = f64x2.add(a2, f64x2.mul(level, oneAt(synapse, k + 4)));
        a3 = f64x2.add(a3, f64x2.mul(level, oneAt(synapse, k + 6)));
        b0 = f64x2.add(b0, f64x2.mul(rise, oneAt(synapse, k)));
        b1 = f64x2.add(b1, f64x2.mul(rise, oneAt(synapse, k + 2)));
        b2 = f64x2.add(b2, f64x2.mul(rise, oneAt(synapse, k + 4)));
        b3 = f64x2.add(b3, f64x2.mul(rise, oneAt(synapse, k + 6)));
      }
      const to = column + 64 * <usize>synapse;
      add(to, f64x2.add(f64x2.mul(a0, e), f64x2.mul(b0, te)));
      add(to + 16, f64x2.add(f64x2.mul(a1, e), f64x2.mul(b1, te)));
      add(to + 32, f64x2.add(f64x2.mul(a2, e), f64x2.mul(b2, te)));
      add(to + 48, f64x2.add(f64x2.mul(a3, e), f64x2.mul(b3, te)));
    }
  }
}
