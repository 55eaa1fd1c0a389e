/**
 * The noise gain of some weights, F (see noise.ts), from the arrivals: of every own spike m,
 *
 *   s_m = sum_n g_mn,    sum_n g_mn^2,    g_mn = sum of w_k h'(age) over the synapses that bring spike n.
 */
import { spikesOf } from '../../score/index.js';
import { type Cut, horizonFor, kernelSlope } from '../../template/index.js';
import type { NeuronProblem } from '../setting.js';

/** An older arrival changes a noise gain by less than its digits: kernel and slope are below 1e-10. */
const OLDEST = horizonFor(1e-10);

/** The causes of the own spikes: spike m of all memories has groups, a group is one spike of a source, by its synapses. */
export interface Causes {
  /** Groups of own spike m are [firsts[m], firsts[m + 1]). */
  firsts: Uint32Array;
  /** Entries of group n are [starts[n], starts[n + 1]): synapse k and h'(age). */
  starts: Uint32Array;
  synapses: Uint32Array;
  slopes: Float64Array;
  /** Own spikes: time and memory. */
  moments: Cut[];
}

export function causesOf({ memories, inputs }: NeuronProblem): Causes {
  const { sources, delays } = inputs;
  const bySource = new Map<number, number[]>();
  sources.forEach((source, k) => {
    const own = bySource.get(source);
    if (own) own.push(k);
    else bySource.set(source, [k]);
  });
  const [firsts, starts] = [[0], [0]];
  const [synapses, slopes]: [number[], number[]] = [[], []];
  const moments: Cut[] = [];
  memories.forEach(({ score, spikes }, memory) => {
    const { period } = score;
    for (const time of spikes) {
      for (const [source, own] of bySource) {
        const longest = own.reduce((most, k) => Math.max(most, delays[k]), 0);
        for (const spike of spikesOf(score, source)) {
          // This spike in the present period and in earlier ones, as long as any synapse still brings something of it.
          for (let age = time - spike; age < longest + OLDEST; age += period) {
            const before = synapses.length;
            for (const k of own) {
              const t = age - delays[k];
              if (!(t > 0 && t < OLDEST)) continue;
              synapses.push(k);
              slopes.push(kernelSlope(t));
            }
            if (synapses.length > before) starts.push(synapses.length);
          }
        }
      }
      firsts.push(starts.length - 1);
      moments.push({ time, kind: 'slope-', limit: 0, memory });
    }
  });
  return {
    firsts: Uint32Array.from(firsts),
    starts: Uint32Array.from(starts),
    synapses: Uint32Array.from(synapses),
    slopes: Float64Array.from(slopes),
    moments,
  };
}

/** Of every own spike: s_m and sum_n g_mn^2. */
export interface Point {
  slope: Float64Array;
  square: Float64Array;
}

export function pointOf({ firsts, starts, synapses, slopes, moments }: Causes, weights: Float64Array): Point {
  const [slope, square] = [new Float64Array(moments.length), new Float64Array(moments.length)];
  for (let m = 0; m < moments.length; m++) {
    for (let n = firsts[m]; n < firsts[m + 1]; n++) {
      let g = 0;
      for (let i = starts[n]; i < starts[n + 1]; i++) g += weights[synapses[i]] * slopes[i];
      slope[m] += g;
      square[m] += g * g;
    }
  }
  return { slope, square };
}

/** F, with the shifts of other spikes as large as v. */
export const squareOf = ({ slope, square }: Point, v: number): number =>
  slope.reduce((sum, s, m) => sum + (1 + v * square[m]) / (s * s), 0) / slope.length;

/** F at a point as large as v is, and v = F(v): q is linear in v. */
export function variance({ slope, square }: Point): number {
  const spikes = slope.length;
  const own = slope.reduce((sum, s) => sum + 1 / (s * s), 0) / spikes;
  const passed = slope.reduce((sum, s, m) => sum + square[m] / (s * s), 0) / spikes;
  return passed < 1 ? own / (1 - passed) : own;
}
