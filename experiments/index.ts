/** All experiments; a list for every system that they are about. */
import { EngramError } from '../src/core/index.js';
import type { AnyExperiment } from './common/experiment.js';
import { flossing } from './flossing/index.js';
import { memory } from './memory/index.js';
import { sparseprop } from './sparseprop/index.js';
import { spikernn } from './spikernn/index.js';
import { srnn } from './srnn/index.js';

const systems: Record<string, readonly AnyExperiment[]> = { memory, sparseprop, flossing, spikernn, srnn };

export const experiments: readonly AnyExperiment[] = Object.values(systems).flat();

/** Throws `usage` if there is none of that name. */
export function experimentNamed(name: string): AnyExperiment {
  const found = experiments.find((candidate) => candidate.name === name);
  if (!found) {
    throw new EngramError(
      'usage',
      `there is no experiment "${name}"; experiments are ${experiments.map((known) => known.name).join(', ')}`,
    );
  }
  return found;
}

/** Where the page and the configurations of an experiment lie. */
export function folderOf(name: string): URL {
  const experiment = experimentNamed(name);
  const system = Object.keys(systems).find((one) => systems[one].includes(experiment));
  return new URL(`./${system}/${name}/`, import.meta.url);
}
