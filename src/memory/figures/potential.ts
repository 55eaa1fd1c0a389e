/** One neuron's potential inside its template. */

import { demandArray, demandObject, demandPositive } from '../../core/index.js';
import { drawTemplate, DEMANDS as MARKS, ZONES } from '../../plot/index.js';
import { demandScore, idOf, type Score, spikesOf } from '../score/index.js';
import {
  arrivalsOf,
  type Course,
  type Cut,
  type Inputs,
  isOverdrive,
  potentialFrom,
  resets,
  silentLevel,
  type Template,
  valueAt,
  type Zone,
  zonesOfNeuron,
} from '../template/index.js';

/** A stored neuron, and which stretch of its potential is drawn. */
export interface PotentialInput {
  /** Score that the neuron is part of. */
  score: Score;
  /** Synapses of the neuron. */
  inputs: Inputs;
  /** Weight of each synapse, in thresholds. */
  weights: Float64Array;
  /** Its number, which is that of its channel. */
  neuron: number;
  /** Template that its potential obeys. */
  template: Template;
  /** The active moments; of several memories the first is drawn, which `score` must be. */
  cuts: readonly Cut[];
  /** Seconds per refractory period. */
  tau0: number;
  /** Lines under the title, instead of the usual ones. */
  subtitle?: string[];
  /** A moment that must be seen, instead of the stretch with the most spikes. */
  focus?: number;
}

/** The stretch that is drawn, in refractory periods, and its samples. */
const STRETCH = 40;
const SAMPLES = 1600;

/** What an active moment is marked as. */
const DEMANDS = {
  spike: MARKS.spike,
  above: MARKS.spike,
  level: MARKS.level,
  'slope+': MARKS.slope,
  'slope-': MARKS.slope,
};

/** Draws 40 refractory periods of the potential inside the template, with its active moments; an SVG. */
export function drawPotential(input: PotentialInput): Promise<string> {
  demandObject('what is drawn', input);
  const { score, inputs, weights, neuron, cuts, tau0, focus, subtitle } = input;
  demandScore(score);
  demandObject('the inputs of the neuron', inputs);
  demandArray('the weights', weights, Float64Array, inputs.sources?.length);
  demandPositive('the refractory period in seconds', tau0);
  const spikes = spikesOf(score, neuron);
  const potential = potentialFrom(arrivalsOf(score, inputs), weights);
  const { period } = score;
  const length = Math.min(STRETCH, period);
  const begin =
    focus === undefined ? busiest(spikes, period, length) : Math.max(0, Math.min(focus - length / 2, period - length));
  const shown: Shown = { begin, end: begin + length, ms: (time) => time * tau0 * 1e3 };
  const line = lineOf(potential, spikes, inputs, shown);
  const low = Math.min(-0.5, ...line.map(({ value }) => value)) - 0.1;
  const high = Math.max(1.5, ...line.map(({ value }) => value)) + 0.1;
  return drawTemplate({
    title: `Channel ${idOf(score, neuron)}: the potential in its template`,
    subtitle: subtitle ?? [
      `${spikes.length} spikes a period, ${weights.length} synapses, ${cuts.length} active moments`,
      'the stretch with the most spikes is shown',
    ],
    from: shown.ms(shown.begin),
    to: shown.ms(shown.end),
    low,
    high,
    zones: zonesIn(input, spikes, shown, low, high),
    levels: [
      { value: 1, level: 'threshold' },
      { value: silentLevel(input.template, inputs.own?.dynamics), level: 'silent level' },
    ],
    line,
    active: activeIn(input, potential, spikes, shown),
  });
}

/** The stretch that is drawn, in refractory periods, and how a time in it is written. */
interface Shown {
  begin: number;
  end: number;
  ms(time: number): number;
}

const isIn = ({ begin, end }: Shown, time: number) => time >= begin && time <= end;

function lineOf(potential: Course, spikes: Float64Array, inputs: Inputs, shown: Shown) {
  const { begin, end, ms } = shown;
  const line = samples(potential, begin, end).map(([time, value]) => ({ time: ms(time), value }));
  if (resets(inputs.own?.dynamics)) {
    // At a reset the line falls straight down.
    const { reset } = inputs.own.dynamics;
    for (const spike of spikes.filter((time) => isIn(shown, time))) {
      line.push({ time: ms(spike), value: valueAt(potential, spike) }, { time: ms(spike) + 1e-6, value: reset });
    }
    line.sort((a, b) => a.time - b.time);
  }
  return line;
}

/** Firing zones over the whole height, silent ones above their level. */
function zonesIn(
  { score, inputs, template }: PotentialInput,
  spikes: Float64Array,
  shown: Shown,
  low: number,
  high: number,
) {
  const { begin, end, ms } = shown;
  const { period } = score;
  const dynamics = inputs.own?.dynamics;
  const silent = silentLevel(template, dynamics);
  return zonesOfNeuron(spikes, period, template, dynamics)
    .flatMap((zone) => stairs(zone, silent, template.slope))
    .flatMap((zone) => [-period, 0].map((turn) => ({ ...zone, begin: zone.begin + turn, end: zone.end + turn })))
    .filter((zone) => zone.end > begin && zone.begin < end && zone.kind !== 'free')
    .map(({ kind, begin: from, end: to, level }) => ({
      from: ms(Math.max(from, begin)),
      to: ms(Math.min(to, end)),
      zone: kind === 'firing' ? ZONES.firing : ZONES.silent,
      low: kind === 'firing' ? low : level,
      high,
    }));
}

/** The active moments, and the prescribed spikes that are none. */
function activeIn({ cuts, template }: PotentialInput, potential: Course, spikes: Float64Array, shown: Shown) {
  const mark = (time: number, demand: string) => ({ time: shown.ms(time), value: valueAt(potential, time), demand });
  const active = cuts
    .filter(({ time, memory = 0 }) => memory === 0 && isIn(shown, time))
    .map((cut) => mark(cut.time, isOverdrive(cut, template, spikes) ? MARKS.overdrive : DEMANDS[cut.kind]));
  const marked = new Set(cuts.filter(({ kind }) => kind === 'spike' || kind === 'above').map(({ time }) => time));
  for (const time of spikes.filter((one) => isIn(shown, one))) {
    if (!marked.has(time)) active.push(mark(time, DEMANDS.spike));
  }
  return active;
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
