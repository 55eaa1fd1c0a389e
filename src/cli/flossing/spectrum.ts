/** `engram flossing spectrum`: the surrogate Lyapunov spectrum of a drawn network, or of one that was trained. */
import { join } from 'node:path';
import {
  defineCommand,
  goOn,
  type Invocation,
  integer,
  option,
  optionsOf,
  path,
  pngOption,
  type RunOptions,
  runOptions,
  seedOf,
  withRun,
} from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { readNpz } from '../../files/index.js';
import { readBytes } from '../../files/node.js';
import { activationOf, drawParameters, type Parameters, spectrumOf, statesPerUnit } from '../../flossing/index.js';
import { drawExponents } from './figures.js';
import { cellOptions, type FlossingOptions, networkOf } from './options.js';

interface SpectrumOptions
  extends RunOptions,
    Pick<FlossingOptions, 'cell' | 'surrogate' | 'sharpness' | 'n' | 'gain' | 'gbar' | 'ic'> {
  weights?: string;
  exponents?: number;
  steps: number;
  skip: number;
}

const NAMES = ['spectrum.csv', 'spectrum.svg'] as const;

export const spectrumCommand = defineCommand<SpectrumOptions>({
  name: 'spectrum',
  about: 'surrogate Lyapunov exponents of a network',
  options: runOptions('spectrum', [
    ...cellOptions,
    { ...option('--weights <file>', 'weights.npz of a training, instead of a drawn network', path), reads: true },
    option('--exponents <k>', 'how many (default: all)', integer(1, 4096)),
    option('--steps <n>', 'steps that count', integer(1, 1e7), 300),
    option('--skip <n>', 'steps before them that only turn the tangent vectors', integer(0, 1e6), 100),
    pngOption,
  ]),
  after: 'Exit codes: 0 done, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted',
  work: runSpectrum,
});

async function runSpectrum(options: SpectrumOptions, invocation: Invocation): Promise<number> {
  if (options.weights !== undefined) refuseOfDrawn(invocation.args);
  const seed = seedOf(options, 'spectrum');
  const settings = networkOf(options);
  const activation = activationOf(settings.cell, settings.surrogate, settings.sharpness);
  const parameters =
    options.weights === undefined ? drawParameters(settings, settings, activation, seed) : readWeights(options.weights);
  const units = parameters.bias.length;
  const most = statesPerUnit(activation) * units;
  const k = options.exponents ?? most;
  if (k > most) {
    throw new EngramError(
      'usage',
      `a ${settings.cell} network of ${units} units has exponents 1 to ${most}; got --exponents ${k}`,
    );
  }
  const directory = options.out ?? `spectrum-${seed}`;
  return withRun({ options, directory, names: NAMES, workers: 1, invocation }, async ({ screen, results, finish }) => {
    const plan = { exponents: k, steps: options.steps, skip: options.skip, seed };
    const exponents = spectrumOf(parameters, activation, plan);
    screen.line('engram', `${invocation.version} flossing · seed ${seed}`);
    const shown = [1, 2, 10, 25, 50, 100].filter((i) => i <= k);
    screen.line('lambda', `${shown.map((i) => `${i}: ${exponents[i - 1].toFixed(3)}`).join(' · ')} per step`);
    const dead = exponents.filter((exponent) => exponent === Number.NEGATIVE_INFINITY).length;
    if (dead > 0)
      screen.line('dead', `${dead} directions die within ${options.steps} steps: the surrogate is zero there`);
    results.write('spectrum.csv', `index,exponent\n${[...exponents].map((x, i) => `${i + 1},${x}\n`).join('')}`);
    results.write('spectrum.svg', await drawExponents([['spectrum', exponents]], { units, cell: settings.cell }));
    finish(
      {
        program: `engram ${invocation.version}`,
        seed,
        units,
        cell: settings.cell,
        surrogate: settings.surrogate,
        sharpness: settings.sharpness,
        steps: options.steps,
        skip: options.skip,
        exponents: [...exponents].map((x) => (Number.isFinite(x) ? x : null)),
      },
      {
        figures: ['spectrum.svg'],
        results: join(directory, 'spectrum.csv'),
        next: `push ${options.weights === undefined ? 'them' : 'those of a new network'} to zero: ${goOn(
          'flossing train',
          invocation.args,
          cellOptions,
          {
            ...{ '--n': units, '--mode': 'pre', '--exponents': Math.min(16, most), '--epochs': 1 },
            ...{ '--seed': seed, '--out': `${directory}-flossed` },
          },
        )}`,
      },
    );
    return 0;
  });
}

/** What is said of a drawn network says nothing of one that is read. */
function refuseOfDrawn(args: readonly string[]): void {
  const flag = optionsOf(args).find(([name]) => ['--n', '--gain', '--gbar', '--ic'].includes(name))?.[0];
  if (flag)
    throw new EngramError('usage', `${flag} is of a network that is drawn, --weights has its own; leave one out`);
}

/** The network of a training. Throws `input` for another file. */
function readWeights(file: string): Parameters {
  const names = ['input', 'recurrent', 'readout', 'bias', 'offset', 'start'] as const;
  const arrays = readNpz(readBytes(file), file, [...names, 'leaks']);
  for (const name of [...names, ...('leaks' in arrays ? ['leaks'] : [])]) {
    if (!(arrays[name] instanceof Float64Array)) {
      throw new EngramError(
        'input',
        `${file} holds no float64 array "${name}"; take weights.npz of engram flossing train`,
      );
    }
  }
  const { bias, recurrent } = arrays as unknown as Parameters;
  if (recurrent.length !== bias.length * bias.length) {
    throw new EngramError(
      'input',
      `${file}: recurrent must be ${bias.length} x ${bias.length}; got ${recurrent.length} numbers`,
    );
  }
  return arrays as unknown as Parameters;
}
