/**
 * Regression on the template: what the convex solver demands, each violation at a price, by first-order descent,
 *
 *   F(w) = 1/2 |w|^2 + P/2 sum_c ( u v_c )^2,   v_c = z(f_j) - 1                  at the spikes,       u = 4
 *                                               max(0, z(t) - (1 - margin))   in silent zones,     u = 1
 *                                               max(0, slope - z'(t))         in firing zones,     u = 1/4
 *
 * at points at most 0.05 apart in every zone, its ends among them; with a sampled template at its grid. F is convex and its
 * minimum goes to the optimum of the quadratic program on the same points as the price P rises, which it does
 * geometrically over the first half of the epochs: this method and the solver differ in the solver only.
 */
import { type OptimizerName, scheduled } from '../../learning/index.js';
import { arrivalsOf, type Cut, gridCuts, type Template, zonesOf } from '../template/index.js';
import { advance, type DescentLoss, type DescentSettings, outcomeOf, startDescent } from './descend.js';
import { type Response, responseOf } from './response.js';
import { type NeuronPart, type Trained, type TrainingTask, widthOf } from './task.js';

export interface HingeSettings {
  readonly method: 'hinge';
  readonly epochs: number;
  readonly optimizer: OptimizerName;
  /** Learning rates at the beginning and at the end, as shares of the weight bound. */
  readonly rate: number;
  readonly finalRate: number;
  /** The price P at the beginning and from half of the epochs on. */
  readonly penalty: number;
  readonly finalPenalty: number;
  readonly budget?: number | undefined;
  readonly patience?: number | undefined;
}

const STEP = 0.05;
/** The share of the epochs in which the price rises. */
const RISING = 0.5;
/** Slope rows are a few times as long as level rows. */
const SLOPE_UNIT = 0.25;
/** A spike is one point, a silent zone twenty per unit of time: alone among them it would be given up first. */
const SPIKE_UNIT = 4;

/** The demands of the template at points, sorted by time. */
export function sampledCuts(spikes: Float64Array, period: number, template: Template): Cut[] {
  const { margin, slope, zone, grid } = template;
  const cuts: Cut[] = Array.from(spikes, (time) => ({ time, kind: grid === undefined ? 'spike' : 'above', limit: 1 }));
  if (grid !== undefined) cuts.push(...gridCuts(spikes, period, template, grid));
  else {
    for (const { kind, begin, end } of zonesOf(spikes, period, zone)) {
      if (kind === 'free') continue;
      const count = Math.ceil((end - begin) / STEP - 1e-9);
      for (let i = 0; i <= count; i++) {
        const time = begin + ((end - begin) * i) / count;
        const turned = time < period ? time : time - period;
        cuts.push(
          kind === 'silent'
            ? { time: turned, kind: 'level', limit: margin - 1 }
            : { time: turned, kind: 'slope+', limit: slope },
        );
      }
    }
  }
  return cuts.sort((p, q) => p.time - q.time);
}

/** F and its gradient; `price` tells P by the epoch. */
export function hingeLoss(cuts: readonly Cut[], response: Response, price: (epoch: number) => number): DescentLoss {
  const ofLevel = new Float64Array(cuts.length);
  const ofDrive = new Float64Array(cuts.length);
  const limits = Float64Array.from(cuts, ({ limit }) => limit);
  const KINDS = { spike: 0, above: 1, level: 2, 'slope+': 3, 'slope-': 3 } as const;
  const kinds = Uint8Array.from(cuts, ({ kind }) => KINDS[kind]);
  return {
    macs: 2 * response.macs + 6 * cuts.length,
    evaluate(weights, gradient, epoch) {
      response.forward(weights);
      const { level, drive } = response;
      const p = price(epoch);
      let sum = 0;
      for (let c = 0; c < limits.length; c++) {
        const kind = kinds[c];
        const sloped = kind === 3;
        const value = sloped ? drive[c] - level[c] : kind === 2 ? -level[c] : level[c];
        const missing = limits[c] - value;
        const counts = kind === 0 || missing > 0;
        const unit = sloped ? SLOPE_UNIT : kind < 2 ? SPIKE_UNIT : 1;
        const v = counts ? unit * missing : 0;
        sum += v * v;
        const pull = p * unit * v;
        ofLevel[c] = sloped ? pull : kind === 2 ? pull : -pull;
        ofDrive[c] = sloped ? -pull : 0;
      }
      response.backward(ofLevel, ofDrive, gradient);
      let norm = 0;
      for (let k = 0; k < weights.length; k++) {
        norm += weights[k] * weights[k];
        gradient[k] += weights[k];
      }
      return (norm + p * sum) / 2;
    },
  };
}

/** A trainer of single neurons. */
export function hinge({ target, settings }: TrainingTask<HingeSettings>) {
  const { epochs, optimizer, rate, finalRate, penalty, finalPenalty, budget, patience } = settings;
  const { score, template } = target;
  const risen = Math.ceil(RISING * epochs);
  const price = (epoch: number) => scheduled({ shape: 'exponential', from: penalty, to: finalPenalty }, epoch, risen);
  return (part: NeuronPart): Trained => {
    const cuts = sampledCuts(part.spikes, score.period, template);
    const moments = Float64Array.from(cuts, ({ time }) => time);
    const response = responseOf(arrivalsOf(score, part.inputs), moments);
    const scale = widthOf(part.box, target);
    const begin = part.initial ?? new Float64Array(part.inputs.delays.length);
    const descent = startDescent(begin, optimizer);
    const how: DescentSettings = {
      epochs,
      optimizer,
      schedule: { shape: 'cosine', from: rate * scale, to: finalRate * scale },
      budget,
      patience,
      keepFrom: Math.min(risen, epochs - 1),
    };
    advance(descent, how, hingeLoss(cuts, response, price), part.box);
    return outcomeOf(descent);
  };
}
