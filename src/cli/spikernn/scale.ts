/** `engram spikernn scale`: the grid search for the scaling factor, put into the model's `.mat` as the original does. */
import { join } from 'node:path';
import {
  defineCommand,
  type Invocation,
  integer,
  number,
  option,
  path,
  pngOption,
  quote,
  type RunOptions,
  refuse,
  runOptions,
  seedOf,
  withRun,
  workersOf,
} from '../../app/index.js';
import { readBytes, writeWhole } from '../../files/node.js';
import { bestOf, lowScaleGrid, predictScale, scaleGrid, searchScale, withScale } from '../../spikernn/index.js';
import { drawScales } from './figures.js';
import { loadModel, networkOf, taskFor } from './model.js';
import {
  demandFile,
  type ModelOptions,
  modelOf,
  modelOptions,
  type TimesOptions,
  timesOf,
  timesOptions,
} from './options.js';

interface ScaleOptions extends RunOptions, Omit<TimesOptions, 'task'>, ModelOptions {
  task?: string;
  scales?: string;
  trials: number;
  keep?: boolean;
}

const NAMES = ['scales.csv', 'scales.svg'] as const;

export const scaleCommand = defineCommand<ScaleOptions>({
  name: 'scale',
  about: 'the scaling factor at which the spiking network does best, by trials on a grid',
  argument: ['[model]', 'the .mat of a model, or a folder: its newest'],
  options: runOptions('scale', [
    ...timesOptions(),
    option('--scales <list>', '1/lambda, 20,25,... (default: 20 to 75; for relu and softplus 4 to 26)', path),
    option('--trials <n>', 'trials for each', integer(1, 1e5), 100),
    ...modelOptions,
    option('--keep', 'leave the .mat as it is'),
    pngOption,
  ]),
  after: 'Exit codes: 0 done, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted',
  work: runScale,
});

async function runScale(options: ScaleOptions, invocation: Invocation, given: string): Promise<number> {
  const model = loadModel(demandFile(given));
  const { choice, task, name, option: asked } = taskFor(model, options);
  const network = networkOf(model, options.initial);
  const spiking = modelOf(options);
  const usual = network.activation === 'sigmoid' ? scaleGrid : lowScaleGrid;
  const scales = options.scales?.split(',').map((text) => number('positive')(text, '--scales')) ?? usual;
  if (scales.length > 1000) refuse('--scales', 'at most 1000 numbers', `${scales.length}`);
  const seed = seedOf(options, 'scale');
  const directory = options.out ?? `scale-${seed}`;
  const workers = workersOf(options);
  return withRun({ options, directory, names: NAMES, workers, invocation }, async (run) => {
    const { screen, results } = run;
    screen.line('engram', `${invocation.version} spikernn · seed ${seed}`);
    screen.line('model', `${model.file} · ${network.units} ${spiking.neuron} units · ${name}`);
    const offset = options.withOffset ?? false;
    const plan = {
      network,
      task: choice,
      times: timesOf(options),
      model: spiking,
      scales,
      trials: options.trials,
      offset,
      seed,
    };
    let advance: ((note?: string) => void) | undefined;
    const scores = await run.timed(
      'search',
      searchScale(plan, run.map, (_, of) => {
        advance ??= screen.progress('trials', of);
        advance();
      }),
    );
    screen.stop();
    const best = bestOf(scores);
    const predicted = predictScale(network, task, { seed, model: spiking }).scale;
    const shares = scores.map(({ right, trials }) => right / trials);
    const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
    screen.line('by 1/lambda', scales.map((scale, k) => `${scale}: ${percent(shares[k])}`).join(' · '));
    screen.line(
      'best',
      `1/lambda ${scales[best]}: ${percent(shares[best])} right at ${scores[best].rate.toFixed(1)} Hz · f-I curves foretell ${predicted.toFixed(1)}`,
    );
    results.write(
      'scales.csv',
      `scale,right,trials,rate\n${scores.map(({ right, trials, rate }, k) => `${scales[k]},${right},${trials},${rate}\n`).join('')}`,
    );
    results.write('scales.svg', await drawScales(scales, scores, predicted, `${name}, ${options.trials} trials each`));
    // Read again: others may have added to the file in the meantime.
    if (!options.keep)
      writeWhole(
        model.file,
        withScale(readBytes(model.file), model.file, { scales, performances: shares, best: scales[best] }),
      );
    run.finish(
      {
        program: `engram ${invocation.version}`,
        seed,
        model: model.file,
        task: name,
        trials: options.trials,
        scales,
        performances: shares,
        rates: scores.map(({ rate }) => rate),
        best: scales[best],
        predicted,
      },
      {
        figures: ['scales.svg'],
        results: `${join(directory, 'scales.csv')}${options.keep ? '' : `  (opt_scaling_factor now in ${model.file})`}`,
        next: `see it at work: engram spikernn map ${quote(model.file)} --task ${quote(asked)}`,
      },
    );
    return 0;
  });
}
