// What the tables of a simulation hold, entry by entry. This is their one home: the kernels read fields of these classes,
// and build.mjs hands the offsets on to TypeScript. Times within a window are offsets from its beginning.

/** z = (a + b y) e^{-y}; the fresh sums are what arrives in this window. The neuron may fire from its ready moment on. */
@unmanaged
export class Neuron {
  a: f64;
  b: f64;
  freshA: f64;
  freshB: f64;
  /** The sum of |c|; while the neuron is marked, -1 - (the number of its last gathered arrival, counted from 1, or 0). */
  freshSize: f64;
  threshold: f64;
  readyWindow: f64;
  readyOffset: f64;
}

@unmanaged
export class Model {
  threshold: f64;
  refractory: f64;
  beta: f64;
  /** D / beta, e^{-D / beta}. */
  width: f64;
  shrink: f64;
  spikeWindow: f64;
  spikeOffset: f64;
  /** 1 / beta. */
  rate: f64;
}

/**
 * State of a leaky integrate-and-fire neuron (lif.ts) besides: its beta is tau_s, its a the potential, its b the current
 * p (exp) or q (alpha).
 */
@unmanaged
export class Membrane {
  p: f64;
  freshP: f64;
  /** The window of the spike that it is held for, or -1, and the offset of its release from there. */
  heldWindow: f64;
  releaseOffset: f64;
}

/** Constants of the same, W = D / tau_s. */
@unmanaged
export class Leak {
  delta: f64;
  lambda: f64;
  /** e^{-lambda W}. */
  shrink: f64;
  /** F(W) and G(W): integrals of the current over a window. */
  ofP: f64;
  ofQ: f64;
  /** Largest growth of the current relative to the membrane. */
  growth: f64;
  gain: f64;
  pad: f64;
}

/** The address of its target stands in a table of its own. */
@unmanaged
export class Synapse {
  delay: f64;
  /** w e^{1 + delay / beta}. */
  strength: f64;
}

/** A spike on its way. */
@unmanaged
export class Cursor {
  offset: f64;
  /** e^{offset}. */
  growth: f64;
  window: f64;
  /** Addresses of synapses: the next one, the end, and where it stood at the beginning of this window. */
  next: u32;
  end: u32;
  start: u32;
  /** Number of the spike at its source. */
  number: u32;
}

@unmanaged
export class Clamp {
  from: f64;
  to: f64;
  neuron: u32;
  pad: u32;
}

/** A clamp that begins within this window, and when the neuron was ready before. */
@unmanaged
export class Block {
  neuron: u32;
  pad: u32;
  offset: f64;
  ready: f64;
}

/** Gathered for a marked neuron. */
@unmanaged
export class Arrival {
  x0: f64;
  c: f64;
  target: u32;
  /** Number of the one before of the same target, or 0. */
  before: u32;
}

/** An arrival in the chain of one neuron. */
@unmanaged
export class Link {
  x0: f64;
  c: f64;
}

/** Found in this window. */
@unmanaged
export class Spike {
  offset: f64;
  neuron: u32;
  number: u32;
}

/** Of a recorded potential. */
@unmanaged
export class Piece {
  neuron: u32;
  pad: u32;
  time: f64;
  level: f64;
  drive: f64;
}

/** An arrival of noisy delivery, in the bucket of its window. */
@unmanaged
export class Event {
  y0: f64;
  c: f64;
  target: u32;
  /** Counted from 1. */
  next: u32;
}

/** A Poisson process of background input. */
@unmanaged
export class Process {
  rate: f64;
  /** w e. */
  weight: f64;
  key0: u32;
  key1: u32;
  pad: f64;
}

/** The next event of a process on one neuron. */
@unmanaged
export class Background {
  window: f64;
  offset: f64;
  draws: u32;
  pad: u32;
}

/** What every arrival that is gathered needs room for; the three lie in tables one behind the other. */
@unmanaged
export class Slot {
  x0: f64;
  c: f64;
  target: u32;
  before: u32;
  linkX0: f64;
  linkC: f64;
  spikeOffset: f64;
  spikeNeuron: u32;
  spikeNumber: u32;
}

/** A network, as `simulateNetwork` takes it. */
@unmanaged
export class Wired {
  neurons: i32;
  neuronTable: u32;
  modelTable: u32;
  synapseTable: u32;
  targetTable: u32;
  synapseStarts: u32;
  counts: u32;
  candidates: u32;
  blocks: u32;
  membranes: u32;
  leaks: u32;
  /**
   * Takes e^{-i D / beta} for as many windows as the longest delay spans and two more; with time constants that differ
   * nobody reads it.
   */
  decayTable: u32;
  decayCount: i32;
  /** 0, or the kind of current of leaky integrate-and-fire neurons. */
  lif: i32;
  /** Whether time constants differ, and whether a spike resets the potential, to which value. */
  scaled: u32;
  resets: u32;
  resetValue: f64;
  /** The width D. */
  window: f64;
}

/** A run, as `simulateStart` takes it. */
@unmanaged
export class Task {
  from: f64;
  sigma: f64;
  key0: u32;
  key1: u32;
  /** Whether thresholds walk, and whether delivery is noisy. */
  walks: u32;
  noisy: u32;
  /** Forced spikes in order of time, at most `burst` in a window. */
  forcedTimes: u32;
  forcedNeurons: u32;
  forcedCount: i32;
  burst: i32;
  /** In order of their beginning. */
  clamps: u32;
  clampCount: i32;
  recorded: u32;
  recordedCount: i32;
  recordedFlags: u32;
  pad: u32;
}
