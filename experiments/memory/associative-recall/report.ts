/** Cycle by cycle: how the others follow while prompted, and go on when released. */
import type { Row } from '../../../src/campaign/index.js';
import { wilson } from '../../../src/memory/measure/index.js';
import { type Curve, type CurvePanel, curvesSpec, type Figure, type Findings } from '../../../src/plot/index.js';
import { column, distinct, quantile } from '../../common/rows.js';
import type { Config } from './config.js';

const pair = (rows: readonly Row[]) =>
  `${quantile(column(rows, 'precision')).toFixed(3)} / ${quantile(column(rows, 'recall')).toFixed(3)}`;

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const held = rows.filter((row) => row.part === 'held');
  const released = rows.filter((row) => row.part === 'released');
  const figures: Figure[] = [];
  if (held.length > 0) {
    figures.push({
      name: 'held',
      caption:
        'Recall of the channels that are not prompted while the others play the score all the time: median over the trials, bars from the 10th to the 90th percentile.',
      spec: curvesSpec(
        'Do the others join in?',
        [
          `channels that are not prompted, by how they start: silent, at random, or from memory; prompt jittered by ${config.jitter}`,
        ],
        distinct(column(held, 'prompted')).flatMap((prompted) =>
          config.held.starts.map((start): CurvePanel => {
            const own = held.filter(
              (row) => row.prompted === prompted && row.start === start && row.group === 'autonomous',
            );
            return {
              title: `${prompted} prompted, others ${start === 'memory' ? 'in memory' : start}`,
              x: { title: 'cycle', format: 'd' },
              y: { title: 'recall', domain: [0, 1] },
              curves: config.held.noises.map((noise) =>
                courseOf(
                  `noise ${noise}`,
                  own.filter((row) => row.noise === noise),
                ),
              ),
            };
          }),
        ),
        { columns: config.held.starts.length, width: 230, height: 150 },
      ),
    });
  }
  if (released.length > 0) {
    figures.push({
      name: 'released',
      caption:
        'Recall of the prompted channels and of those never prompted, during the prompt (shaded) and after it, when all run free.',
      spec: curvesSpec(
        'Do they go on alone?',
        [`noise ${config.released.noises.join(', ')}; prompt jittered by ${config.jitter}, from silence`],
        config.released.prompts.map(({ prompted, cycles }) => {
          const own = released.filter((row) => row.prompted === prompted && row.prompt_cycles === cycles);
          return {
            title: `${prompted} channels for ${cycles} cycle${cycles === 1 ? '' : 's'}`,
            x: { title: 'cycle', format: 'd', domain: [0.5, cycles + config.released.free + 0.5] },
            y: { title: 'recall', domain: [0, 1.1] },
            bands: [{ from: 0.5, to: cycles + 0.5, label: 'prompt' }],
            curves: config.released.noises.flatMap((noise) =>
              (['prompted', 'autonomous'] as const).map((group) =>
                courseOf(
                  `${group === 'prompted' ? 'prompted' : 'never prompted'}${config.released.noises.length > 1 ? `, noise ${noise}` : ''}`,
                  own.filter((row) => row.noise === noise && row.group === group),
                ),
              ),
            ),
          };
        }),
        { columns: 2, width: 320, height: 170 },
      ),
    });
  }
  const successes = successTable(released);
  const level = config.released.noises.includes(0.1) ? 0.1 : config.released.noises[0];
  const told = successes
    .filter(({ noise }) => noise === level)
    .map(({ prompted, cycles, success, trials }) => `${prompted} channels for ${cycles}: ${success} of ${trials}`);
  const most = Math.max(...column(held, 'prompted'));
  const noise = config.held.noises.includes(0.1) ? 0.1 : config.held.noises[0];
  const last = held.filter(
    (row) =>
      row.prompted === most &&
      row.noise === noise &&
      row.start === config.held.starts[0] &&
      row.group === 'autonomous' &&
      row.cycle === config.held.cycles - 1,
  );
  return {
    answer: [
      last.length > 0
        ? `With ${most} channels playing at noise ${noise}, the others reach precision / recall ${pair(last)} after ${config.held.cycles} cycles.`
        : '',
      told.length > 0
        ? `Released at noise ${level}, the whole score goes on alone after prompts of ${told.join('; ')} trials.`
        : '',
    ]
      .filter((text) => text !== '')
      .join(' '),
    figures,
    tables: [
      {
        title: 'After the release: recalled as a whole',
        columns: ['channels', 'cycles prompted', 'noise', 'success', '95 % interval'],
        rows: successes.map(({ prompted, cycles, noise: own, success, trials }) => {
          const [low, high] = wilson(success, trials);
          return [
            prompted,
            cycles,
            own,
            `${success} of ${trials}`,
            `${Math.round(100 * low)}–${Math.round(100 * high)} %`,
          ];
        }),
      },
      {
        title: 'Precision / recall by cycle, medians, prompts that are released',
        columns: ['channels', 'cycles prompted', 'noise', 'cycle', 'prompted', 'never prompted', 'all'],
        rows: config.released.prompts.flatMap(({ prompted, cycles }) =>
          config.released.noises.flatMap((own) =>
            Array.from({ length: cycles + config.released.free }, (_, cycle) => {
              const at = released.filter(
                (row) =>
                  row.prompted === prompted && row.prompt_cycles === cycles && row.noise === own && row.cycle === cycle,
              );
              const of = (group: string) => pair(at.filter((row) => row.group === group));
              return [prompted, cycles, own, cycle + 1, of('prompted'), of('autonomous'), of('all')];
            }),
          ),
        ),
      },
    ],
    notes: [
      'Precision and recall at the best lag, convention A; a prompted channel is measured against the unjittered score, so its own jitter counts.',
      `Success: precision and recall of all channels are both at least 0.9 in the last of ${config.released.free} free cycles.`,
      'The first channels are the prompted ones; in a random network any others would do as well.',
      'Prompts are the same at every noise.',
    ],
  };
}

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

function successTable(rows: readonly Row[]) {
  const ends = rows.filter((row) => row.group === 'all' && row.cycle === 0);
  return distinct(ends.map((row) => `${row.prompted} ${row.prompt_cycles} ${row.noise}`)).map((key) => {
    const own = ends.filter((row) => `${row.prompted} ${row.prompt_cycles} ${row.noise}` === key);
    const [prompted, cycles, noise] = key.split(' ').map(Number);
    return { prompted, cycles, noise, success: own.filter((row) => row.success === 1).length, trials: own.length };
  });
}
