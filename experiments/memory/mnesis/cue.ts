/**
 * The cue: the first steps of a raster, played by all neurons, whole or corrupted as MNESIS does it.
 *
 *   resampled   every cell of the cue (neuron, step) is drawn anew with probability 1/4: spikes are lost, others come
 *   shortened   the cue ends after three quarters of its steps
 *   silenced    an eighth of the neurons, drawn, do not fire in it
 */
import { streamKey, uniformStream } from '../../../src/core/index.js';
import type { Raster } from './raster.js';

export const corruptions = ['none', 'resampled', 'shortened', 'silenced'] as const;
export type Corruption = (typeof corruptions)[number];

const RESAMPLED = 1 / 4;
const SHORTENED = 3 / 4;
const SILENCED = 1 / 8;

export interface Cue {
  /** Steps that it lasts; then all neurons are free. */
  readonly length: number;
  /** Per neuron the steps in which it fires. */
  readonly trains: readonly Uint32Array[];
}

/** Whether anything of a trial is drawn; else all trials are the same, and one is enough. */
export const isDrawn = (corruption: Corruption, noise: number): boolean =>
  noise > 0 || corruption === 'resampled' || corruption === 'silenced';

/** The cue of a trial: equal seeds and names give equal cues. */
export function cueOf(
  { steps, trains }: Raster,
  whole: number,
  corruption: Corruption,
  { seed, name }: { seed: number; name: string },
): Cue {
  const length = corruption === 'shortened' ? Math.round(SHORTENED * whole) : whole;
  const within = trains.map((fired) => fired.filter((step) => step < length));
  const key = streamKey(seed, `${corruption} ${name}`);
  if (corruption === 'resampled') {
    const rate = trains.reduce((sum, { length: n }) => sum + n, 0) / (trains.length * steps);
    return {
      length,
      trains: within.map((fired, neuron) => resampled(fired, length, rate, uniformStream(key, neuron))),
    };
  }
  if (corruption !== 'silenced') return { length, trains: within };
  const uniform = uniformStream(key);
  // So many exactly: those with the smallest draws.
  const order = within.map((_, neuron) => ({ neuron, draw: uniform() })).sort((a, b) => a.draw - b.draw);
  const silent = new Set(order.slice(0, Math.round(SILENCED * within.length)).map(({ neuron }) => neuron));
  return { length, trains: within.map((fired, neuron) => (silent.has(neuron) ? new Uint32Array() : fired)) };
}

function resampled(fired: Uint32Array, length: number, rate: number, uniform: () => number): Uint32Array {
  const original = new Set(fired);
  const steps = Array.from({ length }, (_, step) => step);
  return Uint32Array.from(
    steps.filter((step) => {
      const [anew, drawn] = [uniform() < RESAMPLED, uniform() < rate];
      return anew ? drawn : original.has(step);
    }),
  );
}
