/**
 * Associative recall by the protocol of Aguettaz and Loeliger: part of the channels play the score, jittered; do the
 * others follow? Two ways of prompting:
 *
 * - held       the prompted channels play the score over all cycles; the others start silent, at random, or from memory
 * - released   they play it for some cycles, then all run free
 *
 * Precision and recall of every cycle for all channels, the prompted ones, and the others.
 */
import type { Row } from '../../../src/campaign/index.js';
import { recallJob } from '../../../src/memory/measure/index.js';
import type { Experiment } from '../../common/experiment.js';
import { storedFor } from '../common/network.js';
import { seedFor, specOf } from '../common/store.js';
import { units } from '../common/units.js';
import { type Config, schema, type Task } from './config.js';
import { conclude } from './report.js';

export const associativeRecall: Experiment<Config, Task> = {
  name: 'associative-recall',
  module: import.meta.url,
  title: 'Associative recall',
  question: 'When some channels play their part of a stored score, do the others join in, and do they go on alone?',
  units,
  schema,
  columns: [
    'part',
    'network',
    'stored',
    'neurons',
    'prompted',
    'prompt_cycles',
    'start',
    'noise',
    'trial',
    'cycle',
    'group',
    'precision',
    'recall',
    'success',
  ],
  tasks({ networks, network, held, released }) {
    const tasks: Task[] = [];
    for (let number = 0; number < (network === null ? networks : 1); number++) {
      for (const prompted of held.prompted) {
        for (const start of held.starts) {
          for (const noise of held.noises) {
            const { cycles, trials } = held;
            tasks.push({ part: 'held', network: number, prompted, cycles, start, noise, trials });
          }
        }
      }
      for (const prompt of released.prompts) {
        for (const noise of released.noises) {
          const { trials } = released;
          tasks.push({ part: 'released', network: number, ...prompt, start: 'silent', noise, trials });
        }
      }
    }
    return tasks;
  },
  cost: ({ cycles, trials }, { channels, inputs, period, released: { free } }) =>
    0.02 + trials * (cycles + free) * channels * period * (inputs * 2.4e-9 + 8e-7),
  prepare(config) {
    return ({ part, network, prompted, cycles, start, noise, trials }) => {
      const { score, network: wired, solved } = storedFor(config.network, specOf(config, network));
      const neurons = score.starts.length - 1;
      const test = recallJob.prepare({
        score,
        network: wired,
        // The same prompts at every noise, as the protocol has it.
        seed: seedFor(config.seed, `${part} ${network} ${prompted} ${cycles} ${start}`),
        promptTime: cycles * score.period,
        periods: part === 'held' ? 1 : config.released.free,
        trials: Array.from({ length: trials }, () => ({ prompt: prompted, noise, jitter: config.jitter })),
        start,
        course: true,
      });
      return Array.from({ length: trials }, (_, trial) => {
        const { course = [], success } = test(trial);
        const shown = part === 'held' ? course.slice(0, cycles) : course;
        return shown.flatMap((pairs, cycle) =>
          (['all', 'prompted', 'autonomous'] as const).map(
            (group): Row => ({
              part,
              network,
              stored: solved,
              neurons,
              prompted,
              prompt_cycles: cycles,
              start,
              noise,
              trial,
              cycle,
              group,
              precision: pairs[group].precision,
              recall: pairs[group].recall,
              success: part === 'held' ? null : Number(success),
            }),
          ),
        );
      }).flat();
    };
  },
  conclude,
};
