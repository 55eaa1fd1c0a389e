/**
 * What a spike costs as networks grow, by every queue, in work that is counted, not timed, so that the answer is the same on every
 * machine: neurons looked at to find the next spike (naive: all; heap: levels of the heap on the way of each moved neuron;
 * calendar: members of opened buckets), beside the K kicks that all of them make. Times are in bench/sparseprop.mjs.
 */
import { z } from 'zod';
import type { Row } from '../../../src/campaign/index.js';
import { ln } from '../../../src/core/index.js';
import { curvesSpec, type Findings } from '../../../src/plot/index.js';
import {
  drawnStart,
  networkDefaults,
  networkOf,
  startSession,
  trainStatistics,
} from '../../../src/sparseprop/index.js';
import { count, positive, seed } from '../../common/config.js';
import type { Experiment } from '../../common/experiment.js';
import { column, mean } from '../../common/rows.js';

const schema = z.strictObject({
  seed,
  models: z.array(z.enum(['lif', 'qif'])).min(1),
  sizes: z.array(count).min(2),
  k: count,
  rate: positive,
  networks: count,
  spikesPerNeuron: positive,
});
type Config = z.infer<typeof schema>;
interface Task {
  model: 'lif' | 'qif';
  n: number;
  network: number;
}

export const sparsepropScaling: Experiment<Config, Task> = {
  name: 'sparseprop-scaling',
  module: import.meta.url,
  title: 'Cost of a spike against the size of the network',
  question: 'How does the work to find the next spike grow with the number of neurons, by every queue?',
  units: 'Times are in membrane time constants of 10 ms, rates in Hz.',
  schema,
  columns: ['model', 'n', 'network', 'rate_hz', 'calendar', 'heap', 'naive'],
  tasks: ({ models, sizes, networks }) =>
    models.flatMap((model) =>
      sizes.flatMap((n) => Array.from({ length: networks }, (_, network) => ({ model, n, network }))),
    ),
  // A kick costs more where the network has left the caches.
  cost: ({ n }, { spikesPerNeuron, k }) => 0.05 + n * spikesPerNeuron * k * (3e-8 + 1.1e-13 * n),
  prepare(config) {
    const { k, rate, spikesPerNeuron } = config;
    return ({ model, n, network }) => {
      const circuit = networkOf({ ...networkDefaults, model, n, k, rate, seedNet: config.seed + network });
      const session = startSession(circuit, drawnStart(circuit, config.seed + network), { queue: 'calendar' });
      const spikes = Math.round(n * spikesPerNeuron);
      session.skip({ spikes });
      const [from, before] = [session.time(), session.refreshes()];
      const recorded = session.record({ spikes });
      const refreshes = (session.refreshes() - before) / spikes;
      const { rate: got } = trainStatistics(recorded, n, from, session.time());
      // Every kick and the spike itself move a neuron through a heap with four children to a node: at most its depth.
      const depth = Math.ceil(ln(3 * n + 1) / ln(4));
      return [{ model, n, network, rate_hz: 100 * got, calendar: refreshes, heap: (k + 1) * depth, naive: n }];
    };
  },
  conclude,
};

function conclude({ models, sizes, k, networks }: Config, rows: readonly Row[]): Findings {
  const curves = models.flatMap((model) =>
    (['calendar', 'heap', 'naive'] as const).map((queue) => ({
      name: `${model}, ${queue}`,
      points: sizes.map((n) => {
        const values = column(
          rows.filter((row) => row.model === model && row.n === n),
          queue,
        );
        return { x: n, y: mean(values), low: Math.min(...values), high: Math.max(...values) };
      }),
    })),
  );
  const [first, last] = [Math.min(...sizes), Math.max(...sizes)];
  const at = (model: string, n: number) =>
    mean(
      column(
        rows.filter((row) => row.model === model && row.n === n),
        'calendar',
      ),
    );
  const words = models.map(
    (model) =>
      `${model} ${at(model, first).toFixed(1)} at N = ${first} and ${at(model, last).toFixed(1)} at N = ${last}`,
  );
  return {
    answer: `The calendar looks at so many neurons per spike: ${words.join(', ')}; a naive queue looks at all N.`,
    figures: [
      {
        name: 'work',
        caption: `Neurons looked at to find the next spike, K = ${k}; means and ranges of ${networks} networks. For the heap an upper bound: K + 1 moves of at most its depth.`,
        spec: curvesSpec(
          'Work per spike',
          [],
          [
            {
              x: { title: 'neurons', log: true, format: '.0e' },
              y: { title: 'neurons looked at per spike', log: true, format: '.0e' },
              curves,
            },
          ],
          { width: 560 },
        ),
      },
    ],
    tables: [
      {
        title: 'Work and rates',
        columns: ['model', 'N', 'rate (Hz)', 'calendar', 'heap, at most', 'naive'],
        rows: models.flatMap((model) =>
          sizes.map((n) => {
            const own = rows.filter((row) => row.model === model && row.n === n);
            const of = (name: string) => mean(column(own, name));
            return [model, n, of('rate_hz').toFixed(2), of('calendar').toFixed(1), of('heap'), of('naive')];
          }),
        ),
      },
    ],
    notes: ['Counts do not depend on the machine. Times, interleaved, are printed by node bench/sparseprop.mjs.'],
  };
}
