/** Rate networks learn to follow one, two or three signals: how their balance tightens, and whether they fall into groups. */
import { z } from 'zod';
import type { Row } from '../../../src/campaign/index.js';
import { curvesSpec, type Findings } from '../../../src/plot/index.js';
import { trainTracker } from '../../../src/sparseprop/index.js';
import { count, seed } from '../../common/config.js';
import type { Experiment } from '../../common/experiment.js';
import { column, mean } from '../../common/rows.js';

const schema = z.strictObject({
  seed,
  n: count,
  batch: count,
  signals: z.array(count).min(1),
  epochs: count,
  every: count,
  networks: count,
});
type Config = z.infer<typeof schema>;
interface Task {
  signals: number;
  network: number;
}

export const balancedTracking: Experiment<Config, Task> = {
  name: 'balanced-tracking',
  module: import.meta.url,
  title: 'Balanced networks that follow signals',
  question:
    'Does learning to follow one, two or three signals tighten the balance of a rate network, and does it form weakly connected groups?',
  units: 'Times are in steps of 0.2 time constants of the network.',
  schema,
  columns: ['signals', 'network', 'epoch', 'error', 'balance', 'within', 'between'],
  tasks: ({ signals, networks }) =>
    signals.flatMap((each) => Array.from({ length: networks }, (_, network) => ({ signals: each, network }))),
  cost: (_, { n, batch, epochs }) => 0.1 + epochs * batch * (n * n * 5e-7 + n * 2e-5) * 0.2,
  prepare({ n, batch, epochs, every, seed: first }) {
    return ({ signals, network }) => {
      const { tests } = trainTracker(
        { n, signals, batch, populations: 1, seed: first + network },
        epochs,
        () => {},
        every,
      );
      return tests.map(({ between, ...test }) => ({
        signals,
        network,
        ...test,
        between: Number.isNaN(between) ? null : between,
      }));
    };
  },
  conclude,
};

function conclude({ signals, networks, epochs, n }: Config, rows: readonly Row[]): Findings {
  const own = (each: number, epoch?: number) =>
    rows.filter((row) => row.signals === each && (epoch === undefined || row.epoch === epoch));
  const epochsOf = (each: number) => [...new Set(column(own(each), 'epoch'))];
  const curve = (name: 'error' | 'balance') =>
    signals.map((each) => ({
      name: `${each} signal${each > 1 ? 's' : ''}`,
      points: epochsOf(each).map((epoch) => {
        const values = column(own(each, epoch), name);
        return { x: epoch, y: mean(values), low: Math.min(...values), high: Math.max(...values) };
      }),
    }));
  const ratio = (each: number) => {
    const last = own(each, epochs).filter((row) => row.between !== null);
    return last.map((row) => (row.within as number) / (row.between as number));
  };
  const range = (values: readonly number[]) =>
    `${mean(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
  const share = (each: number) =>
    column(own(each, epochs), 'error').map((error, k) => error / column(own(each, 0), 'error')[k]);
  return {
    answer: signals
      .map(
        (each) =>
          `${each} signal${each > 1 ? 's' : ''}: error ${range(share(each))} of the first, |mean J| ${range(column(own(each, epochs), 'balance'))} times the first${each > 1 ? `, inhibition within groups ${range(ratio(each))} times that between` : ''}.`,
      )
      .join(' '),
    figures: [
      {
        name: 'training',
        caption: `Test error and |mean J| over its first value; means and ranges of ${networks} networks, N = ${n}.`,
        spec: curvesSpec(
          'Training',
          [],
          [
            { x: { title: 'epoch' }, y: { title: 'test error', log: true }, curves: curve('error') },
            { x: { title: 'epoch' }, y: { title: '|mean J| / its first' }, curves: curve('balance') },
          ],
        ),
      },
    ],
    tables: [
      {
        title: `After ${epochs} epochs, mean and range over networks`,
        columns: ['signals', 'error / first', '|mean J| / first', 'within / between'],
        rows: signals.map((each) => [
          each,
          range(share(each)),
          range(column(own(each, epochs), 'balance')),
          each > 1 ? range(ratio(each)) : '-',
        ]),
      },
    ],
    notes: [
      'Groups are those of k-means on the columns of J, as many as there are signals.',
      `${networks} networks per number of signals; with fewer than eight, ranges are all that is claimed.`,
    ],
  };
}
