/** `engram sparseprop ptc`: the curves of a neuron, as a table and a figure. */
import {
  defineCommand,
  goOn,
  type Invocation,
  integer,
  option,
  type Parser,
  type RunOptions,
  withRun,
} from '../../app/index.js';
import { renderSvg } from '../../plot/index.js';
import { oscillator, phaseSpec } from '../../sparseprop/index.js';
import { askedNetwork, type NetworkOptions, networkOptions, real } from './network-options.js';
import { placeOptions } from './run.js';

const NAMES = ['ptc.csv', 'ptc.svg'] as const;

interface Options extends NetworkOptions, Pick<RunOptions, 'out' | 'force' | 'png' | 'json' | 'quiet'> {
  weights?: number[];
  points: number;
}

const reals: Parser<number[]> = (text, flag) => text.split(',').map((part) => real(part.trim(), flag));

export const ptcCommand = defineCommand<Options>({
  name: 'ptc',
  about: 'phase transition and response curves of a neuron, its voltage without input',
  options: [
    ...networkOptions(1000).filter(
      ({ flags }) => /--(model|neuron|k|j0|rate|drive|tau|delta|nodes|series)\b/.test(flags) && !/steps/.test(flags),
    ),
    option('--weights <list>', 'weights of the kicks (default: -J0 / sqrt(K))', reals),
    option('--points <n>', 'points of each curve', integer(2, 1000000), 1000),
    ...placeOptions('ptc'),
  ],
  work: work,
});

async function work(options: Options, invocation: Invocation): Promise<number> {
  const asked = await askedNetwork(
    { ...options, connectivity: 'generated', seedNet: 1, seedIc: 1, eta: 0 },
    options.k + 1,
  );
  const { neuron } = asked.circuit;
  const weights = options.weights ?? [-options.j0 / Math.sqrt(options.k)];
  const { from, to, period, velocity, transition, slope, voltageAt } = oscillator(neuron, asked.drive);
  const rows = ['weight,phase,voltage,ptc,prc,slope'];
  for (const weight of weights) {
    for (let k = 0; k < options.points; k++) {
      const phase = from + ((to - from) * (k + 0.5)) / options.points;
      const after = transition(phase, weight);
      rows.push([weight, phase, voltageAt(phase), after, after - phase, slope(phase, weight)].join(','));
    }
  }
  const directory = options.out ?? 'sparseprop-ptc';
  return withRun({ options, directory, names: NAMES, workers: 1, invocation }, async ({ screen, results, finish }) => {
    screen.line(
      'neuron',
      `${neuron.name}, drive ${asked.drive}, period ${(period * options.tau * 1e3).toPrecision(6)} ms, phase velocity ${velocity.toPrecision(6)} per time constant`,
    );
    results.write('ptc.csv', `${rows.join('\n')}\n`);
    results.write('ptc.svg', await renderSvg(phaseSpec(neuron, asked.drive, weights, options.tau)));
    finish(
      { model: neuron.name, drive: asked.drive, period_s: period * options.tau, weights, points: options.points },
      {
        figures: ['ptc.svg'],
        results: `${directory}/  (ptc.csv, summary.json)`,
        next: `a network of them: ${goOn('sparseprop run', invocation.args, networkOptions(1000), { '--n': 10000, '--out': `${directory}-run` })}`,
      },
    );
    return 0;
  });
}
