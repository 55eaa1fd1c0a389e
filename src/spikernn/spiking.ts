/**
 * The spiking network that a rate network becomes, one to one, in steps of dt = 0.05 ms d:
 *
 *   W = (w M .* S) / s,   tau_d = 5 ms tau,   dt = 0.05 ms d,   n = 100 (columns - 1) steps; step i = 1 ... n:
 *   c = I + bias + W_in u[:, round(i / 100)];   v += dt (c - v) / tau_m  (LIF),  dt (v^2 + c) / tau_m  (QIF), unless silent after a spike
 *   v += noise N(0, 1);   spikes where v >= threshold;   J = the sum of their columns of W
 *   double exponential   I = I e^{-dt/tau_d} + h dt,   h = h e^{-dt/tau_r} + J / (tau_r tau_d);   r, hr the same with own spikes for J
 *   single               I = I e^{-dt/tau_d} + J / tau_d;                                         r the same
 *   out = (w_out / s) r;   v = reset at spikes
 *
 * tau_d is the receiver's for I and the unit's own for r, in seconds; potentials and currents in mV. A spike's r integrates to
 * 1, so that its mean is the rate in Hz. b_out is not used unless asked for. Source: Kim, Li and Sejnowski (2019) and its code.
 */
import {
  type Arena,
  createArena,
  demandArray,
  demandInteger,
  demandNumber,
  demandObject,
  demandOneOf,
  demandPositive,
  exp,
  type Key,
  refuse,
  uniformStream,
} from '../core/index.js';
import { kernelModule, layouts } from './kernels.generated.js';
import { type Connections, checkNetwork, connectionsOf, type RateNetwork, tausOf } from './network.js';

interface Kernel {
  spikernnTrial(pointer: number, from: number, to: number): number;
}

/** What units, synapses and steps are. */
export interface SpikingModel {
  /** Leaky or quadratic. */
  readonly neuron: 'lif' | 'qif';
  /** Synapses: double or single exponential. */
  readonly filter: 'double' | 'single';
  /** Silence after a spike, ms. */
  readonly refractory: number;
  /** Time constant, ms. */
  readonly membrane: number;
  /** Rise of the double filter, ms. */
  readonly rise: number;
  /** mV. */
  readonly threshold: number;
  /** Where a spike ends, mV. */
  readonly reset: number;
  /** Constant input, mV. */
  readonly bias: number;
  /** Standard deviation of what is added to v in each step, mV; not scaled with dt. */
  readonly noise: number;
  /** d: every d-th column of the input is kept. */
  readonly downsample: number;
}

/** That of the paper. */
export const lifModel: SpikingModel = {
  neuron: 'lif',
  filter: 'double',
  refractory: 2,
  membrane: 10,
  rise: 2,
  threshold: -40,
  reset: -65,
  bias: -40,
  noise: 0.1,
  downsample: 1,
};
/** Its quadratic companion. */
export const qifModel: SpikingModel = { ...lifModel, neuron: 'qif', threshold: 30, bias: 0 };

/** Units that get +0.5 mV (exc) or -0.5 mV (inh) together at a coin's throw in each step from `on` to before `off`. */
export interface Stimulation {
  /** Up or down. */
  readonly mode: 'exc' | 'inh';
  /** Which units. */
  readonly units: readonly number[];
  /** First step. */
  readonly on: number;
  /** The step behind the last. */
  readonly off: number;
}

/** How a network is mapped. */
export interface Mapping {
  /** s = 1 / lambda: one number, or one per unit that sends. */
  readonly scale: number | Float64Array;
  /** Whether b_out is added to the output. */
  readonly offset?: boolean | undefined;
}

/** A mapped network at work. */
export interface SpikingNetwork {
  /** N. */
  readonly units: number;
  /** What its units are. */
  readonly model: SpikingModel;
  /** dt in ms. */
  readonly step: number;
  /** Potentials at the beginning of a trial, mV. */
  begin(key: Key, index: number): Float64Array;
  /** Runs a trial on u, columns x inputs by rows; the first column is at step 0. */
  run(u: Float64Array, key: Key, index: number, options?: RunOptions): SpikingRun;
  /** The same trial step by step, as its states are asked for: nothing is kept. No other trial may run in between. */
  states(u: Float64Array, key: Key, index: number, options: StatesOptions): Generator<SpikingState, SpikingRun>;
}

/** What may happen in a run. */
export interface RunOptions {
  /** Which units are stimulated, if any. */
  readonly stimulation?: Stimulation | undefined;
}

/** As a run, and every how many steps a state comes. */
export interface StatesOptions extends RunOptions {
  /** Steps between states. */
  readonly every: number;
}

/** v, I and r of all units after a step. The arrays are the kernel's own, and are gone at the next step. */
export interface SpikingState {
  /** The step. */
  readonly step: number;
  /** v of every unit. */
  readonly v: Float64Array;
  /** I of every unit. */
  readonly current: Float64Array;
  /** r of every unit. */
  readonly rate: Float64Array;
}

interface Course {
  /** out of steps 1 ... n. */
  readonly outputs: Float64Array;
  /** The step of each spike, from 1, in order. */
  readonly spikeSteps: Uint32Array;
  /** The unit of each spike. */
  readonly spikeUnits: Uint32Array;
}

/** What a trial comes to. */
export interface SpikingRun extends Course {
  /** Steps n. */
  readonly steps: number;
  /** Spikes from step 10 on over the duration, Hz. */
  readonly rates: Float64Array;
}

/** One column of u lasts so many steps. */
const COLUMN = 100;
const BASE_STEP = 0.05;
/** In the first steps most units fire because of where they begin. */
const SETTLED = 10;
/** Ends of the potentials at the beginning, mV. */
const BEGIN = [-65, 30] as const;
const COIN = 0.5;
/** ms of a step of the rate network. */
export const RATE_STEP = 5;

/** Maps a network. Throws `usage` for a mapping or a model that makes no sense. */
export function mapNetwork(network: RateNetwork, mapping: Mapping, model: SpikingModel = lifModel): SpikingNetwork {
  checkNetwork(network);
  checkModel(model);
  const { units: n, inputs } = network;
  demandObject('the mapping', mapping);
  const { scale } = mapping;
  if (typeof scale === 'number') demandPositive('the scaling factor', scale);
  else {
    demandArray('the scaling factors', scale, Float64Array, n);
    scale.forEach((one) => demandPositive('a scaling factor', one));
  }
  const arena = createArena();
  const kernel = arena.kernels<Kernel>(kernelModule);
  const loaded = load(arena, network, scale, model);
  const offset = mapping.offset ? network.bOut[0] : 0;
  const step = BASE_STEP * model.downsample;
  function* states(u: Float64Array, key: Key, index: number, options: RunOptions & { every?: number }) {
    demandInteger('the index of a trial', index, 0, 2 ** 32 - 1);
    const kept = downsampled(u, inputs, model.downsample);
    const columns = inputs > 0 ? kept.length / inputs : kept.length;
    if (!Number.isInteger(columns) || columns < 2) refuse(`u must have at least 2 columns of ${inputs} numbers`);
    const steps = COLUMN * (columns - 1);
    const { every, stimulation } = options;
    if (every !== undefined) demandInteger('the steps between states', every, 1);
    const mark = arena.mark();
    try {
      const found = yield* runTrial(arena, kernel, loaded, {
        network,
        model,
        kept,
        steps,
        key,
        index,
        stimulation,
        every,
      });
      if (offset !== 0) for (let i = 0; i < steps; i++) found.outputs[i] += offset;
      return { ...found, steps, rates: ratesOf(found, n, (steps * step) / 1e3) };
    } finally {
      arena.release(mark);
    }
  }
  return {
    units: n,
    model,
    step,
    begin: (key, index) => beginning(n, uniformStream(key, index)),
    states,
    run(u, key, index, options = {}) {
      const end = states(u, key, index, { stimulation: options.stimulation }).next();
      return end.value as SpikingRun;
    },
  };
}

/** Throws `usage` for what no unit can be. */
export function checkModel(model: SpikingModel): void {
  demandObject('the model of the units', model);
  demandOneOf('the neuron', model.neuron, ['lif', 'qif']);
  demandOneOf('the filter', model.filter, ['double', 'single']);
  for (const name of ['refractory', 'noise'] as const) demandNumber(name, model[name], 0);
  for (const name of ['membrane', 'rise'] as const) demandPositive(`the time constant ${name}`, model[name]);
  for (const name of ['threshold', 'reset', 'bias'] as const) demandNumber(name, model[name]);
  if (!(model.reset < model.threshold)) refuse(`the reset must lie below the threshold; got ${model.reset} mV`);
  demandInteger('downsample', model.downsample, 1, 1000);
}

/** Every d-th column; of a network without inputs u only says how long. */
function downsampled(u: Float64Array, inputs: number, d: number): Float64Array {
  demandArray('u', u, Float64Array);
  const width = Math.max(1, inputs);
  if (d === 1) return u;
  const columns = Math.floor((u.length / width - 1) / d) + 1;
  const kept = new Float64Array(columns * width);
  for (let c = 0; c < columns; c++) kept.set(u.subarray(c * d * width, (c * d + 1) * width), c * width);
  return kept;
}

/** Where the arrays of the kernel lie, and the constants of the table. */
type Fields = Record<keyof typeof layouts.Trial.fields, number>;

function load(arena: Arena, network: RateNetwork, scale: number | Float64Array, model: SpikingModel): Fields {
  const { units: n } = network;
  const dt = BASE_STEP * model.downsample;
  const padded = 2 * Math.ceil(n / 2);
  const vector = (values: (i: number) => number) => {
    const at = arena.alloc(8 * padded);
    const view = arena.f64(at, padded);
    for (let i = 0; i < padded; i++) view[i] = i < n ? values(i) : 0;
    return at;
  };
  // In seconds.
  const decays = tausOf(network).map((tau) => (RATE_STEP * tau) / 1e3);
  const [step, rise] = [dt / 1e3, model.rise / 1e3];
  const double = model.filter === 'double';
  const per = (tau: number) => (double ? 1 / (rise * tau) : 1 / tau);
  const scaleOf = typeof scale === 'number' ? () => scale : (i: number) => scale[i];
  const fixed = {
    gain: dt / model.membrane,
    step,
    threshold: model.threshold,
    reset: model.reset,
    noise: model.noise,
    rise: double ? exp(-step / rise) : 0,
    quadratic: model.neuron === 'qif' ? 1 : 0,
    double: double ? 1 : 0,
    units: n,
    // Silent is a unit while dt i <= t_last + t_ref, rounding aside.
    silent: Math.floor(model.refractory / dt + 1e-9),
    ...columnsOf(arena, n, connectionsOf(network), scaleOf),
    v: vector(() => 0),
    current: vector(() => 0),
    rising: vector(() => 0),
    rate: vector(() => 0),
    risingRate: vector(() => 0),
    last: vector(() => 0),
    input: vector(() => 0),
    decay: vector((i) => exp(-step / decays[i])),
    own: vector((i) => per(decays[i])),
    arrival: vector((i) => per(decays[i])),
    readout: vector((i) => network.wOut[i] / scaleOf(i)),
    stimulated: vector(() => 0),
    normals: arena.alloc(8 * 16 * Math.ceil(n / 16)),
  };
  arena.f64(fixed.normals, 16 * Math.ceil(n / 16)).fill(0);
  const table = arena.alloc(layouts.Trial.bytes);
  const later = {
    key0: 0,
    key1: 0,
    index: 0,
    stimuli: 0,
    spikeSteps: 0,
    spikeUnits: 0,
    spikes: 0,
    capacity: 0,
    out: 0,
  };
  return Object.assign({ ...fixed, ...later }, { table });
}

/** W / s by columns: who a unit sends to. */
function columnsOf(arena: Arena, n: number, { starts, senders, weights }: Connections, scale: (i: number) => number) {
  const count = new Uint32Array(n + 1);
  for (const j of senders) count[j + 1]++;
  for (let j = 0; j < n; j++) count[j + 1] += count[j];
  const at = { starts: arena.alloc(4 * (n + 1)), targets: arena.alloc(4 * senders.length), weights: 0 };
  at.weights = arena.alloc(8 * senders.length);
  arena.u32(at.starts, n + 1).set(count);
  const [targets, values] = [arena.u32(at.targets, senders.length), arena.f64(at.weights, senders.length)];
  const next = count.slice();
  for (let i = 0; i < n; i++) {
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const place = next[senders[e]]++;
      targets[place] = i;
      values[place] = weights[e] / scale(senders[e]);
    }
  }
  return at;
}

interface Trial {
  readonly network: RateNetwork;
  readonly model: SpikingModel;
  /** u, downsampled. */
  readonly kept: Float64Array;
  readonly steps: number;
  readonly key: Key;
  readonly index: number;
  readonly stimulation: Stimulation | undefined;
  /** Steps between states; none if undefined. */
  readonly every: number | undefined;
}

function* runTrial(arena: Arena, kernel: Kernel, fixed: Fields, trial: Trial): Generator<SpikingState, Course> {
  const { network, model, kept, steps, key, index, stimulation, every = steps + 1 } = trial;
  const { units: n, inputs, wIn } = network;
  const capacity = Math.max(1 << 14, 4 * n);
  const fields: Fields = {
    ...fixed,
    key0: key[0],
    key1: key[1],
    index,
    stimuli: arena.alloc(8 * (steps + 1)),
    spikeSteps: arena.alloc(4 * capacity),
    spikeUnits: arena.alloc(4 * capacity),
    spikes: 0,
    capacity,
    out: arena.alloc(8 * (steps + 1)),
  };
  const table = (fixed as Fields & { table: number }).table;
  write(arena, table, fields);
  const view = (name: keyof Fields) => arena.f64(fields[name], n);
  const uniform = uniformStream(key, index);
  view('v').set(beginning(n, uniform));
  for (const name of ['current', 'rising', 'rate', 'risingRate', 'last'] as const) view(name).fill(0);
  stimulate(arena, fields, steps, uniform, n, stimulation);
  const spikes: [Uint32Array, Uint32Array][] = [];
  const { at } = layouts.Trial.fields.spikes;
  const drain = () => {
    const count = arena.i32(table + at, 1)[0];
    spikes.push([arena.u32(fields.spikeSteps, count).slice(), arena.u32(fields.spikeUnits, count).slice()]);
    arena.i32(table + at, 1)[0] = 0;
  };
  const columns = steps / COLUMN;
  for (let step = 1; step <= steps; ) {
    // Column c holds for the steps i with round(i / 100) = c.
    const column = Math.floor(step / COLUMN + 0.5);
    const input = view('input');
    for (let i = 0; i < n; i++) {
      let sum = model.bias;
      for (let k = 0; k < inputs; k++) sum += wIn[i * inputs + k] * kept[Math.min(column, columns) * inputs + k];
      input[i] = sum;
    }
    const end = Math.min(steps, COLUMN * column + COLUMN / 2 - 1);
    while (step <= end) {
      const to = Math.min(end, (Math.floor((step - 1) / every) + 1) * every);
      const next = kernel.spikernnTrial(table, step, to);
      if (next <= to) drain();
      step = next;
      if (step > to && to % every === 0) yield { step: to, v: view('v'), current: view('current'), rate: view('rate') };
    }
  }
  drain();
  return {
    outputs: arena.f64(fields.out + 8, steps).slice(),
    spikeSteps: joined(spikes.map(([all]) => all)),
    spikeUnits: joined(spikes.map(([, all]) => all)),
  };
}

const beginning = (n: number, uniform: () => number) =>
  Float64Array.from({ length: n }, () => BEGIN[0] + (BEGIN[1] - BEGIN[0]) * uniform());

function write(arena: Arena, table: number, fields: Fields): void {
  for (const [name, { at, type }] of Object.entries(layouts.Trial.fields)) {
    const value = fields[name as keyof Fields];
    if (type === 'f64') arena.f64(table + at, 1)[0] = value;
    else arena.u32(table + at, 1)[0] = value;
  }
}

function stimulate(
  arena: Arena,
  fields: Fields,
  steps: number,
  uniform: () => number,
  n: number,
  stimulation: Stimulation | undefined,
): void {
  const stimulated = arena.f64(fields.stimulated, n).fill(0);
  const stimuli = arena.f64(fields.stimuli, steps + 1).fill(0);
  if (!stimulation) return;
  const { mode, units, on, off } = stimulation;
  demandOneOf('the mode of a stimulation', mode, ['exc', 'inh']);
  demandInteger('the first step of a stimulation', on);
  demandInteger('the end of a stimulation', off, on);
  for (const unit of units) {
    demandInteger('a stimulated unit', unit, 0, n - 1);
    stimulated[unit] = 1;
  }
  for (let i = Math.max(1, on); i < Math.min(off, steps + 1); i++) {
    if (uniform() < 0.5) stimuli[i] = mode === 'exc' ? COIN : -COIN;
  }
}

function joined(pieces: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function ratesOf(run: Pick<SpikingRun, 'spikeSteps' | 'spikeUnits'>, n: number, seconds: number): Float64Array {
  const rates = new Float64Array(n);
  run.spikeUnits.forEach((unit, k) => {
    if (run.spikeSteps[k] >= SETTLED) rates[unit] += 1 / seconds;
  });
  return rates;
}
