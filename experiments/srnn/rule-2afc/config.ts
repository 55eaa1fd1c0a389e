/** What the experiment is asked: variants of the network and its training, on the same seeds. */
import { z } from 'zod';
import { DEFAULTS, recipes, type SrnnSettings } from '../../../src/srnn/index.js';
import { count, positive, seed, share } from '../../common/config.js';

const variant = z.strictObject({
  name: z.string().min(1),
  neurons: count.optional(),
  batch: count.optional(),
  draw: z.enum(['uniform', 'balanced']).optional(),
  counter: z.enum(['attached', 'detached']).optional(),
  schedule: z.enum(['constant', 'cosine']).optional(),
  rate: positive.optional(),
  /** Rise of the threshold; 0 takes the adaptation away. */
  beta: z.number().min(0).optional(),
  frozen: z.boolean().optional(),
  /** Spectral radius at the start; 0 takes the recurrence away, for good. */
  radius: z.number().min(0).optional(),
  /** Synaptic time constant of all neurons, in s. */
  synapse: positive.optional(),
});
export type Variant = z.infer<typeof variant>;

export const schema = z
  .strictObject({
    seed,
    networks: count,
    batches: count,
    /** Blocks in which the course of a training is told. */
    blocks: count,
    neurons: count,
    batch: count,
    rate: positive,
    trials: count,
    coherences: z.array(share).min(1),
    delays: z.array(positive).min(1),
    variants: z
      .array(variant)
      .min(1)
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'two variants have one name'),
  })
  .refine(({ batches, blocks }) => batches % blocks === 0, {
    path: ['batches'],
    message: 'must be a multiple of blocks: the course is told after each of them',
  });
export type Config = z.infer<typeof schema>;

/** The settings of a network: those of the recipe `balanced`, unless the variant says otherwise. */
export function settingsOf(config: Config, number: number, network: number): SrnnSettings {
  const { synapse, name: _, ...own } = config.variants[number];
  const { neurons, batch, rate, batches, blocks, seed: first } = config;
  return {
    ...DEFAULTS,
    ...recipes.balanced,
    neurons,
    batch,
    rate,
    ...(JSON.parse(JSON.stringify(own)) as Partial<SrnnSettings>),
    ...(synapse === undefined ? {} : { synapseE: 1 / synapse, synapseI: 1 / synapse }),
    epochs: 1,
    // No tests on the way: the end is tested, and blocks tell the course.
    batches: Math.floor(batches / blocks) * blocks + 1,
    seed: 1000 * first + network,
  };
}
