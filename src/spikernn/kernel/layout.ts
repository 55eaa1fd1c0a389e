// What a spiking network at work holds. This is its one home: the kernel works on it, and the build hands the offsets on to TypeScript.

@unmanaged
export class Trial {
  /** dt / tau_m of the potential. */
  gain: f64;
  /** dt in s, of the synapses. */
  step: f64;
  threshold: f64;
  reset: f64;
  /** Standard deviation of the noise of a step, mV. */
  noise: f64;
  /** e^{-dt / tau_r}; 0 with the single filter. */
  rise: f64;
  /** 0 LIF, 1 QIF. */
  quadratic: i32;
  /** 1 double exponential, 0 single. */
  double: i32;
  units: i32;
  /** Steps that a unit is silent for after a spike. */
  silent: i32;
  /** Key of the noise, and the trial. */
  key0: u32;
  key1: u32;
  index: u32;
  /** f64 per unit, a whole number of pairs: v, I, h, r, hr; the step of the last spike; input and bias; e^{-dt / tau_d}. */
  v: u32;
  current: u32;
  rising: u32;
  rate: u32;
  risingRate: u32;
  last: u32;
  input: u32;
  decay: u32;
  /** What a spike adds to the unit's own r or hr; what an arrival is multiplied with; weights of the readout. */
  own: u32;
  arrival: u32;
  readout: u32;
  /** f64 per unit: which are stimulated; f64 per step: by how much. */
  stimulated: u32;
  stimuli: u32;
  /** CSR by sender: u32 starts, u32 targets, f64 weights. */
  starts: u32;
  targets: u32;
  weights: u32;
  /** Room for the noise of a step: f64, a whole number of 16. */
  normals: u32;
  /** Spikes: u32 step and unit, how many there are, and room for how many. */
  spikeSteps: u32;
  spikeUnits: u32;
  spikes: i32;
  capacity: i32;
  /** f64 per step. */
  out: u32;
}
