// A network of leaky or quadratic integrate-and-fire units in steps of dt; the mathematics stands in spiking.ts one folder up.
import { Trial } from "./layout";
import { spikernnNormals } from "./normal";

// @ts-ignore: decorator
@inline
function at(base: u32, pair: usize): usize {
  return <usize>base + 16 * pair;
}

/** Of a pair of units one or both have fired: they are noted and reset. */
function note(t: Trial, step: i32, unit: i32, fired: i32): void {
  for (let lane = 0; lane < 2; lane++, unit++, fired >>= 1) {
    // An odd network has a unit that is none.
    if (!(fired & 1) || unit >= t.units) continue;
    store<u32>(<usize>t.spikeSteps + 4 * <usize>t.spikes, step);
    store<u32>(<usize>t.spikeUnits + 4 * <usize>t.spikes, unit);
    t.spikes++;
    store<f64>(<usize>t.v + 8 * <usize>unit, t.reset);
    store<f64>(<usize>t.last + 8 * <usize>unit, <f64>step);
  }
}

/** The column of weights of a unit that has fired goes out; what its spike adds to the output of the same step. */
function deliver(t: Trial, unit: u32): f64 {
  const begin = load<u32>(<usize>t.starts + 4 * <usize>unit);
  const end = load<u32>(<usize>t.starts + 4 * <usize>(unit + 1));
  const into = t.double ? <usize>t.rising : <usize>t.current;
  for (let e = begin; e < end; e++) {
    const target: usize = 8 * <usize>load<u32>(<usize>t.targets + 4 * <usize>e);
    const add = load<f64>(<usize>t.weights + 8 * <usize>e) * load<f64>(<usize>t.arrival + target);
    store<f64>(into + target, load<f64>(into + target) + add);
  }
  const own = (t.double ? <usize>t.risingRate : <usize>t.rate) + 8 * <usize>unit;
  const added = load<f64>(<usize>t.own + 8 * <usize>unit);
  store<f64>(own, load<f64>(own) + added);
  // With the single filter a spike is seen at once.
  return t.double ? 0 : added * load<f64>(<usize>t.readout + 8 * <usize>unit);
}

/**
 * Runs steps `from` to `to`, both included, with the input as it stands, and returns the step that comes next: an earlier one where the
 * room for spikes is nearly full.
 */
export function spikernnTrial(pointer: usize, from: i32, to: i32): i32 {
  const t = changetype<Trial>(pointer);
  const pairs = <usize>((t.units + 1) >> 1);
  const groups = (t.units + 15) >> 4;
  const gain = f64x2.splat(t.gain);
  const dt = f64x2.splat(t.step);
  const rise = f64x2.splat(t.rise);
  const sigma = f64x2.splat(t.noise);
  const threshold = f64x2.splat(t.threshold);
  const quadratic = t.quadratic != 0;
  const noisy = t.noise > 0;
  for (let step = from; step <= to; step++) {
    if (t.spikes + t.units > t.capacity) return step;
    if (noisy) spikernnNormals(t.normals, groups, t.key0, t.key1, t.index, step * groups);
    const stimulus = f64x2.splat(load<f64>(<usize>t.stimuli + 8 * <usize>step));
    // Units that have been silent for long enough.
    const due = f64x2.splat(<f64>(step - t.silent));
    let read = f64x2.splat(0);
    const first = t.spikes;
    for (let p: usize = 0; p < pairs; p++) {
      let v = v128.load(at(t.v, p));
      const current = v128.load(at(t.current, p));
      const rising = v128.load(at(t.rising, p));
      const rate = v128.load(at(t.rate, p));
      const risingRate = v128.load(at(t.risingRate, p));
      const decay = v128.load(at(t.decay, p));
      const c = f64x2.add(current, v128.load(at(t.input, p)));
      const drift = quadratic ? f64x2.add(f64x2.mul(v, v), c) : f64x2.sub(c, v);
      const free = f64x2.lt(v128.load(at(t.last, p)), due);
      v = f64x2.add(v, v128.and(f64x2.mul(gain, drift), free));
      v = f64x2.add(v, f64x2.mul(sigma, v128.load(at(t.normals, p))));
      v = f64x2.add(v, f64x2.mul(stimulus, v128.load(at(t.stimulated, p))));
      v128.store(at(t.v, p), v);
      v128.store(at(t.current, p), f64x2.add(f64x2.mul(current, decay), f64x2.mul(rising, dt)));
      v128.store(at(t.rising, p), f64x2.mul(rising, rise));
      const next = f64x2.add(f64x2.mul(rate, decay), f64x2.mul(risingRate, dt));
      v128.store(at(t.rate, p), next);
      v128.store(at(t.risingRate, p), f64x2.mul(risingRate, rise));
      read = f64x2.add(read, f64x2.mul(next, v128.load(at(t.readout, p))));
      const fired = i64x2.bitmask(f64x2.ge(v, threshold));
      if (fired) note(t, step, 2 * <i32>p, fired);
    }
    let out = f64x2.extract_lane(read, 0) + f64x2.extract_lane(read, 1);
    // All potentials are compared before anything arrives.
    for (let k = first; k < t.spikes; k++) out += deliver(t, load<u32>(<usize>t.spikeUnits + 4 * <usize>k));
    store<f64>(<usize>t.out + 8 * <usize>step, out);
  }
  return to + 1;
}
