/** `engram spikernn export`: a mapped network as a script for Brian2 or NEST. */
import { join } from 'node:path';
import {
  choice,
  defineCommand,
  type Invocation,
  option,
  quote,
  type RunOptions,
  refuse,
  runOptions,
  seedOf,
  withRun,
} from '../../app/index.js';
import { writeNpz } from '../../files/index.js';
import { simulatorScript } from '../../spikernn/index.js';
import { type MappingOptions, mappingOf, mappingOptions } from './mapping.js';
import { loadModel, networkOf, taskFor } from './model.js';
import { demandFile, type ModelOptions, modelOf, modelOptions, type TimesOptions, timesOptions } from './options.js';

interface ExportOptions extends RunOptions, Partial<TimesOptions>, ModelOptions, MappingOptions {
  to?: 'brian2' | 'nest';
}

const [DATA, SCRIPT] = ['network.npz', 'play.py'] as const;

export const exportCommand = defineCommand<ExportOptions>({
  name: 'export',
  about: 'the spiking network as a script for Brian2 or NEST, which plays it and compares',
  argument: ['[model]', 'the .mat of a model, or a folder: its newest'],
  options: runOptions('export', [
    option('--to <simulator>', 'brian2 or nest', choice('brian2', 'nest')),
    ...timesOptions(),
    ...mappingOptions,
    ...modelOptions,
  ]),
  after: 'Exit codes: 0 done, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted',
  work: runExport,
});

async function runExport(options: ExportOptions, invocation: Invocation, given: string): Promise<number> {
  const { to } = options;
  if (to === undefined) return refuse('--to', 'brian2 or nest', '');
  const model = loadModel(demandFile(given));
  const { task, name } = taskFor(model, options);
  const network = networkOf(model, options.initial);
  const spiking = modelOf(options);
  const seed = seedOf(options, 'export');
  const directory = options.out ?? `export-${seed}`;
  const spec = { options, directory, names: [DATA, SCRIPT], workers: 1, invocation };
  return withRun(spec, async ({ screen, results, finish }) => {
    const { mapping, told } = mappingOf(options, network, task, model.scale, seed, spiking);
    const program = `engram ${invocation.version}`;
    const { script, data } = simulatorScript(to, {
      network,
      mapping,
      model: spiking,
      task,
      seed,
      dataFile: DATA,
      program,
    });
    screen.line('engram', `${invocation.version} spikernn · seed ${seed}`);
    screen.line('model', `${model.file} · ${network.units} ${spiking.neuron} units · ${told}`);
    results.write(DATA, (sink) => writeNpz(data, sink));
    results.write(SCRIPT, script);
    finish(
      { program, seed, model: model.file, task: name, to, scale: mapping.scale, units: spiking },
      {
        figures: [],
        results: `${join(directory, SCRIPT)}  (${DATA} beside it)`,
        next: `play it: python3 ${quote(join(directory, SCRIPT))}`,
      },
    );
    return 0;
  });
}
