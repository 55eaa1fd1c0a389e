/**
 * First-order optimizers: how far each parameter w goes at learning rate r, given the gradient g of a loss.
 *
 *   adam       m <- b1 m + (1 - b1) g,   v <- b2 v + (1 - b2) g^2                    b1 = 0.9, b2 = 0.999
 *              w <- w - r (m / (1 - b1^n)) / (sqrt(v / (1 - b2^n)) + 1e-8)           (Kingma and Ba 2015; PyTorch)
 *   adam-tf    w <- w - r (sqrt(1 - b2^n) / (1 - b1^n)) m / (sqrt(v) + 1e-8)         (TensorFlow)
 *   adamw      w <- (1 - r c) w, then as adam                                        (Loshchilov and Hutter 2019)
 *   sgd        w <- w - r g
 *   momentum   m <- 0.9 m + g,   w <- w - r m                                        (Polyak 1964; PyTorch)
 *   rmaxprop   v <- max(0.99 v, g^2),   w <- w - r g / (sqrt(v) + 1e-12)             (Zenke and Ganguli 2018, eq. 8)
 *
 * A decay c of weights adds c w to g; adamw alone shrinks w itself. The two forms of Adam part where |g| comes near
 * 1e-8 / sqrt(1 - b2^n). Moments are float64 whatever the parameters are, one flat array over all of them, so that a
 * training can be written down in the middle and go on with the same bytes.
 */
import {
  demandArray,
  demandInteger,
  demandNumber,
  demandObject,
  demandOneOf,
  EngramError,
  refuse,
} from '../core/index.js';

/** First-order methods; `adam` is that of PyTorch, `adam-tf` that of TensorFlow, `rmaxprop` that of SuperSpike. */
export type OptimizerName = 'adam' | 'adam-tf' | 'adamw' | 'sgd' | 'momentum' | 'rmaxprop';

/** Parameters, states and gradients in double or single precision. */
export type Numbers = Float64Array | Float32Array;

/** Throws `usage` unless these are numbers in double or single precision. */
export const demandNumbers = (name: string, values: Numbers, length?: number): void =>
  demandArray(name, values, [Float64Array, Float32Array], length);

/** Parameters that are treated alike. */
export interface ParameterGroup {
  /** Name in logs and saved states. */
  readonly name: string;
  /** Moved in place. */
  readonly values: Numbers;
  /** Factor on the learning rate (default 1). */
  readonly rate?: number;
  /** Decay of weights c (default 0). */
  readonly decay?: number;
  /** 0 where a parameter stays as it is (default: all move). */
  readonly mask?: Uint8Array;
  /** Where the parameters are put back to after a step, each its own or all the same. */
  readonly box?: {
    /** Lower bounds. */
    readonly lower: Numbers | number;
    /** Upper bounds. */
    readonly upper: Numbers | number;
  };
}

/** What an optimizer carries from step to step: plain numbers that can be written down. */
export interface OptimizerState {
  /** Method that it belongs to. */
  readonly name: OptimizerName;
  /** Steps taken. */
  steps: number;
  /** Running mean m of the gradients of all groups, one after the other; empty with `sgd` and `rmaxprop`. */
  readonly mean: Float64Array;
  /** Running mean, or fading maximum, of their squares v; empty with `sgd` and `momentum`. */
  readonly square: Float64Array;
  /** b1^steps and b2^steps. */
  powers: [number, number];
}

const [BETA1, BETA2, TINY] = [0.9, 0.999, 1e-8];
const [KEPT, FLOOR] = [0.99, 1e-12];
const MOMENTUM = 0.9;

/** Multiply-adds of one step per parameter, roots and divisions counted as one each. */
export const STEP_MACS: Record<OptimizerName, number> = {
  adam: 8,
  'adam-tf': 8,
  adamw: 9,
  sgd: 1,
  momentum: 2,
  rmaxprop: 5,
};

/**
 * The state before the first step: all moments zero.
 * @param size number of parameters in all groups
 */
export function createOptimizer(name: OptimizerName, size: number): OptimizerState {
  demandOneOf('the optimizer', name, Object.keys(STEP_MACS));
  demandInteger('the number of parameters', size, 0, 2 ** 31);
  return {
    name,
    steps: 0,
    mean: new Float64Array(name === 'sgd' || name === 'rmaxprop' ? 0 : size),
    square: new Float64Array(name === 'sgd' || name === 'momentum' ? 0 : size),
    powers: [1, 1],
  };
}

/**
 * Moves the parameters by one step.
 * @param groups the same ones, in the same order, at every step
 * @param gradients one array per group, as long as its values; left as they are
 * @throws EngramError `usage` if lengths do not fit
 */
export function takeStep(
  state: OptimizerState,
  groups: readonly ParameterGroup[],
  gradients: readonly Numbers[],
  rate: number,
): void {
  check(state, groups, gradients);
  demandNumber('the learning rate', rate);
  state.steps++;
  state.powers = [state.powers[0] * BETA1, state.powers[1] * BETA2];
  let begin = 0;
  groups.forEach((group, i) => {
    const end = begin + group.values.length;
    move(state, group, gradients[i], rate * (group.rate ?? 1), begin, end);
    if (group.box) project(group.values, group.box.lower, group.box.upper);
    begin = end;
  });
}

/** One step of one group, whose moments begin at `begin`. */
function move(
  { name, powers, ...moments }: OptimizerState,
  group: ParameterGroup,
  given: Numbers,
  r: number,
  begin: number,
  end: number,
): void {
  const { values: w, decay = 0, mask } = group;
  const m = moments.mean.subarray(begin, end);
  const v = moments.square.subarray(begin, end);
  const n = w.length;
  const shrinks = name === 'adamw' && decay !== 0;
  const gradient = pullOf(group, given, shrinks ? 0 : decay);
  if (name === 'sgd') {
    for (let k = 0; k < n; k++) w[k] -= r * gradient[k];
  } else if (name === 'momentum') {
    for (let k = 0; k < n; k++) {
      m[k] = MOMENTUM * m[k] + gradient[k];
      w[k] -= r * m[k];
    }
  } else if (name === 'rmaxprop') {
    for (let k = 0; k < n; k++) {
      const g = gradient[k];
      v[k] = Math.max(KEPT * v[k], g * g);
      w[k] -= (r * g) / (Math.sqrt(v[k]) + FLOOR);
    }
  } else {
    if (shrinks) for (let k = 0; k < n; k++) if (mask?.[k] !== 0) w[k] *= 1 - r * decay;
    const [first, second] = [1 / (1 - powers[0]), 1 / (1 - powers[1])];
    // TensorFlow leaves the root uncorrected and corrects the rate instead.
    const [ofMean, ofRoot] = name === 'adam-tf' ? [r * Math.sqrt(1 - powers[1]) * first, 1] : [r * first, second];
    for (let k = 0; k < n; k++) {
      const g = gradient[k];
      m[k] = BETA1 * m[k] + (1 - BETA1) * g;
      v[k] = BETA2 * v[k] + (1 - BETA2) * g * g;
      w[k] -= (ofMean * m[k]) / (Math.sqrt(v[k] * ofRoot) + TINY);
    }
  }
}

/** The gradient with the decay added, 0 where parameters stay. */
function pullOf({ values, mask }: ParameterGroup, gradient: Numbers, decay: number): Numbers {
  if (!mask && decay === 0) return gradient;
  const pull = new Float64Array(values.length);
  for (let k = 0; k < pull.length; k++) if (mask?.[k] !== 0) pull[k] = gradient[k] + decay * values[k];
  return pull;
}

/** Projection onto lower <= w <= upper. */
export function project(values: Numbers, lower: Numbers | number, upper: Numbers | number): void {
  demandNumbers('the values', values);
  for (const [name, bound] of [
    ['lower', lower],
    ['upper', upper],
  ] as const) {
    if (typeof bound !== 'number') demandNumbers(`the ${name} bounds`, bound, values.length);
    else if (Number.isNaN(bound)) refuse(`the ${name} bound must be a number; got NaN`);
  }
  if (typeof lower === 'number' && typeof upper === 'number' && lower > upper) {
    refuse(`the lower bound must not be above the upper; got ${lower} and ${upper}`);
  }
  for (let k = 0; k < values.length; k++) {
    const low = typeof lower === 'number' ? lower : lower[k];
    const high = typeof upper === 'number' ? upper : upper[k];
    values[k] = Math.min(high, Math.max(low, values[k]));
  }
}

function check(state: OptimizerState, groups: readonly ParameterGroup[], gradients: readonly Numbers[]) {
  demandObject('the state of an optimizer', state);
  if (!Array.isArray(groups) || !Array.isArray(gradients)) refuse('groups and gradients must be lists');
  const { mean, square } = state;
  const fits = (what: string, got: number | undefined, allowed: number) => {
    if (got !== allowed) throw new EngramError('usage', `${what} must have ${allowed} entries; got ${got ?? 'none'}`);
  };
  let size = 0;
  groups.forEach(({ name, values, mask }, i) => {
    fits(`the gradient of ${name}`, gradients[i]?.length, values.length);
    if (mask) fits(`the mask of ${name}`, mask.length, values.length);
    size += values.length;
  });
  for (const moments of [mean, square])
    if (moments.length > 0) fits('the moments of the optimizer', moments.length, size);
}
