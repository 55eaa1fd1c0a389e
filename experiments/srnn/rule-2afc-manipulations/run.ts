/** Networks trained by the balanced recipe, each under every manipulation. */
import type { Row } from '../../../src/campaign/index.js';
import {
  advanceTraining,
  DEFAULTS,
  effectOf,
  here,
  type Manipulation,
  recipes,
  type SrnnSettings,
  startTraining,
  sweeps,
} from '../../../src/srnn/index.js';
import type { Experiment } from '../../common/experiment.js';
import { type Config, schema } from './config.js';
import { conclude } from './report.js';

interface Task {
  network: number;
  /** The delay that it is trained on; the usual one comes with all manipulations. */
  delay: number;
}

const usual = DEFAULTS.task.delay;

const settingsOf = (
  { neurons, batch, batches, rate, seed: first }: Config,
  { network, delay }: Task,
): SrnnSettings => ({
  ...DEFAULTS,
  ...recipes.balanced,
  neurons,
  batch,
  rate,
  epochs: 1,
  batches,
  task: { ...DEFAULTS.task, delay },
  seed: 1000 * first + network,
});

export const nameOf = (manipulation: Manipulation): string => {
  if (manipulation.kind === 'block') return `weights ${manipulation.region}`;
  if (manipulation.kind !== 'perturbation') return manipulation.kind;
  return `${manipulation.region} silent in steps ${manipulation.from} to ${manipulation.until}`;
};

export const rule2afcManipulations: Experiment<Config, Task> = {
  name: 'rule-2afc-manipulations',
  module: import.meta.url,
  title: 'What a choice by a rule survives',
  question:
    'Which changes of the cue, the delay and the connections of a trained network destroy the rule, and which leave it?',
  units: 'Accuracies are shares of right choices; rates are in Hz; delays in s; trajectory errors in Hz².',
  columns: ['network', 'manipulation', 'value', 'congruent', 'incongruent', 'of', 'rate', 'tuned', 'error'],
  schema,
  tasks: ({ networks, retrained }) =>
    Array.from({ length: networks }, (_, network) =>
      [usual, ...retrained.filter((delay) => delay !== usual)].map((delay): Task => ({ network, delay })),
    ).flat(),
  cost({ delay }, { neurons, batch, batches, trials }) {
    const trial = (1e-3 + neurons * 5e-6 + neurons * neurons * 6e-8) * (0.5 + delay);
    return trial * (batch * batches + (delay === usual ? 35 * trials : trials));
  },
  prepare: (config) => (task) => play(config, task),
  conclude,
};

function play(config: Config, task: Task): Row[] {
  const settings = settingsOf(config, task);
  const trained = startTraining(settings);
  here(advanceTraining(trained, settings));
  const rowOf = (manipulation: Manipulation, name: string): Row => {
    const effect = here(effectOf(settings, trained.weights, manipulation, config.trials));
    const { congruent, incongruent } = effect.accuracy;
    return {
      network: task.network,
      manipulation: name,
      value: manipulation.value,
      congruent: congruent.right / congruent.of,
      incongruent: incongruent.right / incongruent.of,
      of: incongruent.of,
      rate: effect.read,
      tuned: effect.tuned,
      error: Number.isNaN(effect.error) ? null : effect.error,
    };
  };
  const retrained = rowOf({ kind: 'delay', value: task.delay }, 'delay, retrained');
  if (task.delay !== usual) return [retrained];
  return [retrained, ...sweeps(settings).map((manipulation) => rowOf(manipulation, nameOf(manipulation)))];
}
