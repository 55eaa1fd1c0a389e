/**
 * The exponent of a trial and its gradient, by which a network is trained towards a wanted stability:
 *
 *   lambda = 1/T ln (|P v_T| / |P v_0|),   P v = v - mean v,   v a disturbance of next spikes that the run carries along (tangent.ts),
 *
 * T the length of the trial. The vector of ones, all spikes shifted alike, is carried to itself: P takes it out, and lambda comes to be the
 * leading exponent without the neutral one. With a = dlambda/dn as in adjoint.ts, b = dlambda/dv, and g = b_i (v_i - v_j) = dlambda/dd
 * of a kick, from the last to the first:
 *
 *   b_T = P v_T / (T |P v_T|^2);      gW += a_i dn'/dW + g dd/dW,     gI_i += a_i dn'/dI + g dd/dI,
 *   l += (1 - d) a_i - g dd/dr,   a_i <- d a_i + g dd/dr,     b_j += (1 - d) b_i,   b_i <- d b_i;
 *   then the spiker:   gI_j += a_j dT/dI,   a_j <- a_j + l.
 *
 * The same sparse Jacobian and the same memory as those of the gradient: states are kept and stretches run again. Gradients hold while
 * the order of spikes stands. (Derived here.)
 */
import { demandInteger, EngramError, ln, normal, streamKey } from '../core/index.js';
import type { Gradients } from './adjoint.js';
import { type Circuit, drivesOf } from './circuit.js';
import { demandStart, demandTime } from './demand.js';
import { createEngine, type EngineState, engineStart } from './engine.js';
import { bend, periodSlope, type Slopes } from './neuron.js';

/** The exponent of a trial. */
export interface TrialExponent {
  /** lambda, per membrane time constant. */
  readonly exponent: number;
  /** dlambda to weights, drives and first next spikes. */
  gradients(): Gradients;
}

/** Numbers of an entry of the tape: neuron, synapse (or -1: its own spike), d, dn'/dW, dn'/dI, dd/dr, dd/dW, dd/dI, v_i - v_j. */
const ENTRY = 9;
/** Spikes of a stretch: at most so many, and so many per neuron, in which v does not leave the range of numbers. */
const [SPACING, PER_NEURON] = [1000, 4];

/** Where a stretch begins: a state, and v there before it is scaled to norm 1. */
interface Mark {
  readonly state: EngineState;
  readonly vector: Float64Array;
  readonly norm: number;
}

/** Takes the mean away and scales to norm 1; returns the norm. */
function rescale(v: Float64Array): number {
  const mean = v.reduce((sum, x) => sum + x, 0) / v.length;
  let square = 0;
  for (let i = 0; i < v.length; i++) {
    v[i] -= mean;
    square += v[i] * v[i];
  }
  const norm = Math.sqrt(square);
  for (let i = 0; i < v.length; i++) v[i] /= norm;
  return norm;
}

/** Runs a stretch, which carries v along, and writes the tape where there is one. */
function carry(
  circuit: Circuit,
  from: EngineState,
  v: Float64Array,
  limit: { spikes: number; until: number },
  tape?: number[],
) {
  const { neuron } = circuit;
  const drives = drivesOf(circuit);
  const out: Slopes = { d: 0, weight: 0, drive: 0 };
  let j = 0;
  const observer = {
    spike(_: number, spiker: number) {
      j = spiker;
      tape?.push(j, -1, 1, 0, 0, 0, 0, 0, 0);
    },
    kick(i: number, s: number, r: number, after: number, weight: number) {
      const fires = after === 0;
      if (fires) out.d = 0;
      else neuron.slopes(r, after, weight, drives[i], out);
      const apart = v[i] - v[j];
      if (tape && fires) tape.push(i, s, 0, 0, 0, 0, 0, 0, apart);
      else if (tape) {
        const [ofR, ofWeight, ofDrive] = bend(neuron, r, weight, drives[i]);
        tape.push(i, s, out.d, out.weight, out.drive, ofR, ofWeight, ofDrive, apart);
      }
      v[i] = v[j] + out.d * apart;
    },
  };
  const engine = createEngine(circuit, from, { observer });
  return { made: engine.run(limit), engine };
}

/**
 * Runs a trial from given next spikes to the time `until` and takes its exponent. Throws `usage` with delays, spikes from outside or
 * steps of the drive, and for a single neuron, which has the neutral direction only.
 */
export function trialExponent(
  circuit: Circuit,
  start: Float64Array,
  until: number,
  { seed, spacing: given }: { seed: number; spacing?: number },
): TrialExponent {
  demandStart(circuit, start);
  const spacing = given ?? Math.min(SPACING, PER_NEURON * start.length);
  demandInteger('the seed', seed);
  demandInteger('spikes of a stretch', spacing, 1);
  demandTime('the length of the trial', until);
  if (circuit.delay || circuit.steps || circuit.input || start.length < 2) {
    throw new EngramError(
      'usage',
      'exponents are those of at least two neurons, without delays, steps of the drive or spikes from outside',
    );
  }
  const key = streamKey(seed, 'sparseprop trial exponent');
  const v = start.map((_, i) => normal(key, i, 0));
  rescale(v);
  const marks: Mark[] = [{ state: engineStart(circuit, start), vector: v.slice(), norm: 1 }];
  let growth = 0;
  for (;;) {
    const { made, engine } = carry(circuit, marks[marks.length - 1].state, v, { spikes: spacing, until });
    const norm = rescale(v);
    growth += ln(norm);
    if (made < spacing)
      return { exponent: growth / until, gradients: () => backward(circuit, marks, v, norm, until, spacing) };
    marks.push({ state: engine.state(), vector: v.slice(), norm });
  }
}

/** From the last event of the trial, where v has norm 1 after a division by `norm`, to the first. */
function backward(
  circuit: Circuit,
  marks: readonly Mark[],
  v: Float64Array,
  norm: number,
  until: number,
  spacing: number,
): Gradients {
  const { connectivity } = circuit;
  const n = v.length;
  const found: Gradients = {
    weights: new Float64Array(connectivity.weights ? connectivity.synapses : 1),
    drives: new Float64Array(n),
    next: new Float64Array(n),
    largest: 0,
  };
  const b = v.map((x) => x / until);
  for (let m = marks.length - 1; m >= 0; m--) {
    // v is linear in what it was: a scale of it scales b the other way round.
    const by = m === marks.length - 1 ? norm : marks[m + 1].norm;
    for (let i = 0; i < n; i++) b[i] /= by;
    const tape: number[] = [];
    const spikes = m === marks.length - 1 ? Number.POSITIVE_INFINITY : spacing;
    carry(circuit, marks[m].state, marks[m].vector.slice(), { spikes, until }, tape);
    sweep(circuit, tape, b, found);
  }
  return found;
}

function sweep(circuit: Circuit, tape: readonly number[], b: Float64Array, found: Gradients): void {
  const { weights, drives, next: a } = found;
  const base = drivesOf(circuit);
  const shared = weights.length === 1;
  let [l, ofSpiker] = [0, 0];
  for (let e = tape.length - ENTRY; e >= 0; e -= ENTRY) {
    const i = tape[e];
    const s = tape[e + 1];
    if (s < 0) {
      drives[i] += a[i] * periodSlope(circuit.neuron, base[i]);
      a[i] += l;
      b[i] += ofSpiker;
      found.largest = Math.max(found.largest, Math.abs(a[i]));
      [l, ofSpiker] = [0, 0];
      continue;
    }
    const d = tape[e + 2];
    const g = b[i] * tape[e + 8];
    weights[shared ? 0 : s] += a[i] * tape[e + 3] + g * tape[e + 6];
    drives[i] += a[i] * tape[e + 4] + g * tape[e + 7];
    l += (1 - d) * a[i] - g * tape[e + 5];
    a[i] = d * a[i] + g * tape[e + 5];
    ofSpiker += (1 - d) * b[i];
    b[i] *= d;
  }
}
