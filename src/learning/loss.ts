/**
 * Losses of outputs o against targets z, over n entries, with the gradient dL/do:
 *
 *   mean squared      L = 1/n sum (o - z)^2                        dL/do = 2 (o - z) / n
 *   Euclidean         L = sqrt(sum (o - z)^2)                      dL/do = (o - z) / L, 0 at L = 0
 *   absolute          L = sum |o - z|                              dL/do = sign(o - z), sign(0) = 0
 *   cross-entropy     L = 1/n sum ln(1 + e^o) - z o                dL/do = (s(o) - z) / n,   s(o) = 1 / (1 + e^{-o})
 *
 * of outputs that are logits, z from 0 to 1. Each is computed without overflow.
 */
import { exp, log1p, refuse, sigmoid } from '../core/index.js';
import { demandNumbers, type Numbers } from './optimizer.js';

/** A loss and its gradient. */
export interface Loss {
  /** L. */
  readonly value: number;
  /** dL/do, as long as the outputs. */
  readonly gradient: Float64Array;
}

/** L = 1/n sum (o - z)^2. */
export function meanSquaredLoss(outputs: Numbers, targets: Numbers): Loss {
  demandPairs(outputs, targets);
  const n = outputs.length;
  return sumOver(outputs, targets, (o, z) => ({ part: ((o - z) * (o - z)) / n, slope: (2 * (o - z)) / n }));
}

/** L = sqrt(sum (o - z)^2); the gradient at L = 0 is 0. */
export function euclideanLoss(outputs: Numbers, targets: Numbers): Loss {
  demandPairs(outputs, targets);
  const { value: squares, gradient } = sumOver(outputs, targets, (o, z) => ({ part: (o - z) * (o - z), slope: o - z }));
  const value = Math.sqrt(squares);
  return { value, gradient: value > 0 ? gradient.map((difference) => difference / value) : gradient };
}

/** L = sum |o - z|. */
export function absoluteLoss(outputs: Numbers, targets: Numbers): Loss {
  demandPairs(outputs, targets);
  return sumOver(outputs, targets, (o, z) => ({ part: Math.abs(o - z), slope: Math.sign(o - z) }));
}

/** L = 1/n sum ln(1 + e^o) - z o of logits o and targets z from 0 to 1, without overflow. */
export function crossEntropyLoss(logits: Numbers, targets: Numbers): Loss {
  demandPairs(logits, targets);
  const outside = targets.findIndex((z) => !(z >= 0 && z <= 1));
  if (outside >= 0) refuse(`a target of the cross-entropy must be from 0 to 1; got ${targets[outside]}`);
  const n = logits.length;
  return sumOver(logits, targets, (o, z) => ({
    // ln(1 + e^o) - z o, in terms that are not negative.
    part: (Math.max(o, 0) - z * o + log1p(exp(-Math.abs(o)))) / n,
    slope: (sigmoid(o) - z) / n,
  }));
}

/** Throws `usage` unless there is a target for each output. That an output has become NaN is the loss's to say. */
function demandPairs(outputs: Numbers, targets: Numbers): void {
  demandNumbers('the outputs', outputs);
  demandNumbers('the targets', targets, outputs.length);
}

function sumOver(outputs: Numbers, targets: Numbers, term: (o: number, z: number) => { part: number; slope: number }) {
  const gradient = new Float64Array(outputs.length);
  let value = 0;
  for (let k = 0; k < outputs.length; k++) {
    const { part, slope } = term(outputs[k], targets[k]);
    value += part;
    gradient[k] = slope;
  }
  return { value, gradient };
}
