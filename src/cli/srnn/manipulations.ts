/** Manipulations of a trained network as rows. */
import type { Run } from '../../app/index.js';
import {
  effectOf,
  intervalOf,
  type Manipulation,
  over,
  type SrnnSettings,
  sweeps,
  type Weights,
} from '../../srnn/index.js';

interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Point {
  readonly manipulation: Manipulation;
  readonly congruent: Interval;
  readonly incongruent: Interval;
  readonly row: readonly (string | number)[];
}

export const COLUMNS = [
  ...['kind', 'region', 'value', 'from', 'until', 'congruent', 'congruent_low', 'congruent_high'],
  ...[
    'incongruent',
    'incongruent_low',
    'incongruent_high',
    'rate_e',
    'rate_i',
    'delay_rate',
    'tuned',
    'trajectory_error',
  ],
];

/** Plays every manipulation that the network allows. */
export async function playManipulations(
  run: Run<string>,
  settings: SrnnSettings,
  weights: Weights,
  trials: number,
): Promise<Point[]> {
  const all = sweeps(settings).filter(
    ({ kind }) => settings.dale || !['block', 'balance', 'perturbation'].includes(kind),
  );
  const bar = run.screen.progress('manipulate', all.length);
  const points: Point[] = [];
  for (const manipulation of all) {
    const effect = await over(run.map, effectOf(settings, weights, manipulation, trials));
    const { accuracy, read, unread, delay, tuned, error } = effect;
    const [congruent, incongruent] = [accuracy.congruent, accuracy.incongruent].map(intervalOf);
    const { kind, value } = manipulation;
    const region = 'region' in manipulation ? manipulation.region : '';
    const [from, until] = kind === 'perturbation' ? [manipulation.from, manipulation.until] : ['', ''];
    const shares = [congruent, incongruent].flatMap(({ value: share, low, high }) => [share, low, high]);
    const numbers = [...shares, read, unread, delay, tuned, error].map((x) => (Number.isNaN(x) ? '' : x));
    points.push({ manipulation, congruent, incongruent, row: [kind, region, value, from, until, ...numbers] });
    bar();
  }
  run.screen.stop();
  return points;
}
