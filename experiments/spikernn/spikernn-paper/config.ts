/** What the studies of the paper vary. */
import { z } from 'zod';
import { activations, type Lesion, taskNames } from '../../../src/spikernn/index.js';
import { count, positive, seed } from '../../common/config.js';

/** One thing is varied in a study: of the training, or of the network that has been trained. */
export const ofTraining = ['units', 'tauMax', 'gain', 'activation', 'dale', 'som', 'fixedTau', 'least'] as const;
export const ofMapping = ['scale', 'refractory', 'filter', 'neuron', 'lesion', 'polish'] as const;

/** Lesions by their name. */
export const LESIONS: Readonly<Record<string, Lesion>> = {
  none: {},
  'exc 10 %': { silenced: { kind: 'exc', share: 0.1 } },
  'inh 10 %': { silenced: { kind: 'inh', share: 0.1 } },
  'weights 10 %': { weightNoise: 0.1 },
  'weights 30 %': { weightNoise: 0.3 },
};

/** Words that a varied thing may be; all others are numbers. */
const WORDS: Partial<Record<string, readonly string[]>> = {
  activation: activations,
  dale: ['yes', 'no'],
  fixedTau: ['trained'],
  filter: ['double', 'single'],
  neuron: ['lif', 'qif'],
  lesion: Object.keys(LESIONS),
};
/** What may be a number. */
const isNumbered = (vary: string) => WORDS[vary] === undefined || vary === 'fixedTau';

const fields = z.strictObject({
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

const studySchema = fields
  .superRefine(({ vary, values }, context) => {
    const wrong = values.find((value) =>
      typeof value === 'number' ? !isNumbered(vary) : !WORDS[vary]?.includes(value),
    );
    if (wrong === undefined) return;
    const allowed = [...(isNumbered(vary) ? ['numbers'] : []), ...(WORDS[vary] ?? [])].join(', ');
    context.addIssue({ code: 'custom', path: ['values'], message: `of ${vary} may be ${allowed}; got ${wrong}` });
  })
  .refine(({ vary, values, taus }) => vary !== 'tauMax' || values.every((value) => Number(value) / 5 >= taus[0]), {
    path: ['values'],
    message: 'of tauMax, in ms, must be at least 5 times the first of taus, in steps',
  });

export const paperSchema = z.strictObject({
  seed,
  studies: z
    .array(studySchema)
    .min(1)
    .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'two studies have one name'),
});
export type PaperConfig = z.infer<typeof paperSchema>;
export type Study = z.infer<typeof studySchema>;

export const variesTraining = ({ vary }: Study): boolean => (ofTraining as readonly string[]).includes(vary);
