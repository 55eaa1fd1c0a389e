// What a group of trials is made of: 8 trials in f32, 4 in f64, side by side, so that a neuron's row is 32 bytes in both. This is its one home: the
// kernels work on it, and the build hands the offsets on to TypeScript. N neurons, T steps, C input channels, W trials; everything that is not
// an f64 or i32 is an address.

@unmanaged
export class Group {
  /** d = exp(-dt / tau_a). */
  decay: f64;
  /** v_th, v_leak, v_reset. */
  threshold: f64;
  leak: f64;
  reset: f64;
  /** dt / tau_m. */
  membrane: f64;
  resistance: f64;
  /** Factor of the base current. */
  scale: f64;
  /** alpha, and the deviation of the walk of the base current. */
  walk: f64;
  walkNoise: f64;
  /** Deviation of the voltage in a step. */
  voltageNoise: f64;
  /** What the refractory counter is set to. */
  refractory: f64;
  /** Sharpness of the surrogate. */
  sharpness: f64;
  /** Readout: dt / tau_mem, and what its current keeps. */
  readRate: f64;
  readKeep: f64;
  neurons: i32;
  /** The first so many neurons are read out. */
  readers: i32;
  /** Whether the readout's voltage sees the spikes of its own step. */
  early: i32;
  noisy: i32;
  /** Whether gradients pass through the refractory counter. */
  counted: i32;
  /** Bytes from row to row of the tape, or 0 if nothing is kept. */
  tapeStep: i32;
  /** State, N x W each. */
  v: u32;
  i: u32;
  rho: u32;
  s: u32;
  base: u32;
  z: u32;
  /** Per neuron: 1 - dt / tau_s, and beta where there is adaptation. */
  keep: u32;
  adapt: u32;
  /** M by presynaptic rows, N x N; inputs C x N; readout 2 x N. */
  weights: u32;
  inputs: u32;
  read: u32;
  /** Input spikes, channel W + trial, and where those of each step begin, T + 1; u32. */
  arrivals: u32;
  arrivalStarts: u32;
  /** State of the noise, 4 words by 4 trials each, and what is drawn in a step. */
  random: u32;
  noise: u32;
  /** Tape, T + 1 rows of N x W: vd - threshold, vd and the counter rho before the step; row 0 is the start. */
  distances: u32;
  voltages: u32;
  counters: u32;
  /** Spikes, neuron W + trial, and where those of each step begin, T + 1; u32. */
  spikes: u32;
  spikeStarts: u32;
  /** Readout: state 2 x W, and its voltage T x 2 x W. */
  readV: u32;
  readI: u32;
  outputs: u32;
  /** Adjoints of z', v', i', rho', s', N x W each, and what comes back through the recurrent weights. */
  az: u32;
  av: u32;
  ai: u32;
  aRho: u32;
  as: u32;
  back: u32;
  /** Adjoints of the readout, 2 x W; derivatives of the loss by outputs, T x 2 x W, and by every spike of a step, T x W. */
  aReadV: u32;
  aReadI: u32;
  aOutputs: u32;
  aRates: u32;
  /** Gradients, added to: as weights, inputs, read. */
  gWeights: u32;
  gInputs: u32;
  gRead: u32;
  /** Room for a product: 32 (N + 1) bytes. */
  work: u32;
}
