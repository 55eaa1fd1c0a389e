/** The parts of a stability report that one thread can do each: the spectrum, and what each noise level will do. */
import type { Job } from '../../core/index.js';
import type { Network, NeuronModel } from '../network/index.js';
import type { Score } from '../score/index.js';
import { jitterMap } from './jitter-map.js';
import { type NoisePrediction, predictNoise } from './linear-noise.js';
import { type Stability, stabilityOf } from './stability.js';

export interface StabilityTest {
  score: Score;
  network: Network;
  model?: NeuronModel | undefined;
  seed: number;
  /** Arnoldi steps. */
  steps: number;
  /** Threshold noise, and over how many periods it is followed. */
  noises: readonly number[];
  periods: number;
}

/** Task 0 gives the spectrum, task i + 1 the prediction for noise i, by the linear recursion and beyond it. */
export type StabilityPart =
  | { stability: Stability }
  | { noise: number; linear: NoisePrediction; curved: NoisePrediction };

export const stabilityJob: Job<StabilityTest, StabilityPart> = {
  name: 'stability',
  module: import.meta.url,
  prepare({ score, network, model, seed, steps, noises, periods }) {
    const map = jitterMap(score, network, model);
    return (index) => {
      if (index === 0) return { stability: stabilityOf(map, steps) };
      const sigma = noises[index - 1];
      const predict = (order: 1 | 2) => predictNoise(map, score, { sigma, seed, periods, order });
      return { noise: sigma, linear: predict(1), curved: predict(2) };
    };
  },
};
