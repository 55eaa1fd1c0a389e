// What a calendar at work holds. This is its one home: the kernel works on it, and the build hands the offsets on to TypeScript.

@unmanaged
export class Calendar {
  /** The bucket that is open; buckets are numbered from the beginning of the epoch (LIF) or of the run (QIF). */
  bucket: i64;
  /** LIF: (1 + I) / I. */
  ratio: f64;
  /** T for LIF, 1 / a for QIF. */
  scale: f64;
  /** LIF: time of all epochs gone by. */
  base: f64;
  /** QIF: buckets per turn. */
  turn: f64;
  /** The one weight of a network whose weights are all the same. */
  weight: f64;
  /** Members of buckets that were looked at. */
  refreshes: f64;
  /** 0 LIF, 1 QIF. */
  model: i32;
  neurons: i32;
  /** Number of buckets - 1. */
  mask: u32;
  /** LIF: bits of X that do not tell the bucket. */
  shift: i32;
  /** Whether some weight excites. */
  excites: i32;
  /** X of LIF, T of QIF neurons; f64. */
  values: u32;
  /** QIF: windings; i32. */
  windings: u32;
  /** The next member of the same bucket, counted from 1; u32. The one before, and the place in the ring, where weights excite. */
  links: u32;
  previous: u32;
  places: u32;
  /** First members, counted from 1; u32. */
  heads: u32;
  /** Those due in the open bucket, as a heap of `Due`, and the key by which each stands there; f64. */
  heap: u32;
  heapCount: i32;
  keys: u32;
  /** LIF with excitation: the level at which each fired last; f64. */
  fired: u32;
  /** A `Synapses`; weights in the units of the state. */
  synapses: u32;
  /** Most entries of the heap. */
  capacity: i32;
}

@unmanaged
export class Synapses {
  /** The chance of a pair, where every pair is drawn by itself. */
  probability: f64;
  neurons: i32;
  /** CSR, or zero where targets are drawn; weights, or zero where all have one. */
  starts: u32;
  targets: u32;
  weights: u32;
  /** Drawn: K or a probability, the key, room for targets and for Floyd's table. */
  degree: i32;
  bernoulli: i32;
  key0: u32;
  key1: u32;
  hash: u32;
}

@unmanaged
export class Heap {
  /** The last event, as an offset from its epoch. */
  now: f64;
  /** Of times in the heap, in time constants: 1, or the period that all have. */
  unit: f64;
  /** The one weight of a network whose weights are all the same. */
  weight: f64;
  /** Epochs gone by. */
  epoch: f64;
  /** 0 LIF, 1 QIF. */
  model: i32;
  neurons: i32;
  /** Whether the nodes stand by index, and all are looked at. */
  naive: i32;
  /** `Node` of the heap, and where each neuron stands in it; u32. */
  nodes: u32;
  places: u32;
  /** Last spikes, as offsets; drives, and periods in the unit; f64. */
  fired: u32;
  drives: u32;
  periods: u32;
  /** A `Synapses`; weights are jumps of the voltage. */
  synapses: u32;
}

@unmanaged
export class Node {
  /** The next spike, as an offset. */
  key: f64;
  neuron: u32;
  pad: u32;
}

@unmanaged
export class Due {
  key: f64;
  neuron: u32;
  pad: u32;
}
