/**
 * SuperSpike, teacher-forced (Zenke and Ganguli 2018): every neuron hears the prescribed trains, so that its potential
 * z = sum_k w_k y_k(t) is linear in its weights, and learns to fire its own train. With the van Rossum error E and its
 * correlation C (van-rossum.ts) and a surrogate f for the derivative of the spike,
 *
 *   dL/dw_k = - sum_g C(t_g) f(z(t_g) - theta(t_g)) y_k(t_g) d
 *
 * over the whole period, on a grid of d = 0.05 with crossings interpolated within it. With noise, the loss is the mean over
 * draws of the threshold, theta ~ N(1, noise^2) anew after each spike, as the simulator has it: it teaches the potential
 * to cross steeply and to keep away in between. Without noise this is the plain method.
 */
import { type Key, normal, streamKey } from '../../core/index.js';
import { fastSigmoid, type OptimizerName, type Surrogate } from '../../learning/index.js';
import { arrivalsOf } from '../template/index.js';
import { advance, type DescentLoss, type DescentSettings, outcomeOf, startDescent } from './descend.js';
import { initialWeights } from './initial.js';
import { gridOf, type Response, responseOf } from './response.js';
import { type NeuronPart, type Trained, type TrainingTask, widthOf } from './task.js';
import { createVanRossum } from './van-rossum.js';

export interface SuperSpikeSettings {
  readonly method: 'superspike';
  readonly epochs: number;
  readonly optimizer: OptimizerName;
  /** Learning rates at the beginning and at the end, as shares of the weight bound. */
  readonly rate: number;
  readonly finalRate: number;
  /** Steepness of the surrogate, 1 / threshold. */
  readonly steepness: number;
  /** Threshold noise during training (sd, in thresholds); 0 for none. */
  readonly noise: number;
  /** Draws of the noise per epoch. */
  readonly draws: number;
  readonly budget?: number | undefined;
  readonly patience?: number | undefined;
}

const STEP = 0.05;
/** A loss, without noise, that leaves spikes within about 1e-4 of their times. */
const EXACT = 1e-8;
/** How long the loss that chooses the best weights remembers, where it is noisy. */
const SMOOTHING = 0.95;

/** Thresholds of one run: the next one, each time that it is asked. */
export type Thresholds = () => number;

/**
 * The spikes of one period, in a neuron whose potential at the points of a grid is `level`, joined by straight lines: it
 * fires where it crosses its threshold from below, or is above it when refractoriness ends. The first period only sets
 * the stage for the second, whose spikes are returned, with the threshold in force at each point: a new one from the
 * end of refractoriness on.
 */
export function fire(level: Float64Array, step: number, next: Thresholds, inForce: Float64Array): number[] {
  const cells = level.length;
  const spikes: number[] = [];
  let theta = next();
  let pending = theta;
  let free = 0;
  for (let turn = 0; turn < 2; turn++) {
    for (let g = 0; g < cells; g++) {
      const end = (turn * cells + g) * step;
      const begin = end - step;
      if (end >= free) {
        theta = pending;
        const [before, after] = [level[g > 0 ? g - 1 : cells - 1], level[g]];
        const from = Math.max(begin, free);
        const start = before + ((after - before) * (from - begin)) / step;
        if (start >= theta || after >= theta) {
          const time = start >= theta ? from : from + ((end - from) * (theta - start)) / (after - start);
          // Within a turn the first point belongs to the cell before it.
          if (turn === 1) spikes.push(time - cells * step);
          free = time + 1;
          pending = next();
        }
      }
      if (turn === 1) inForce[g] = theta;
    }
  }
  return spikes;
}

/** The loss of one neuron with its gradient. `smooth` puts the surrogate itself in the place of the spikes. */
export function superSpikeLoss(
  { spikes, neuron }: Pick<NeuronPart, 'spikes' | 'neuron'>,
  period: number,
  response: Response,
  surrogate: Surrogate,
  { noise, draws, key, smooth = false }: { noise: number; draws: number; key: Key; smooth?: boolean },
): DescentLoss {
  const cells = response.moments.length;
  const filter = createVanRossum(period, cells);
  const { step } = filter;
  const target = filter.kicks();
  for (const spike of spikes) filter.add(target, spike, 1);
  const kicks = filter.kicks();
  const inForce = new Float64Array(cells);
  const error = new Float64Array(cells);
  const blame = new Float64Array(cells);
  const pull = new Float64Array(cells);
  // No run of two periods takes more thresholds.
  const stride = Math.ceil(2 * period) + 4;
  const runs = noise > 0 && !smooth ? draws : 1;
  return {
    macs: 2 * response.macs + runs * (2 * filter.macs + 8 * cells),
    evaluate(weights, gradient, epoch) {
      response.forward(weights);
      const { level } = response;
      pull.fill(0);
      let loss = 0;
      for (let run = 0; run < runs; run++) {
        kicks.slow.set(target.slow);
        kicks.fast.set(target.fast);
        if (smooth) {
          inForce.fill(1);
          for (let g = 0; g < cells; g++) filter.add(kicks, g * step, -step * surrogate.spike(level[g] - 1));
        } else {
          let count = (epoch * runs + run) * stride;
          const thresholds = noise > 0 ? () => 1 + noise * normal(key, neuron, count++) : () => 1;
          for (const time of fire(level, step, thresholds, inForce)) filter.add(kicks, time, -1);
        }
        filter.convolve(kicks, error);
        loss += filter.loss(error) / runs;
        filter.correlate(error, blame);
        for (let g = 0; g < cells; g++) {
          pull[g] -= (step / runs) * blame[g] * surrogate.slope(level[g] - inForce[g]);
        }
      }
      response.backward(pull, undefined, gradient);
      return loss;
    },
  };
}

/** A trainer of single neurons. */
export function superSpike({ target, settings, seed }: TrainingTask<SuperSpikeSettings>) {
  const { epochs, optimizer, rate, finalRate, noise, draws, budget, patience } = settings;
  const { score } = target;
  const moments = gridOf(score.period, STEP);
  const surrogate = fastSigmoid(settings.steepness);
  const key = streamKey(seed, 'training noise');
  return (part: NeuronPart): Trained => {
    const response = responseOf(arrivalsOf(score, part.inputs), moments);
    const loss = superSpikeLoss(part, score.period, response, surrogate, { noise, draws, key });
    const scale = widthOf(part.box, target);
    const descent = startDescent(initialWeights(part, target, seed), optimizer);
    const how: DescentSettings = {
      epochs,
      optimizer,
      schedule: { shape: 'cosine', from: rate * scale, to: finalRate * scale },
      budget,
      patience,
      ...(noise > 0 ? { smoothing: SMOOTHING } : { target: EXACT }),
    };
    advance(descent, how, loss, part.box);
    return outcomeOf(descent);
  };
}
