/**
 * Learning rates over a training of n epochs, e = 0 ... n - 1.
 *
 *   constant      r_0
 *   cosine        r_1 + (r_0 - r_1) (1 + cos(pi e / n)) / 2
 *   exponential   r_0 (r_1 / r_0)^(e / n)
 *   step          r_0 q^floor(e / k)
 */
import {
  cos,
  demandInteger,
  demandNumber,
  demandObject,
  demandOneOf,
  demandPositive,
  EngramError,
  exp,
  ln,
} from '../core/index.js';

/** A rate that stays. */
export interface ConstantSchedule {
  /** Which curve it is. */
  readonly shape: 'constant';
  /** r_0. */
  readonly from: number;
}

/** A rate that goes from one value to another. */
export interface FallingSchedule {
  /** Which curve it is. */
  readonly shape: 'cosine' | 'exponential';
  /** r_0, the rate of the first epoch. */
  readonly from: number;
  /** r_1, the rate after the last epoch. */
  readonly to: number;
}

/** A rate that falls by a factor from time to time. */
export interface StepSchedule {
  /** Which curve it is. */
  readonly shape: 'step';
  /** r_0. */
  readonly from: number;
  /** q, by which the rate is multiplied. */
  readonly factor: number;
  /** k, epochs from one multiplication to the next. */
  readonly every: number;
}

/** The learning rate over the epochs of a training. */
export type Schedule = ConstantSchedule | FallingSchedule | StepSchedule;

/** The rate of an epoch; after the last one it stays. */
export function scheduled(schedule: Schedule, epoch: number, epochs: number): number {
  demandObject('the schedule', schedule);
  const { shape, from } = schedule;
  demandOneOf('the shape of a schedule', shape, ['constant', 'cosine', 'exponential', 'step']);
  demandNumber('the first rate', from);
  demandNumber('the epoch', epoch, 0);
  demandInteger('epochs', epochs, 1);
  if (shape === 'constant') return from;
  if (shape === 'step') {
    const { factor, every } = schedule;
    demandNumber('the factor of a schedule', factor);
    if (!(every >= 1)) throw new EngramError('usage', `a rate falls every 1, 2, 3 ... epochs; got ${every}`);
    let [rate, power] = [from, factor];
    for (let n = Math.floor(Math.min(epoch, epochs) / every); n > 0; n = Math.floor(n / 2)) {
      if (n % 2 === 1) rate *= power;
      power *= power;
    }
    return rate;
  }
  const { to } = schedule;
  if (shape === 'cosine') demandNumber('the last rate', to);
  else for (const rate of [from, to]) demandPositive('a rate of an exponential schedule', rate);
  const share = Math.min(1, epoch / epochs);
  if (from === to) return from;
  return shape === 'cosine' ? to + ((from - to) * (1 + cos(Math.PI * share))) / 2 : from * exp(share * ln(to / from));
}
