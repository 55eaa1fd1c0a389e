/** What may be asked of MNESIS's task, and the pieces of work. Times are in steps of 1 ms here, as the task has it. */
import { z } from 'zod';
import { count, positive, seed } from '../../common/config.js';
import { noises, objective } from '../common/config.js';

/** How neurons are made: their refractory period (and time constant of the kernel) in steps, and their template. */
const design = z.strictObject({
  name: z.string().min(1),
  /** Steps per refractory period. */
  tau: positive,
  margin: positive,
  slope: z.number().min(0),
  zone: positive.max(0.5),
  /** Least potential half a refractory period after a spike, if any is asked. */
  overdrive: z.number().gt(1).nullable(),
  bound: positive,
  objective,
  /** Whether impossible neurons get their best weights; else they stay silent. */
  soft: z.boolean(),
});

/** Networks of one size, and how they are tried. */
const networks = {
  designs: z.array(z.string()).min(1),
  channels: count,
  /** Synapses per neuron. */
  inputs: count,
  /** Spikes per second. */
  rates: z.array(positive).min(1),
  memories: z.array(count).min(1),
  networks: count,
  noises,
  /** Cues of every memory, corruption and noise. */
  trials: count,
};

export const schema = z
  .strictObject({
    seed,
    /** Steps of a pattern, and of its cue. */
    steps: count,
    cue: count,
    /** Range of the delays, in steps. */
    delays: z.tuple([positive, positive]),
    designs: z.array(design).min(1),
    /** The parts, each with its networks. */
    parts: z.array(z.strictObject({ part: z.enum(['task', 'capacity', 'designs']), ...networks })).min(1),
  })
  .refine(
    ({ designs, parts }) => parts.every((part) => part.designs.every((name) => designs.some((d) => d.name === name))),
    {
      message: 'every part must name designs of the list',
    },
  )
  .refine(({ steps, cue }) => cue < steps, { message: 'the cue must be shorter than the pattern' });

export type Config = z.infer<typeof schema>;
export type Design = z.infer<typeof design>;

export interface Task {
  part: Config['parts'][number]['part'];
  design: string;
  channels: number;
  inputs: number;
  rate: number;
  memories: number;
  network: number;
  noises: number[];
  trials: number;
}

/** What MNESIS reports, by corruption of the cue: F1, and where it says so precision and recall. */
export const published: Readonly<Record<string, number>> = { none: 1, resampled: 0.967, shortened: 0.862, silenced: 1 };
