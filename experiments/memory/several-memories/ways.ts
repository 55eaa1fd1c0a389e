/** How many memories fit by each way to make the neurons. */
import type { Row } from '../../../src/campaign/index.js';
import { type Curve, curvesSpec, type Figure, type Table } from '../../../src/plot/index.js';
import { column, inWords, mean, reached } from '../../common/rows.js';
import { intervalInWords, overNetworks, UNITS_SAID } from '../common/networks.js';
import { storedIn } from '../common/stored.js';
import type { Config, Way } from './config.js';
import { rateOf, switchesIn } from './switches.js';

/** Success that counts as reliable. */
const RELIABLE = 0.9;

/** Of a way at a noise: neurons stored and switches, by the number of memories. */
const countsOf = (config: Config, { name, memories: numbers }: Way, rows: readonly Row[], noise: number) =>
  numbers.flatMap((memories) => {
    const own = rows.filter((row) => row.way === name && row.memories === memories && row.noise === noise);
    if (own.length === 0) return [];
    const switches = switchesIn(own, config);
    return { memories, stored: storedIn(own), switches, share: rateOf(switches), overall: overNetworks(switches) };
  });

export const waysTable = (config: Config, rows: readonly Row[]): Table => {
  const { inputs, period, noises, list } = config.ways;
  return {
    title: `By which way: K = ${inputs}, T = ${period} each`,
    columns: [
      ...['way', 'weights up to', 'memories', 'T / K', 'neurons stored', 'noise', 'successful switches'],
      ...['95 %, networks as units', 'precision'],
    ],
    rows: list.flatMap((way) =>
      noises.flatMap((noise) =>
        countsOf(config, way, rows, noise).map(({ memories, stored, switches, share, overall }) => [
          ...[way.name, way.bound, memories, ((memories * period) / inputs).toFixed(2), inWords(stored), noise],
          ...[inWords(share), intervalInWords(overall), mean(column(switches, 'precision')).toFixed(3)],
        ]),
      ),
    ),
  };
};

export const waysFigure = (config: Config, rows: readonly Row[]): Figure => {
  const { inputs, period, noises, list } = config.ways;
  return {
    name: 'ways',
    caption: `Switches that succeed against the number of memories in the same weights, by the way the neurons are made; ${UNITS_SAID}.`,
    spec: curvesSpec(
      'How many memories fit by which way',
      [`K = ${inputs}, T = ${period} each; ${config.prompted} of ${config.channels} channels prompted for one period`],
      noises.map((noise) => ({
        title: `noise ${noise}`,
        x: { title: 'memories', format: 'd' },
        y: { title: 'switches that succeed', domain: [0, 1] as [number, number], format: '.0%' },
        curves: list.map(
          (way): Curve => ({
            name: way.name,
            points: countsOf(config, way, rows, noise).map(({ memories: x, overall: { rate: y, low, high } }) => {
              return { x, y, low, high };
            }),
          }),
        ),
      })),
    ),
  };
};

/** In words, up to how many memories each way is reliable. */
export function bestWays(config: Config, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const { inputs, period, noises, list } = config.ways;
  const told = list.map((way) => {
    const counts = countsOf(config, way, rows, noises[0]);
    const most = reached(counts, ({ share }) => share.success >= RELIABLE * share.of);
    return `${way.name} ${most ? most.memories : 'none'}`;
  });
  return `With ${inputs} synapses at noise ${noises[0]} so many memories of T = ${period} each can be called up in ${Math.round(100 * RELIABLE)} % of the trials: ${told.join(', ')}.`;
}
