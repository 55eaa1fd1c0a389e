/** The training of the rate network: Adam 1e-3, new trials every epoch, one set of trials for tests. */
import { demandInteger } from '../core/index.js';
import { startTraining, type Training, type TrainingPlan, train } from '../learning/index.js';
import { groupsOf } from './groups.js';
import {
  clearDiagonal,
  createRateNetwork,
  demandRates,
  type RateParameters,
  type RatePass,
  type RateSpec,
  rateParameters,
} from './rate-network.js';

/** What is seen at a test. */
export interface TrackTest {
  /** Updates before the test. */
  readonly epoch: number;
  /** The loss on the test trials. */
  readonly error: number;
  /** |mean J| over its first value: how much tighter the balance is. */
  readonly balance: number;
  /** Mean of J_ij with i and j in one group, of as many groups as signals. */
  readonly within: number;
  /** Mean of J_ij with i and j in two groups; NaN with one signal. */
  readonly between: number;
}

/** A trained rate network. */
export interface Tracker {
  /** A copy of the parameters before training. */
  readonly first: RateParameters;
  /** The parameters after training. */
  readonly parameters: RateParameters;
  /** The training behind it, with the loss of every epoch in its log. */
  readonly training: Training;
  /** All tests in order, from before the first epoch to after the last. */
  readonly tests: readonly TrackTest[];
  /** Group of each neuron, of as many as there are signals. */
  readonly groups: Uint32Array;
  /** The test trials in the end. */
  readonly last: RatePass;
}

const EVERY = 1000;
const RATE = 1e-3;

/** Trains; `each` hears of every test. */
export function trainTracker(
  spec: RateSpec,
  epochs: number,
  each: (test: TrackTest) => void = () => {},
  every = EVERY,
): Tracker {
  demandRates(spec);
  demandInteger('epochs', epochs, 1);
  demandInteger('epochs between tests', every, 1);
  const { n, signals, seed } = spec;
  const network = createRateNetwork(spec);
  const parameters = rateParameters(spec);
  const first: RateParameters = { J: parameters.J.slice(), ws: parameters.ws.slice(), wr: parameters.wr.slice() };
  const { mean } = groupsOf(first.J, n, 1, seed);
  let start = network.relaxed(parameters);
  const plan: TrainingPlan = {
    epochs,
    schedule: { shape: 'constant', from: RATE },
    evaluate(epoch, gradients) {
      clearDiagonal(parameters.J, n);
      return { loss: network.pass(parameters, start, seed, epoch + 1, gradients).loss, measures: [] };
    },
  };
  const training = startTraining(
    [
      { name: 'J', values: parameters.J },
      { name: 'ws', values: parameters.ws },
      { name: 'wr', values: parameters.wr },
    ],
    'adam',
    [],
  );
  const tests: TrackTest[] = [];
  const test = (): RatePass => {
    clearDiagonal(parameters.J, n);
    start = network.relaxed(parameters);
    // Trials of number 0 are seen by no epoch.
    const pass = network.pass(parameters, start, seed, 0);
    const groups = groupsOf(parameters.J, n, signals, seed);
    const seen = {
      epoch: training.epoch,
      error: pass.loss,
      balance: groups.mean / mean,
      within: groups.within,
      between: groups.between,
    };
    tests.push(seen);
    each(seen);
    return pass;
  };
  let last = test();
  while (train(training, plan, Math.min(epochs, training.epoch + every)) || training.epoch < epochs) last = test();
  last = test();
  return { first, parameters, training, tests, groups: groupsOf(parameters.J, n, signals, seed).of, last };
}
