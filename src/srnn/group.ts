/**
 * A group of trials at work in an arena: 8 in single precision, 4 in double, side by side. Forwards it goes by spikes, backwards by dense
 * products (kernel/forward.ts, kernel/backward.ts). What a trial does depends on its condition and its own stream, never on the group.
 */
import { type Arena, createArena, type Key, uniformStream } from '../core/index.js';
import { CHANNELS, constantsOf, keepOf, pullRecurrent, recurrentOf } from './cell.js';
import { kernelModule, layouts } from './kernels.generated.js';
import { type Gradients, lengthsOf, type Weights } from './network.js';
import type { SrnnSettings } from './settings.js';

interface Kernel {
  srnnForward(table: number, from: number, until: number): void;
  srnnForward32(table: number, from: number, until: number): void;
  srnnBackward(table: number, from: number, until: number): void;
  srnnBackward32(table: number, from: number, until: number): void;
}

/** A trial to be run: what it shows, and its stream of random numbers. */
export interface GroupTrial {
  /** steps x 5, zeros and ones. */
  readonly input: Float64Array;
  readonly key: Key;
  readonly index: number;
  /** Start voltages of all neurons, instead of drawn ones. */
  readonly voltages?: Float64Array;
}

export interface Group {
  /** Trials side by side. */
  readonly width: number;
  /** Takes weights over; a group may be started over and over with them. */
  load(weights: Weights): void;
  /** Puts up to `width` trials at their start. */
  start(trials: readonly GroupTrial[]): void;
  /** Runs steps `from` to `until` - 1, in order from 0. */
  forward(from: number, until: number): void;
  /**
   * Adds the gradient of all trials, which have been run to the end with their tape kept.
   * @param outputs derivative of the loss by each readout, steps x 2 x width
   * @param rates derivative of the loss by every spike of a step
   */
  backward(outputs: Float64Array, rates: Float64Array, gradients: Gradients): void;
  /** The readouts so far, steps x 2 x width. */
  outputs(): Float64Array;
  /** Spikes of steps before `until`: neuron width + trial, and where each step begins. */
  spikes(until: number): { spikes: Uint32Array; starts: Uint32Array };
  /** The state after the last step, N x width, of readouts 2 x width. */
  state(name: 'v' | 'i' | 'rho' | 's' | 'base' | 'z' | 'readV' | 'readI'): Float64Array;
  /** M by presynaptic rows as it is used; what is written here acts from the next step on. */
  matrix(): Float32Array | Float64Array;
}

const TABLE = layouts.Group;
const ROW = 32;
const STATE = ['v', 'i', 'rho', 's', 'base', 'z'] as const;
const ADJOINT = ['az', 'av', 'ai', 'aRho', 'as'] as const;

/** Places of all arrays in an arena, their bytes, and the table that tells the kernels. */
interface Places {
  readonly at: Readonly<Record<string, number>>;
  readonly bytes: Readonly<Record<string, number>>;
  readonly table: number;
}

function placesIn(arena: Arena, settings: SrnnSettings, steps: number, size: 4 | 8, tape: boolean): Places {
  const { neurons: n, refractory } = settings;
  const width = ROW / size;
  const rows = tape ? steps + 1 : 1;
  const back = tape ? 1 : 0;
  const most = Math.ceil((steps + 1) / (Math.floor(refractory) + 1)) * n * width + n * width;
  const bytes: Record<string, number> = {
    ...Object.fromEntries(STATE.map((name) => [name, ROW * n])),
    ...Object.fromEntries([...ADJOINT, 'back'].map((name) => [name, back * ROW * n])),
    keep: size * n,
    adapt: size * n,
    weights: size * n * n,
    inputs: size * CHANNELS * n,
    read: size * 2 * n,
    arrivals: 4 * steps * CHANNELS * width,
    arrivalStarts: 4 * (steps + 1),
    random: 128,
    noise: 2 * ROW * n,
    distances: rows * ROW * n,
    voltages: rows * ROW * n,
    counters: rows * ROW * n,
    spikes: 4 * most,
    spikeStarts: 4 * (steps + 1),
    readV: 2 * ROW,
    readI: 2 * ROW,
    outputs: 2 * ROW * steps,
    aReadV: 2 * ROW,
    aReadI: 2 * ROW,
    aOutputs: back * 2 * ROW * steps,
    aRates: back * ROW * steps,
    gWeights: back * size * n * n,
    gInputs: back * size * CHANNELS * n,
    gRead: back * size * 2 * n,
    work: ROW * (n + 1),
  };
  const table = arena.alloc(TABLE.bytes);
  const at: Record<string, number> = {};
  for (const [name, length] of Object.entries(bytes)) at[name] = arena.alloc(length);
  const values: Record<string, number> = { ...at, ...constantsOf(settings), tapeStep: back * ROW * n };
  for (const [name, { at: offset, type }] of Object.entries(TABLE.fields)) {
    if (type === 'f64') arena.f64(table + offset, 1)[0] = values[name];
    else arena.u32(table + offset, 1)[0] = values[name];
  }
  return { at, bytes, table };
}

/**
 * Longer than most, for it lists all that a group does.
 * @param steps of a trial
 * @param tape whether the way back is kept
 */
export function createGroup(settings: SrnnSettings, steps: number, precision: 'f32' | 'f64', tape: boolean): Group {
  const arena = createArena();
  const kernel = arena.kernels<Kernel>(kernelModule);
  const { neurons: n } = settings;
  const size = precision === 'f32' ? 4 : 8;
  const width = ROW / size;
  const view = (at: number, length: number) => (precision === 'f32' ? arena.f32(at, length) : arena.f64(at, length));
  const { at, bytes, table } = placesIn(arena, settings, steps, size, tape);
  view(at.keep, n).set(keepOf(settings));
  let loaded: Weights | undefined;
  let trials = 0;
  const weightsOf = () => loaded as Weights;
  const zero = (name: string) => view(at[name], bytes[name] / size).fill(0);
  const copyOf = (name: string, length: number) => Float64Array.from(view(at[name], length));

  return {
    width,
    load(weights) {
      loaded = weights;
      recurrentOf(settings, weights, view(at.weights, n * n));
      const inputs = view(at.inputs, CHANNELS * n);
      inputs.set(weights.stimulus);
      inputs.set(weights.cue, 4 * n);
      view(at.read, 2 * n).set(weights.readout);
      view(at.adapt, n).set(weights.adapting.map((mask) => settings.beta * mask));
    },
    start(group) {
      trials = group.length;
      for (const name of ['i', 'rho', 's', 'z', 'readV', 'readI']) zero(name);
      arena.u32(at.spikeStarts, 1)[0] = 0;
      const v = view(at.v, width * n);
      const base = view(at.base, width * n);
      const random = arena.u32(at.random, 32);
      // A lane without a trial repeats the last one; nothing is read from it.
      for (let lane = 0; lane < width; lane++) {
        const { key, index, voltages } = group[Math.min(lane, trials - 1)];
        const uniform = uniformStream(key, index);
        for (let w = 0; w < 4; w++) random[16 * (lane >> 2) + 4 * w + (lane & 3)] = uniform() * 4294967296;
        for (let k = 0; k < n; k++) {
          const drawn = settings.reset + (settings.threshold - settings.reset) * uniform();
          v[k * width + lane] = voltages ? voltages[k] : drawn;
          base[k * width + lane] = weightsOf().base[k];
        }
      }
      view(at.voltages, width * n).set(v);
      view(at.distances, width * n).fill(-1);
      view(at.counters, width * n).fill(0);
      writeArrivals(
        group.map(({ input }) => input),
        arena.u32(at.arrivals, bytes.arrivals / 4),
        arena.u32(at.arrivalStarts, steps + 1),
        width,
      );
    },
    forward: (from, until) =>
      precision === 'f32' ? kernel.srnnForward32(table, from, until) : kernel.srnnForward(table, from, until),
    backward(outputs, rates, gradients) {
      for (const name of [...ADJOINT, 'aReadV', 'aReadI', 'gWeights', 'gInputs', 'gRead']) zero(name);
      view(at.aOutputs, 2 * width * steps).set(outputs);
      const aRates = view(at.aRates, width * steps).fill(0);
      for (let t = 0; t < steps; t++) aRates.fill(rates[t], t * width, t * width + trials);
      if (precision === 'f32') kernel.srnnBackward32(table, 0, steps);
      else kernel.srnnBackward(table, 0, steps);
      pullRecurrent(settings, weightsOf(), view(at.gWeights, n * n), gradients.recurrent);
      const inputs = view(at.gInputs, CHANNELS * n);
      const { stimulus, cue, readout } = lengthsOf(n);
      add(inputs.subarray(0, stimulus), gradients.stimulus);
      add(inputs.subarray(stimulus, stimulus + cue), gradients.cue);
      add(view(at.gRead, readout), gradients.readout);
    },
    outputs: () => copyOf('outputs', 2 * width * steps),
    spikes(until) {
      const starts = arena.u32(at.spikeStarts, until + 1).slice();
      return { spikes: arena.u32(at.spikes, starts[until]).slice(), starts };
    },
    state: (name) => copyOf(name, bytes[name] / size),
    matrix: () => view(at.weights, n * n),
  };
}

function add(values: Float32Array | Float64Array, to: Float64Array): void {
  for (let k = 0; k < to.length; k++) to[k] += values[k];
}

/** Input spikes by step, channel and trial. */
function writeArrivals(inputs: readonly Float64Array[], arrivals: Uint32Array, starts: Uint32Array, width: number) {
  let count = 0;
  for (let t = 0; t < starts.length - 1; t++) {
    starts[t] = count;
    for (let channel = 0; channel < CHANNELS; channel++) {
      inputs.forEach((input, lane) => {
        if (input[t * CHANNELS + channel] > 0) arrivals[count++] = channel * width + lane;
      });
    }
  }
  starts[starts.length - 1] = count;
}
