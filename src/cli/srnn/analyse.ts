/** `engram srnn analyse`: which neurons hold the rule and when, where the population goes, and what the choice survives. */
import { join } from 'node:path';
import {
  defineCommand,
  type Invocation,
  integer,
  type OptionSpec,
  option,
  type Run,
  runOptions,
  seedOf,
  withRun,
  workersOf,
} from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import {
  ablations,
  delayOf,
  delayRates,
  effectIn,
  intervalOf,
  over,
  playSession,
  populationRates,
  prepared,
  psthOf,
  type Session,
  type SrnnSettings,
  silenced,
  trajectoriesOf,
  trialsByRule,
  tuningOf,
  type Weights,
} from '../../srnn/index.js';
import { drawManipulations, drawPsth, drawTrajectories, drawTuning } from './analysis-figures.js';
import type { Given } from './flags.js';
import { optionsOfTrained } from './flags.js';
import { COLUMNS, playManipulations } from './manipulations.js';
import { type SrnnOptions, trainedNetwork } from './options.js';
import { accuracySummary, percent, sayAccuracy } from './training-results.js';

type AnalyseOptions = SrnnOptions & {
  trials: number;
  neuron?: number;
  pca: 'one' | 'original';
  manipulations: 'all' | 'none';
};

/** Steps of the delay that are needed: two samples of trajectories. */
const LEAST_DELAY = 20;

const FIGURES = ['psth.svg', 'tuning.svg', 'trajectories.svg', 'manipulations.svg'] as const;
const TABLES = ['neurons.csv', 'psth.csv', 'trajectories.csv', 'ablation.csv', 'manipulations.csv'] as const;

const among = (flags: string, about: string, choices: readonly string[], byDefault: string): OptionSpec => ({
  ...option(flags, about, undefined, byDefault),
  choices,
});

export const analyseCommand = defineCommand<AnalyseOptions>({
  name: 'analyse',
  argument: ['<dir>', 'results of engram srnn train'],
  about: 'tuning, trajectories and manipulations of a trained network',
  options: runOptions('srnn-analysis', [
    option('--trials <n>', 'trials of the analysis, and of each manipulation', integer(64, 1e6), 640),
    option('--neuron <n>', 'the neuron that is drawn (default: the tuned one of the largest rate)', integer(0)),
    among('--pca <fit>', 'one fit for all curves, or the original one for each', ['one', 'original'], 'one'),
    among('--manipulations <which>', 'whether the network is manipulated', ['all', 'none'], 'all'),
    ...optionsOfTrained(),
  ]),
  after: 'Exit codes: 0 done, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted',
  work: runAnalyse,
});

async function runAnalyse(options: AnalyseOptions, invocation: Invocation, folder: string): Promise<number> {
  const { settings: trainedAs, weights } = trainedNetwork(folder, options as Given);
  const seed = seedOf(options, 'srnn-analysis');
  const settings = { ...trainedAs, seed };
  prepared({ ...settings, draw: 'uniform' });
  const [from, until] = delayOf(settings);
  if (until - from < LEAST_DELAY) {
    throw new EngramError(
      'usage',
      `what is taken apart is the delay, and that of ${folder} has ${until - from} steps; it must have at least ${LEAST_DELAY} (--cueing_delay)`,
    );
  }
  if (options.neuron !== undefined && options.neuron >= settings.neurons) {
    throw new EngramError('usage', `--neuron must be from 0 to ${settings.neurons - 1}; got ${options.neuron}`);
  }
  const directory = options.out ?? `srnn-analysis-${seed}`;
  const workers = workersOf(options);
  return withRun(
    { options, directory, names: [...FIGURES, ...TABLES], workers, invocation },
    async (run: Run<string>) => {
      const { screen } = run;
      screen.line('engram', `${invocation.version} srnn · ${settings.neurons} neurons of ${folder} · seed ${seed}`);
      const session = await run.timed('play', over(run.map, playSession(settings, weights, options.trials)));
      const effect = effectIn(session);
      sayAccuracy(run, effect.accuracy, session.outcome);
      const found = await writeSession(run, session, options);
      const figures = [...found.figures];
      const tables = TABLES.slice(1).filter(
        (name) =>
          (name !== 'trajectories.csv' || figures.includes('trajectories.svg')) &&
          (name !== 'manipulations.csv' || options.manipulations === 'all'),
      );
      await writeAblations(run, session, weights, options.trials);
      if (options.manipulations === 'all') {
        await writeManipulations(run, settings, weights, options.trials);
        figures.push('manipulations.svg');
      }
      run.finish(
        {
          program: `engram ${invocation.version}`,
          seed,
          neurons: settings.neurons,
          trials: options.trials,
          accuracy: accuracySummary(effect.accuracy),
          ...found.summary,
        },
        {
          figures,
          results: `${join(directory, 'neurons.csv')}  (${tables.join(', ')}, summary.json beside it)`,
          next: 'over many networks: npx engram experiment rule-2afc-manipulations --config full',
        },
      );
      return 0;
    },
  );
}

const csv = (columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  `${[columns.join(','), ...rows.map((row) => row.join(','))].join('\n')}\n`;

type Population = ReturnType<typeof populationRates>['excitatory'];
const rateOf = ({ mean, deviation, neurons, of }: Population) =>
  neurons === 0
    ? `none of ${of} above 0.5 Hz`
    : `${mean.toFixed(2)} Hz over the ${neurons} of ${of} above 0.5 Hz (sd ${deviation.toFixed(2)})`;

/** Everything that is said of the network as it is. */
async function writeSession({ results, screen }: Run<string>, session: Session, { neuron, pca }: AnalyseOptions) {
  const { settings, from, excitatory } = session;
  const { dt } = settings.task;
  const tuned = tuningOf(session);
  const strict = tuningOf(session, 2.5);
  const rates = delayRates(session, trialsByRule(session).flat());
  const population = populationRates(session);
  results.write(
    'neurons.csv',
    csv(
      ['neuron', 'kind', 'delay_rate', 'rule', 'peak_audition', 'peak_vision'],
      [...rates].map((rate, n) =>
        n < excitatory
          ? [
              n,
              settings.dale ? 'E' : '',
              rate,
              tuned.rule[n] < 0 ? '' : ['audition', 'vision'][tuned.rule[n]],
              tuned.peaks[0][n],
              tuned.peaks[1][n],
            ]
          : [n, 'I', rate, '', '', ''],
      ),
    ),
  );
  const { excitatory: e, inhibitory: i } = population;
  screen.line('delay', settings.dale ? `excitatory ${rateOf(e)} · inhibitory ${rateOf(i)}` : rateOf(e));
  const byRule = [0, 1].map((rule) => tuned.rule.filter((own) => own === rule).length);
  screen.line(
    'tuned',
    `${tuned.tuned} of ${excitatory} ${settings.dale ? 'excitatory ' : ''}neurons: ${byRule[0]} to audition, ${byRule[1]} to vision (${tuned.peaked} with a peak of 2 sd, ${tuned.fast} above 2 Hz)`,
  );
  const order = [...rates.keys()].filter((n) => n < excitatory).sort((a, b) => rates[b] - rates[a]);
  const shown = neuron ?? order.find((n) => tuned.rule[n] >= 0) ?? order[0];
  const courses = psthOf(session, shown);
  results.write(
    'psth.csv',
    csv(
      ['rule', 'bin', 'hz', 'error', 'z', 'z_error'],
      courses.flatMap(({ mean, error, z, zError }, rule) =>
        [...mean].map((hz, b) => [['audition', 'vision'][rule], b, hz, error[b], z[b], zError[b]]),
      ),
    ),
  );
  results.write('psth.svg', await drawPsth(shown, courses, dt, from));
  const figures = ['psth.svg'];
  if (tuned.tuned > 0) {
    results.write('tuning.svg', await drawTuning(tuned, dt, from));
    figures.push('tuning.svg');
  }
  const trajectories = trajectoriesOf(session, pca);
  if (trajectories) {
    const { curves, error } = trajectories;
    const energy = curves.map(({ energy: steps }) => steps.reduce((sum, x) => sum + x, 0) / steps.length);
    screen.line(
      'path',
      `trajectory error ${error.toFixed(2)} Hz² · kinetic energy ${(energy.reduce((a, b) => a + b) / energy.length).toFixed(1)} Hz² a step`,
    );
    results.write(
      'trajectories.csv',
      csv(
        ['rule', 'choice', 'sample', 'pc1', 'pc2', 'pc3', 'energy'],
        curves.flatMap(({ rule, choice, points, energy: steps }) =>
          points.map((point, s) => [
            rule,
            choice,
            s,
            point[0],
            point[1] ?? 0,
            point[2] ?? 0,
            s > 0 ? steps[s - 1] : '',
          ]),
        ),
      ),
    );
    results.write('trajectories.svg', await drawTrajectories(trajectories));
    figures.push('trajectories.svg');
  } else screen.line('path', 'a rule and choice has no right trial; there are no trajectories');
  const finite = (x: number) => (Number.isFinite(x) ? x : null);
  const told = (of: typeof e) => ({ ...of, mean: finite(of.mean), deviation: finite(of.deviation) });
  return {
    figures,
    summary: {
      delay_rates: { excitatory: told(e), inhibitory: told(i) },
      tuned: {
        neurons: tuned.tuned,
        audition: byRule[0],
        vision: byRule[1],
        peaked: tuned.peaked,
        fast: tuned.fast,
        at_2_5: strict.tuned,
      },
      trajectory_error: trajectories?.error ?? null,
      neuron: shown,
    },
  };
}

/** The choice without neurons that are tuned, and without as many others. */
async function writeAblations(run: Run<string>, session: Session, weights: Weights, trials: number): Promise<void> {
  const { settings } = session;
  const rows: (string | number)[][] = [];
  for (const { name, neurons, rate } of ablations(session)) {
    const played = await over(run.map, playSession(settings, silenced(settings, weights, neurons), trials));
    const { accuracy } = effectIn(played);
    const { congruent, incongruent } = accuracy;
    const shares = [congruent, incongruent].map(intervalOf).flatMap(({ value, low, high }) => [value, low, high]);
    rows.push([name, neurons.length, rate, ...shares]);
    run.screen.line(
      rows.length === 1 ? 'silenced' : '',
      `${name}: ${neurons.length} neurons of ${rate.toFixed(1)} Hz · congruent ${percent(congruent)} · incongruent ${percent(incongruent)}`,
    );
  }
  const columns = ['congruent', 'incongruent'].flatMap((kind) => [kind, `${kind}_low`, `${kind}_high`]);
  run.results.write('ablation.csv', csv(['silenced', 'neurons', 'delay_rate', ...columns], rows));
}

async function writeManipulations(
  run: Run<string>,
  settings: SrnnSettings,
  weights: Weights,
  trials: number,
): Promise<void> {
  const points = await run.timed('manipulate', playManipulations(run, settings, weights, trials));
  run.results.write(
    'manipulations.csv',
    csv(
      COLUMNS,
      points.map(({ row }) => row),
    ),
  );
  run.results.write('manipulations.svg', await drawManipulations(points, settings.neurons));
  const kinds = new Map<string, { value: number; incongruent: number }[]>();
  for (const { manipulation, incongruent } of points) {
    if (manipulation.kind === 'perturbation') continue;
    const name = manipulation.kind === 'block' ? manipulation.region : manipulation.kind;
    kinds.set(name, [...(kinds.get(name) ?? []), { value: manipulation.value, incongruent: incongruent.value }]);
  }
  run.screen.line('survives', 'incongruent trials that are right, by value');
  for (const [name, own] of kinds) {
    run.screen.line(
      '',
      `${name.padEnd(10)} ${own.map(({ value, incongruent }) => `${value}: ${(100 * incongruent).toFixed(0)}`).join('  ')}`,
    );
  }
}
