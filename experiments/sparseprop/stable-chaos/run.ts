/**
 * Inhibitory LIF and QIF networks with the same wiring: exponents, dimension, entropy, and what becomes of disturbances of four kinds.
 * Every network is a unit of its own.
 */
import { z } from 'zod';
import type { Row } from '../../../src/campaign/index.js';
import { wilson } from '../../../src/core/index.js';
import { curvesSpec, type Findings } from '../../../src/plot/index.js';
import {
  createEngine,
  type Disturbance,
  disturb,
  disturbances,
  drawnStart,
  engineStart,
  networkDefaults,
  networkOf,
  spectrumOf,
} from '../../../src/sparseprop/index.js';
import { count, positive, seed } from '../../common/config.js';
import type { Experiment } from '../../common/experiment.js';
import { column, mean } from '../../common/rows.js';

const schema = z.strictObject({
  seed,
  models: z.array(z.enum(['lif', 'qif'])).min(1),
  n: count,
  k: count,
  rate: positive,
  /** Of each model; rates of events need at least eight. */
  networks: z.int().min(8),
  /** Largest exponents that are computed; all, if they are N. */
  exponents: z.int().min(2),
  spikesPerNeuron: positive,
  /** Sizes of kicks, in turns. */
  kicks: z.array(positive).min(1),
  /** In time constants. */
  time: positive,
});
type Config = z.infer<typeof schema>;
interface Task {
  model: 'lif' | 'qif';
  network: number;
}

/** Beyond it two runs have parted, in turns. */
const APART = 1e-3;

export const stableChaos: Experiment<Config, Task> = {
  name: 'stable-chaos',
  module: import.meta.url,
  title: 'Stable chaos',
  question: 'Do small and large disturbances of inhibitory networks die or spread, and what do the exponents say?',
  units:
    'Exponents and entropy are per second with a membrane time constant of 10 ms, distances in turns of the phase.',
  schema,
  columns: ['model', 'network', 'kind', 'size', 'apart', 'distance', 'leading', 'dimension', 'entropy'],
  tasks: ({ models, networks }) =>
    models.flatMap((model) => Array.from({ length: networks }, (_, network) => ({ model, network }))),
  // Most of a long spectrum is its factorizations, one for every few spikes.
  cost: (_, { n, k, exponents, spikesPerNeuron }) =>
    0.06 + n * spikesPerNeuron * (k * 6e-7 + n * exponents * exponents * 5e-10),
  prepare(config) {
    const { n, k, rate, exponents, spikesPerNeuron, kicks, time } = config;
    return ({ model, network }) => {
      const own = config.seed + network;
      const circuit = networkOf({ ...networkDefaults, model, n, k, rate, seedNet: own });
      const start = drawnStart(circuit, own);
      const spikes = Math.round(n * spikesPerNeuron);
      const { leading, dimension, entropy } = spectrumOf(circuit, start, {
        exponents: Math.min(n, exponents),
        burnIn: spikes,
        warmUp: spikes,
        spikes,
        seed: own,
      });
      const engine = createEngine(circuit, engineStart(circuit, start));
      engine.run({ spikes });
      const state = engine.state();
      const trial = (kind: Disturbance, size: number): Row => {
        const { distances } = disturb(circuit, state, kind, { size, time, points: 1, seed: own, index: network });
        return { model, network, kind, size, apart: distances[0] > APART ? 1 : 0, distance: distances[0] };
      };
      return [
        { model, network, leading: 100 * leading, dimension: dimension ?? null, entropy: 100 * entropy },
        ...kicks.map((size) => trial('kick', size)),
        ...disturbances.filter((kind) => kind !== 'kick').map((kind) => trial(kind, 0)),
      ];
    };
  },
  conclude,
};

function conclude({ models, kicks, networks, exponents, n }: Config, rows: readonly Row[]): Findings {
  const of = (model: string, kind: string, size: number) => {
    const own = rows.filter((row) => row.model === model && row.kind === kind && row.size === size);
    const apart = column(own, 'apart').reduce((a, b) => a + b, 0);
    return { apart, of: own.length };
  };
  const spectra = (model: string) =>
    rows.filter((row) => row.model === model && row.leading !== undefined && row.leading !== null);
  const range = (values: readonly number[]) =>
    `${mean(values).toFixed(1)} (${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`;
  const curves = models.map((model) => ({
    name: model,
    points: kicks.map((size) => {
      const { apart, of: all } = of(model, 'kick', size);
      const [low, high] = wilson(apart, all);
      return { x: size, y: apart / all, low, high };
    }),
  }));
  const known = (model: string) => spectra(model).filter((row) => row.dimension !== null);
  return {
    answer: models
      .map(
        (model) =>
          `${model}: leading exponent ${range(column(spectra(model), 'leading'))} per s, a kick of ${kicks[0]} turns parts ${of(model, 'kick', kicks[0]).apart} of ${networks} networks, a removed spike ${of(model, 'spike-removed', 0).apart}.`,
      )
      .join(' '),
    figures: [
      {
        name: 'kicks',
        caption: `Networks of which a kick of all phases parts the course by more than ${APART} turns; ${networks} networks, 95 % intervals (Wilson).`,
        spec: curvesSpec(
          'Kicks',
          [],
          [
            {
              x: { title: 'size (turns)', log: true, format: '.0e' },
              y: { title: 'share that part', domain: [0, 1], format: '.0%' },
              curves,
            },
          ],
          { width: 520 },
        ),
      },
    ],
    tables: [
      {
        title: 'Exponents, mean and range over networks',
        columns: ['model', 'leading (per s)', `dimension (of ${n})`, 'entropy (per s)'],
        rows: models.map((model) => [
          model,
          range(column(spectra(model), 'leading')),
          known(model).length > 0 ? range(column(known(model), 'dimension')) : 'not reached',
          range(column(spectra(model), 'entropy')),
        ]),
      },
      {
        title: 'Networks that part',
        columns: ['disturbance', ...models],
        rows: [
          ...kicks.map((size) => ['kick', size] as const),
          ...disturbances.filter((kind) => kind !== 'kick').map((kind) => [kind, 0] as const),
        ].map(([kind, size]) => [
          kind === 'kick' ? `kick of ${size} turns` : kind,
          ...models.map((model) => {
            const { apart, of: all } = of(model, kind, size);
            const [low, high] = wilson(apart, all);
            return `${apart} of ${all} (${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} %)`;
          }),
        ]),
      },
    ],
    notes: [
      'The leading exponent is that without the neutral one, which belongs to a shift of all spikes.',
      exponents < n
        ? `Entropy is the sum of the positive ones among the first ${exponents} exponents.`
        : 'All exponents are computed.',
    ],
  };
}
