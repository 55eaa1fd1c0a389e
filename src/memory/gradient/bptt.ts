/**
 * SuperSpike end to end: the recurrent network plays the score from its exact history on, and the surrogate gradient of
 * the van Rossum loss goes back through time, synapses and delays (bptt-pass.ts) into Adam.
 *
 * At first every neuron is clamped: it sends what is prescribed, hears only right inputs, and learns as if alone. From
 * share `hold` of the epochs on each is clamped with a probability that falls in a straight line, drawn anew in each epoch,
 * until at share `release` all are free: the loss then is that of the network left alone, and only weights from then on
 * are kept. The threshold is drawn from
 * N(1, noise^2) for each spike in each epoch, so that what is learned bears noise.
 */
import { EngramError, normal, streamKey, uniformStream } from '../../core/index.js';
import { fastSigmoid } from '../../learning/index.js';
import { repeatTrain } from '../measure/index.js';
import { delayRange, neuronCount } from '../network/index.js';
import { spikesOf } from '../score/index.js';
import { type Lesson, pass, type SpikeRule, timelineOf } from './bptt-pass.js';
import { advance, type Descent } from './descend.js';
import { boxOf, type TrainingTask, widthOf } from './task.js';

export interface BpttSettings {
  readonly method: 'bptt';
  readonly epochs: number;
  /** Learning rates of Adam at the beginning and at the end, as shares of the weight bound. */
  readonly rate: number;
  readonly finalRate: number;
  /** Steepness of the surrogate, 1 / threshold. */
  readonly steepness: number;
  /** How much of what comes back through the network counts, 0 to 1. */
  readonly gain: number;
  /** Threshold noise during training (sd, in thresholds); 0 for none. */
  readonly noise: number;
  /** Share of the epochs until which all neurons are clamped, and from which on none is. */
  readonly hold: number;
  readonly release: number;
  /** Step of the grid, in refractory periods; at most half the shortest delay. */
  readonly dt: number;
  /** Periods that are played at a time. */
  readonly periods: number;
  readonly budget?: number | undefined;
}

/** Beyond this distance from the threshold, in thresholds, a neuron passes nothing back to its senders. */
const CUT = 0.5;
/** Loss over recent epochs chooses the best weights: one epoch's noise shall not. */
const SMOOTHING = 0.8;

/** Goes on with a descent until epoch `until`, or the end. `each` sees it after every epoch. */
export function bptt(
  { target, settings, seed }: TrainingTask<BpttSettings>,
  descent: Descent,
  until: number,
  each: (descent: Descent) => void,
): void {
  const { score, wiring } = target;
  const { epochs, rate, finalRate, budget, noise, hold, release, steepness, gain, periods, dt } = settings;
  check(settings, delayRange(wiring)[0]);
  const neurons = neuronCount(wiring);
  const duration = periods * score.period;
  const net = timelineOf(wiring, duration, dt);
  const begin = -(net.lead * dt + delayRange(wiring)[1]);
  const trains = Array.from({ length: neurons }, (_, l) => spikesOf(score, l));
  const history = trains.map((train) => repeatTrain(train, score.period, begin, 0));
  const prescribed = trains.map((train) => repeatTrain(train, score.period, 0, duration));
  const rule: SpikeRule = { surrogate: fastSigmoid(steepness), gain, cut: CUT };
  const lessonOf = (epoch: number): Lesson => {
    const share = epoch < hold * epochs ? 1 : 1 - (epoch - hold * epochs) / ((release - hold) * epochs);
    const uniform = uniformStream(streamKey(seed, `bptt clamps ${epoch}`));
    const key = streamKey(seed, `bptt thresholds ${epoch}`);
    return {
      history,
      prescribed,
      clamped: Uint8Array.from(trains, () => (uniform() < share ? 1 : 0)),
      threshold: (l, count) => (noise > 0 ? Math.max(LEAST, 1 + noise * normal(key, l, count)) : 1),
    };
  };
  let macs = 0;
  const evaluate = (weights: Float64Array, gradient: Float64Array, epoch: number) => {
    const { loss, macs: spent } = pass(net, lessonOf(epoch), rule, weights, gradient);
    macs = spent;
    return loss;
  };
  const box = boxOf(target);
  const scale = widthOf(box, target);
  const plan = {
    epochs,
    optimizer: 'adam',
    schedule: { shape: 'cosine', from: rate * scale, to: finalRate * scale },
    budget,
    smoothing: noise > 0 ? SMOOTHING : 0,
    keepFrom: Math.min(epochs - 1, Math.ceil(release * epochs)),
  } as const;
  while (descent.status === 'running' && descent.epoch < until) {
    macs = 0;
    advance(descent, plan, { evaluate, macs: 0 }, box, descent.epoch + 1);
    descent.macs += macs;
    each(descent);
  }
}

/** A threshold at or below zero would fire without inputs. */
const LEAST = 0.001;

function check({ dt, periods, hold, release, noise, steepness, gain }: BpttSettings, shortest: number): void {
  const need = (name: string, good: boolean, allowed: string, got: number) => {
    if (!good) throw new EngramError('usage', `${name} must be ${allowed}; got ${got}`);
  };
  need('the grid', dt > 0 && dt <= shortest / 2, `above 0 and at most half the shortest delay of ${shortest}`, dt);
  need('periods to play', Number.isInteger(periods) && periods >= 1, 'a whole number of at least 1', periods);
  need('the share of epochs with clamps', release >= hold && release <= 1, `from ${hold} to 1`, release);
  need('the share of epochs with clamps on all', hold >= 0, 'at least 0', hold);
  need('the gain', gain >= 0 && gain <= 1, 'from 0 to 1', gain);
  need('threshold noise', noise >= 0 && noise < 1, 'at least 0 and below 1', noise);
  need('the steepness', steepness > 0 && Number.isFinite(steepness), 'a positive number', steepness);
}
