/** Options of the commands of srnn: the original's flags, and our own. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { integer, type OptionSpec, option, type RunOptions, runOptions, share } from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { readBytes } from '../../files/node.js';
import { readCheckpoint, recipes, type SrnnSettings, type Weights } from '../../srnn/index.js';
import { completed, type Given, optionsFor, readParameters, settingsFrom, type Value } from './flags.js';

export type SrnnOptions = RunOptions & Given & { recipe?: keyof typeof recipes; attempts?: number; give_up?: number };

const recipeOption: OptionSpec = {
  ...option(
    '--recipe <name>',
    'a set of flags that leaves the plateau on which the rule is ignored (docs/srnn.md); flags given beside it count',
  ),
  choices: Object.keys(recipes),
};

/** Of training. */
export const trainOptions: readonly OptionSpec[] = runOptions(
  'srnn',
  [
    recipeOption,
    option(
      '--attempts <n>',
      'seeds that are tried, one after the other, until one is not given up (default: 1, of a recipe 10)',
      integer(1, 1000),
    ),
    option(
      '--give_up <share>',
      'a seed that chooses right in fewer incongruent trials after a quarter of its batches is given up (default: 0.55, of a recipe 0.8)',
      share(true),
    ),
    ...optionsFor(['network', 'task', 'training', 'program']),
  ],
  { resume: true },
);

const NAMES: Record<keyof (typeof recipes)['balanced'], string> = {
  neurons: 'hidden_size',
  batch: 'batch_size',
  epochs: 'epochs',
  batches: 'batch_num',
  draw: 'draw',
  schedule: 'schedule',
  rate: 'learning_rate',
  counter: 'counter',
};

/** All flags of a training. */
export function flagsOf(options: SrnnOptions): Record<string, Value> {
  const recipe = options.recipe === undefined ? {} : recipes[options.recipe];
  const named = Object.entries(recipe).map(([key, value]) => [NAMES[key as keyof typeof NAMES], value]);
  return completed(options as Given, Object.fromEntries(named));
}

/** The checkpoint of a folder of engram srnn train, and what it was asked. */
export const CHECKPOINT = 'snn_PFC-final.npz';
export const PARAMETERS = 'parameters.json';

/** A trained network and what it was trained on; flags given beside it count. Throws `usage` or `input`. */
export function trainedNetwork(
  directory: string,
  given: Given,
): { settings: SrnnSettings; weights: Weights; flags: Record<string, Value> } {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    throw new EngramError('usage', `${directory} is no folder; name the results of engram srnn train`);
  }
  const file = join(directory, PARAMETERS);
  const { flags: saved, seed } = readParameters(new TextDecoder().decode(readBytes(file)), file);
  const flags = completed(given, saved);
  const settings = settingsFrom(flags, seed);
  const checkpoint = join(directory, CHECKPOINT);
  return { settings, weights: readCheckpoint(readBytes(checkpoint), checkpoint, settings.neurons), flags };
}

/** The file of --load_path, without which --load has nothing to do. */
export function loadPathOf(flags: Readonly<Record<string, Value>>): string {
  if (flags.load_path === '') {
    throw new EngramError('usage', 'there is no network to load; name its checkpoint with --load_path');
  }
  return flags.load_path as string;
}
