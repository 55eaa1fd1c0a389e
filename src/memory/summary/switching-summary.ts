/** Several memories, prompted one after the other: which of them are called up, and what is played instead. */
import type { SwitchingTrial } from '../measure/index.js';
import { meanOf } from './samples.js';

/** One block of the schedule at one noise. */
export interface SwitchingSummary {
  noise: number;
  /** The memory, from 1 on. */
  prompted: number;
  success: number;
  trials: number;
  /** Mean precision of the last free period against every memory. */
  precision_against: number[];
}

/** Row by row: noise by noise, and within that block by block. `free` is the number of free periods of a block. */
export function summarizeSwitching(
  trials: readonly Pick<SwitchingTrial, 'noise' | 'blocks'>[],
  noises: readonly number[],
  schedule: readonly number[],
  free: number,
): SwitchingSummary[] {
  return noises.flatMap((noise) => {
    const own = trials.filter((trial) => trial.noise === noise).map(({ blocks }) => blocks);
    return schedule.map((memory, block) => {
      const last = own.map((blocks) => blocks[block].periods[free]);
      return {
        noise,
        prompted: memory + 1,
        success: own.filter((blocks) => blocks[block].success).length,
        trials: own.length,
        precision_against: last[0].map((_, m) => meanOf(last.map((pairs) => pairs[m].precision))),
      };
    });
  });
}

/** How often the worst block of a noise succeeds, scaled to `trials`. */
export const worstBlock = (rows: readonly SwitchingSummary[], noise: number, trials: number): number =>
  Math.min(...rows.filter((row) => row.noise === noise).map((row) => (row.success * trials) / row.trials));

/** One noise and one memory, which may be prompted more than once. */
export interface MemoryRecall {
  noise: number;
  prompted: number;
  success: number;
  trials: number;
  /** Mean over its blocks, against every memory. */
  precision: number[];
}

/** Blocks of the same memory taken together. */
export function byMemory(rows: readonly SwitchingSummary[]): MemoryRecall[] {
  const noises = [...new Set(rows.map(({ noise }) => noise))];
  const memories = [...new Set(rows.map(({ prompted }) => prompted))];
  return noises.flatMap((noise) =>
    memories.map((prompted) => {
      const own = rows.filter((row) => row.noise === noise && row.prompted === prompted);
      return {
        noise,
        prompted,
        success: own.reduce((sum, { success }) => sum + success, 0),
        trials: own.reduce((sum, { trials }) => sum + trials, 0),
        precision: memories.map((_, m) => meanOf(own.map((row) => row.precision_against[m]))),
      };
    }),
  );
}
