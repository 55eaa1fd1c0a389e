/** All experiments. Workers load this module and find theirs by name. */
import type { Work } from '../src/campaign/index.js';
import { EngramError } from '../src/core/index.js';
import { associativeRecall } from './associative-recall/run.js';
import type { Experiment } from './common/experiment.js';
import { convexVersusGradient } from './convex-versus-gradient/run.js';
import { noiseLimits } from './noise-limits/run.js';
import { realRecording } from './real-recording/run.js';
import { recallCapacity } from './recall-capacity/run.js';
import { severalMemories } from './several-memories/run.js';
import { storageCapacity } from './storage-capacity/run.js';
import { temporalStability } from './temporal-stability/run.js';

// biome-ignore lint/suspicious/noExplicitAny: every experiment has its own configuration and tasks; its name ties them together
export const experiments: readonly Experiment<any, any>[] = [
  storageCapacity,
  recallCapacity,
  temporalStability,
  associativeRecall,
  severalMemories,
  noiseLimits,
  realRecording,
  convexVersusGradient,
];

// biome-ignore lint/suspicious/noExplicitAny: as above
export function experimentNamed(name: string): Experiment<any, any> {
  const found = experiments.find((candidate) => candidate.name === name);
  if (!found) {
    throw new EngramError(
      'usage',
      `there is no experiment "${name}"; experiments are ${experiments.map((known) => known.name).join(', ')}`,
    );
  }
  return found;
}

export const workNamed = (name: string): Work<unknown, unknown> => experimentNamed(name);

/** Where this module and the folders of the experiments lie. */
export const location: string = import.meta.url;
