// The adjoint of a step for all trials of a group, back in time. a_z' ... a_s' have arrived from later steps; with the loss's part in a_z',
//
//   g = a_z' + a_rho' (rho_0 - relu(rho - m)),   r = a_rho' (1 - z') [rho > m],   mu = -r - g zt + a_v' (v - v1)
//   a_v1 = a_v' (1-m),   a_x = (g (1-m) + a_v1 (v_reset - vd)) H'(x),   a_vd = a_v1 (1-zt) + a_x,   b = a_s' - a_x beta
//   a_v = a_v' m + a_vd (1 - dt/tau_m),   a_i = a_vd (dt/tau_m) R + a_i' keep,   a_rho = r + mu H'(rho),   a_s = d b
//   a_z = (1-d) b + M a_i',     dM[pre] += a_i' at each spike of pre one step before,   likewise inputs and readout
//
// with m = [rho > 0], zt = [x > 0], H'(x) = 1 / (1 + alpha |x|)^2. Nearly all of the work is the product M a_i', N x N by N x W.
// A detached counter leaves out mu. The tape has x, vd and rho; v is v_reset after x > 0 or rho > 0 in the step before, else vd of that step.
import { denseGemm, denseGemm32 } from "../../dense/kernel/gemm";
import { Group } from "./layout";

@inline
function splat<T>(at: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(at) : v128.load64_splat(at);
}

@inline
function slope<T>(x: v128, sharpness: v128, one: v128): v128 {
  const root = v128.add<T>(v128.mul<T>(sharpness, v128.abs<T>(x)), one);
  return v128.div<T>(one, v128.mul<T>(root, root));
}

/** Adds one trial of an adjoint to a row of gradients. */
@inline
function gather<T>(row: usize, adjoint: usize, neurons: i32): void {
  for (const end = row + sizeof<T>() * neurons; row < end; row += sizeof<T>(), adjoint += 32) {
    store<T>(row, <T>(load<T>(row) + load<T>(adjoint)));
  }
}

/** What the currents' adjoints say about the weights that fed them, and what goes back through the recurrent ones. */
@inline
function currents<T>(g: Group, t: i32): void {
  const wide = 32 / sizeof<T>();
  const n = g.neurons;
  const row = sizeof<T>() * n;
  if (t > 0) {
    const until: usize = load<u32>(g.spikeStarts + 4 * t);
    for (let k: usize = load<u32>(g.spikeStarts + 4 * (t - 1)); k < until; k++) {
      const spike = load<u32>(g.spikes + 4 * k);
      gather<T>(g.gWeights + row * (spike / <u32>wide), g.ai + sizeof<T>() * (spike % <u32>wide), n);
    }
  }
  const until: usize = load<u32>(g.arrivalStarts + 4 * (t + 1));
  for (let k: usize = load<u32>(g.arrivalStarts + 4 * t); k < until; k++) {
    const arrival = load<u32>(g.arrivals + 4 * k);
    gather<T>(g.gInputs + row * (arrival / <u32>wide), g.ai + sizeof<T>() * (arrival % <u32>wide), n);
  }
  if (sizeof<T>() == 4) denseGemm32(n, 8, n, g.weights, n, 1, g.ai, 8, 1, g.back, 8, false, g.work);
  else denseGemm(n, 4, n, g.weights, n, 1, g.ai, 4, 1, g.back, 4, false, g.work);
}

/** The readout's adjoint: leaves in aReadI that of what its spikes were added to, and gathers the gradient of its weights. */
@inline
function readOut<T>(g: Group, t: i32): void {
  const wide = 32 / sizeof<T>();
  const rate = v128.splat<T>(<T>g.readRate);
  const keep = v128.splat<T>(<T>g.readKeep);
  for (let at: usize = 0; at < 64; at += 16) {
    const av = v128.add<T>(v128.load(g.aReadV + at), v128.load(g.aOutputs + 64 * <usize>t + at));
    v128.store(g.aReadV + at, av);
    if (!g.early) continue;
    v128.store(g.aReadI + at, v128.add<T>(v128.mul<T>(keep, v128.load(g.aReadI + at)), v128.mul<T>(rate, av)));
  }
  const until: usize = load<u32>(g.spikeStarts + 4 * (t + 1));
  for (let k: usize = load<u32>(g.spikeStarts + 4 * t); k < until; k++) {
    const spike = load<u32>(g.spikes + 4 * k);
    const neuron = spike / <u32>wide;
    if (neuron >= <u32>g.readers) break;
    const from: usize = g.aReadI + sizeof<T>() * (spike % <u32>wide);
    const at: usize = g.gRead + sizeof<T>() * neuron;
    const next: usize = at + sizeof<T>() * g.neurons;
    store<T>(at, <T>(load<T>(at) + load<T>(from)));
    store<T>(next, <T>(load<T>(next) + load<T>(from + 32)));
  }
}

/** Carries the readout's adjoints to the step before. */
@inline
function readBack<T>(g: Group): void {
  const rate = v128.splat<T>(<T>g.readRate);
  const keep = v128.splat<T>(<T>g.readKeep);
  const left = v128.splat<T>(<T>(1.0 - g.readRate));
  for (let at: usize = 0; at < 64; at += 16) {
    const av = v128.load(g.aReadV + at);
    if (!g.early) v128.store(g.aReadI + at, v128.add<T>(v128.mul<T>(keep, v128.load(g.aReadI + at)), v128.mul<T>(rate, av)));
    v128.store(g.aReadV + at, v128.mul<T>(left, av));
  }
}

@inline
function step<T>(g: Group, t: i32): void {
  currents<T>(g, t);
  readOut<T>(g, t);
  const size: usize = 32 * <usize>g.neurons;
  const readers: usize = 32 * <usize>g.readers;
  const d = v128.splat<T>(<T>g.decay);
  const rest = v128.splat<T>(<T>(1.0 - g.decay));
  const reset = v128.splat<T>(<T>g.reset);
  const stays = v128.splat<T>(<T>(1.0 - g.membrane));
  const driven = v128.splat<T>(<T>(g.membrane * g.resistance));
  const refractory = v128.splat<T>(<T>g.refractory);
  const sharpness = v128.splat<T>(<T>g.sharpness);
  const zero = v128.splat<T>(<T>0);
  const one = v128.splat<T>(<T>1);
  const through = v128.eq<T>(g.counted ? zero : one, zero);
  const before: usize = <usize>g.tapeStep * <usize>t;
  const row: usize = before + <usize>g.tapeStep;
  const next = sizeof<T>() * g.neurons;
  for (let at: usize = 0; at < size; at += 16) {
    const own = sizeof<T>() * (at >> 5);
    const half = at & 16;
    let az = v128.add<T>(v128.load(g.az + at), v128.load(g.aRates + 32 * <usize>t + half));
    if (at < readers) {
      az = v128.add<T>(az, v128.mul<T>(splat<T>(g.read + own), v128.load(g.aReadI + half)));
      az = v128.add<T>(az, v128.mul<T>(splat<T>(g.read + own + next), v128.load(g.aReadI + 32 + half)));
    }
    const av = v128.load(g.av + at);
    const aRho = v128.load(g.aRho + at);
    const x = v128.load(g.distances + row + at);
    const vd = v128.load(g.voltages + row + at);
    const rho = v128.load(g.counters + row + at);
    const above = v128.gt<T>(x, zero);
    const held = v128.gt<T>(rho, zero);
    const counted = v128.max<T>(v128.sub<T>(rho, v128.and(one, held)), zero);
    const been = v128.or(
      v128.gt<T>(v128.load(g.distances + before + at), zero),
      v128.gt<T>(v128.load(g.counters + before + at), zero),
    );
    const v = v128.bitselect(reset, v128.load(g.voltages + before + at), been);
    const v1 = v128.bitselect(reset, vd, above);
    const w = v128.add<T>(az, v128.mul<T>(aRho, v128.sub<T>(refractory, counted)));
    // rho > m only while the neuron is held, and then it sends nothing.
    const r = v128.and(aRho, v128.gt<T>(counted, zero));
    const mu = v128.sub<T>(v128.sub<T>(v128.mul<T>(av, v128.sub<T>(v, v1)), r), v128.and(w, above));
    const av1 = v128.andnot(av, held);
    const pulled = v128.add<T>(v128.andnot(w, held), v128.mul<T>(av1, v128.sub<T>(reset, vd)));
    const ax = v128.mul<T>(pulled, slope<T>(x, sharpness, one));
    const avd = v128.add<T>(v128.andnot(av1, above), ax);
    const b = v128.sub<T>(v128.load(g.as + at), v128.mul<T>(ax, splat<T>(g.adapt + own)));
    v128.store(g.av + at, v128.add<T>(v128.and(av, held), v128.mul<T>(avd, stays)));
    const kept = v128.mul<T>(v128.load(g.ai + at), splat<T>(g.keep + own));
    v128.store(g.ai + at, v128.add<T>(v128.mul<T>(avd, driven), kept));
    v128.store(g.aRho + at, v128.add<T>(r, v128.and(through, v128.mul<T>(mu, slope<T>(rho, sharpness, one)))));
    v128.store(g.as + at, v128.mul<T>(d, b));
    v128.store(g.az + at, v128.add<T>(v128.mul<T>(rest, b), v128.load(g.back + at)));
  }
  readBack<T>(g);
}

/** Steps `until` - 1 down to `from` in f64, and in f32. */
export function srnnBackward(at: usize, from: i32, until: i32): void {
  for (let t = until - 1; t >= from; t--) step<f64>(changetype<Group>(at), t);
}

export function srnnBackward32(at: usize, from: i32, until: i32): void {
  for (let t = until - 1; t >= from; t--) step<f32>(changetype<Group>(at), t);
}
