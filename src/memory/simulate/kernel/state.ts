// Where a simulation stands, and how large the entries of its tables are. Statics of one class, so that all kernels of
// the room read and write the same.

import {
  Arrival,
  Background,
  Block,
  Clamp,
  Cursor,
  Event,
  Leak,
  Link,
  Membrane,
  Model,
  Neuron,
  Piece,
  Process,
  Spike,
  Synapse,
} from "./layout";

export const NEURON: usize = offsetof<Neuron>();
export const MODEL: usize = offsetof<Model>();
export const MEMBRANE: usize = offsetof<Membrane>();
export const LEAK: usize = offsetof<Leak>();
export const SYNAPSE: usize = offsetof<Synapse>();
export const CURSOR: usize = offsetof<Cursor>();
export const CLAMP: usize = offsetof<Clamp>();
export const BLOCK: usize = offsetof<Block>();
export const ARRIVAL: usize = offsetof<Arrival>();
export const LINK: usize = offsetof<Link>();
export const SPIKE: usize = offsetof<Spike>();
export const PIECE: usize = offsetof<Piece>();
export const EVENT: usize = offsetof<Event>();
export const PROCESS: usize = offsetof<Process>();
export const BACKGROUND: usize = offsetof<Background>();

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
