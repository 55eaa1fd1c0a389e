export interface FpSettings {
  readonly method: 'fp';
  /** Trials at most: each ends at its first error. */
  readonly epochs: number;
  /** Learning rate, in units of the weights. */
  readonly rate: number;
  /** Tolerance: how far a spike may be from its prescribed time, in refractory periods. */
  readonly tolerance: number;
  readonly budget?: number | undefined;
}
