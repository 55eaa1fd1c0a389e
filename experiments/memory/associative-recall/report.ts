/** Cycle by cycle: how the others follow while prompted, and go on when released. */
import type { Row } from '../../../src/campaign/index.js';
import {
  type Curve,
  type CurvePanel,
  curvesSpec,
  type Figure,
  type Findings,
  type Table,
} from '../../../src/plot/index.js';
import { column, distinct, quantile } from '../../common/rows.js';
import { intervalInWords, overNetworks } from '../common/networks.js';
import type { Config } from './config.js';

const pair = (rows: readonly Row[]) =>
  `${quantile(column(rows, 'precision')).toFixed(3)} / ${quantile(column(rows, 'recall')).toFixed(3)}`;

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const held = rows.filter((row) => row.part === 'held');
  const released = rows.filter((row) => row.part === 'released');
  return {
    answer: [heldInWords(config, held), releasedInWords(config, released)].filter((text) => text !== '').join(' '),
    figures: [
      ...(held.length > 0 ? [heldFigure(config, held)] : []),
      ...(released.length > 0 ? [releasedFigure(config, released)] : []),
    ],
    tables: [successTable(released), cycleTable(config, released)],
    notes: [
      'Precision and recall at the best lag, convention A; a prompted channel is measured against the unjittered score, so its own jitter counts.',
      `Success: precision and recall of all channels are both at least 0.9 in the last of ${config.released.free} free cycles.`,
      'The first channels are the prompted ones; in a random network any others would do as well.',
      'Prompts are the same at every noise. Trials of all networks are pooled; the interval has networks as units, and one network has none.',
    ],
  };
}

/** The noise that is told of. */
const levelOf = (noises: readonly number[]) => (noises.includes(0.1) ? 0.1 : noises[0]);

function heldInWords({ held: { noises, starts, cycles } }: Config, rows: readonly Row[]): string {
  const most = Math.max(...column(rows, 'prompted'));
  const noise = levelOf(noises);
  const last = rows.filter(
    (row) =>
      row.prompted === most &&
      row.noise === noise &&
      row.start === starts[0] &&
      row.group === 'autonomous' &&
      row.cycle === cycles - 1,
  );
  return last.length > 0
    ? `With ${most} channels playing at noise ${noise}, the others reach precision / recall ${pair(last)} after ${cycles} cycles.`
    : '';
}

function releasedInWords({ released: { noises } }: Config, rows: readonly Row[]): string {
  const level = levelOf(noises);
  const told = successesOf(rows)
    .filter(({ noise }) => noise === level)
    .map(({ prompted, cycles, success, trials }) => `${prompted} channels for ${cycles}: ${success} of ${trials}`);
  const networks = distinct(column(rows, 'network')).length;
  return told.length > 0
    ? `Released at noise ${level}, the whole score goes on alone after prompts of ${told.join('; ')} trials, of ${networks} network${networks === 1 ? ', which says nothing of others' : 's together'}.`
    : '';
}

function heldFigure({ held: { starts, noises }, jitter }: Config, rows: readonly Row[]): Figure {
  const panel = (prompted: number, start: (typeof starts)[number]): CurvePanel => {
    const own = rows.filter((row) => row.prompted === prompted && row.start === start && row.group === 'autonomous');
    return {
      title: `${prompted} prompted, others ${start === 'memory' ? 'in memory' : start}`,
      x: { title: 'cycle', format: 'd' },
      y: { title: 'recall', domain: [0, 1] },
      curves: noises.map((noise) =>
        courseOf(
          `noise ${noise}`,
          own.filter((row) => row.noise === noise),
        ),
      ),
    };
  };
  return {
    name: 'held',
    caption:
      'Recall of the channels that are not prompted while the others play the score all the time: median over the trials, bars from the 10th to the 90th percentile.',
    spec: curvesSpec(
      'Do the others join in?',
      [
        `channels that are not prompted, by how they start: silent, at random, or from memory; prompt jittered by ${jitter}`,
      ],
      distinct(column(rows, 'prompted')).flatMap((prompted) => starts.map((start) => panel(prompted, start))),
      { columns: starts.length, width: 230, height: 150 },
    ),
  };
}

function releasedFigure({ released: { noises, prompts, free }, jitter }: Config, rows: readonly Row[]): Figure {
  const panel = ({ prompted, cycles }: { prompted: number; cycles: number }): CurvePanel => {
    const own = rows.filter((row) => row.prompted === prompted && row.prompt_cycles === cycles);
    return {
      title: `${prompted} channels for ${cycles} cycle${cycles === 1 ? '' : 's'}`,
      x: { title: 'cycle', format: 'd', domain: [0.5, cycles + free + 0.5] },
      y: { title: 'recall', domain: [0, 1.1] },
      bands: [{ from: 0.5, to: cycles + 0.5, label: 'prompt' }],
      curves: noises.flatMap((noise) =>
        (['prompted', 'autonomous'] as const).map((group) =>
          courseOf(
            `${group === 'prompted' ? 'prompted' : 'never prompted'}${noises.length > 1 ? `, noise ${noise}` : ''}`,
            own.filter((row) => row.noise === noise && row.group === group),
          ),
        ),
      ),
    };
  };
  return {
    name: 'released',
    caption:
      'Recall of the prompted channels and of those never prompted, during the prompt (shaded) and after it, when all run free.',
    spec: curvesSpec(
      'Do they go on alone?',
      [`noise ${noises.join(', ')}; prompt jittered by ${jitter}, from silence`],
      prompts.map(panel),
      { columns: 2, width: 320, height: 170 },
    ),
  };
}

const successTable = (rows: readonly Row[]): Table => ({
  title: 'After the release: recalled as a whole',
  columns: ['channels', 'cycles prompted', 'noise', 'networks', 'success', '95 %, networks as units'],
  rows: successesOf(rows).map((found) => [
    found.prompted,
    found.cycles,
    found.noise,
    found.networks,
    `${found.success} of ${found.trials}`,
    intervalInWords(found),
  ]),
});

const cycleTable = ({ released: { prompts, noises, free } }: Config, rows: readonly Row[]): Table => ({
  title: 'Precision / recall by cycle, medians, prompts that are released',
  columns: ['channels', 'cycles prompted', 'noise', 'cycle', 'prompted', 'never prompted', 'all'],
  rows: prompts.flatMap(({ prompted, cycles }) =>
    noises.flatMap((noise) =>
      Array.from({ length: cycles + free }, (_, cycle) => {
        const at = rows.filter(
          (row) =>
            row.prompted === prompted && row.prompt_cycles === cycles && row.noise === noise && row.cycle === cycle,
        );
        const of = (group: string) => pair(at.filter((row) => row.group === group));
        return [prompted, cycles, noise, cycle + 1, of('prompted'), of('autonomous'), of('all')];
      }),
    ),
  ),
});

function courseOf(name: string, rows: readonly Row[]): Curve {
  const cycles = distinct(column(rows, 'cycle')).sort((a, b) => a - b);
  return {
    name,
    points: cycles.map((cycle) => {
      const at = column(
        rows.filter((row) => row.cycle === cycle),
        'recall',
      );
      return { x: cycle + 1, y: quantile(at), low: quantile(at, 0.1), high: quantile(at, 0.9) };
    }),
  };
}

function successesOf(rows: readonly Row[]) {
  const ends = rows.filter((row) => row.group === 'all' && row.cycle === 0);
  return distinct(ends.map((row) => `${row.prompted} ${row.prompt_cycles} ${row.noise}`)).map((key) => {
    const own = ends.filter((row) => `${row.prompted} ${row.prompt_cycles} ${row.noise}` === key);
    const [prompted, cycles, noise] = key.split(' ').map(Number);
    return { prompted, cycles, noise, ...overNetworks(own) };
  });
}
