/** `engram spikernn polish`: a short training of the spiking network itself, and a model file of what comes of it. */
import { join } from 'node:path';
import {
  defineCommand,
  goOn,
  type Invocation,
  integer,
  number,
  option,
  quote,
  type RunOptions,
  refuse,
  runOptions,
  seedOf,
  withRun,
  workersOf,
} from '../../app/index.js';
import { wilson } from '../../core/index.js';
import { polished, searchScale, withWeights } from '../../spikernn/index.js';
import { type MappingOptions, mappingOf, mappingOptions } from './mapping.js';
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

interface PolishOptions extends RunOptions, Partial<TimesOptions>, ModelOptions, MappingOptions {
  updates: number;
  lr: number;
  trials: number;
}

export const polishCommand = defineCommand<PolishOptions>({
  name: 'polish',
  about: 'a short training of the spiking network itself, by surrogate gradients',
  argument: ['[model]', 'the .mat of a model, or a folder: its newest'],
  options: runOptions('polish', [
    option('--updates <n>', 'updates, of one spiking trial each', integer(1, 1e6), 300),
    option('--lr <rate>', 'learning rate', number('positive'), 0.003),
    option('--trials <n>', 'fresh trials before and after', integer(1, 1e5), 100),
    ...timesOptions(),
    ...mappingOptions,
    ...modelOptions,
  ]),
  after: 'Exit codes: 0 done, better or not, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted',
  work: runPolish,
});

async function runPolish(options: PolishOptions, invocation: Invocation, given: string): Promise<number> {
  if (options.perUnit) refuse('--per-unit', 'left out: one factor for all is polished', 'it');
  const model = loadModel(demandFile(given));
  const { choice, task, name, option: asked } = taskFor(model, options);
  const network = networkOf(model, options.initial);
  const spiking = modelOf(options);
  const seed = seedOf(options, 'polish');
  const directory = options.out ?? `polish-${seed}`;
  // By its name the task is known again.
  const file = `polished_${name}.mat`;
  const spec = { options, directory, names: ['losses.csv', file], workers: workersOf(options), invocation };
  return withRun(spec, async ({ screen, results, map, finish }) => {
    const { mapping, told } = mappingOf(options, network, task, model.scale, seed, spiking);
    const { scale, offset } = mapping;
    screen.line('engram', `${invocation.version} spikernn · seed ${seed}`);
    screen.line('model', `${model.file} · ${network.units} ${spiking.neuron} units · ${told}`);
    const plan = { task: choice, times: timesOf(options), model: spiking, scales: [scale], offset, seed };
    const score = async (of: typeof network) =>
      (await searchScale({ ...plan, network: of, trials: options.trials }, map))[0];
    const before = await score(network);
    const losses: number[] = [];
    const advance = screen.progress('polish', options.updates);
    const how = { trials: options.updates, rate: options.lr, seed };
    const better = polished(network, { scale: scale as number, offset }, spiking, task, how, (_, loss) => {
      losses.push(loss);
      advance(`loss ${loss.toFixed(2)}`);
    });
    screen.stop();
    const after = await score(better);
    const said = ({ right, trials }: typeof before) => {
      const [low, high] = wilson(right, trials).map((share) => `${(100 * share).toFixed(1)} %`);
      return `${right} of ${trials} (${low} to ${high})`;
    };
    screen.line('right', `${said(before)} before, ${said(after)} after ${options.updates} updates`);
    results.write('losses.csv', `update,loss\n${losses.map((loss, i) => `${i},${loss}\n`).join('')}`);
    results.write(file, withWeights(model.bytes, model.file, better, scale as number));
    finish(
      {
        program: `engram ${invocation.version}`,
        seed,
        model: model.file,
        task: name,
        scale,
        units: spiking,
        updates: options.updates,
        rate: options.lr,
        before,
        after,
      },
      {
        figures: [],
        results: join(directory, file),
        next: `see it at work: ${goOn(`spikernn map ${quote(join(directory, file))}`, invocation.args, [...timesOptions(), ...mappingOptions, ...modelOptions], { '--task': asked, '--initial': null })}`,
      },
    );
    return 0;
  });
}
