/** What each cycle plays of each memory, who is mistaken for whom, and how many memories fit. */
import type { Row } from '../../../src/campaign/index.js';
import { chanceLevel } from '../../../src/memory/measure/index.js';
import { sampleScore } from '../../../src/memory/score/index.js';
import {
  type Curve,
  type CurvePanel,
  curvesSpec,
  type Figure,
  type Findings,
  phaseSpec,
  type Table,
} from '../../../src/plot/index.js';
import { column, distinct, inWords, mean, quantile, reached, type Share } from '../../common/rows.js';
import { intervalInWords, type OverNetworks, overNetworks, UNITS_SAID } from '../common/networks.js';
import { storedIn } from '../common/stored.js';
import type { Config } from './config.js';
import { rateOf, switchesIn } from './switches.js';
import { bestWays, waysFigure, waysTable } from './ways.js';

type Series = 'each' | 'total';

const nameOf = (memory: number) => (memory < 26 ? String.fromCharCode(65 + memory) : String(memory + 1));
const percent = (value: number) => `${Math.round(100 * value)} %`;
/** Lengths of pieces need not be round. */
const short = (period: number) => Number(period.toFixed(1));

/** Success that counts as reliable. */
const RELIABLE = 0.9;

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const { schedule, fit, free, prompted, jitter } = config;
  const part = (name: string) => rows.filter((row) => row.part === name);
  const ofSchedule = part('schedule');
  const level = (noises: readonly number[]) => (noises.includes(0.1) ? 0.1 : noises[0]);
  const noise = level(schedule.noises);
  const networks = schedule.inputs.flatMap((inputs) => {
    const own = ofSchedule.filter((row) => row.inputs === inputs && row.noise === noise);
    return own.length > 0 ? { inputs, own, stored: storedIn(own), switches: rateOf(switchesIn(own, config)) } : [];
  });
  const series = (['each', 'total'] as const).map((name) => ({ name, counts: countsOf(name, part(name), config) }));
  const fitNoise = level(fit.noises);

  const figures: Figure[] = [];
  if (ofSchedule.length > 0) figures.push(scheduleFigure(networks, config, noise));
  const crowd = mostSwitched(part('each'), config, fitNoise);
  if (crowd) figures.push(crosstalkFigure(config, crowd, fitNoise));
  if (series.some(({ counts }) => counts.length > 0)) figures.push(fitFigure(series, config));
  const ofWays = part('ways');
  if (ofWays.length > 0) figures.push(waysFigure(config, ofWays));

  return {
    answer: [answerOf(config, networks, series, noise, fitNoise), bestWays(config, ofWays)]
      .filter((text) => text !== '')
      .join(' '),
    figures,
    tables: [
      ...(schedule.inputs.length > 0 ? [scheduleTable(config, networks, noise)] : []),
      ...(series.some(({ counts }) => counts.length > 0) ? [fitTable(config, series)] : []),
      ...(ofWays.length > 0 ? [waysTable(config, ofWays)] : []),
    ],
    notes: [
      `Success: precision and recall against the prompted memory are both at least 0.9 in the last of ${free} free periods. A switch is any prompt but the first of a run, so that another memory is (or, where it was lost, was) in play; with a single memory it is prompted twice.`,
      `Each memory is prompted in turn, the first once more: the first ${prompted} channels play it for one period, jittered by ${jitter} refractory periods at every noise. A prompt of a short memory is therefore short.`,
      'Precision and recall at the best lag, convention A. Unrelated spikes score above zero, short ones more: the last column of the second table is what random trains score.',
      'Where neurons are not stored, their weights are 0, and a few silent neurons ruin the recall of all: see how many are stored before blaming the number of memories. More memories of a network contain the fewer, in the same wiring.',
    ],
  };
}

interface Stored {
  inputs: number;
  own: readonly Row[];
  stored: Share;
  switches: Share;
}

const scheduleTable = (config: Config, networks: readonly Stored[], noise: number): Table => {
  const { schedule } = config;
  return {
    title: `Prompted one after the other: ${schedule.memories} memories, T = ${schedule.period}, noise ${noise}`,
    columns: [
      'K',
      'neurons stored',
      'successful switches',
      'cycle',
      'prompted',
      ...Array.from({ length: schedule.memories }, (_, m) => `precision / recall ${nameOf(m)}`),
    ],
    rows: networks.flatMap(({ inputs, own, stored, switches }) =>
      cyclesOf(own, config).map(({ number, prompt, at }, i) => [
        ...(i === 0 ? [inputs, inWords(stored), inWords(switches)] : ['', '', '']),
        number,
        prompt ?? '',
        ...Array.from({ length: schedule.memories }, (_, against) => {
          const pairs = at.filter((row) => row.against === against);
          return `${mean(column(pairs, 'precision')).toFixed(3)} / ${mean(column(pairs, 'recall')).toFixed(3)}`;
        }),
      ]),
    ),
  };
};

const fitTable = ({ fit }: Config, series: readonly { counts: Counts }[]): Table => ({
  title: `How many fit: K = ${fit.inputs}`,
  columns: [
    'memories',
    'T of each',
    'T of all',
    'neurons stored',
    ...fit.noises.flatMap((own) => [`successful switches, noise ${own}`, '95 %, networks as units']),
    'highest precision against another memory',
    'by chance',
  ],
  rows: series.flatMap(({ counts }) =>
    counts.map(({ memories, period, stored, switches, overall, highest, chance }) => [
      memories,
      short(period),
      short(memories * period),
      inWords(stored),
      ...switches.flatMap((found, i) => [inWords(found), intervalInWords(overall[i])]),
      highest === undefined ? '–' : highest.toFixed(2),
      chance.toFixed(2),
    ]),
  ),
});

const crosstalkFigure = (
  config: Config,
  crowd: { memories: number; rows: readonly Row[] },
  fitNoise: number,
): Figure => {
  const { fit, prompted, channels } = config;
  return {
    name: 'cross-talk',
    caption: `What is played in the last free period, against every memory: mean precision at noise ${fitNoise}, K = ${fit.inputs}, T = ${fit.each.period}. On the diagonal stands the memory that was prompted; off it unrelated activity scores as much by chance.`,
    spec: phaseSpec(
      'Which memory is played',
      [`${crowd.memories} memories in the same weights; ${prompted} of ${channels} channels prompted for one period`],
      { x: 'prompted', y: 'played', value: 'precision', format: '.2f' },
      [{ title: '', cells: crosstalk(crowd.rows, config, crowd.memories) }],
    ),
  };
};

/** The cycles of a run, one after the other, with their rows over all trials. */
function cyclesOf(own: readonly Row[], { free }: Config) {
  const blocks = distinct(column(own, 'block'));
  return blocks.flatMap((block) =>
    Array.from({ length: 1 + free }, (_, cycle) => {
      const at = own.filter((row) => row.block === block && row.cycle === cycle);
      const prompt = cycle === 0 ? nameOf(at[0].prompted as number) : undefined;
      return { number: block * (1 + free) + cycle + 1, prompt, at };
    }),
  );
}

function scheduleFigure(
  networks: readonly { inputs: number; own: readonly Row[]; stored: Share }[],
  config: Config,
  noise: number,
): Figure {
  const { schedule, prompted, channels } = config;
  const panels = networks.map(({ inputs, own, stored }): CurvePanel => {
    const cycles = cyclesOf(own, config);
    return {
      title: `K = ${inputs}: ${inWords(stored)} neurons stored`,
      x: { title: 'cycle', format: 'd', domain: [0.4, cycles.length + 0.6] },
      y: { title: 'recall', domain: [0, 1.1] },
      bands: cycles.flatMap(({ number, prompt }) =>
        prompt ? [{ from: number - 0.5, to: number + 0.5, label: prompt }] : [],
      ),
      curves: Array.from({ length: schedule.memories }, (_, memory) => ({
        name: `memory ${nameOf(memory)}`,
        points: cycles.map(({ number, at }) => {
          const found = column(
            at.filter((row) => row.against === memory),
            'recall',
          );
          return { x: number, y: quantile(found), low: quantile(found, 0.1), high: quantile(found, 0.9) };
        }),
      })),
    };
  });
  return {
    name: 'schedule',
    caption: `How much of each memory every cycle plays: median over networks and trials, bars from the 10th to the 90th percentile. In the shaded cycles ${prompted} of ${channels} channels play the memory that is named; in the others all are free.`,
    spec: curvesSpec(
      'Does a prompt call up its own memory?',
      [`${schedule.memories} memories of T = ${schedule.period} in the same weights, noise ${noise}`],
      panels,
      { columns: 1, width: 620, height: 150 },
    ),
  };
}

/** Stored neurons, successful switches and cross-talk for every number of memories. */
function countsOf(name: Series, rows: readonly Row[], config: Config) {
  const { fit, channels, activity, seed } = config;
  return fit[name].memories.flatMap((memories) => {
    const own = rows.filter((row) => row.memories === memories);
    if (own.length === 0) return [];
    const period = name === 'each' ? fit.each.period : fit.total.period / memories;
    const others = column(
      own.filter((row) => row.against !== row.prompted),
      'precision',
    );
    const at = fit.noises.map((noise) =>
      switchesIn(
        own.filter((row) => row.noise === noise),
        config,
      ),
    );
    return {
      memories,
      period,
      highest: others.length > 0 ? others.reduce((a, b) => Math.max(a, b)) : undefined,
      chance: chanceLevel(sampleScore(channels, period, activity, seed), seed).precision,
      stored: storedIn(own),
      switches: at.map(rateOf),
      overall: at.map((rows) => overNetworks(rows)),
    };
  });
}

type Counts = ReturnType<typeof countsOf>;

function fitFigure(series: readonly { name: Series; counts: Counts }[], { fit, prompted, channels }: Config): Figure {
  const curve = (
    name: string,
    counts: Counts,
    share: (one: Counts[number]) => Pick<OverNetworks, 'rate'> & Partial<OverNetworks>,
  ): Curve => ({
    name,
    points: counts.map((one) => {
      const { rate: y, low, high } = share(one);
      return { x: one.memories, y, low, high };
    }),
  });
  return {
    name: 'fit',
    caption:
      'Neurons stored, and switches that succeed, against the number of memories in the same weights. Left: all of the same length. Right: a given length cut into pieces. Of switches ' +
      UNITS_SAID +
      '.',
    spec: curvesSpec(
      'How many memories fit',
      [`K = ${fit.inputs}; ${prompted} of ${channels} channels prompted for one period`],
      series
        .filter(({ counts }) => counts.length > 0)
        .map(({ name, counts }) => ({
          title: name === 'each' ? `T = ${fit.each.period} each` : `T = ${fit.total.period} in all`,
          x: { title: 'memories', format: 'd', domain: [0.5, Math.max(...fit[name].memories) + 0.5] },
          y: { title: 'share', domain: [0, 1], format: '.0%' },
          curves: [
            curve('neurons stored', counts, ({ stored }) => ({ rate: stored.success / stored.of })),
            ...fit.noises.map((noise, i) => curve(`switches, noise ${noise}`, counts, ({ overall }) => overall[i])),
          ],
        })),
    ),
  };
}

/** The largest number of memories of equal length whose switches succeed. */
function mostSwitched(rows: readonly Row[], config: Config, noise: number) {
  return config.fit.each.memories
    .toSorted((a, b) => b - a)
    .map((memories) => ({ memories, rows: rows.filter((row) => row.memories === memories && row.noise === noise) }))
    .find(({ memories, rows: own }) => {
      const { success, of } = rateOf(switchesIn(own, config));
      return memories > 1 && of > 0 && success >= RELIABLE * of;
    });
}

/** Mean precision in the last free period, prompted memory by compared memory. */
const crosstalk = (rows: readonly Row[], { free }: Config, memories: number) =>
  Array.from({ length: memories * memories }, (_, i) => {
    const [memory, against] = [i % memories, Math.floor(i / memories)];
    const own = rows.filter((row) => row.cycle === free && row.prompted === memory && row.against === against);
    return { x: nameOf(memory), y: nameOf(against), value: mean(column(own, 'precision')) };
  });

function answerOf(
  { schedule, fit }: Config,
  networks: readonly {
    inputs: number;
    stored: Share;
    switches: Share;
  }[],
  series: readonly { name: Series; counts: Counts }[],
  noise: number,
  fitNoise: number,
): string {
  const told = networks.map(
    ({ inputs, stored, switches }) =>
      `with ${inputs} synapses ${stored.success === stored.of ? 'all' : `${percent(stored.success / stored.of)} of the`} neurons are stored and ${inWords(switches)} switches succeed`,
  );
  const at = fit.noises.indexOf(fitNoise);
  const most = ({ name, counts }: { name: Series; counts: Counts }) => {
    const good = reached(counts, ({ switches }) => switches[at].success >= RELIABLE * switches[at].of);
    const stored = reached(counts, ({ stored: { success, of } }) => success === of);
    const kind = name === 'each' ? `of T = ${fit.each.period} each` : `in T = ${fit.total.period}`;
    return `${stored ? stored.memories : 'none'} memories ${kind} are stored in all neurons, and ${good ? good.memories : 'none'} can be called up in ${percent(RELIABLE)} of the trials`;
  };
  const fits = series.filter(({ counts }) => counts.length > 0).map(most);
  return [
    told.length > 0
      ? `${schedule.memories} memories of T = ${schedule.period}, prompted in turn at noise ${noise}: ${told.join('; ')}.`
      : '',
    fits.length > 0 ? `With ${fit.inputs} synapses at noise ${fitNoise} ${fits.join('; ')}.` : '',
  ]
    .filter((text) => text !== '')
    .join(' ');
}
