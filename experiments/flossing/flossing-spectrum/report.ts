/** Figure 1, both panels, with the published curves behind ours. */
import type { Row } from '../../../src/campaign/index.js';
import { type Curve, type CurvePanel, curvesSpec, type Findings } from '../../../src/plot/index.js';
import { medianInterval } from '../../common/median.js';
import { column, distinct, mean } from '../../common/rows.js';
import type { Config } from './config.js';

/** Figure 1 A of the talk: lambda_1, mean of nine networks, by sharpness. B: exponents by index, N = 80, by how many were flossed. */
const EPOCHS = [0, 1, 2, 5, 10, 50, 100, 149];
const COURSES: Record<string, number[]> = {
  '0.5': [-0.223, -0.168, -0.112, -0.012, 0.034, 0.027, 0.04, 0.048],
  '1': [-0.491, -0.485, -0.48, -0.444, -0.419, -0.157, -0.02, 0.001],
};
const INDICES = [1, 16, 18, 32, 34, 50];
const SPECTRA: Record<string, number[]> = {
  none: [-0.223, -0.369, -0.394, -0.551, -0.573, -0.853],
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: read off a figure
  '1': [0.035, -0.434, -0.455, -0.632, -0.655, -0.947],
  '16': [0.038, -0.036, -0.317, -0.592, -0.622, -0.861],
  '32': [0.026, -0.002, -0.009, -0.052, -0.542, -0.899],
};

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const { sharpnesses, flossed, units, networks, updates } = config;
  const own = (what: string, sharpness: number, exponents: number) =>
    rows.filter((row) => row.what === what && row.sharpness === sharpness && row.exponents === exponents);
  const line = (name: string, x: number[], y: number[] | undefined): Curve[] =>
    y && units === 80 ? [{ name: `published, ${name}`, points: [], line: x.map((at, i) => ({ x: at, y: y[i] })) }] : [];
  const thinned = (points: { x: number; y: number }[]) =>
    points.filter((_, i) => i % Math.ceil(points.length / 40) === 0);
  const panels: CurvePanel[] = [
    {
      title: 'lambda_1, one exponent flossed',
      x: { title: 'update' },
      y: { title: 'exponent, per step' },
      curves: sharpnesses.flatMap((g) => [
        { name: `sharpness ${g}`, points: thinned(means(own('lambda_1', g, 1))) },
        ...line(`sharpness ${g}`, EPOCHS, COURSES[String(g)]),
      ]),
    },
    {
      title: `spectrum, sharpness ${sharpnesses[0]}`,
      x: { title: 'index' },
      y: { title: 'exponent, per step' },
      curves: [
        { name: 'before', points: means(own('before', sharpnesses[0], flossed[0])) },
        ...line('before', INDICES, SPECTRA.none),
        ...flossed.flatMap((k) => [
          { name: `${k} flossed`, points: means(own('after', sharpnesses[0], k)) },
          ...line(`${k} flossed`, INDICES, SPECTRA[String(k)]),
        ]),
      ],
    },
  ];
  const table = flossed.map((k) =>
    ofFlossed(k, units, own('before', sharpnesses[0], k), own('after', sharpnesses[0], k)),
  );
  const number = (x: number) => (Number.isFinite(x) ? x.toFixed(3) : '–');
  return {
    answer: `After ${updates} updates the flossed exponent farthest from zero is ${table.map(({ k, farthest }) => `${farthest.median.toFixed(3)} of ${k}`).join(', ')} per step (medians of ${networks} networks).`,
    figures: [
      {
        name: 'spectra',
        caption: `Means over ${networks} networks of ${units} binary units, arctangent surrogate; lines without marks are the published means (figure 1 of the talk).`,
        spec: curvesSpec('Surrogate exponents under flossing', [], panels, { columns: 2, width: 380 }),
      },
    ],
    tables: [
      {
        title: 'Exponents after flossing',
        columns: [
          'flossed',
          'farthest of them from 0, median',
          'interval',
          'all networks',
          'of the means over networks',
          'share by which exponent k + 18 moved, median',
        ],
        rows: table.map(({ k, mean: together, farthest, all, moved }) => [
          k,
          number(farthest.median),
          `${number(farthest.low)} to ${number(farthest.high)}`,
          all
            .toSorted((a, b) => a - b)
            .map(number)
            .join(' '),
          number(together),
          number(moved.median),
        ]),
      },
    ],
    notes: [
      'Spectra are measured on fresh steps. Intervals are order statistics over networks; below six networks they are all values.',
    ],
  };
}

/** By place, over networks. */
function means(list: readonly Row[]): { x: number; y: number }[] {
  const places = distinct(column(list, 'at'));
  return places.map((x) => ({
    x,
    y: mean(
      column(
        list.filter((row) => row.at === x),
        'value',
      ),
    ),
  }));
}

/** Of k flossed exponents, over networks: the one that is farthest from zero, and the share by which exponent k + 18 has moved. */
function ofFlossed(k: number, units: number, before: readonly Row[], after: readonly Row[]) {
  const each = distinct(column(after, 'network')).map((network) => {
    const of = (rows: readonly Row[]) =>
      column(
        rows.filter((row) => row.network === network),
        'value',
      );
    const [first, last] = [of(before), of(after)];
    return {
      farthest: Math.max(...last.slice(0, k).map(Math.abs)),
      moved: k + 18 <= units ? Math.abs(last[k + 17] / first[k + 17] - 1) : Number.NaN,
    };
  });
  const all = each.map(({ farthest }) => farthest);
  return {
    k,
    mean: Math.max(
      ...means(after)
        .slice(0, k)
        .map(({ y }) => Math.abs(y)),
    ),
    all,
    farthest: medianInterval(all),
    moved: medianInterval(each.map(({ moved }) => moved)),
  };
}
