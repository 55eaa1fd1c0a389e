/** A network that can be run: neurons, drives, synapses, and what comes from outside. Times are in membrane time constants. */
import { EngramError, refuse } from '../core/index.js';
import { type Connectivity, MOST_WEIGHT } from './connectivity.js';
import { demandCircuit } from './demand.js';
import { type Neuron, periodOf } from './neuron.js';

/** Spikes from outside, in order of time. */
export interface InputSpikes {
  /** When each arrives, in membrane time constants from the run's beginning. */
  readonly times: Float64Array;
  /** Neuron that each one kicks, 0 to N - 1. */
  readonly targets: Uint32Array;
  /** Jump of the target's voltage at each one, of either sign. */
  readonly weights: Float64Array;
}

/** A drive that is constant between given times. */
export interface DriveSteps {
  /** Rising; what holds before the first is the drive of the circuit. */
  readonly times: Float64Array;
  /** The drive of a neuron from times[step] on. */
  driveOf(step: number, neuron: number): number;
}

/** A network that can be run. */
export interface Circuit {
  /** What all neurons are; only their drives may differ. */
  readonly neuron: Neuron;
  /** One per neuron, or one for all. */
  readonly drives: Float64Array | number;
  /** Who hears whom, and with which weights. */
  readonly connectivity: Connectivity;
  /** From a spike to its arrival, the same everywhere (default 0). */
  readonly delay?: number;
  /** Spikes from outside (default: none). */
  readonly input?: InputSpikes;
  /** Changes of the drives during a run (default: none). */
  readonly steps?: DriveSteps;
}

/** The drive of every neuron. */
export const drivesOf = ({ drives, connectivity }: Circuit): Float64Array =>
  typeof drives === 'number' ? new Float64Array(connectivity.neurons).fill(drives) : drives;

/** Throws `usage` or `input` if a circuit cannot be run. */
export function checkCircuit(circuit: Circuit): void {
  demandCircuit(circuit);
  const { neuron, drives, connectivity, delay = 0, input, steps } = circuit;
  const n = connectivity.neurons;
  const bad = (text: string) => new EngramError('input', text);
  if (typeof drives === 'number') neuron.check(drives);
  else {
    if (drives.length !== n) throw bad(`there must be a drive for each of ${n} neurons; got ${drives.length}`);
    for (const drive of new Set(drives)) neuron.check(drive);
  }
  if (!(delay >= 0 && Number.isFinite(delay)))
    throw new EngramError('usage', `a delay is a time of at least 0; got ${delay}`);
  if (input) {
    const { times, targets, weights } = input;
    if (targets.length !== times.length || weights.length !== times.length) {
      throw bad(
        `every spike from outside has a time, a target and a weight; got ${times.length}, ${targets.length} and ${weights.length}`,
      );
    }
    times.forEach((time, k) => {
      if (!(time >= 0 && time >= (times[k - 1] ?? 0)))
        throw bad(`spikes from outside must be in order of time; number ${k} is at ${time}`);
      if (targets[k] >= n) throw bad(`targets are 0 to ${n - 1}; spike ${k} from outside goes to ${targets[k]}`);
      if (!(Math.abs(weights[k]) <= MOST_WEIGHT))
        throw bad(`weights must be numbers from -1e100 to 1e100; spike ${k} from outside has ${weights[k]}`);
    });
  }
  steps?.times.forEach((time, k) => {
    if (!(time >= 0 && time >= (steps.times[k - 1] ?? 0)))
      throw bad(`steps of the drive must be in order of time; number ${k} is at ${time}`);
  });
}

/** A number for each neuron. */
function demandEach(circuit: Circuit, what: string, values: ArrayLike<number>): void {
  demandCircuit(circuit);
  const n = circuit.connectivity.neurons;
  if (values?.length !== n) refuse(`there must be a ${what} for each of ${n} neurons; got ${values?.length ?? values}`);
  for (let i = 0; i < n; i++)
    if (typeof values[i] !== 'number' || Number.isNaN(values[i]))
      refuse(`the ${what} of neuron ${i} must be a number; got ${values[i]}`);
}

/** Next spikes of neurons at given voltages. Throws `input` where one is not between minus infinity and the threshold. */
export function fromVoltages(circuit: Circuit, voltages: ArrayLike<number>): Float64Array {
  demandEach(circuit, 'voltage', voltages);
  const { neuron } = circuit;
  return drivesOf(circuit).map((drive, i) => {
    const v = voltages[i];
    if (!(v < neuron.threshold || v === neuron.reset)) {
      throw new EngramError('input', `neuron ${i} must start below its threshold ${neuron.threshold}; got ${v}`);
    }
    return neuron.timeToSpike(v, drive);
  });
}

/** Next spikes of neurons at phases from 0 (reset) to 1 (threshold): n = (1 - phase) T. */
export function fromPhases(circuit: Circuit, phases: ArrayLike<number>): Float64Array {
  demandEach(circuit, 'phase', phases);
  let [last, period] = [Number.NaN, 0];
  return drivesOf(circuit).map((drive, i) => {
    if (drive !== last) [last, period] = [drive, periodOf(circuit.neuron, drive)];
    return (1 - phases[i]) * period;
  });
}
