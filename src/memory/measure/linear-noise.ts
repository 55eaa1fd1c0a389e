/**
 * What threshold noise does to a replay, from the jitter map alone: no simulation of potentials.
 *
 * First order: x_m = sum_n a_mn x_n + sigma xi_m / z'(s_m), xi standard normal. It has no preferred direction: the lag
 * of the whole would perform a random walk, and it cannot collapse.
 *
 * Second order adds what the curvature of the potential does. Expanding sum w h(u + x_m - x_n) = 1 + sigma xi_m once more,
 *
 *   x_m = (first order) - 1/2 sum_n c_mn (x_m - x_n)^2,    c_mn = w h''(u) / z'(s_m).
 *
 * Near a crossing the potential bends down on its way to a peak (c < 0), and spikes that do not come together lift it
 * less steeply: both delay the crossing by an amount of order sigma^2, always to the same side. Hence the lag
 * drifts, in proportion to sigma^2, instead of walking at random. Of leaky integrate-and-fire neurons the second order is
 * not known here: both orders give the first.
 */
import { demandInteger, demandNumber, demandObject, demandOneOf, normal, refuse, streamKey } from '../../core/index.js';
import { channelCount, demandScore, type Score } from '../score/index.js';
import { KERNEL_DRIVE } from '../template/index.js';
import { demandMap, type JitterMap, sweepPeriod } from './jitter-map.js';
import { similarity } from './precision.js';
import { timingErrors, trend } from './timing.js';

/** What theory predicts of a stored score under threshold noise. */
export interface NoisePrediction {
  /** Standard deviation of the threshold. */
  sigma: number;
  /** Means over the periods. */
  precision: number;
  /** Root mean square of the timing errors after the lag, in refractory periods. */
  jitter: number;
  /** Growth of the lag per period, and the standard error of that. */
  drift: number;
  /** The standard error of the drift. */
  driftError: number;
}

/** What is predicted. */
export interface NoiseOptions {
  /** Standard deviation of the threshold, in thresholds. */
  sigma: number;
  /** Equal seeds give equal predictions. */
  seed: number;
  /** Over so many periods. */
  periods: number;
  /** 1: the linear recursion; 2: with the curvature of the potential. */
  order: 1 | 2;
}

/** Periods left out at the beginning: the errors forget their start within very few. */
const WARM_UP = 2;

/** Runs the recursion from the stored score on and measures it as a simulation would be. */
export function predictNoise(map: JitterMap, score: Score, options: NoiseOptions): NoisePrediction {
  demandMap(map);
  demandScore(score);
  demandObject('the options of a prediction', options, ['sigma', 'seed', 'periods', 'order']);
  const { sigma, seed, periods, order } = options;
  demandNumber('the noise', sigma, 0);
  demandInteger('periods', periods, 1, 1e7);
  demandOneOf('the order', order, [1, 2]);
  if (score.times.length !== map.size || map.neurons.some((neuron) => !(neuron < channelCount(score)))) {
    refuse(`the jitter map has ${map.size} spikes, the score ${score.times.length}; they must belong together`);
  }
  const { size, times, neurons, slopes } = map;
  const key = streamKey(seed, 'linear noise');
  const both = new Float64Array(2 * size);
  const noise = new Float64Array(size);
  const lags: number[] = [];
  let [precision, square, count] = [0, 0, 0];
  for (let period = 0; period < WARM_UP + periods; period++) {
    for (let m = 0; m < size; m++) noise[m] = (sigma * normal(key, m, period)) / slopes[m];
    if (order === 1) sweepPeriod(map, both, noise);
    else sweepCurved(map, both, noise);
    both.copyWithin(0, size);
    if (period < WARM_UP) continue;
    const trains: number[][] = Array.from({ length: channelCount(score) }, () => []);
    // A jitter that has grown beyond all numbers leaves nothing in time.
    const lost = !both.every(Number.isFinite);
    for (let m = 0; m < size && !lost; m++) trains[neurons[m]].push(times[m] + both[m]);
    const played = trains.map((train) => Float64Array.from(train).sort());
    const found = similarity(score, played);
    precision += found.precision / periods;
    const last = lags.at(-1) ?? 0;
    lags.push(last + found.lag - last - score.period * Math.round((found.lag - last) / score.period));
    for (const error of timingErrors(score, played, found.lag)) {
      square += error * error;
      count++;
    }
  }
  const steps = lags.slice(1).map((lag, i) => lag - lags[i]);
  const mean = steps.reduce((a, b) => a + b, 0) / steps.length;
  const spread = steps.reduce((sum, step) => sum + (step - mean) * (step - mean), 0) / (steps.length - 1);
  return {
    sigma,
    precision,
    jitter: Math.sqrt(square / count),
    drift: trend(lags).slope,
    driftError: Math.sqrt(spread / steps.length),
  };
}

/** How often the equation for one spike is put into itself; its slope changes little along the way. */
const PASSES = 3;

/** One period of the recursion with curvature and kinks, in place of `sweepPeriod`. */
function sweepCurved(map: JitterMap, both: Float64Array, noise: Float64Array): void {
  const { size, starts, columns, values, curvatures, kinkStarts, kinkColumns, kinkAges, kinkWeights, betas } = map;
  for (let m = 0; m < size; m++) {
    let linear = noise[m];
    // sum c (x - x_n)^2 = c0 x^2 - 2 c1 x + c2.
    let [c0, c1, c2] = [0, 0, 0];
    for (let i = starts[m]; i < starts[m + 1]; i++) {
      const cause = both[columns[i]];
      linear += values[i] * cause;
      c0 += curvatures[i];
      c1 += curvatures[i] * cause;
      c2 += curvatures[i] * cause * cause;
    }
    let x = linear;
    for (let pass = 0; pass < PASSES; pass++) {
      let more = (c0 * x * x - 2 * c1 * x + c2) / 2;
      for (let i = kinkStarts[m]; i < kinkStarts[m + 1]; i++) {
        const age = kinkAges[i];
        const now = (age + x - both[kinkColumns[i]]) / betas[m];
        // On the other side of the spike than prescribed: h there, in place of the expansion around its age.
        if (age > 0 !== now > 0) more += kinkWeights[i] * KERNEL_DRIVE * now * (age > 0 ? now - 1 : 1 - now);
      }
      x = linear - more;
    }
    both[size + m] = x;
  }
}
