/** All experiments, by the system that they are about. Workers load this module and find theirs by name. */
import type { Work } from '../src/campaign/index.js';
import { EngramError } from '../src/core/index.js';
import type { AnyExperiment } from './common/experiment.js';
import { memory } from './memory/index.js';

/** An experiment lies in the folder of its system, in a folder of its own name. */
const systems: Record<string, readonly AnyExperiment[]> = { memory };

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

export const workNamed = (name: string): Work<unknown, unknown> => experimentNamed(name);

/** Where the page and the configurations of an experiment lie. */
export function folderOf(name: string): URL {
  const experiment = experimentNamed(name);
  const [system] = Object.entries(systems).find(([, own]) => own.includes(experiment)) as [string, unknown];
  return new URL(`./${system}/${name}/`, import.meta.url);
}

/** Where this module lies. */
export const location: string = import.meta.url;
