/**
 * Rasters: what is stored where time goes in steps. Each neuron fires in each of the steps of a cyclic pattern with the same
 * probability, but not within `dead` steps of its last spike; the hazard h of a free step is chosen so that spikes come at
 * the wanted rate r per step,
 *
 *   1 / r = 1 / h + dead - 1     =>     h = r / (1 - r (dead - 1)).
 *
 * In continuous time a spike of step i lies in its middle, so that it may be early or late by half a step.
 */
import { type Key, streamKey, uniformStream } from '../../../src/core/index.js';
import { type Score, scoreOf } from '../../../src/memory/score/index.js';

/** Per neuron the steps in which it fires, in order, all below `steps`. */
export interface Raster {
  readonly steps: number;
  readonly trains: readonly Uint32Array[];
}

export interface RasterPlan {
  neurons: number;
  steps: number;
  /** Spikes per step and neuron. */
  rate: number;
  /** Least number of steps from a spike of a neuron to its next one. */
  dead: number;
}

/** Raster number `memory` of a seed; every neuron has its own stream. */
export function sampleRaster({ neurons, steps, rate, dead }: RasterPlan, seed: number, memory: number): Raster {
  const key = streamKey(seed, `raster ${memory}`);
  const hazard = rate / (1 - rate * (dead - 1));
  const trains = Array.from({ length: neurons }, (_, neuron) => train(key, neuron, steps, hazard, dead));
  return { steps, trains };
}

function train(key: Key, neuron: number, steps: number, hazard: number, dead: number): Uint32Array {
  const uniform = uniformStream(key, neuron);
  const fired: number[] = [];
  for (let step = 0; step < steps; step++) {
    const drawn = uniform() < hazard;
    if (!drawn || (fired.length > 0 && step - fired[fired.length - 1] < dead)) continue;
    // Around the circle the first spike comes next.
    if (fired.length > 0 && fired[0] + steps - step < dead) break;
    fired.push(step);
  }
  return Uint32Array.from(fired);
}

/** The middle of a step, in refractory periods of `tau` steps. */
export const momentOf = (step: number, tau: number): number => (step + 0.5) / tau;

/** The periodic score of a raster, in refractory periods of `tau` steps. */
export const scoreOfRaster = ({ steps, trains }: Raster, tau: number): Score =>
  scoreOf(
    trains.map((fired) => Float64Array.from(fired, (step) => momentOf(step, tau))),
    steps / tau,
  );
