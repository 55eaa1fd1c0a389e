/** `engram flossing example tanh|lif`: the two minimal examples, from the spectrum before to the spectrum after. */
import { join } from 'node:path';
import {
  defineCommand,
  type Invocation,
  integer,
  option,
  pngOption,
  type RunOptions,
  runOptions,
  seedOf,
  withRun,
} from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { type Example, examples } from '../../flossing/index.js';
import { drawTraining } from '../../plot/index.js';
import { drawExponents } from './figures.js';

interface ExampleOptions extends RunOptions {
  epochs?: number;
}

const NAMES = ['log.csv', 'spectrum.csv', 'spectrum.svg', 'training.svg'] as const;

export const exampleCommand = defineCommand<ExampleOptions>({
  name: 'example',
  about: 'the minimal examples: tanh or lif',
  argument: ['<name>', 'tanh or lif'],
  options: runOptions('example', [
    option('--epochs <n>', 'flossing updates (default: 41 for tanh, 100 for lif)', integer(1, 1e5)),
    pngOption,
  ]),
  after: 'Exit codes: 0 done, 2 bad use, 5 cannot write, 130 interrupted',
  work: runExample,
});

async function runExample(options: ExampleOptions, invocation: Invocation, name: string): Promise<number> {
  const example: Example | undefined = examples[name as keyof typeof examples];
  if (!example) {
    throw new EngramError('usage', `there is no example "${name}"; examples are ${Object.keys(examples).join(', ')}`);
  }
  const seed = seedOf(options, `example-${name}`);
  const epochs = options.epochs ?? example.epochs;
  const directory = options.out ?? `example-${name}-${seed}`;
  return withRun({ options, directory, names: NAMES, workers: 1, invocation }, async ({ screen, results, finish }) => {
    screen.line('engram', `${invocation.version} flossing, example ${name} · seed ${seed}`);
    const advance = screen.progress('floss', epochs);
    const run = example.start(seed);
    const before = run.spectrum();
    const log: { loss: number; lambda: number; activity: number }[] = [];
    for (let epoch = 0; epoch < epochs; epoch++) {
      log.push(run.update(epoch));
      advance(`lambda_1 ${log[epoch].lambda.toFixed(3)}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    screen.stop();
    const after = run.spectrum();
    const [from, to] = [log[0], log[log.length - 1]];
    screen.line('loss', `${from.loss.toPrecision(3)} -> ${to.loss.toPrecision(3)} (mean squared sum of ln R_ii)`);
    screen.line('lambda', `lambda_1 ${before[0].toFixed(3)} -> ${after[0].toFixed(3)} per step`);
    screen.line(
      'activity',
      `${from.activity.toPrecision(2)} -> ${to.activity.toPrecision(2)} per unit and step: what slow modes cost`,
    );
    results.write(
      'log.csv',
      `epoch,loss,lambda_1,activity\n${log.map(({ loss, lambda, activity }, e) => `${e},${loss},${lambda},${activity}\n`).join('')}`,
    );
    results.write(
      'spectrum.csv',
      `index,before,after\n${[...before].map((x, i) => `${i + 1},${x},${after[i]}\n`).join('')}`,
    );
    results.write(
      'spectrum.svg',
      await drawExponents(
        [
          ['before', before],
          ['after', after],
        ],
        example,
      ),
    );
    const panels = [
      { name: 'loss', values: log.map(({ loss }) => loss) },
      { name: 'activity', values: log.map(({ activity }) => activity) },
    ];
    results.write(
      'training.svg',
      await drawTraining({ title: `Flossing of the ${name} example`, subtitle: [], panels }),
    );
    finish(
      {
        program: `engram ${invocation.version}`,
        seed,
        example: name,
        epochs,
        loss: { first: from.loss, last: to.loss },
        lambda_1: { before: before[0], after: after[0] },
        activity: { first: from.activity, last: to.activity },
      },
      {
        figures: ['spectrum.svg', 'training.svg'],
        results: `${join(directory, 'log.csv')}  (spectrum.csv, summary.json beside it)`,
        next: 'a network that learns: npx engram flossing train --task copy --delay 5 --steps 60 --epochs 500',
      },
    );
    return 0;
  });
}
