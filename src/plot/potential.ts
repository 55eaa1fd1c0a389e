/** One neuron's potential inside its template. */
import type { TopLevelSpec } from 'vega-lite';
import { type Score, spikesOf } from '../memory/score/index.js';
import {
  arrivalsOf,
  type Course,
  type Cut,
  type Inputs,
  potentialFrom,
  resets,
  silentLevel,
  type Template,
  valueAt,
  type Zone,
  zonesOfNeuron,
} from '../memory/template/index.js';
import { colors, renderSvg } from './render.js';

export interface PotentialInput {
  score: Score;
  inputs: Inputs;
  weights: Float64Array;
  neuron: number;
  template: Template;
  /** The active moments; of several memories the first is drawn, which `score` must be. */
  cuts: readonly Cut[];
  tau0: number;
  /** Lines under the title, instead of the usual ones. */
  subtitle?: string[];
  /** A moment that must be seen, instead of the stretch with the most spikes. */
  focus?: number;
}

/** The stretch that is drawn, in refractory periods, and its samples. */
const STRETCH = 40;
const SAMPLES = 1600;

const DEMANDS = {
  spike: 'prescribed spike',
  above: 'prescribed spike',
  level: 'silent level binds',
  'slope+': 'slope binds',
  'slope-': 'slope binds',
};

export async function drawPotential(input: PotentialInput): Promise<string> {
  const { score, inputs, weights, neuron, template, cuts, tau0, focus } = input;
  const spikes = spikesOf(score, neuron);
  const potential = potentialFrom(arrivalsOf(score, inputs), weights);
  const { period } = score;
  const length = Math.min(STRETCH, period);
  const begin =
    focus === undefined ? busiest(spikes, period, length) : Math.max(0, Math.min(focus - length / 2, period - length));
  const inside = (time: number) => time >= begin && time <= begin + length;
  const ms = (time: number) => time * tau0 * 1e3;
  const line = samples(potential, begin, begin + length).map(([time, value]) => ({ time: ms(time), value }));
  if (resets(inputs.own?.dynamics)) {
    // At a reset the line falls straight down.
    const { reset } = inputs.own.dynamics;
    for (const spike of spikes.filter(inside)) {
      line.push({ time: ms(spike), value: valueAt(potential, spike) }, { time: ms(spike) + 1e-6, value: reset });
    }
    line.sort((a, b) => a.time - b.time);
  }
  const low = Math.min(-0.5, ...line.map(({ value }) => value)) - 0.1;
  const high = Math.max(1.5, ...line.map(({ value }) => value)) + 0.1;
  const dynamics = inputs.own?.dynamics;
  const silent = silentLevel(template, dynamics);
  const zones = zonesOfNeuron(spikes, period, template, dynamics)
    .flatMap((zone) => stairs(zone, silent, template.slope))
    .flatMap((zone) => [-period, 0].map((turn) => ({ ...zone, begin: zone.begin + turn, end: zone.end + turn })))
    .filter((zone) => zone.end > begin && zone.begin < begin + length && zone.kind !== 'free')
    .map(({ kind, begin: from, end: to, level }) => ({
      from: ms(Math.max(from, begin)),
      to: ms(Math.min(to, begin + length)),
      zone: kind === 'firing' ? 'firing zone (steep)' : 'forbidden while silent',
      low: kind === 'firing' ? low : level,
      high,
    }));
  const active = cuts
    .filter(({ time, memory = 0 }) => memory === 0 && inside(time))
    .map(({ time, kind }) => ({
      time: ms(time),
      value: valueAt(potential, time),
      demand: DEMANDS[kind],
    }));
  const prescribed = spikes.filter(inside);
  const marked = new Set(cuts.filter(({ kind }) => kind === 'spike' || kind === 'above').map(({ time }) => time));
  for (const time of prescribed) {
    if (!marked.has(time)) active.push({ time: ms(time), value: valueAt(potential, time), demand: DEMANDS.spike });
  }
  const axis = (title: string, from: number, to: number) => {
    return { type: 'quantitative' as const, title, scale: { domain: [from, to], nice: false } };
  };
  const x = axis('time (ms)', ms(begin), ms(begin + length));
  const y = axis('potential (thresholds)', low, high);
  const levels = [
    { value: 1, level: 'threshold' },
    { value: silent, level: 'silent level' },
  ];
  const spec: TopLevelSpec = {
    title: {
      text: `Channel ${neuron}: the potential in its template`,
      subtitle: input.subtitle ?? [
        `${spikes.length} spikes a period, ${weights.length} synapses, ${cuts.length} active moments`,
        'the stretch with the most spikes is shown',
      ],
    },
    width: 900,
    height: 300,
    layer: [
      {
        data: { values: zones },
        mark: { type: 'rect' },
        encoding: {
          x: { field: 'from', ...x },
          x2: { field: 'to' },
          y: { field: 'low', ...y },
          y2: { field: 'high' },
          color: {
            field: 'zone',
            type: 'nominal',
            title: null,
            scale: { domain: ['firing zone (steep)', 'forbidden while silent'], range: [colors.firing, colors.silent] },
            legend: { orient: 'bottom' },
          },
        },
      },
      {
        data: { values: levels },
        mark: { type: 'rule', color: '#888', strokeDash: [5, 3], clip: true },
        encoding: { y: { field: 'value', ...y } },
      },
      {
        data: { values: levels },
        mark: { type: 'text', align: 'left', dx: 4, fontSize: 11, color: '#555' },
        encoding: { y: { field: 'value', ...y }, x: { value: 900 }, text: { field: 'level' } },
      },
      {
        data: { values: line },
        mark: { type: 'line', color: colors.potential, strokeWidth: 1.4, clip: true },
        encoding: { x: { field: 'time', ...x }, y: { field: 'value', ...y } },
      },
      {
        data: { values: active },
        mark: { type: 'point', filled: true, size: 36, opacity: 1 },
        encoding: {
          x: { field: 'time', ...x },
          y: { field: 'value', ...y },
          shape: {
            field: 'demand',
            type: 'nominal',
            title: null,
            scale: {
              domain: ['prescribed spike', 'silent level binds', 'slope binds'],
              range: ['circle', 'triangle-down', 'square'],
            },
            legend: { orient: 'bottom', symbolFillColor: colors.demand, symbolStrokeColor: colors.demand },
          },
          color: { value: colors.demand },
        },
      },
    ],
    resolve: { scale: { color: 'independent', shape: 'independent' } },
  };
  return renderSvg(spec);
}

/** A ramp as a flight of steps, each over all lower ones, so that no seam shows; other zones at the silent level. */
function stairs(zone: Zone, level: number, slope: number): (Zone & { level: number })[] {
  if (zone.kind !== 'ramp') return [{ ...zone, level }];
  const { kind, begin, end } = zone;
  const step = (end - begin) / STEPS;
  return Array.from({ length: STEPS }, (_, i) => ({
    kind,
    begin,
    end: begin + (i + 1) * step,
    level: 1 - slope * (end - begin - i * step),
  }));
}
const STEPS = 32;

/** Where a stretch of the given length holds most spikes; it starts a little ahead of one. */
function busiest(spikes: Float64Array, period: number, length: number): number {
  let best = { begin: 0, count: -1 };
  for (const spike of spikes) {
    const begin = Math.min(Math.max(0, spike - 1), period - length);
    const count = spikes.filter((time) => time >= begin && time <= begin + length).length;
    if (count > best.count) best = { begin, count };
  }
  return best.begin;
}

function samples(potential: Course, begin: number, end: number): [number, number][] {
  return Array.from({ length: SAMPLES + 1 }, (_, i) => {
    const time = begin + ((end - begin) * i) / SAMPLES;
    return [time, valueAt(potential, time)];
  });
}
