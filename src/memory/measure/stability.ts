/**
 * How a stored score answers to small shifts of its spikes: the spectrum of the deflated jitter map, and what it may
 * still do before the spectrum takes over.
 *
 * The spectral radius r < 1 means that jitter dies away, in the long run by r per period: at ln(r) / T per unit of
 * time. The map is not normal, so that a shift may first be amplified. With P = I - 1 1^T / M, which leaves a common shift
 * out, the gain is the norm |P Phi P|.
 */
import { demandInteger, ln } from '../../core/index.js';
import { arnoldi, length, type Spectrum } from './arnoldi.js';
import { applyDeflated, applyTransposed, demandMap, type JitterMap, SEGMENT, sweepPeriod } from './jitter-map.js';

/** How a stored score answers to small shifts of its spikes. */
export interface Stability {
  /** Spikes of a period. */
  spikes: number;
  /**
   * `converged`: the residual of the leading eigenvalue is below 1e-6 of its modulus. `rounding`: the radius is below what can be
   * resolved; another way of rounding gives another one, and all that is known is that it is small.
   */
  status: 'converged' | 'limit' | 'rounding';
  /** Ritz values whose residual is below 1e-3 of their modulus, by decreasing modulus. */
  spectrum: Spectrum;
  /** The largest modulus; stable below 1. */
  radius: number;
  /** ln(radius), per period. */
  exponent: number;
  /** Arnoldi steps taken. */
  steps: number;
  /** The largest amplification of a jitter within one period. */
  gain: number;
  /** The smallest slope of a potential at its spike. */
  leastSlope: number;
  /** The left eigenvector of the eigenvalue 1 has this norm: independent shifts of deviation s walk the lag by this times s. */
  driftGain: number;
  /** See `JitterMap.beyond`. */
  beyond: number;
}

const CONVERGED = 1e-6;
const SHOWN = 1e-3;
/** Below this radius rounding is looked for; where it moves the radius by more than the share after, it is all that is seen. */
const SUSPECT = 1e-6;
const UNSETTLED = 1e-3;
const GAIN_STEPS = 16;
const ITERATIONS = 60;

/**
 * The spectrum of a jitter map, and what jitter may do before it takes over.
 * @param vectors Arnoldi steps to begin with; twice and four times as many are tried before giving up
 */
export function stabilityOf(map: JitterMap, vectors = 40): Stability {
  demandMap(map);
  demandInteger('Arnoldi steps', vectors, 1, 10000);
  const { size, state } = map;
  const both = new Float64Array(2 * size);
  const apply = (x: Float64Array, out: Float64Array) => applyDeflated(map, x, out, both);
  let steps = vectors;
  let spectrum = arnoldi(state, apply, steps);
  const settled = () => spectrum.length === 0 || spectrum[0].residual <= CONVERGED * spectrum[0].modulus;
  while (!settled() && steps < 4 * vectors) {
    steps *= 2;
    spectrum = arnoldi(state, apply, steps);
  }
  const radius = spectrum[0]?.modulus ?? 0;
  const again = radius < SUSPECT ? roundedElsewhere(map, steps, both) : radius;
  const lost = Math.abs(again - radius) > UNSETTLED * radius || (radius === 0 && size > 1);
  return {
    spikes: size,
    status: lost ? 'rounding' : settled() ? 'converged' : 'limit',
    spectrum: lost ? [] : spectrum.filter(({ residual, modulus }) => residual <= SHOWN * modulus),
    radius,
    exponent: ln(radius),
    steps: Math.min(steps, state),
    gain: gainOf(map, both),
    leastSlope: map.slopes.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    driftGain: driftGain(map, both),
    beyond: map.beyond,
  };
}

/**
 * The radius with other rounding: common shifts are taken out twice as often, and once more at the end, where what is left of
 * one would couple to the rounding of the differences and make an eigenvalue of about the root of both.
 */
function roundedElsewhere(map: JitterMap, steps: number, both: Float64Array): number {
  const apply = (x: Float64Array, out: Float64Array) => {
    applyDeflated(map, x, out, both, SEGMENT / 2);
    centre(out);
  };
  return arnoldi(map.state, apply, steps)[0]?.modulus ?? 0;
}

const centre = (x: Float64Array) => {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  for (let i = 0; i < x.length; i++) x[i] -= mean;
};

/** |P Phi P|: the root of the largest eigenvalue of (P Phi P)^T (P Phi P), by the method of Arnoldi too. */
function gainOf(map: JitterMap, both: Float64Array): number {
  const { size } = map;
  const apply = (x: Float64Array, out: Float64Array) => {
    out.set(x);
    centre(out);
    both.set(out);
    sweepPeriod(map, both);
    out.set(both.subarray(size));
    centre(out);
    applyTransposed(map, out, out, both);
    centre(out);
  };
  return Math.sqrt(arnoldi(size, apply, GAIN_STEPS)[0]?.modulus ?? 0);
}

/** Norm of pi with pi^T Phi = pi^T and pi^T 1 = 1: what remains of a shift, as a lag of the whole. */
function driftGain(map: JitterMap, both: Float64Array): number {
  const { size } = map;
  const pi = new Float64Array(size).fill(1 / size);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const before = pi.slice();
    applyTransposed(map, pi, pi, both);
    const change = length(pi.map((value, i) => value - before[i]));
    if (!(change > 1e-12 * length(pi))) break;
  }
  return length(pi);
}
