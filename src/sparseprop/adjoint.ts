/**
 * The exact gradient of a loss of spike times, O(K) per event, without a queue (derived here; no published code has it).
 *
 * a_i = dL / dn_i. From the last event to the first, of spike s at t_s of neuron j:
 *
 *   l = dL/dt_s;   for its targets, last first:  gW += a_i dn'/dW,  gI_i += a_i dn'/dI,  l += (1 - d) a_i,  a_i <- d a_i;
 *   gI_j += a_j dT/dI;   a_j <- a_j + l.
 *
 * A step of the drive, I -> I':  gI_i += a_i (p'(V) - d p(V)),  a_i <- d a_i,  d = F(V) / F'(V). At the start
 * dL/dV_i = -a_i / F(V_i), and at fixed voltages gI_i += a_i p(V_i). Where no loss acts and nothing comes from outside, the sum of
 * a stays: shifting all times shifts all. Gradients hold while the order of spikes stands.
 *
 * Memory: the state every so many spikes; each stretch is run again, with its derivatives kept, before it is swept backward.
 */
import { demandArray, demandFinite, demandInteger, demandObject, EngramError, refuse } from '../core/index.js';
import { type Circuit, drivesOf } from './circuit.js';
import { demandStart } from './demand.js';
import { createEngine, type EngineState, engineStart } from './engine.js';
import { periodSlope, type Slopes } from './neuron.js';
import type { Limit, Spikes } from './simulate.js';

/** A run that can be gone back through. */
export interface Trial {
  /** The network that ran, at whose weights and drives gradients are taken. */
  readonly circuit: Circuit;
  /** All spikes of the run, in order of time. */
  readonly spikes: Spikes;
  /** Next spikes after the end, from the run's beginning. */
  readonly next: Float64Array;
  /** The state at every so many spikes. */
  readonly checkpoints: readonly EngineState[];
  /** Spikes from one of these states to the next; derivatives are kept for one such stretch at a time. */
  readonly spacing: number;
  /** The end, if it is a time. */
  readonly until: number | undefined;
}

/** Derivatives of a loss. */
export interface Gradients {
  /** By synapse; where all have one weight, a single number. */
  readonly weights: Float64Array;
  /** By neuron, of the drive that the circuit gives it. */
  readonly drives: Float64Array;
  /** By neuron, of its first next spike. */
  readonly next: Float64Array;
  /** The largest |a| on the way. */
  largest: number;
}

const SPACING = 1000;

/** Runs a circuit and keeps states. Throws `usage` with delays. */
export function runTrial(circuit: Circuit, start: Float64Array, limit: Limit, spacing = SPACING): Trial {
  demandStart(circuit, start);
  demandObject('the limit', limit);
  demandInteger('spikes between states', spacing, 1);
  if (!(Number.isSafeInteger(limit.spikes) || Number.isFinite(limit.until)))
    refuse('a trial ends after a number of spikes or at a time; got neither');
  if (circuit.delay) throw new EngramError('usage', 'gradients are those of networks without delays');
  const times: number[] = [];
  const neurons: number[] = [];
  const observer = {
    spike(time: number, j: number) {
      times.push(time);
      neurons.push(j);
    },
  };
  const engine = createEngine(circuit, engineStart(circuit, start), { observer });
  const checkpoints = [engine.state()];
  const { spikes = Number.POSITIVE_INFINITY, until } = limit;
  for (let done = 0; done < spikes; ) {
    const most = Math.min(spacing, spikes - done);
    const made = engine.run({ spikes: most, ...(until === undefined ? {} : { until }) });
    done += made;
    if (made < most) break;
    checkpoints.push(engine.state());
  }
  return {
    circuit,
    spikes: { times: Float64Array.from(times), neurons: Uint32Array.from(neurons) },
    next: engine.next(),
    checkpoints,
    spacing,
    until,
  };
}

/** Derivatives along one stretch, event after event. */
interface Tape {
  /** Of each kick or change: neuron, synapse (or -1), and what it does to first order. */
  neurons: Uint32Array;
  synapses: Int32Array;
  d: Float64Array;
  weight: Float64Array;
  drive: Float64Array;
  count: number;
  /** Number of the entry behind each event, and its spiker, or -1. */
  ends: number[];
  spikers: number[];
}

const freshTape = (room: number): Tape => ({
  neurons: new Uint32Array(room),
  synapses: new Int32Array(room),
  d: new Float64Array(room),
  weight: new Float64Array(room),
  drive: new Float64Array(room),
  count: 0,
  ends: [],
  spikers: [],
});

function makeRoom(tape: Tape): void {
  const { neurons, synapses, d, weight, drive } = tape;
  Object.assign(tape, { ...freshTape(2 * neurons.length), count: tape.count, ends: tape.ends, spikers: tape.spikers });
  tape.neurons.set(neurons);
  tape.synapses.set(synapses);
  tape.d.set(d);
  tape.weight.set(weight);
  tape.drive.set(drive);
}

/**
 * The gradient.
 * @param ofTimes dL/dt of each spike
 * @param ofNext dL/dn of each neuron's next spike after the end (default: none)
 */
export function backward(trial: Trial, ofTimes: Float64Array, ofNext?: Float64Array): Gradients {
  demandObject('the trial', trial);
  demandStart(trial.circuit, trial.next);
  demandFinite('dL/dt', ofTimes, trial.spikes.times.length);
  if (ofNext) demandFinite('dL/dn', ofNext, trial.next.length);
  const { circuit, spikes, checkpoints, spacing } = trial;
  const { neuron, connectivity } = circuit;
  const base = drivesOf(circuit);
  const a = ofNext ? ofNext.slice() : new Float64Array(base.length);
  const gradients: Gradients = {
    weights: new Float64Array(connectivity.weights ? connectivity.synapses : 1),
    drives: new Float64Array(base.length),
    next: a,
    largest: 0,
  };
  const tape = freshTape(1 << 16);
  for (let c = checkpoints.length - 1; c >= 0; c--) {
    const first = c * spacing;
    const last = Math.min(spikes.times.length, first + spacing);
    // Behind the last spike there may be steps of the drive; of them the run has gone through those before its end.
    const until = c === checkpoints.length - 1 ? trial : undefined;
    record(circuit, checkpoints[c], last - first, base, tape, until);
    sweep(tape, first, ofTimes, a, gradients, (i, drive) => (periodSlope(neuron, drive) * drive) / base[i]);
  }
  return gradients;
}

/** Runs a stretch again and writes its derivatives. */
function record(
  circuit: Circuit,
  from: EngineState,
  spikes: number,
  base: Float64Array,
  tape: Tape,
  end?: Trial,
): void {
  const { neuron } = circuit;
  tape.count = 0;
  tape.ends = [];
  tape.spikers = [];
  const out: Slopes = { d: 0, weight: 0, drive: 0 };
  const drives = from.drives.slice();
  let spiker = -1;
  let stepping = -1;
  const entry = (i: number, s: number, d: number, weight: number, drive: number) => {
    if (tape.count === tape.neurons.length) makeRoom(tape);
    const e = tape.count++;
    tape.neurons[e] = i;
    tape.synapses[e] = s;
    tape.d[e] = d;
    tape.weight[e] = weight;
    tape.drive[e] = drive;
  };
  const close = (of: number) => {
    tape.ends.push(tape.count);
    tape.spikers.push(of);
  };
  const settle = () => {
    if (stepping >= 0) close(-1);
    stepping = -1;
  };
  const engine = createEngine(circuit, from, {
    observer: {
      spike(_, j) {
        settle();
        spiker = j;
        // The first entry of a spike is its own: what its period does.
        entry(j, -1, 1, 0, drives[j]);
      },
      kick(i, s, r, after, weight) {
        settle();
        if (after > 0) {
          neuron.slopes(r, after, weight, drives[i], out);
          entry(i, spiker < 0 ? -1 : s, out.d, out.weight, (out.drive * drives[i]) / base[i]);
        } else entry(i, spiker < 0 ? -1 : s, 0, 0, 0);
      },
      delivered() {
        close(spiker);
        spiker = -1;
      },
      step(i, k, r, _, before, drive) {
        if (stepping >= 0 && stepping !== k) settle();
        stepping = k;
        const v = neuron.voltage(r, before);
        const d = Number.isFinite(v) ? neuron.flow(v, before) / neuron.flow(v, drive) : 1;
        const slope = neuron.driveSlope(v, drive) * drive - d * neuron.driveSlope(v, before) * before;
        entry(i, -1, d, 0, slope / base[i]);
        drives[i] = drive;
      },
    },
  });
  engine.run({ spikes });
  if (end?.until !== undefined) engine.run({ until: end.until });
  settle();
}

/** From the last event of a stretch to its first. */
function sweep(
  tape: Tape,
  first: number,
  ofTimes: Float64Array,
  a: Float64Array,
  gradients: Gradients,
  slope: (i: number, drive: number) => number,
): void {
  const { weights, drives } = gradients;
  const { ends, spikers } = tape;
  const shared = weights.length === 1;
  let spike = first + spikers.reduce((sum, j) => sum + (j >= 0 ? 1 : 0), 0);
  for (let event = ends.length - 1; event >= 0; event--) {
    const j = spikers[event];
    const begin = event === 0 ? 0 : ends[event - 1];
    const own = j >= 0 ? begin + 1 : begin;
    let l = j >= 0 ? ofTimes[--spike] : 0;
    for (let e = ends[event] - 1; e >= own; e--) {
      const i = tape.neurons[e];
      const of = a[i];
      const s = tape.synapses[e];
      if (s >= 0) weights[shared ? 0 : s] += of * tape.weight[e];
      drives[i] += of * tape.drive[e];
      l += (1 - tape.d[e]) * of;
      a[i] = tape.d[e] * of;
    }
    if (j < 0) continue;
    drives[j] += a[j] * slope(j, tape.drive[begin]);
    a[j] += l;
    gradients.largest = Math.max(gradients.largest, Math.abs(a[j]));
  }
}

/** What the gradient says of voltages at the start, and adds to that of the drives where these voltages are held. */
export function ofStart(circuit: Circuit, start: Float64Array, gradients: Gradients): Float64Array {
  demandStart(circuit, start);
  demandObject('the gradients', gradients);
  demandArray('dL/dn', gradients.next, Float64Array, start.length);
  const { neuron } = circuit;
  const drives = drivesOf(circuit);
  return gradients.next.map((a, i) => {
    const v = neuron.voltage(start[i], drives[i]);
    if (!Number.isFinite(v)) return 0;
    gradients.drives[i] += a * neuron.driveSlope(v, drives[i]);
    return -a / neuron.flow(v, drives[i]);
  });
}
