import type { OptimizerName } from './optimizer.js';

export interface HingeSettings {
  readonly method: 'hinge';
  readonly epochs: number;
  readonly optimizer: OptimizerName;
  readonly rate: number;
  readonly finalRate: number;
  /** Price of a violation, squared, at the begin and at the end. */
  readonly penalty: number;
  readonly finalPenalty: number;
  readonly budget?: number | undefined;
  readonly patience?: number | undefined;
}
