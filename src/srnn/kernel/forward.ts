// One step of the cell for all trials of a group (spec of the symbols: src/srnn/cell.ts):
//
//   s' = d s + (1-d) z,   th = v_th + beta s',   vd = v + (dt/tau_m)(v_leak - v + R i) + noise,   x = vd - th
//   i' = i keep + inputs + sum over the spikes z of M's rows + scale B',   B' = alpha B + noise
//   spike if x > 0 and rho = 0;   v' = v_reset after x > 0, v while rho > 0;   rho' = rho_0 after a spike, else max(rho - 1, 0)
//
// on two vectors of trials per neuron. Spikes are a list: with 4 Hz fewer than one neuron in a hundred sends in a step.
import { Group } from "./layout";
import { srnnNormals } from "./noise";

/** Draws the noise of a step: per neuron one number for the voltage and one for the base current, trial beside trial. */
@inline
function draw<T>(g: Group): void {
  if (sizeof<T>() == 4) {
    srnnNormals(g.random, g.noise, g.neurons, 64, 32);
    srnnNormals(g.random + 64, g.noise + 16, g.neurons, 64, 32);
  } else srnnNormals(g.random, g.noise, g.neurons, 32, 16);
}

/** The noise of the vector that stands `at` bytes behind the first, in the precision of the state; `which` 0 voltage, 1 current. */
@inline
function drawn<T>(noise: usize, at: usize, which: usize): v128 {
  if (sizeof<T>() == 4) return v128.load(noise + 2 * (at & ~31) + (at & 16) + 32 * which);
  return f64x2.promote_low_f32x4(v128.load64_zero(noise + (at & ~31) + ((at & 16) >> 1) + 16 * which));
}

@inline
function splat<T>(at: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(at) : v128.load64_splat(at);
}

/** Adds a row of weights to the currents of one trial. */
@inline
function deliver<T>(row: usize, current: usize, neurons: i32): void {
  for (const end = row + sizeof<T>() * neurons; row < end; row += sizeof<T>(), current += 32) {
    store<T>(current, <T>(load<T>(current) + load<T>(row)));
  }
}

@inline
function step<T>(g: Group, t: i32): void {
  const wide = 32 / sizeof<T>();
  const neurons = g.neurons;
  const size: usize = 32 * <usize>neurons;
  const starts: usize = g.spikeStarts + 4 * t;
  let heard: usize = t > 0 ? load<u32>(starts - 4) : 0;
  let count: usize = t > 0 ? load<u32>(starts) : 0;
  const sent = count;
  if (g.noisy) draw<T>(g);
  const d = v128.splat<T>(<T>g.decay);
  const rest = v128.splat<T>(<T>(1.0 - g.decay));
  const threshold = v128.splat<T>(<T>g.threshold);
  const leak = v128.splat<T>(<T>g.leak);
  const reset = v128.splat<T>(<T>g.reset);
  const membrane = v128.splat<T>(<T>g.membrane);
  const resistance = v128.splat<T>(<T>g.resistance);
  const scale = v128.splat<T>(<T>g.scale);
  const walk = v128.splat<T>(<T>g.walk);
  const walkNoise = v128.splat<T>(<T>g.walkNoise);
  const voltageNoise = v128.splat<T>(<T>g.voltageNoise);
  const refractory = v128.splat<T>(<T>g.refractory);
  const zero = v128.splat<T>(<T>0);
  const one = v128.splat<T>(<T>1);
  const row: usize = <usize>g.tapeStep * <usize>(t + 1);
  for (let at: usize = 0; at < size; at += 16) {
    const own = sizeof<T>() * (at >> 5);
    const v = v128.load(g.v + at);
    const i = v128.load(g.i + at);
    const rho = v128.load(g.rho + at);
    const s = v128.add<T>(v128.mul<T>(d, v128.load(g.s + at)), v128.mul<T>(rest, v128.load(g.z + at)));
    const th = v128.add<T>(threshold, v128.mul<T>(splat<T>(g.adapt + own), s));
    const drive = v128.add<T>(v128.sub<T>(leak, v), v128.mul<T>(resistance, i));
    let vd = v128.add<T>(v, v128.mul<T>(membrane, drive));
    let base = v128.mul<T>(walk, v128.load(g.base + at));
    if (g.noisy) {
      vd = v128.add<T>(vd, v128.mul<T>(voltageNoise, drawn<T>(g.noise, at, 0)));
      base = v128.add<T>(base, v128.mul<T>(walkNoise, drawn<T>(g.noise, at, 1)));
    }
    const x = v128.sub<T>(vd, th);
    const above = v128.gt<T>(x, zero);
    const held = v128.gt<T>(rho, zero);
    const fires = v128.andnot(above, held);
    const counted = v128.max<T>(v128.sub<T>(rho, v128.and(one, held)), zero);
    v128.store(g.s + at, s);
    v128.store(g.base + at, base);
    v128.store(g.v + at, v128.bitselect(v, v128.bitselect(reset, vd, above), held));
    v128.store(g.i + at, v128.add<T>(v128.mul<T>(i, splat<T>(g.keep + own)), v128.mul<T>(scale, base)));
    v128.store(g.rho + at, v128.bitselect(refractory, counted, fires));
    v128.store(g.z + at, v128.and(one, fires));
    v128.store(g.distances + row + at, x);
    v128.store(g.voltages + row + at, vd);
    v128.store(g.counters + row + at, rho);
    if (!v128.any_true(fires)) continue;
    const first = <u32>(at >> 5) * <u32>wide + (at & 16 ? <u32>wide >> 1 : 0);
    let bits = sizeof<T>() == 4 ? i32x4.bitmask(fires) : i64x2.bitmask(fires);
    for (; bits != 0; bits &= bits - 1) store<u32>(g.spikes + 4 * count++, first + <u32>ctz(bits));
  }
  store<u32>(starts + 4, <u32>count);
  for (; heard < sent; heard++) {
    const spike = load<u32>(g.spikes + 4 * heard);
    const from: usize = spike / <u32>wide;
    const trial: usize = spike % <u32>wide;
    deliver<T>(g.weights + sizeof<T>() * neurons * from, g.i + sizeof<T>() * trial, neurons);
  }
  const until: usize = load<u32>(g.arrivalStarts + 4 * (t + 1));
  for (let k: usize = load<u32>(g.arrivalStarts + 4 * t); k < until; k++) {
    const arrival = load<u32>(g.arrivals + 4 * k);
    const channel: usize = arrival / <u32>wide;
    const trial: usize = arrival % <u32>wide;
    deliver<T>(g.inputs + sizeof<T>() * neurons * channel, g.i + sizeof<T>() * trial, neurons);
  }
  readOut<T>(g, t, sent, count);
}

/** v' = v + r (-v + i), i' = k i + fc z'; or, if the readout is early, with the spikes in i first. */
@inline
function readOut<T>(g: Group, t: i32, from: usize, until: usize): void {
  const wide = 32 / sizeof<T>();
  const rate = v128.splat<T>(<T>g.readRate);
  const keep = v128.splat<T>(<T>(g.early ? 1.0 : g.readKeep));
  const after = v128.splat<T>(<T>(g.early ? g.readKeep : 1.0));
  const out: usize = g.outputs + 64 * <usize>t;
  if (!g.early) {
    for (let at: usize = 0; at < 64; at += 16) {
      const v = v128.load(g.readV + at);
      v128.store(g.readV + at, v128.add<T>(v, v128.mul<T>(rate, v128.sub<T>(v128.load(g.readI + at), v))));
    }
  }
  for (let at: usize = 0; at < 64; at += 16) v128.store(g.readI + at, v128.mul<T>(v128.load(g.readI + at), keep));
  for (let k = from; k < until; k++) {
    const spike = load<u32>(g.spikes + 4 * k);
    const neuron = spike / <u32>wide;
    if (neuron >= <u32>g.readers) break;
    const at: usize = g.readI + sizeof<T>() * (spike % <u32>wide);
    const weight: usize = g.read + sizeof<T>() * neuron;
    store<T>(at, <T>(load<T>(at) + load<T>(weight)));
    store<T>(at + 32, <T>(load<T>(at + 32) + load<T>(weight + sizeof<T>() * g.neurons)));
  }
  if (g.early) {
    for (let at: usize = 0; at < 64; at += 16) {
      const v = v128.load(g.readV + at);
      v128.store(g.readV + at, v128.add<T>(v, v128.mul<T>(rate, v128.sub<T>(v128.load(g.readI + at), v))));
      v128.store(g.readI + at, v128.mul<T>(v128.load(g.readI + at), after));
    }
  }
  for (let at: usize = 0; at < 64; at += 16) v128.store(out + at, v128.load(g.readV + at));
}

/** Steps `from` to `until` - 1 in f64, and in f32. */
export function srnnForward(at: usize, from: i32, until: i32): void {
  for (let t = from; t < until; t++) step<f64>(changetype<Group>(at), t);
}

export function srnnForward32(at: usize, from: i32, until: i32): void {
  for (let t = from; t < until; t++) step<f32>(changetype<Group>(at), t);
}
