// One stretch without arrivals of a neuron with dynamics of its own. The mathematics stands in membrane/piece.ts.

import { elementaryDecay, elementaryLn, elementaryPhi } from "./elementary";

/** The neuron: its constants, and the response that was asked for last, E, F, p and q of a step. */
export class M {
  static membrane: f64 = 1;
  static synapse: f64 = 1;
  static delta: f64 = 0;
  static order: i32 = 1;
  static e: f64 = 1;
  static f: f64 = 1;
  static p: f64 = 0;
  static q: f64 = 0;
}

/** Binds the time constants, and which component an arrival raises: I (1) or D (2). */
export function membraneConstants(membrane: f64, synapse: f64, order: i32): void {
  M.membrane = membrane;
  M.synapse = synapse;
  M.delta = 1 / synapse - 1 / membrane;
  M.order = order;
}

/** E, F, p and q of a step; q where something may be in D only. */
export function membraneStep(x: f64): void {
  const e = elementaryDecay(x / M.membrane);
  M.e = e;
  if (M.membrane == M.synapse) {
    M.f = e;
    M.p = x * e;
    M.q = 0.5 * x * x * e;
    return;
  }
  const f = elementaryDecay(x / M.synapse);
  const delta = M.delta;
  const y = delta * x;
  M.f = f;
  if (y > -0.0625 && y < 0.0625) {
    // 1 - y / 2 + y^2 / 6 - ..., and (1 - e^{-y} (1 + y)) / y^2 = 1/2 - y / 3 + y^2 / 8 - ...; remainders below 1e-16.
    M.p =
      x *
      e *
      (1 - (y / 2) * (1 - (y / 3) * (1 - (y / 4) * (1 - (y / 5) * (1 - (y / 6) * (1 - (y / 7) * (1 - y / 8)))))));
    if (M.order == 2) M.q = x * x * e * driven(y);
  } else if (y > -1 && y < 1) {
    const first = elementaryPhi(1, -y);
    M.p = x * e * first;
    if (M.order == 2) M.q = x * x * e * (first - elementaryPhi(2, -y));
  } else {
    M.p = (e - f) / delta;
    M.q = (e - f * (1 + y)) / (delta * delta);
  }
}

@inline
function driven(y: f64): f64 {
  return (
    1.0 / 2.0 -
    y *
      (1.0 / 3.0 -
        y *
          (1.0 / 8.0 -
            y * (1.0 / 30.0 - y * (1.0 / 144.0 - y * (1.0 / 840.0 - y * (1.0 / 5760.0 - y / 45360.0))))))
  );
}

/** Writes E, F, p and q of a step. */
// Named for tests.
export function membraneRespond(x: f64, out: usize): void {
  membraneStep(x);
  store<f64>(out, M.e);
  store<f64>(out, M.f, 8);
  store<f64>(out, M.p, 16);
  store<f64>(out, M.q, 24);
}

/** V after the step that was asked for last. */
@inline
export function through(v: f64, i: f64, d: f64): f64 {
  return v * M.e + i * M.p + (d == 0 ? 0 : d * M.q);
}

/** V at x. */
// Named for tests.
export function membraneLevel(v: f64, i: f64, d: f64, x: f64): f64 {
  membraneStep(x);
  return through(v, i, d);
}

/** V' at x. */
// Named for tests.
export function membraneRise(v: f64, i: f64, d: f64, x: f64): f64 {
  return membraneLevel(i - v / M.membrane, d - i / M.synapse, -d / M.synapse, x);
}

/** Where V' passes `level` between a and b, where it does so once, upwards if `rising`; (v1, i1, d1) is its state at 0. */
export function membraneRoot(v1: f64, i1: f64, d1: f64, level: f64, a: f64, b: f64, rising: bool): f64 {
  let x = (a + b) / 2;
  for (let step = 0; step < 100; step++) {
    membraneStep(x);
    const miss = through(v1, i1, d1) - level;
    if ((miss < 0) == rising) a = x;
    else b = x;
    // Newton's step for V' e^{x / tau_m} - level e^{x / tau_m}: nearly straight where V' itself is not.
    const bend = through(i1 - v1 / M.membrane, d1 - i1 / M.synapse, -d1 / M.synapse) + miss / M.membrane;
    const next = x - miss / bend;
    const inside = next > a && next < b;
    const better = inside ? next : (a + b) / 2;
    if (abs(better - x) <= 4e-16 * x || better == a || better == b) return better;
    x = better;
  }
  return x;
}

/**
 * The points in (0, length) where V is stationary, in order, at `out`; returns how many, at most two. `slope` is V' at the
 * end of the stretch, which matters where something is in D only.
 */
// Named for tests.
export function membraneStationary(v: f64, i: f64, d: f64, length: f64, slope: f64, out: usize): i32 {
  const rise = i - v / M.membrane;
  const j = d - i / M.synapse;
  if (d == 0) {
    const m = -rise / j;
    const u = 1 - M.delta * m;
    // Where the membrane is the slower one, x is at least m: mostly that settles it.
    if (!(m > 0 && u > 0) || (u <= 1 && m >= length)) return 0;
    const x = u == 1 ? m : (m * elementaryLn(u)) / (u - 1);
    if (!(x < length)) return 0;
    store<f64>(out, x);
    return 1;
  }
  const turn = (j * M.synapse) / d;
  let count = 0;
  let a: f64 = 0;
  let before = rise;
  if (turn > 0 && turn < length) {
    const after = membraneRise(v, i, d, turn);
    if ((before < 0) != (after < 0)) {
      store<f64>(out, membraneRoot(rise, j, -d / M.synapse, 0, a, turn, after > 0));
      count = 1;
    }
    a = turn;
    before = after;
  }
  if ((before < 0) != (slope < 0)) {
    store<f64>(out + 8 * count, membraneRoot(rise, j, -d / M.synapse, 0, a, length, slope > 0));
    count++;
  }
  return count;
}
