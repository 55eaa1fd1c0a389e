/**
 * Storage capacity: the probability that one neuron's program has a solution, against the length T of the score
 * (Aguettaz and Loeliger 2024, experiments). A trial draws a target train and the trains, sources and delays of K inputs,
 * all independent, and solves the program; solved and infeasible are granted by the verifier.
 *
 * Sources: `distinct` gives every input a train of its own (a network without end); a number gives so many source
 * trains, from which K are drawn with replacement. Signs: with `excitatory` e a synapse may only be positive with
 * probability e, only negative otherwise.
 */
import type { Row } from '../../../src/campaign/index.js';
import { streamKey, uniformStream } from '../../../src/core/index.js';
import { memorizeJob, type Problem } from '../../../src/memory/memorize/index.js';
import { sampleScore } from '../../../src/memory/score/index.js';
import type { Experiment } from '../../common/experiment.js';
import { seedFor } from '../common/store.js';
import { units } from '../common/units.js';
import { type Config, type Curve, curvesOf, schema, type Task } from './config.js';
import { conclude } from './report.js';

const periodsOf = ({ periods: { from, to, step } }: Config) =>
  Array.from({ length: Math.floor((to - from) / step + 1e-9) + 1 }, (_, i) => from + i * step);

/** Solves trials `from` to `to` - 1 of a curve at one period. */
function solve(config: Config, index: number, curve: Curve, period: number, from: number, to: number) {
  const own = seedFor(config.seed, `capacity ${index} ${period} ${from}`);
  const task = memorizeJob.prepare(problemOf(config, curve, period, to - from, own));
  const channels = channelsOf(curve);
  const found = { solved: 0, infeasible: 0, undecided: 0, rounds: 0 };
  for (let trial = 0; trial < to - from; trial++) {
    const { status, counters } = task(trial * channels);
    found[status === 'solved' || status === 'infeasible' ? status : 'undecided']++;
    found.rounds += counters.rounds;
  }
  return found;
}

/** Channels of a trial: its target, then its sources. */
const channelsOf = ({ sources, inputs }: Curve) => 1 + (sources === 'distinct' ? inputs : sources);

/** The trials side by side: trial t owns its channels alone, and their first is a neuron with inputs. */
function problemOf({ template }: Config, curve: Curve, period: number, trials: number, own: number): Problem {
  const { inputs, sources: pool, delays: range, bound, excitatory, activity } = curve;
  const channels = channelsOf(curve);
  const score = sampleScore(trials * channels, period, activity, own);
  const starts = new Uint32Array(trials * channels + 1);
  const sources = new Uint32Array(trials * inputs);
  const delay = new Float64Array(trials * inputs);
  const lower = new Float64Array(trials * inputs).fill(-bound);
  const upper = new Float64Array(trials * inputs).fill(bound);
  const key = streamKey(own, 'capacity wiring');
  const signs = streamKey(own, 'capacity signs');
  for (let trial = 0; trial < trials; trial++) {
    const [uniform, sign] = [uniformStream(key, trial), uniformStream(signs, trial)];
    const first = trial * channels;
    for (let k = 0; k < inputs; k++) {
      const at = trial * inputs + k;
      sources[at] = first + 1 + (pool === 'distinct' ? k : Math.floor(uniform() * pool));
      delay[at] = range[0] + uniform() * (range[1] - range[0]);
      if (excitatory !== null) (sign() < excitatory ? lower : upper)[at] = 0;
    }
    starts.fill((trial + 1) * inputs, first + 1, first + channels + 1);
  }
  return {
    score,
    wiring: { starts, sources, delays: delay },
    template: { ...template, bound },
    objective: 'l2',
    bounds: { lower, upper },
  };
}

export const storageCapacity: Experiment<Config, Task> = {
  name: 'storage-capacity',
  module: import.meta.url,
  title: 'Storage capacity',
  question: 'How long a score can one neuron store, and how does that grow with its number of synapses?',
  units,
  schema,
  columns: [
    'curve',
    'inputs',
    'activity',
    'sources',
    'shortest_delay',
    'longest_delay',
    'bound',
    'excitatory',
    'period',
    'trials',
    'solved',
    'infeasible',
    'undecided',
    'rounds',
  ],
  tasks(config) {
    const { trials, trialsPerTask, stop } = config;
    const periods = periodsOf(config);
    return curvesOf(config).flatMap((_, curve) =>
      // The rule needs all trials of a period before it goes on to the next.
      stop !== null
        ? [{ curve, periods, from: 0, to: trials }]
        : periods.flatMap((period) =>
            Array.from({ length: Math.ceil(trials / trialsPerTask) }, (__, i) => ({
              curve,
              periods: [period],
              from: i * trialsPerTask,
              to: Math.min(trials, (i + 1) * trialsPerTask),
            })),
          ),
    );
  },
  // As measured: a fixed part per trial, and a quarter of a microsecond per input and unit of time.
  cost: ({ curve, periods, from, to }, config) =>
    periods.reduce((sum, period) => sum + (to - from) * (0.0015 + 2.4e-7 * curvesOf(config)[curve].inputs * period), 0),
  prepare(config) {
    const curves = curvesOf(config);
    return ({ curve: index, periods, from, to }) => {
      const rows: Row[] = [];
      const curve = curves[index];
      for (const period of periods) {
        const found = { solved: 0, infeasible: 0, undecided: 0, rounds: 0 };
        for (let begin = from; begin < to; begin += config.trialsPerTask) {
          const part = solve(config, index, curve, period, begin, Math.min(to, begin + config.trialsPerTask));
          for (const name of Object.keys(found) as (keyof typeof found)[]) found[name] += part[name];
        }
        const { inputs, activity, sources, delays: range, bound, excitatory } = curve;
        rows.push({
          curve: index,
          inputs,
          activity,
          sources: String(sources),
          shortest_delay: range[0],
          longest_delay: range[1],
          bound,
          excitatory,
          period,
          trials: to - from,
          ...found,
        });
        if (config.stop !== null && found.infeasible > config.stop * (to - from)) break;
      }
      return rows;
    };
  },
  conclude,
};
