/** One network on one delayed task under one schedule of flossing, as rows: blocks of epochs. */
import { z } from 'zod';
import type { Row } from '../../../src/campaign/index.js';
import { ln } from '../../../src/core/index.js';
import {
  advanceFlossing,
  DEFAULTS,
  type FlossingSettings,
  logOf,
  modes,
  startFlossing,
} from '../../../src/flossing/index.js';
import { count, positive, seed } from '../../common/config.js';
import type { Experiment } from '../../common/experiment.js';
import { mean } from '../../common/rows.js';
import { units } from './units.js';

const scheduleSchema = z.strictObject({
  name: z.string().min(1),
  mode: z.enum(modes),
  exponents: count.optional(),
  rate: positive.optional(),
  strength: positive.optional(),
  clip: positive.optional(),
});

const learnSchema = z.strictObject({
  seed,
  units: count,
  sharpness: positive,
  gain: positive,
  batch: count,
  steps: count,
  epochs: count,
  delays: z.array(count).min(1),
  networks: count,
  schedules: z.array(scheduleSchema).min(1),
});
export type LearnConfig = z.infer<typeof learnSchema>;

export interface LearnTask {
  schedule: number;
  delay: number;
  network: number;
}

const learnColumns = ['schedule', 'delay', 'network', 'epoch', 'accuracy', 'best', 'gradient', 'updates', 'skipped'];

/** Blocks that the epochs are divided into. */
const BLOCKS = 30;

const learnTasks = ({ schedules, delays, networks }: LearnConfig): LearnTask[] =>
  delays.flatMap((delay) =>
    Array.from({ length: networks }, (_, network) =>
      schedules.map((_, schedule): LearnTask => ({ schedule, delay, network })),
    ).flat(),
  );

/** Seconds that a task takes, by the multiply-adds of a pass and of flossing. */
function learnCost({ schedule }: LearnTask, { units, batch, steps, epochs, schedules }: LearnConfig): number {
  const { mode, exponents = 1 } = schedules[schedule];
  const updates = { none: 0, pre: 500, inter: 1500, adaptive: 200 + 0.3 * epochs, joint: epochs }[mode];
  return (
    epochs * (1.5e-3 + steps * units * units * batch * 5e-10) +
    updates * (4e-3 + 55 * units * units * exponents * 1.6e-9)
  );
}

/** Both flossed and not, networks of the same number begin alike and see the same trials. */
function learn(config: LearnConfig, { schedule, delay, network }: LearnTask): Row[] {
  const { units, sharpness, gain, batch, steps, epochs } = config;
  const { name, mode, exponents = 1, rate, strength, clip } = config.schedules[schedule];
  const settings: FlossingSettings = {
    ...DEFAULTS,
    units,
    sharpness,
    gain,
    batch,
    steps,
    epochs,
    delay,
    mode,
    exponents,
    ...(rate === undefined ? {} : { rate }),
    ...(strength === undefined ? {} : { strength }),
    ...(clip === undefined ? {} : { clip }),
    seed: 1000 * config.seed + network,
  };
  const trained = startFlossing(settings);
  advanceFlossing(trained, settings);
  const log = logOf(trained);
  let best = 0;
  return Array.from({ length: Math.min(BLOCKS, epochs) }, (_, b): Row => {
    const [begin, end] = [b, b + 1].map((i) => Math.floor((i * epochs) / Math.min(BLOCKS, epochs)));
    const accuracy = [...log.accuracy.subarray(begin, end)];
    best = Math.max(best, ...accuracy);
    // Decades: a mean over blocks that explode would tell of the explosions alone.
    const decades = [...log.gradient_start.subarray(begin, end)].filter((norm) => norm > 0 && Number.isFinite(norm));
    return {
      schedule: name,
      delay,
      network,
      epoch: end,
      accuracy: mean(accuracy),
      best,
      gradient: decades.length > 0 ? mean(decades.map((norm) => log10(norm))) : Number.NaN,
      updates: log.flossing_updates[end - 1],
      skipped: log.skipped[end - 1],
    };
  });
}

const log10 = (x: number): number => ln(x) / Math.LN10;

/** An experiment on schedules of flossing, but for its question and what its rows say. */
export const learning = (
  own: Pick<Experiment<LearnConfig, LearnTask>, 'name' | 'module' | 'title' | 'question' | 'conclude'>,
): Experiment<LearnConfig, LearnTask> => ({
  ...own,
  units,
  schema: learnSchema,
  columns: learnColumns,
  tasks: learnTasks,
  cost: learnCost,
  prepare: (config) => (task) => learn(config, task),
});
