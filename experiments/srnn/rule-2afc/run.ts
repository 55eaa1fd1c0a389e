/**
 * Networks that learn to choose by a rule, variant by variant on the same seeds: which of them leave the plateau on which the rule is ignored, what of the
 * network carries the rule over the delay, how well the rule can be read from it there, and how it fares with other cues and delays.
 */
import type { Row } from '../../../src/campaign/index.js';
import {
  advanceTraining,
  BATCH_COLUMNS,
  columnOf,
  decodeRule,
  delayOf,
  effectOf,
  here,
  playSession,
  type SrnnSettings,
  startTraining,
  type Trained,
} from '../../../src/srnn/index.js';
import type { Experiment } from '../../common/experiment.js';
import { mean } from '../../common/rows.js';
import { type Config, schema, settingsOf } from './config.js';
import { conclude } from './report.js';

interface Task {
  variant: number;
  network: number;
}

/** Steps of a sample of the decoder. */
const SAMPLE = 10;

export const rule2afc: Experiment<Config, Task> = {
  name: 'rule-2afc',
  module: import.meta.url,
  title: 'Learning to choose by a rule',
  question:
    'How many networks leave the plateau on which the rule is ignored, and what carries the rule over the delay?',
  units: 'Accuracies are shares of right choices; rates are in Hz; delays in s.',
  columns: ['variant', 'network', 'kind', 'x', 'congruent', 'incongruent', 'of', 'rate'],
  schema,
  tasks: ({ variants, networks }) =>
    variants.flatMap((_, variant) => Array.from({ length: networks }, (_, network): Task => ({ variant, network }))),
  cost({ variant }, config) {
    const { neurons, batch } = settingsOf(config, variant, 0);
    const trial = 1e-3 + neurons * 5e-6 + neurons * neurons * 6e-8;
    return (
      trial * (batch * config.batches + 0.8 * config.trials * (1 + config.coherences.length + 2 * config.delays.length))
    );
  },
  prepare: (config) => (task) => learn(config, task),
  conclude,
};

/** The course of one training, and what the network does at its end. */
function learn(config: Config, { variant, network }: Task): Row[] {
  const settings = settingsOf(config, variant, network);
  const { blocks, batches, trials } = config;
  const block = Math.floor(batches / blocks);
  const trained = startTraining(settings);
  const own = { variant: config.variants[variant].name, network };
  const rows = Array.from({ length: blocks }, (_, b): Row => {
    here(advanceTraining(trained, settings, (b + 1) * block));
    return { ...own, kind: 'course', x: (b + 1) * block, ...recent(trained, block) };
  });
  const played = (kind: 'coherence' | 'delay', value: number, label: string): Row => {
    const { accuracy, read } = here(effectOf(settings, trained.weights, { kind, value }, trials));
    const { congruent, incongruent } = accuracy;
    return {
      ...own,
      kind: label,
      x: value,
      congruent: congruent.right / congruent.of,
      incongruent: incongruent.right / incongruent.of,
      of: incongruent.of,
      rate: read,
    };
  };
  rows.push(played('coherence', 1, 'end'));
  for (const value of config.coherences) rows.push(played('coherence', value, 'coherence'));
  for (const value of config.delays) rows.push(played('delay', value, 'delay'));
  return [...rows, ...decoded(settings, trained, trials).map((row) => ({ ...own, ...row }))];
}

function recent({ log }: Trained, block: number): Row {
  const of = (name: string) => {
    const values = [...columnOf(log, BATCH_COLUMNS, name).slice(-block)].filter((value) => !Number.isNaN(value));
    return values.length > 0 ? mean(values) : null;
  };
  return { congruent: of('congruent'), incongruent: of('incongruent'), rate: of('rate') };
}

/** The decoder at its own sample, and the mean over the others. */
function decoded(settings: SrnnSettings, { weights }: Trained, trials: number): Row[] {
  const found = decodeRule(here(playSession(settings, weights, trials)));
  if (!found) return [];
  const { shares, samples, trials: of } = found;
  const [from] = delayOf(settings);
  const { dt } = settings.task;
  return Array.from({ length: samples }, (_, i): Row[] => {
    const x = (from + SAMPLE * (i + 0.5)) * dt;
    const others = [...shares.subarray(i * samples, (i + 1) * samples)].filter((_, j) => j !== i);
    return [
      { kind: 'decoding', x, incongruent: shares[i * samples + i], of },
      { kind: 'generalisation', x, incongruent: mean(others), of },
    ];
  }).flat();
}
