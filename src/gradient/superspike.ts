import type { OptimizerName } from './optimizer.js';

export interface SuperSpikeSettings {
  readonly method: 'superspike';
  readonly epochs: number;
  readonly optimizer: OptimizerName;
  /** Learning rates at the begin and at the end, in units of the weights. */
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
