/**
 * A real recording, from memorization to recall: stretches of it become scores, are stored in random wirings, with hidden
 * neurons where asked, and recalled: replayed from memory, and after a prompt of some channels.
 */
import type { Row } from '../../../src/campaign/index.js';
import { EngramError } from '../../../src/core/index.js';
import { loadScoreFile } from '../../../src/memory/files/node.js';
import { recallJob } from '../../../src/memory/measure/index.js';
import { wireFixedIn } from '../../../src/memory/network/index.js';
import { joinScores, sampleScore } from '../../../src/memory/score/index.js';
import type { Experiment } from '../../common/experiment.js';
import { kept, seedFor, storeProblem } from '../common/store.js';
import { units } from '../common/units.js';
import { type Config, schema, type Task } from './config.js';
import { conclude } from './report.js';

export const realRecording: Experiment<Config, Task> = {
  name: 'real-recording',
  module: import.meta.url,
  title: 'A real recording',
  question: 'Can a network store spikes that animals fired, and recall them from a part?',
  units,
  schema,
  columns: [
    'stretch',
    'noise',
    'trial',
    'recorded',
    'hidden',
    'spikes',
    'period_s',
    'stored',
    'prompted',
    'precision',
    'recall',
    'success',
    'timing_error_ms',
  ],
  tasks({ file, stretches, noises: levels }) {
    if (file === null) {
      throw new EngramError('usage', 'this experiment needs a recording; give its file: --set file=songbird.txt');
    }
    return stretches.flatMap((_, index) => levels.map((noise) => ({ stretch: index, noise })));
  },
  cost: ({ stretch: index }, { stretches, trials }) => {
    const { window, inputs, hidden } = stretches[index];
    const seconds = window ? window[1] - window[0] : 20;
    return 2 + ((70 + hidden) * inputs * seconds * (1 + trials)) / 2e5;
  },
  prepare(config) {
    const { refractory: tau0, activity, template, trials, periods } = config;
    return ({ stretch: index, noise }) => {
      const { name, window, hidden, inputs, delays: range, bound, seed: own } = config.stretches[index];
      const file = config.file as string;
      const { score, network, solved } = kept({ file, index }, () => {
        const recorded = loadScoreFile(file, { tau0, window: window ?? undefined }).score;
        const whole = hidden > 0 ? joinScores(recorded, sampleScore(hidden, recorded.period, activity, own)) : recorded;
        const neurons = whole.starts.length - 1;
        const wiring = wireFixedIn({ neurons, inputs, delays: range, seed: own });
        return storeProblem({ score: whole, wiring, template: { ...template, bound }, objective: 'l2' });
      });
      const neurons = score.starts.length - 1;
      const prompted = Math.max(1, Math.round(config.prompt * neurons));
      const runs = noise > 0 ? trials : 1;
      const plans = [0, prompted].flatMap((prompt) => Array.from({ length: runs }, () => ({ prompt, noise })));
      const test = recallJob.prepare({
        score,
        network,
        seed: seedFor(config.seed, `recording ${index} ${noise}`),
        promptTime: config.promptTime * score.period,
        periods,
        trials: plans,
      });
      return plans.map(({ prompt }, i): Row => {
        const { periods: free, success } = test(i);
        const last = free[free.length - 1];
        return {
          stretch: name,
          noise,
          trial: i % runs,
          recorded: neurons - hidden,
          hidden,
          spikes: score.times.length,
          period_s: score.period * tau0,
          stored: solved,
          prompted: prompt,
          precision: last.precision,
          recall: last.recall,
          success: Number(success),
          timing_error_ms: last.timingError === null ? null : last.timingError * tau0 * 1e3,
        };
      });
    };
  },
  conclude,
};
