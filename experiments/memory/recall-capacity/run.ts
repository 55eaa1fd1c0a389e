/**
 * Stored is not recallable: prompted recall against the length of the score, the size and duration of the prompt, and
 * noise, for templates of different margins (margin 1: silent level 0; margin 1.5: silent level -0.5).
 *
 * Three parts, all on networks that are stored anew from their numbers:
 * - `length`    recall after one prompt against T, at a fixed number of synapses, beside the share of neurons stored
 * - `phase`     recall against the share of prompted channels and the prompt's duration, at one T
 * - `survival`  how many periods a replay from memory lasts, at one T
 *
 * A trial succeeds if precision and recall are both at least 0.9 in the last free period.
 */
import type { Row } from '../../../src/campaign/index.js';
import { recallJob, SUCCESS, type TrialPlan } from '../../../src/memory/measure/index.js';
import type { Experiment } from '../../common/experiment.js';
import { mean } from '../../common/rows.js';
import { seedFor, specOf, storeSampled } from '../common/store.js';
import { units } from '../common/units.js';
import { type Config, schema, type Task } from './config.js';
import { conclude } from './report.js';

/** Prompted channels, at least one. */
const channelsOf = (part: number, channels: number) => Math.max(1, Math.round(part * channels));

export const recallCapacity: Experiment<Config, Task> = {
  name: 'recall-capacity',
  module: import.meta.url,
  title: 'Recall capacity',
  question: 'How much of what can be stored can be recalled, from which prompt, and under how much noise?',
  units,
  schema,
  columns: [
    'part',
    'margin',
    'inputs',
    'period',
    'network',
    'stored',
    'neurons',
    'prompt',
    'prompt_time',
    'noise',
    'trials',
    'success',
    'precision',
    'recall',
    'survived',
  ],
  tasks({ margins, networks, trials, length, phase, survival }) {
    const tasks: Task[] = [];
    for (const margin of margins) {
      for (let network = 0; network < networks; network++) {
        // Tasks of the same network follow each other, so that a thread stores it once.
        for (const period of length.periods) {
          const { inputs, promptTime, prompts } = length;
          tasks.push({
            part: 'length',
            margin,
            inputs,
            period,
            network,
            promptTime,
            prompts,
            noises: length.noises,
            trials,
          });
        }
        for (const promptTime of phase.promptTimes) {
          const { inputs, period, prompts } = phase;
          tasks.push({
            part: 'phase',
            margin,
            inputs,
            period,
            network,
            promptTime,
            prompts,
            noises: phase.noises,
            trials,
          });
        }
        for (const noise of survival.noises) {
          const { inputs, period } = survival;
          tasks.push({
            part: 'survival',
            margin,
            inputs,
            period,
            network,
            promptTime: 0,
            prompts: [0],
            noises: [noise],
            trials: 1,
          });
        }
      }
    }
    return tasks;
  },
  cost({ part, inputs, period, promptTime, prompts, noises, trials }, { channels, periods, survival }) {
    const events = channels * 0.145 * period * inputs;
    const turns = part === 'survival' ? survival.periods : promptTime + periods;
    const runs = prompts.length * noises.reduce((sum, noise) => sum + (noise > 0 ? trials : 1), 0);
    return 0.4 + runs * turns * (events * 1e-8 + 5e-7 * channels * period);
  },
  prepare(config) {
    const { channels } = config;
    return (task) => {
      const { part, margin, inputs, period, network, promptTime, prompts, noises: levels } = task;
      const { score, network: wired, solved } = storeSampled(specOf({ ...config, margin, inputs, period }, network));
      // Without noise the trials of a network are the same: one is enough.
      const settings = prompts.flatMap((prompt) =>
        levels.map((noise) => ({ prompt, noise, trials: noise > 0 ? task.trials : 1 })),
      );
      const plans: TrialPlan[] = settings.flatMap(({ prompt, noise, trials }) =>
        Array.from({ length: trials }, () => ({ prompt: prompt > 0 ? channelsOf(prompt, channels) : 0, noise })),
      );
      const test = recallJob.prepare({
        score,
        network: wired,
        seed: seedFor(config.seed, `recall ${part} ${margin} ${inputs} ${period} ${network} ${promptTime}`),
        promptTime: promptTime * period,
        periods: part === 'survival' ? config.survival.periods : config.periods,
        trials: plans,
      });
      let done = 0;
      return settings.map(({ prompt, noise, trials }): Row => {
        const found = Array.from({ length: trials }, () => test(done++));
        const lasts = found.map(({ periods }) => periods[periods.length - 1]);
        const row: Row = {
          part,
          margin,
          inputs,
          period,
          network,
          stored: solved,
          neurons: channels,
          prompt,
          prompt_time: promptTime,
          noise,
          trials,
          success: found.filter(({ success }) => success).length,
          precision: mean(lasts.map(({ precision }) => precision)),
          recall: mean(lasts.map(({ recall }) => recall)),
        };
        if (part === 'survival') {
          const lost = found[0].periods.findIndex(({ precision, recall }) => precision < SUCCESS || recall < SUCCESS);
          row.survived = lost < 0 ? found[0].periods.length : lost;
        }
        return row;
      });
    };
  },
  conclude,
};
