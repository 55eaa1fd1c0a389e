/**
 * What the verifier knows of a default neuron without sorting what arrives, in plain TypeScript. The circle is cut into
 * blocks of equal length h, and every arrival j counts first at the end of its own, x_j later:
 *
 *   s0 = sum e w_j x_j e^{-x_j},   s1 = sum e w_j e^{-x_j},     (a, b) <- ((a + b h) e^{-h} + s0,  b e^{-h} + s1)
 *
 * carries the potential z = (a + b x) e^{-x}, x after the begin of a block, from one to the next. Within a block, from
 * z' = d - z and d' = -d between arrivals (d = b e^{-x}) follows -z'' = 2 d - z, and an arrival of weight w adds e w to the
 * slope; so z lies above both ends by at most the `bulge`
 *
 *   (h / 4) sum of e |w| over the negative weights + (h^2 / 8) max (2 d - z)     (Green's function of the second derivative).
 */
import { decay, exp, freshBuffers } from '../../../core/index.js';
import type { Score } from '../../score/index.js';
import type { Inputs } from '../arrivals.js';
import { everyPeriod, KERNEL_DRIVE } from '../kernel.js';

/** Arrivals per block, on average: few enough to sort one in microseconds, and for steps to its end to be short. */
const PER_BLOCK = 24;

/** Arrivals in the order of the synapses, each with its place on the circle of blocks. */
export interface Blocks {
  readonly period: number;
  readonly count: number;
  readonly length: number;
  /** Blocks per unit of time. */
  readonly rate: number;
  /** Synapse k brings the arrivals [starts[k], starts[k + 1]). */
  readonly starts: Uint32Array;
  /** Of every arrival: when, in which block, of which synapse, and e^{-x}, x before the end of the block. */
  readonly times: Float64Array;
  readonly synapse: Uint32Array;
  readonly fade: Float64Array;
  /** 1 + an arrival of every block, and for every arrival 1 + another one of its block; 0 if there is none. */
  readonly head: Uint32Array;
  readonly next: Uint32Array;
  /** Of every block s0, s1, and the sums of e w over its positive weights and over the negative ones. */
  readonly sums: Float64Array;
}

/** Places among the sums of a block. */
const [UP, DOWN] = [2, 3];

/** The block of a time in [0, period). */
export const blockOf = (time: number, rate: number, count: number): number => Math.min((time * rate) | 0, count - 1);

/** e^{-m / FINE} up to m = LONG FINE: between them four terms of the series are all that a double can hold. */
const FINE = 1024;
const LONG = 0.5;
const faded = Float64Array.from({ length: LONG * FINE + 1 }, (_, m) => exp(-m / FINE));

/** Places all arrivals of a score, in one pass. */
export function blocksOf(
  score: Score,
  { sources, delays }: Inputs,
  weights: Float64Array,
  buffers = freshBuffers,
): Blocks {
  const { period, starts: spikes } = score;
  const starts = buffers.u32('starts', sources.length + 1);
  starts[0] = 0;
  for (let k = 0; k < sources.length; k++) starts[k + 1] = starts[k] + spikes[sources[k] + 1] - spikes[sources[k]];
  const n = starts[sources.length];
  const count = Math.max(1, Math.ceil(n / PER_BLOCK));
  const [length, rate] = [period / count, count / period];
  const [times, fade] = [buffers.f64('times', n), buffers.f64('fade', n)];
  const [synapse, next] = [buffers.u32('synapse', n), buffers.u32('next', n)];
  const head = new Uint32Array(count);
  const sums = new Float64Array(4 * count);
  const blocks = { period, count, length, rate, starts, times, synapse, fade, head, next, sums };
  const short = length < LONG;
  for (let k = 0, j = 0; k < sources.length; k++) {
    const delay = delays[k] % period;
    const drive = KERNEL_DRIVE * weights[k];
    const jump = drive < 0 ? DOWN : UP;
    const end = spikes[sources[k] + 1];
    for (let i = spikes[sources[k]]; i < end; i++, j++) {
      const sum = score.times[i] + delay;
      const time = sum < period ? sum : sum - period;
      const q = blockOf(time, rate, count);
      const x = (q + 1) * length - time;
      const m = (x * FINE) | 0;
      const r = x - m / FINE;
      const rest = short ? faded[m] * (1 - r * (1 - r * (1 / 2 - r * (1 / 6 - r / 24)))) : decay(x);
      const share = drive * rest;
      sums[4 * q] += share * x;
      sums[4 * q + 1] += share;
      sums[4 * q + jump] += drive;
      times[j] = time;
      fade[j] = rest;
      synapse[j] = k;
      next[j] = head[q];
      head[q] = j + 1;
    }
  }
  return blocks;
}

/** The potential at the begin of every block, a + b x from there, and how far it rises above both ends at most. */
export interface States {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly bulge: Float64Array;
}

export function statesOf({ period, count, length, sums }: Blocks): States {
  const [a, b] = [new Float64Array(count), new Float64Array(count)];
  const shrink = decay(length);
  /** Once around the circle; returns what one turn leaves at its end. */
  const turn = (level: number, drive: number): [number, number] => {
    for (let q = 0; q < count; q++) {
      a[q] = level;
      b[q] = drive;
      level = (level + drive * length) * shrink + sums[4 * q];
      drive = drive * shrink + sums[4 * q + 1];
    }
    return [level, drive];
  };
  const [level, drive] = turn(0, 0);
  turn(...everyPeriod(level, drive, period));
  const bulge = a.map((level, q) => {
    const down = sums[4 * q + DOWN];
    const [most, least] = [Math.max(b[q], 0) + sums[4 * q + UP], Math.min(b[q], 0) + down];
    return (-down * length) / 4 + ((2 * most + Math.abs(level) - least * length) * length * length) / 8;
  });
  return { a, b, bulge };
}
