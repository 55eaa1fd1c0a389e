/** The header of network.npz: what it says of score, neurons, template and aim, in JSON. */
import { z } from 'zod';
import type { Status } from '../../../solvers/index.js';
import { type Aim, aimOf, type Objective, parseObjective } from '../memorize/index.js';
import type { Template } from '../template/index.js';
import { modelSchema } from './model-header.js';

/** Files of the default neuron and template are still written as schema 1, which older versions read. */
export const SCHEMA = 2;
const MOST_CHANNELS = 10_000_000;
/** The codes of the array `status`. */
export const statuses: readonly Status[] = ['solved', 'infeasible', 'roundLimit', 'stalled'];

export const headerSchema = z.object({
  schema: z.union([z.literal(1), z.literal(SCHEMA)]),
  program: z.string(),
  seed: z.number(),
  refractory_s: z.number().positive().max(1e6),
  period: z.number().positive().max(1e9),
  channels: z.int().positive().max(MOST_CHANNELS),
  /** The last so many channels were added with scores of their own (`--hidden`). */
  hidden: z.int().nonnegative().optional(),
  /** Periods of further memories in the same weights. */
  other_periods: z.array(z.number().positive().max(1e9)).optional(),
  model: modelSchema,
  units: z.object({ time: z.literal('refractory period'), weight: z.literal('threshold'), slope: z.string() }),
  template: z.object({
    margin: z.number(),
    slope: z.number(),
    zone: z.number(),
    bound: z.number(),
    grid: z.number().positive().optional(),
    shape: z.enum(['window', 'ramp']).optional(),
  }),
  objective: z.custom<Objective>(
    (text) => typeof text === 'string' && parseObjective(text) === text,
    'unknown objective',
  ),
  /** What of the template was multiplied, neuron by neuron, and how far towards the most. */
  robust: z.object({ what: z.enum(['margin', 'slope', 'both', 'noise']), share: z.number() }).optional(),
  /** Whether impossible neurons have their best weights, instead of none. */
  soft: z.literal(true).optional(),
  /** Of how many equidistant values from -bound to bound each weight is one. */
  levels: z.int().optional(),
  /** Of weights that were trained instead of solved for: the method and its settings. */
  training: z
    .object({ method: z.string() })
    .catchall(z.union([z.string(), z.number(), z.boolean()]))
    .optional(),
});
export type MemoryHeader = z.infer<typeof headerSchema>;

/** The template as the header has it. */
export const templateHeader = ({ margin, slope, zone, bound, grid, shape }: Template): MemoryHeader['template'] => ({
  margin,
  slope,
  zone,
  bound,
  ...(grid === undefined ? {} : { grid }),
  ...(shape === undefined ? {} : { shape }),
});

/** What was wanted of the weights. */
export const aimOfHeader = ({ objective, robust, soft, levels }: MemoryHeader): Aim =>
  aimOf({ objective, robust, soft, levels });
