/** What the studies of the paper vary. */
import { z } from 'zod';
import { activations, taskNames } from '../../../src/spikernn/index.js';
import { count, positive, seed } from '../../common/config.js';

/** One thing is varied in a study: of the training, or of the network that has been trained. */
export const ofTraining = ['units', 'tauMax', 'gain', 'activation', 'dale', 'som', 'fixedTau', 'least'] as const;
export const ofMapping = ['scale', 'refractory', 'filter', 'neuron', 'lesion', 'polish'] as const;

const studySchema = z.strictObject({
  name: z.string().min(1),
  title: z.string().min(1),
  task: z.enum(taskNames),
  units: count,
  taus: z.array(positive).min(1).max(2),
  gain: positive.optional(),
  activation: z.enum(activations).optional(),
  /** Trials of a training at least; 1501 in the published code, for Go-NoGo. The paper's counts of trials have none. */
  least: z.int().nonnegative().default(0),
  /** Trials of a training at most, networks, and spiking trials for each scaling factor. */
  trials: count,
  networks: count,
  spikingTrials: count,
  /** Scaling factors that are tried. */
  scales: z.array(positive).min(1),
  vary: z.enum([...ofTraining, ...ofMapping]),
  values: z.array(z.union([z.number(), z.string()])).min(1),
  /** What the paper found, in its own words, for each value or for all. */
  paper: z.array(z.string()),
});

export const paperSchema = z.strictObject({ seed, studies: z.array(studySchema).min(1) });
export type PaperConfig = z.infer<typeof paperSchema>;
export type Study = z.infer<typeof studySchema>;

export const variesTraining = ({ vary }: Study): boolean => (ofTraining as readonly string[]).includes(vary);
