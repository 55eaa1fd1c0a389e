/** `engram spikernn eval`: a trained rate network on fresh trials. */
import { join } from 'node:path';
import {
  defineCommand,
  goOn,
  type Invocation,
  integer,
  option,
  pngOption,
  quote,
  type RunOptions,
  runOptions,
  seedOf,
  withRun,
} from '../../app/index.js';
import { wilson } from '../../core/index.js';
import { evaluateRate, tauSummary } from '../../spikernn/index.js';
import { drawNetwork, drawOutputs } from './figures.js';
import { loadModel, networkOf, taskFor } from './model.js';
import { demandFile, modelOptions, type TimesOptions, timesOptions } from './options.js';

export interface EvalOptions extends RunOptions, Partial<TimesOptions> {
  trials: number;
  initial?: boolean;
}

const NAMES = ['trials.csv', 'outputs.svg', 'network.svg'] as const;

export const evalCommand = defineCommand<EvalOptions>({
  name: 'eval',
  about: 'a trained rate network on fresh trials',
  argument: ['[model]', 'the .mat of a model, or a folder: its newest'],
  options: runOptions('eval', [
    ...timesOptions(),
    option('--trials <n>', 'fresh trials', integer(1, 1e5), 100),
    option('--initial', 'the network before its training'),
    pngOption,
  ]),
  after: 'Exit codes: 0 done, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted',
  work: runEval,
});

export async function runEval(options: EvalOptions, invocation: Invocation, given: string): Promise<number> {
  const model = loadModel(demandFile(given));
  const { task, name, option: asked } = taskFor(model, options);
  const network = networkOf(model, options.initial);
  const seed = seedOf(options, 'eval');
  const directory = options.out ?? `eval-${seed}`;
  return withRun({ options, directory, names: NAMES, workers: 1, invocation }, async ({ screen, results, finish }) => {
    const found = evaluateRate(network, task, { kind: 'l2', count: options.trials, seed, round: 0 });
    const right = Math.round(found.performance * options.trials);
    const [low, high] = wilson(right, options.trials);
    const tau = tauSummary(network);
    screen.line('engram', `${invocation.version} spikernn · seed ${seed}`);
    screen.line(
      'model',
      `${model.file} · ${network.units} ${network.activation} units · tau ${tau.mean.toFixed(1)} ± ${tau.sd.toFixed(1)} ms`,
    );
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    screen.line(
      'right',
      `${right} of ${options.trials} trials of ${name} (${percent(low)} to ${percent(high)}) · loss ${found.loss.toFixed(2)} (an output that stays 0: ${found.plateau.toFixed(2)})`,
    );
    const extremes = found.outputs.map((output) => [Math.min(...output), Math.max(...output)]);
    results.write(
      'trials.csv',
      `trial,label,least,most\n${extremes.map(([least, most], i) => `${i},${found.labels[i]},${least},${most}\n`).join('')}`,
    );
    results.write('outputs.svg', await drawOutputs('Outputs of the rate network', found.outputs, found.labels, 5));
    results.write(
      'network.svg',
      await drawNetwork(network, options.initial ? 'The network before its training' : undefined),
    );
    finish(
      {
        program: `engram ${invocation.version}`,
        seed,
        model: model.file,
        task: name,
        trials: options.trials,
        right,
        performance: found.performance,
        loss: found.loss,
        plateau: found.plateau,
        tau_ms: tau,
      },
      {
        figures: ['outputs.svg', 'network.svg'],
        results: join(directory, 'trials.csv'),
        next: `as a spiking network: ${goOn(`spikernn map ${quote(model.file)}`, invocation.args, [...timesOptions(), ...modelOptions], { '--task': asked })}`,
      },
    );
    return 0;
  });
}
