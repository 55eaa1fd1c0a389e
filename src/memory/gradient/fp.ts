/**
 * FP learning ("finite precision", Memmesheimer, Rubin, Olveczky and Sompolinsky 2014): a perceptron in continuous time.
 * A trial lets the neuron fire on the prescribed input until its first error and corrects that one:
 *
 *   a spike at t that is not within the tolerance e of a prescribed one      w <- w - r y(t)
 *   no spike within e of the prescribed time f by t = f + e                  w <- w + r y(t)
 *
 * y(t) the responses of the synapses at t. A trial begins with the neuron refractory after a prescribed spike and lasts one
 * period; one without an error is repeated with that spike as late or early as it came at the end. Every condition is linear in w, so that by the perceptron theorem the number of corrections is finite if there
 * are weights that fire within the tolerance with some margin. The loss is the number of prescribed spikes, and of further
 * ones, that are wrong: those that the trial has not come to, its first error included.
 */
import { countUntil, decay } from '../../core/index.js';
import { project } from '../../learning/index.js';
import { arrivalsOf, firstCrossing } from '../template/index.js';
import { initialWeights } from './initial.js';
import { type Response, responseOf } from './response.js';
import { type NeuronPart, type Trained, type TrainingTask, widthOf } from './task.js';

export interface FpSettings {
  readonly method: 'fp';
  /** Trials at most: each ends at its first error. */
  readonly epochs: number;
  /** Learning rate, as a share of the weight bound. */
  readonly rate: number;
  /** Tolerance: how far a spike may be from its prescribed time, in refractory periods. */
  readonly tolerance: number;
  readonly budget?: number | undefined;
}

/** The first error of a trial: when, which way the weights have to go, and how many prescribed spikes came before. */
export interface FirstError {
  time: number;
  sign: 1 | -1;
  done: number;
}

/**
 * The first error of the neuron whose potential `response` holds at its arrivals, in the period after the first
 * prescribed spike, which came `late` by so much; if there is none, how late it comes again at the end.
 */
export function firstError(
  { moments: times, level, drive }: Pick<Response, 'moments' | 'level' | 'drive'>,
  period: number,
  spikes: Float64Array,
  tolerance: number,
  late = 0,
): FirstError | number {
  const n = times.length;
  const count = spikes.length;
  const begin = count > 0 ? spikes[0] : 0;
  const end = begin + period;
  // Of the j-th prescribed spike after the first, which ends the trial as it began it.
  const prescribed = (j: number) => (j < count ? spikes[j] : spikes[0] + period);
  let j = 1;
  let free = count > 0 ? begin + late + 1 : 0;
  let fired = false;
  const missing = (): FirstError | undefined => {
    const time = prescribed(j) + tolerance;
    return fired ? undefined : { time, sign: 1, done: j - 1 };
  };
  const last = count > 0 ? end + tolerance : end;
  let i = 0;
  while (i < n && times[i] <= begin) i++;
  i--;
  for (let time = begin, turns = 0; time < last; ) {
    if (i < 0 && n > 0) {
      i = n - 1;
      turns -= period;
    }
    const origin = n > 0 ? times[i] + turns : begin;
    const following = n === 0 ? last : i + 1 < n ? times[i + 1] + turns : times[0] + turns + period;
    let stop = Math.min(following, last);
    const from = Math.max(time, free);
    const closing = count > 0 && j <= count ? prescribed(j) + tolerance : Number.POSITIVE_INFINITY;
    if (closing < stop) stop = closing;
    if (from < stop && n > 0) {
      const [a, b] = [level[i], drive[i]];
      const x = from - origin;
      // Nothing decays upwards: the bound saves nearly all exponentials.
      const top = Math.max(a, 0) + Math.max(b, 0) * (stop - origin);
      const found = top * decay(Math.max(x, 0)) < 1 ? Number.NaN : firstCrossing(a, b, x, stop - origin, 1);
      if (!Number.isNaN(found)) {
        const spike = origin + found;
        const good = j <= count && !fired && Math.abs(spike - prescribed(j)) <= tolerance;
        if (!good) return { time: spike, sign: -1, done: j - 1 };
        fired = true;
        late = spike - prescribed(j);
        free = spike + 1;
      }
    }
    time = stop;
    if (stop === closing) {
      const error = missing();
      if (error) return error;
      fired = false;
      j++;
    } else {
      i++;
      if (i === n) {
        i = 0;
        turns += period;
      }
    }
  }
  return late;
}

/** A trainer of single neurons. */
export function fp({ target, settings, seed }: TrainingTask<FpSettings>) {
  const { epochs, rate, tolerance, budget = Number.POSITIVE_INFINITY } = settings;
  const { score } = target;
  const { period } = score;
  return (part: NeuronPart): Trained => {
    const { spikes, box } = part;
    const arrivals = arrivalsOf(score, part.inputs);
    // The arrivals themselves are the moments: between them the potential is known in closed form.
    const response = responseOf(arrivals, arrivals.times);
    const n = arrivals.times.length;
    const weights = initialWeights(part, target, seed);
    const step = rate * widthOf(box, target);
    const row = new Float64Array(weights.length);
    const [ofLevel, ofDrive] = [new Float64Array(n), new Float64Array(n)];
    const best = { weights: weights.slice(), loss: Number.POSITIVE_INFINITY, epoch: 0 };
    const history: number[] = [];
    const perTrial = 2 * response.macs + 3 * n + weights.length;
    let macs = 0;
    let status: Trained['status'] = 'epochLimit';
    for (let epoch = 0; epoch < epochs; epoch++) {
      if (macs + perTrial > budget) {
        status = 'budget';
        break;
      }
      macs += perTrial;
      response.forward(weights);
      let found = firstError(response, period, spikes, tolerance);
      if (typeof found === 'number' && found !== 0) found = firstError(response, period, spikes, tolerance, found);
      const error = typeof found === 'number' ? undefined : found;
      const loss = error ? Math.max(1, spikes.length - error.done) : 0;
      history.push(loss);
      if (loss < best.loss) {
        best.loss = loss;
        best.epoch = epoch;
        best.weights.set(weights);
      }
      if (!error) {
        status = 'converged';
        break;
      }
      if (n === 0) break;
      // The row y(t): the cotangent of z(t) = (a + b x) e^{-x}, x after the latest arrival.
      const time = error.time - Math.floor(error.time / period) * period;
      const i = countUntil(arrivals.times, time, 'right') - 1;
      const x = i < 0 ? time + period - arrivals.times[n - 1] : time - arrivals.times[i];
      const at = i < 0 ? n - 1 : i;
      const fade = decay(x);
      ofLevel[at] = fade;
      ofDrive[at] = x * fade;
      response.backward(ofLevel, ofDrive, row);
      ofLevel[at] = 0;
      ofDrive[at] = 0;
      for (let k = 0; k < weights.length; k++) weights[k] += error.sign * step * row[k];
      project(weights, box.lower, box.upper);
    }
    const { weights: kept, loss, epoch } = best;
    return {
      weights: kept,
      loss,
      best: epoch,
      epochs: history.length,
      macs,
      status,
      history: Float64Array.from(history),
    };
  };
}
