/** The raster of a recall test: what was prescribed, what came, and where they differ. */
import type { TopLevelSpec } from 'vega-lite';
import { channelCount, type Score, spikesOf } from '../memory/score/index.js';
import { colors, renderSvg } from './render.js';

export interface RasterInput {
  score: Score;
  /** Played spikes, one sorted train per channel, from time 0 on. */
  trains: readonly Float64Array[];
  /** The first `prompt` channels were prompted over [0, promptTime). */
  prompt: number;
  promptTime: number;
  /** Free periods shown after the prompt. */
  periods: number;
  /** Seconds per refractory period. */
  tau0: number;
  title?: string;
  /** Lines under the title. */
  subtitle: string[];
}

/** Spikes within this of a prescribed one, and the other way round, agree. */
const TOLERANCE = 0.5;
/** Beyond this many marks every n-th channel is drawn. */
const MOST_MARKS = 20000;

export async function drawRaster(input: RasterInput): Promise<string> {
  const { score, trains, prompt, promptTime, periods, tau0, title = 'Recall after a prompt', subtitle } = input;
  const end = promptTime + periods * score.period;
  const channels = channelCount(score);
  const names = { hit: 'recalled as prescribed', missed: 'prescribed, missed', extra: 'not prescribed' };
  const values: { time: number; channel: number; row: number; kind: string }[] = [];
  // The channels that were never prompted stand above a gap.
  const gap = prompt > 0 && prompt < channels ? Math.max(2, channels * 0.02) : 0;
  const rowOf = (channel: number) => channel + (channel >= prompt ? gap : 0);
  const compare = (channel: number) => {
    const prescribed = repeated(spikesOf(score, channel), score.period, end);
    const played = trains[channel].filter((time) => time < end);
    const { missed, extra, hit } = match(prescribed, played);
    const add = (times: number[], kind: string) => {
      for (const time of times) values.push({ time: time * tau0, channel, row: rowOf(channel), kind });
    };
    add(hit, names.hit);
    add(missed, names.missed);
    add(extra, names.extra);
  };
  const total = trains.reduce((sum, train) => sum + train.length, 0);
  const step = Math.max(1, Math.ceil(total / MOST_MARKS));
  for (let channel = 0; channel < channels; channel += step) compare(channel);
  const thinned =
    step > 1 ? [`every ${step}${['', '', 'nd', 'rd'][step] ?? 'th'} of ${channels} channels is drawn`] : [];

  const height = 520;
  const rows = channels + gap;
  const thickness = 1.2;
  const spec: TopLevelSpec = {
    title: { text: title, subtitle: [...subtitle, ...thinned] },
    width: 900,
    height,
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
      {
        mark: {
          type: 'tick',
          thickness,
          opacity: 1,
          size: Math.max(2, Math.min(10, (height / rows) * step * 0.9)),
          orient: 'vertical',
        },
        encoding: {
          x: {
            field: 'time',
            type: 'quantitative',
            title: 'time (s)',
            scale: { domain: [0, end * tau0], nice: false },
          },
          y: {
            field: 'row',
            type: 'quantitative',
            title: gap > 0 ? `channel (the upper ${channels - prompt} were never prompted)` : 'channel',
            scale: { domain: [-1, rows], nice: false },
            axis: gap > 0 ? { values: axisRows(channels, prompt, gap), labelExpr: labelOf(prompt, gap) } : {},
          },
          color: {
            field: 'kind',
            type: 'nominal',
            title: null,
            scale: { domain: Object.values(names), range: [colors.good, colors.missed, colors.extra] },
            legend: { orient: 'bottom', symbolType: 'square', symbolStrokeWidth: 0 },
          },
        },
      },
      {
        data: { values: Array.from({ length: periods }, (_, i) => ({ at: (promptTime + i * score.period) * tau0 })) },
        mark: { type: 'rule', color: '#666', strokeDash: [4, 3] },
        encoding: { x: { field: 'at', type: 'quantitative' } },
      },
    ],
  };
  return renderSvg(spec);
}

/** Ticks of the channel axis: five for each group, at their displaced rows. */
function axisRows(channels: number, prompt: number, gap: number): number[] {
  const step = Math.max(1, Math.round(channels / 10));
  const rows: number[] = [];
  for (let channel = 0; channel < channels; channel += step) rows.push(channel + (channel >= prompt ? gap : 0));
  return rows;
}

const labelOf = (prompt: number, gap: number) =>
  `format(datum.value >= ${prompt} ? datum.value - ${gap} : datum.value, 'd')`;

function repeated(spikes: Float64Array, period: number, end: number): number[] {
  const times: number[] = [];
  for (let turn = 0; turn * period < end; turn++) {
    for (const spike of spikes) if (spike + turn * period < end) times.push(spike + turn * period);
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
