/** The raster of a recall test: what was prescribed, what came, and where they differ. */
import type { TopLevelSpec } from 'vega-lite';
import {
  demandFinite,
  demandInteger,
  demandNumber,
  demandObject,
  demandPositive,
  demandTrains,
} from '../core/index.js';
import { colors, renderSvg } from './render.js';

/** A recall test to be drawn: times in refractory periods. */
export interface RasterInput {
  /** What was prescribed, in refractory periods. */
  score: {
    /** Spike times in [0, period), channel after channel. */
    times: Float64Array;
    /** Channel c has the times from starts[c] to starts[c + 1] - 1. */
    starts: ArrayLike<number>;
    /** Length of the score. */
    period: number;
    /** What the channels are called, where it is not their numbers. */
    ids?: readonly (number | string)[] | undefined;
  };
  /** Played spikes, one sorted train per channel, from time 0 on. */
  trains: readonly Float64Array[];
  /** How many channels were prompted, the first ones. */
  prompt: number;
  /** Which channels were prompted, where they are not the first ones. */
  prompted?: readonly number[] | undefined;
  /** How long they were prompted, from time 0 on. */
  promptTime: number;
  /** Free periods shown after the prompt. */
  periods: number;
  /** Seconds per refractory period. */
  tau0: number;
  /** Title of the figure. */
  title?: string;
  /** Lines under the title. */
  subtitle: string[];
}

/** Spikes within this of a prescribed one, and the other way round, agree. */
const TOLERANCE = 0.5;
/** Beyond this many marks every n-th channel is drawn. */
const MOST_MARKS = 20000;

const NAMES = { hit: 'recalled as prescribed', missed: 'prescribed, missed', extra: 'not prescribed' };

/**
 * Draws prescribed and played spikes over time, and marks where they differ by more than half a refractory period;
 * an SVG.
 */
export function drawRaster(input: RasterInput): Promise<string> {
  demandObject('what is drawn', input);
  demandObject('the score', input.score);
  demandPositive('the period of the score', input.score.period);
  demandFinite('the times of the score', input.score.times);
  demandTrains('the trains', input.trains);
  demandInteger('the prompted channels', input.prompt);
  demandNumber('the time of the prompt', input.promptTime, 0);
  demandInteger('free periods', input.periods);
  demandPositive('the refractory period in seconds', input.tau0);
  const { score, trains, prompt, promptTime, periods, tau0, title = 'Recall after a prompt', subtitle } = input;
  const end = promptTime + periods * score.period;
  const channels = score.starts.length - 1;
  // The channels that were never prompted stand above a gap.
  const gap = prompt > 0 && prompt < channels ? Math.max(2, channels * 0.02) : 0;
  const total = trains.reduce((sum, train) => sum + train.length, 0);
  const step = Math.max(1, Math.ceil(total / MOST_MARKS));
  const values: Mark[] = [];
  const order = orderOf(input, channels);
  const names = score.ids ? Array.from({ length: channels }, (_, i) => score.ids?.[order?.[i] ?? i] ?? i) : order;
  for (let row = 0; row < channels; row += step) {
    values.push(...marksOf(input, order?.[row] ?? row, row + (row >= prompt ? gap : 0), end));
  }
  const thinned =
    step > 1 ? [`every ${step}${['', '', 'nd', 'rd'][step] ?? 'th'} of ${channels} channels is drawn`] : [];
  const rows = channels + gap;
  const spec: TopLevelSpec = {
    title: { text: title, subtitle: [...subtitle, ...thinned] },
    width: 900,
    height: HEIGHT,
    data: { values },
    layer: [
      {
        data: {
          values: [{ from: 0, to: promptTime * tau0, low: 0, high: prompt, label: 'prompted' }],
        },
        mark: { type: 'rect', color: colors.prompt },
        encoding: {
          x: { field: 'from', type: 'quantitative' },
          x2: { field: 'to' },
          y: { field: 'low', type: 'quantitative' },
          y2: { field: 'high' },
        },
      },
      spikeLayer({ channels, prompt, gap, names }, end * tau0, Math.max(2, Math.min(10, (HEIGHT / rows) * step * 0.9))),
      {
        data: { values: Array.from({ length: periods }, (_, i) => ({ at: (promptTime + i * score.period) * tau0 })) },
        mark: { type: 'rule', color: '#666', strokeDash: [4, 3] },
        encoding: { x: { field: 'at', type: 'quantitative' } },
      },
    ],
  };
  return renderSvg(spec);
}

const HEIGHT = 520;

interface Mark {
  /** In seconds. */
  time: number;
  channel: number;
  row: number;
  kind: string;
}

/**
 * Spikes of a channel up to `end`: recalled, missed and extra ones. The partner of a spike near the edge of the frame may
 * lie beyond it: prescribed and played spikes there take part in the pairing, and a prescribed one that close to the end
 * is not called missed, since what would tell has not been played.
 */
function marksOf({ score, trains, tau0 }: RasterInput, channel: number, row: number, end: number): Mark[] {
  const own = score.times.subarray(score.starts[channel], score.starts[channel + 1]);
  const prescribed = repeated(own, score.period, end + TOLERANCE);
  const played = trains[channel].filter((time) => time >= 0 && time < end + TOLERANCE);
  const found = match(prescribed, played);
  const hit = found.hit.filter((time) => time < end);
  const missed = found.missed.filter((time) => time >= 0 && time < end - TOLERANCE);
  const extra = found.extra.filter((time) => time < end);
  const marks = (times: number[], kind: string) => times.map((time) => ({ time: time * tau0, channel, row, kind }));
  return [...marks(hit, NAMES.hit), ...marks(missed, NAMES.missed), ...marks(extra, NAMES.extra)];
}

/** The channels from the lowest row on, the prompted ones first; undefined where that is their own order. */
function orderOf({ prompted }: RasterInput, channels: number): number[] | undefined {
  if (!prompted) return undefined;
  const plays = new Set(prompted);
  const others = Array.from({ length: channels }, (_, channel) => channel).filter((channel) => !plays.has(channel));
  return [...prompted, ...others];
}

/** How channels stand in rows. */
interface Rows {
  channels: number;
  prompt: number;
  gap: number;
  /** What the rows are called, where it is not their numbers. */
  names: readonly (number | string)[] | undefined;
}

const spikeLayer = ({ channels, prompt, gap, names }: Rows, end: number, size: number) => ({
  mark: { type: 'tick' as const, thickness: 1.2, opacity: 1, size, orient: 'vertical' as const },
  encoding: {
    x: { field: 'time', type: 'quantitative' as const, title: 'time (s)', scale: { domain: [0, end], nice: false } },
    y: {
      field: 'row',
      type: 'quantitative' as const,
      title: gap > 0 ? `channel (the upper ${channels - prompt} were never prompted)` : 'channel',
      scale: { domain: [-1, channels + gap], nice: false },
      axis: gap > 0 || names ? { values: axisRows(channels, prompt, gap), labelExpr: labelOf(prompt, gap, names) } : {},
    },
    color: {
      field: 'kind',
      type: 'nominal' as const,
      title: null,
      scale: { domain: Object.values(NAMES), range: [colors.good, colors.missed, colors.extra] },
      legend: { orient: 'bottom' as const, symbolType: 'square', symbolStrokeWidth: 0 },
    },
  },
});

/** Ticks of the channel axis: five for each group, at their displaced rows. */
function axisRows(channels: number, prompt: number, gap: number): number[] {
  const step = Math.max(1, Math.round(channels / 10));
  const rows: number[] = [];
  for (let channel = 0; channel < channels; channel += step) rows.push(channel + (channel >= prompt ? gap : 0));
  return rows;
}

const labelOf = (prompt: number, gap: number, names?: readonly (number | string)[]) => {
  const row = `datum.value >= ${prompt} ? datum.value - ${gap} : datum.value`;
  return names ? `'' + ${JSON.stringify(names)}[round(${row})]` : `format(${row}, 'd')`;
};

/** The prescribed spikes from just before 0 on. */
function repeated(spikes: Float64Array, period: number, end: number): number[] {
  const times: number[] = [];
  for (let turn = -1; turn * period < end; turn++) {
    for (const spike of spikes) {
      const time = spike + turn * period;
      if (time >= -TOLERANCE && time < end) times.push(time);
    }
  }
  return times;
}

/** Pairs prescribed and played spikes in order, each at most once. */
function match(prescribed: readonly number[], played: Float64Array) {
  const hit: number[] = [];
  const missed: number[] = [];
  const extra: number[] = [];
  let i = 0;
  let j = 0;
  while (i < prescribed.length || j < played.length) {
    if (j === played.length || prescribed[i] < played[j] - TOLERANCE) missed.push(prescribed[i++]);
    else if (i === prescribed.length || played[j] < prescribed[i] - TOLERANCE) extra.push(played[j++]);
    else {
      hit.push(played[j++]);
      i++;
    }
  }
  return { hit, missed, extra };
}
