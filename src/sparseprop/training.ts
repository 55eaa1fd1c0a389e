/**
 * Trainings by the exact adjoint, with Adam (src/learning): weights, drives and, where a signal is followed, the readout. The norm of
 * the gradient is clipped at 1. Epochs of tracking see signals of their own, and a fixed set of others tells how well it goes.
 */
import {
  demandInteger,
  demandList,
  demandNumber,
  demandObject,
  demandOneOf,
  demandPositive,
  EngramError,
} from '../core/index.js';
import { type ParameterGroup, startTraining, type Training, type TrainingPlan } from '../learning/index.js';
import { backward, type Gradients, ofStart, runTrial } from './adjoint.js';
import { type Circuit, fromVoltages } from './circuit.js';
import { type Connectivity, csr } from './connectivity.js';
import { demandStart, demandTime } from './demand.js';
import { type SpikeTargets, spikeTimeLoss } from './spike-loss.js';
import {
  demandTask,
  drawGains,
  drawSignal,
  type Tracked,
  type TrackingTask,
  trackingLoss,
  withSignal,
} from './tracking.js';
import { trialExponent } from './trial-exponent.js';

/** What of a network is trained, moved in place. */
export interface Trained {
  /** W of each synapse, in the order of the CSR. */
  readonly weights: Float64Array;
  /** I of each neuron; a training takes none below 0.001. */
  readonly drives: Float64Array;
  /** r of each neuron, which tracking alone uses. */
  readonly readout: Float64Array;
}

/** How a training goes. */
export interface TrainSettings {
  /** Updates of the whole training. */
  readonly epochs: number;
  /** Learning rate of Adam, the same in all epochs; ten times as much for the readout. */
  readonly rate: number;
  /** Which of them move. */
  readonly parameters: readonly ('weights' | 'drives' | 'readout')[];
  /** Spikes between the states that a trial keeps (default 1000). */
  readonly spacing?: number;
  /** What its Lyapunov exponent is to be (default: nothing is asked of it). */
  readonly exponent?: ExponentGoal | undefined;
}

/** rho (lambda - lambda*)^2. */
export interface ExponentGoal {
  /** lambda*, of the leading exponent without the neutral one, per membrane time constant. */
  readonly wanted: number;
  /** rho, above 0. */
  readonly strength: number;
  /** Of the disturbance that is carried along. */
  readonly seed: number;
}

/** A training that can be run. */
export interface NetworkTraining {
  /** How far it has come; `train(training, plan)` of the learning entry takes it on. */
  readonly training: Training;
  /** What is minimized, at which rate and how clipped. */
  readonly plan: TrainingPlan;
  /** The parameters as they stand. */
  readonly parameters: Trained;
  /** The circuit with the parameters as they stand. */
  circuit(): Circuit;
}

const [CLIP, LEAST_DRIVE] = [1, 1e-3];
/** The readout learns faster than weights, being linear. */
const READOUT_RATE = 10;

/** Throws `usage` for settings that make no sense. */
function demandSettings(settings: TrainSettings): void {
  demandObject('the settings', settings);
  demandInteger('epochs', settings.epochs, 1);
  demandPositive('the learning rate', settings.rate);
  demandList('the parameters', settings.parameters);
  for (const name of settings.parameters) demandOneOf('a parameter', name, ['weights', 'drives', 'readout']);
  const { exponent } = settings;
  if (!exponent) return;
  demandObject('the goal of the exponent', exponent);
  demandNumber('the wanted exponent', exponent.wanted);
  demandPositive('the strength of the exponent', exponent.strength);
  demandInteger('the seed of the exponent', exponent.seed);
}

/** Parameters, and the circuit that is made of them at any time. */
function parametersOf(circuit: Circuit): { parameters: Trained; made: () => Circuit } {
  const { connectivity, drives } = circuit;
  const { starts, targets, weights } = connectivity;
  if (!(starts && targets && weights)) {
    throw new EngramError('usage', 'a network that is trained has a weight of its own for every synapse, in memory');
  }
  const n = connectivity.neurons;
  const parameters = {
    weights: weights.slice(),
    drives: typeof drives === 'number' ? new Float64Array(n).fill(drives) : drives.slice(),
    readout: new Float64Array(n),
  };
  const net: Connectivity = csr({ starts, targets, weights: parameters.weights });
  return { parameters, made: () => ({ ...circuit, connectivity: net, drives: parameters.drives }) };
}

function groupsOf(parameters: Trained, { parameters: moved }: TrainSettings): ParameterGroup[] {
  return moved.map((name) => ({
    name,
    values: parameters[name],
    ...(name === 'readout' ? { rate: READOUT_RATE } : {}),
    ...(name === 'drives' ? { box: { lower: LEAST_DRIVE, upper: Number.POSITIVE_INFINITY } } : {}),
  }));
}

const planOf = (settings: TrainSettings, evaluate: TrainingPlan['evaluate']): TrainingPlan => ({
  epochs: settings.epochs,
  schedule: { shape: 'constant', from: settings.rate },
  clip: { norm: CLIP, of: 'all' },
  evaluate,
});

/** Adds what the exponent costs to gradients; returns the cost and the exponent, per membrane time constant. */
function addExponent(
  goal: ExponentGoal | undefined,
  circuit: Circuit,
  start: Float64Array,
  duration: number,
  found: Gradients,
): { cost: number; measures: number[] } {
  if (!goal) return { cost: 0, measures: [] };
  const { exponent, gradients } = trialExponent(circuit, start, duration, { seed: goal.seed });
  const miss = exponent - goal.wanted;
  const own = gradients();
  for (const name of ['weights', 'drives', 'next'] as const)
    own[name].forEach((g, i) => (found[name][i] += 2 * goal.strength * miss * g));
  return { cost: goal.strength * miss * miss, measures: [exponent] };
}

const measuresOf = ({ exponent }: TrainSettings): string[] => [
  'largest_adjoint',
  'spikes',
  ...(exponent ? ['exponent'] : []),
];

/** The next spikes of held voltages at the drives as they stand, as the gradient takes them to be. */
const fromHeld = (voltages: Float64Array, made: () => Circuit) => () => {
  const { neuron, drives } = made();
  return voltages.map((v, i) => neuron.timeToSpike(v, (drives as Float64Array)[i]));
};

/** Spikes at wanted times, from fixed voltages at the start. */
export function trainSpikeTimes(
  circuit: Circuit,
  voltages: Float64Array,
  targets: SpikeTargets,
  duration: number,
  settings: TrainSettings,
  { pseudo = false } = {},
): NetworkTraining {
  fromVoltages(circuit, voltages);
  demandObject('the wanted spikes', targets);
  demandTime('the duration', duration);
  demandSettings(settings);
  const { parameters, made } = parametersOf(circuit);
  const begin = fromHeld(voltages, made);
  const evaluate = (_: number, gradients: readonly Float64Array[]) => {
    const now = made();
    const start = begin();
    const trial = runTrial(now, start, { until: duration }, settings.spacing);
    const { value, ofTimes, ofNext, addTo } = spikeTimeLoss(trial, targets, { pseudo });
    const found = backward(trial, ofTimes, ofNext);
    addTo(found);
    const { cost, measures } = addExponent(settings.exponent, now, start, duration, found);
    ofStart(now, start, found);
    settings.parameters.forEach((name, g) => {
      if (name !== 'readout') gradients[g].set(found[name]);
    });
    return { loss: value + cost, measures: [found.largest, trial.spikes.times.length, ...measures] };
  };
  return {
    training: startTraining(groupsOf(parameters, settings), 'adam', measuresOf(settings)),
    plan: planOf(settings, evaluate),
    parameters,
    circuit: made,
  };
}

/** A training that follows a signal, and a look at how well it does. */
export interface TrackingTraining extends NetworkTraining {
  /** Trials with signals that no epoch sees. */
  test(trials: number): Tracked[];
}

/** The network learns to show a signal, from the voltages of the given next spikes in every trial. */
export function trainTracking(
  circuit: Circuit,
  start: Float64Array,
  task: TrackingTask,
  seed: number,
  settings: TrainSettings,
): TrackingTraining {
  demandStart(circuit, start);
  demandTask(task);
  demandInteger('the seed', seed);
  demandSettings(settings);
  const { parameters, made } = parametersOf(circuit);
  const gains = drawGains(start.length, seed);
  const begin = fromHeld(
    start.map((r, i) => circuit.neuron.voltage(r, parameters.drives[i])),
    made,
  );
  const run = (purpose: number, index: number) => {
    const u = drawSignal(task, purpose, index);
    const trial = runTrial(withSignal(made(), u, gains), begin(), { until: task.duration }, settings.spacing);
    return { trial, tracked: trackingLoss(trial.spikes, u, parameters.readout, task) };
  };
  const evaluate = (epoch: number, gradients: readonly Float64Array[]) => {
    const { trial, tracked } = run(seed, epoch);
    const found = backward(trial, tracked.ofTimes);
    const { cost, measures } = addExponent(settings.exponent, made(), begin(), task.duration, found);
    ofStart(made(), begin(), found);
    const all = { weights: found.weights, drives: found.drives, readout: tracked.ofReadout };
    settings.parameters.forEach((name, g) => gradients[g].set(all[name]));
    return { loss: tracked.loss + cost, measures: [found.largest, trial.spikes.times.length, ...measures] };
  };
  return {
    training: startTraining(groupsOf(parameters, settings), 'adam', measuresOf(settings)),
    plan: planOf(settings, evaluate),
    parameters,
    circuit: made,
    test: (trials) => Array.from({ length: trials }, (_, index) => run(seed + 0x10000000, index).tracked),
  };
}
