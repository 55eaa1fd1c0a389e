/** The header of network.npz: what it says of score, neurons, template and aim, in JSON. */
import { z } from 'zod';
import type { Status } from '../../../solvers/index.js';
import { type Aim, aimOf, type Objective, parseObjective } from '../memorize/index.js';
import { checkTemplate, type Template } from '../template/index.js';
import { type ModelHeader, modelSchema } from './model-header.js';

/** Files of the default neuron and template are still written as schema 1, which older versions read. */
export const SCHEMA = 2;
const MOST_CHANNELS = 10_000_000;
/** The codes of the array `status`. */
export const statuses: readonly Status[] = ['solved', 'infeasible', 'roundLimit', 'stalled'];

/** The header of network.npz. Names are those of the file; times are in refractory periods unless a name says otherwise. */
export interface MemoryHeader {
  /** Version of the format: 1 for the default neuron and template, else 2. */
  schema: 1 | 2;
  /** Name and version of what wrote the file. */
  program: string;
  /** Seed that score and wiring were drawn with. */
  seed: number;
  /** Seconds per refractory period. */
  refractory_s: number;
  /** Period of the score. */
  period: number;
  /** Channels of the score, one per neuron. */
  channels: number;
  /** What the recording calls the channels, where it is not their numbers from 0. */
  ids?: (number | string)[] | undefined;
  /** The last so many channels were added with scores of their own (`--hidden`). */
  hidden?: number | undefined;
  /** Periods of further memories in the same weights. */
  other_periods?: number[] | undefined;
  /** What the neurons are. */
  model: ModelHeader;
  /** Units of all arrays. */
  units: {
    /** Unit of times. */
    time: 'refractory period';
    /** Unit of weights and potentials. */
    weight: 'threshold';
    /** Unit of slopes. */
    slope: string;
  };
  /** What was demanded of each potential; see `Template`. */
  template: {
    /** How far below the threshold a silent potential stays, in thresholds. */
    margin: number;
    /** Least slope around a spike, in `units.slope`. */
    slope: number;
    /** Half the width of the firing zone around a spike. */
    zone: number;
    /** Largest magnitude of a weight, in thresholds. */
    bound: number;
    /** Distance of the moments at which the template is demanded; absent: in continuous time. */
    grid?: number | undefined;
    /** Shape of the demands before a spike; absent: window. */
    shape?: 'window' | 'ramp' | undefined;
    /** The least potential after every spike, in thresholds, and how long after it; absent: nothing is asked there. */
    overdrive?:
      | {
          /** The least potential, in thresholds. */
          level: number;
          /** How long after the spike, in refractory periods. */
          after: number;
        }
      | undefined;
  };
  /** Measure of the weights that was minimized. */
  objective: Objective;
  /** What of the template was multiplied, neuron by neuron, and how far towards the most. */
  robust?:
    | {
        /** What was multiplied, or `noise`: the template stays and the noise gain was minimized. */
        what: 'margin' | 'slope' | 'both' | 'noise';
        /** Share of the way to the most that is possible, or of the noise gain in what was minimized; 0 < share < 1. */
        share: number;
      }
    | undefined;
  /** Whether impossible neurons have their best weights, instead of none. */
  soft?: true | undefined;
  /** Of how many equidistant values from -bound to bound each weight is one. */
  levels?: number | undefined;
  /** Of weights that were trained instead of solved for: the method and its settings. */
  training?:
    | {
        /** Further settings, by their names. */
        [setting: string]: string | number | boolean;
        /** Name of the method. */
        method: string;
      }
    | undefined;
}

export const headerSchema: z.ZodType<MemoryHeader> = z.object({
  schema: z.union([z.literal(1), z.literal(SCHEMA)]),
  program: z.string(),
  seed: z.number(),
  refractory_s: z.number().positive().max(1e6),
  period: z.number().positive().max(1e9),
  channels: z.int().positive().max(MOST_CHANNELS),
  ids: z.array(z.union([z.int(), z.string()])).optional(),
  hidden: z.int().nonnegative().optional(),
  other_periods: z.array(z.number().positive().max(1e9)).optional(),
  model: modelSchema,
  units: z.object({ time: z.literal('refractory period'), weight: z.literal('threshold'), slope: z.string() }),
  template: z
    .object({
      margin: z.number(),
      slope: z.number(),
      zone: z.number(),
      bound: z.number(),
      grid: z.number().positive().optional(),
      shape: z.enum(['window', 'ramp']).optional(),
      overdrive: z.object({ level: z.number(), after: z.number() }).optional(),
    })
    .superRefine((template, { addIssue }) => {
      try {
        checkTemplate(template as Template);
      } catch (error) {
        addIssue((error as Error).message);
      }
    }),
  objective: z.custom<Objective>(
    (text) => typeof text === 'string' && parseObjective(text) === text,
    'unknown objective',
  ),
  robust: z.object({ what: z.enum(['margin', 'slope', 'both', 'noise']), share: z.number() }).optional(),
  soft: z.literal(true).optional(),
  levels: z.int().optional(),
  training: z
    .object({ method: z.string() })
    .catchall(z.union([z.string(), z.number(), z.boolean()]))
    .optional(),
});

/** The template as the header has it. */
export const templateHeader = ({
  margin,
  slope,
  zone,
  bound,
  grid,
  shape,
  overdrive,
}: Template): MemoryHeader['template'] => ({
  margin,
  slope,
  zone,
  bound,
  ...(grid === undefined ? {} : { grid }),
  ...(shape === undefined ? {} : { shape }),
  ...(overdrive === undefined ? {} : { overdrive }),
});

/** What was wanted of the weights. */
export const aimOfHeader = ({ objective, robust, soft, levels }: MemoryHeader): Aim =>
  aimOf({ objective, robust, soft, levels });
