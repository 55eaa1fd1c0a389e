// What a simulation keeps: the tables that the network and the run are laid out in, and where the run stands.
// Statics of one class, so that all kernels of the room read and write the same.

// Neuron, 64 bytes: a | b | fresh a | fresh b | fresh |b| | threshold | ready window | ready offset.
// A neuron may fire from its ready moment on. While it is marked, fresh |b| is -1 - (the number of its last gathered
// arrival, counted from 1, or 0).
export const NEURON: usize = 64;
// Model of a neuron, 64 bytes: threshold | refractory period | beta | D / beta | e^{-D / beta} | last spike: window |
// offset | 1 / beta.
export const MODEL: usize = 64;
// What a leaky integrate-and-fire neuron has besides (lif.ts); its beta is tau_s, its a the potential, its b the current
// p (exp) or q (alpha), its R the potential until its release. State, 32 bytes: p | fresh p | spike that it is held for:
// window, or -1 | offset of the release. Constants, 64 bytes: delta | lambda | e^{-lambda W} | integral of the current
// over a window for p | for q | largest growth | gain | (pad), W = D / tau_s.
export const MEMBRANE: usize = 32;
export const LEAK: usize = 64;
// Synapse, 16 bytes: delay | w e^{1 + delay / beta}. The address of its target, u32, stands in a table of its own.
export const SYNAPSE: usize = 16;
// Cursor, 40 bytes: offset | e^{offset} | window | next synapse u32 | end u32 | start in this window u32 | spike number.
export const CURSOR: usize = 40;
// Clamp, 24 bytes: from | to | neuron u32 | (pad). Block, 24 bytes: neuron u32 | (pad) | offset | ready offset before.
export const CLAMP: usize = 24;
export const BLOCK: usize = 24;
// Gathered arrival, 24 bytes: x0 | c | target u32 | number of the one before of the same target, or 0. Piece of a potential, 32 bytes: neuron u32 | (pad) | time |
// level | drive.
export const GATHERED: usize = 24;
export const PIECE: usize = 32;

export class S {
  static neurons: i32 = 0;
  static neuronTable: usize = 0;
  static modelTable: usize = 0;
  static synapseTable: usize = 0;
  static targetTable: usize = 0;
  static synapseBytes: u32 = 0;
  static fetched: u32 = 0;
  static synapseStarts: usize = 0;
  static cursorTable: usize = 0;
  static cursorCapacity: i32 = 0;
  static decayTable: usize = 0;
  static decayCount: i32 = 0;
  static counts: usize = 0;
  static candidates: usize = 0;
  static gathered: usize = 0;
  static gatherCapacity: i32 = 0;
  static windowSpikes: usize = 0;
  static forcedTimes: usize = 0;
  static forcedNeurons: usize = 0;
  static forcedCount: i32 = 0;
  static most: i32 = 0;
  static clamps: usize = 0;
  static clampCount: i32 = 0;
  static blocks: usize = 0;
  static recorded: usize = 0;
  static recordedCount: i32 = 0;
  static recordedFlags: usize = 0;
  static pieces: usize = 0;
  static pieceCapacity: i32 = 0;
  static outTimes: usize = 0;
  static outNeurons: usize = 0;
  static outCapacity: i32 = 0;
  static D: f64 = 0;
  static shrink: f64 = 0;
  static start: f64 = 0;
  static end: f64 = 0;
  static sigma: f64 = 0;
  static wiener: bool = false;
  static noisy: bool = false;
  static scaled: bool = false;
  static resets: bool = false;
  static resetValue: f64 = 0;
  static lif: i32 = 0;
  static membranes: usize = 0;
  static leaks: usize = 0;
  static rate: f64 = 1;
  static delta: f64 = 0;
  static key0: u32 = 0;
  static key1: u32 = 0;
  static window: f64 = 0;
  static phase: i32 = 0;
  static cursors: i32 = 0;
  static forced: i32 = 0;
  static clamp: i32 = 0;
  static blockCount: i32 = 0;
  static pieceCount: i32 = 0;
  static found: i32 = 0;
  static outCount: i32 = 0;
  static events: f64 = 0;
  static windowEvents: i32 = 0;
  static solved: f64 = 0;
}
