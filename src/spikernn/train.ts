/**
 * Training of a rate network, as the original does it: one trial an update,
 *
 *   g <- gradient of the loss of trial tr;   w, w_out, b_out, g <- Adam (TensorFlow's form, rate 0.01)
 *
 * and after the update of trial tr with (tr - 1) mod 100 = 0 an evaluation on 100 fresh trials, which ends the training if
 * the mean loss is below 7 and more than 95 % are right. A weight that falls to zero or below has no gradient any more, and stays dead.
 *
 * What a training has come to is plain data, so that it may stop after any trial and go on with the same bytes.
 */
import { demandInteger, demandObject, streamKey } from '../core/index.js';
import { clipNorm, createOptimizer, gradientNorm, type OptimizerState, takeStep } from '../learning/index.js';
import { evaluateRate, lossOf } from './evaluate.js';
import { checkNetwork, copyOf, drawNetwork, type RateNetwork } from './network.js';
import { createRatePass, drawTrial, type Gradients } from './pass.js';
import { preparedTask, type TrainingSettings } from './settings.js';
import { plateauOf, type RateTask, rateTask } from './tasks.js';

/** What a training has come to. */
export interface TrainedRate {
  /** As drawn. */
  initial: RateNetwork;
  /** As it stands. */
  network: RateNetwork;
  /** State of Adam. */
  optimizer: OptimizerState;
  /** Loss of every update, before it. */
  readonly losses: number[];
  /** What it would be for an output that stays 0. */
  readonly plateaus: number[];
  /** Of every evaluation: trial, loss, performance; row after row. */
  readonly checks: number[];
  /** Updates made of the running attempt. */
  trial: number;
  /** The seed of the running attempt; those before sat on the plateau. */
  seed: number;
  /** Seeds that were given up. */
  readonly abandoned: number[];
  /** Updates whose gradient was no number. */
  skipped: number;
  /** Why there is nothing more to do. */
  ended?: 'learned' | 'trials';
}

const EVALUATED = 100;
/** A loss within this share of the plateau has learned nothing. */
const STUCK = 0.8;
/** After so many seeds the last one goes on, stuck or not. */
const MOST_RESTARTS = 20;
const LARGEST = 1e30;
/** So many seeds are looked at for one that draws a network. */
const MOST_DRAWS = 1000;

const sizeOf = ({ w, wOut, bOut, gates }: RateNetwork) => w.length + wOut.length + bOut.length + gates.length;
const groupsOf = ({ w, wOut, bOut, gates }: RateNetwork) => [
  { name: 'w', values: w },
  { name: 'w_out', values: wOut },
  { name: 'b_out', values: bOut },
  { name: 'gates', values: gates },
];
const blank = ({ w, wOut, bOut, gates }: RateNetwork): Gradients => ({
  w: new Float64Array(w.length),
  wOut: new Float64Array(wOut.length),
  bOut: new Float64Array(bOut.length),
  gates: new Float64Array(gates.length),
});
const listOf = ({ w, wOut, bOut, gates }: Gradients) => [w, wOut, bOut, gates];

/** A training before its first trial. Throws `usage` for settings that make no sense. */
export function startRate(settings: TrainingSettings): TrainedRate {
  const { task } = preparedTask(settings);
  const initial = drawNetwork({ ...settings, inputs: task.inputs }, settings.seed);
  return {
    initial,
    network: copyOf(initial),
    optimizer: createOptimizer('adam-tf', sizeOf(initial)),
    losses: [],
    plateaus: [],
    checks: [],
    trial: 0,
    seed: settings.seed,
    abandoned: [],
    skipped: 0,
  };
}

/** Goes on until it has learned, until the trials are used up, until trial `until`, or until it begins anew. */
export function advanceRate(trained: TrainedRate, settings: TrainingSettings, until = settings?.trials): void {
  const task = preparedTask(settings);
  demandObject('the training', trained);
  checkNetwork(trained.network);
  demandInteger('the trial to go to', until);
  const { trials, restart } = settings;
  while (trained.ended === undefined && trained.trial < Math.min(until, trials)) {
    update(trained, settings, task);
    const tr = trained.trial++;
    if ((tr - 1) % EVALUATED === 0 || trained.trial === trials) {
      check(trained, settings, task, tr);
    }
    if (trained.ended !== undefined || restart === 0 || trained.trial !== restart) continue;
    if (trained.abandoned.length >= MOST_RESTARTS || !isStuck(trained)) continue;
    beginAnew(trained, settings);
    return;
  }
}

/** One update. */
function update(trained: TrainedRate, settings: TrainingSettings, whole: RateTask): void {
  const { network, optimizer, trial: tr, seed } = trained;
  const { batch, rate, clip, loss: kind } = settings;
  const { task } = lesson(settings, whole, tr);
  const pass = createRatePass(network);
  const key = streamKey(seed, 'spikernn rate noise');
  const gradients = blank(network);
  let [loss, plateau] = [0, 0];
  for (let k = 0; k < batch; k++) {
    const index = tr * batch + k;
    const { input, target } = task.trial(seed, index);
    const asked = target.subarray(0, task.steps - 1);
    plateau += plateauOf(target, kind) / batch;
    pass.learn(
      drawTrial(network.units, input, task.steps, key, index),
      (outputs) => {
        const { value } = lossOf(kind)(outputs, asked);
        loss += value / batch;
        return slopeOf(settings, outputs, asked);
      },
      gradients,
    );
  }
  trained.losses.push(loss);
  trained.plateaus.push(plateau);
  const list = listOf(gradients);
  if (!(gradientNorm(list) <= LARGEST)) {
    trained.skipped++;
    return;
  }
  if (clip !== undefined) clipNorm(list, clip);
  takeStep(optimizer, groupsOf(network), list, rate);
}

/** dL/do of one trial of a batch, with the weights of the steps. */
function slopeOf(
  { loss: kind, squared, responseWeight, batch }: TrainingSettings,
  outputs: Float64Array,
  asked: Float64Array,
): Float64Array {
  const { gradient } = squared ? { gradient: outputs.map((o, k) => o - asked[k]) } : lossOf(kind)(outputs, asked);
  for (let k = 0; k < gradient.length; k++) {
    gradient[k] *= (asked[k] === 0 ? 1 : responseWeight) / batch;
  }
  return gradient;
}

/** The task as it is taught at trial tr: easier at first, where that is asked for. */
function lesson({ curriculum, task, times }: TrainingSettings, whole: RateTask, tr: number): RateTask {
  if (tr >= curriculum) return whole;
  const share = tr / curriculum;
  if (task === 'xor') return rateTask(task, { ...times, delay: Math.round(share * (times.delay ?? 10)) });
  if (task === 'mante') return rateTask(task, { ...times, offset: (times.offset ?? 0.5) * (2 - share) });
  return whole;
}

function check(trained: TrainedRate, settings: TrainingSettings, task: RateTask, tr: number): void {
  const { enough, least, loss: kind, trials } = settings;
  const round = Math.floor((tr - 1) / EVALUATED) + 1;
  const { loss, performance } = evaluateRate(trained.network, task, {
    kind,
    count: EVALUATED,
    seed: trained.seed,
    round: round % (1 << 10),
  });
  trained.checks.push(tr, loss, performance);
  if (loss < enough.loss && performance > enough.performance && tr >= least) trained.ended = 'learned';
  else if (trained.trial === trials) trained.ended = 'trials';
}

/** Whether the losses of the last hundred trials are those of an output that stays 0, within 20 %. */
function isStuck({ losses, plateaus }: TrainedRate): boolean {
  const sum = (values: number[]) => values.slice(-EVALUATED).reduce((a, b) => a + b, 0);
  return sum(losses) > STUCK * sum(plateaus);
}

/** A training of the first seed from one on that draws a network: small ones may lack a kind of unit. */
function startNext(settings: TrainingSettings, seed: number, left = MOST_DRAWS): TrainedRate {
  try {
    return startRate({ ...settings, seed });
  } catch (error) {
    if (left <= 1) throw error;
    return startNext(settings, seed + 1, left - 1);
  }
}

function beginAnew(trained: TrainedRate, settings: TrainingSettings): void {
  const { initial, network, optimizer, seed } = startNext(settings, trained.seed + 1);
  trained.abandoned.push(trained.seed);
  for (const list of [trained.losses, trained.plateaus, trained.checks]) list.length = 0;
  Object.assign(trained, { initial, network, optimizer, seed, trial: 0 });
}
