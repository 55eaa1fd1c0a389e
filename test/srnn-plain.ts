/**
 * The cell of the rule network and its adjoint, word for word, in plain double precision without noise: one trial, dense sums. The step may be
 * replaced by a smooth one, so that differences can tell gradients.
 */
import { CHANNELS, keepOf, readersOf, recurrentOf } from '../src/srnn/cell.js';
import { blankGradients, type Gradients, type Weights } from '../src/srnn/network.js';
import type { SrnnSettings } from '../src/srnn/settings.js';

/** What stands for the step, and its derivative. */
export interface Step {
  send(x: number): number;
  slope(x: number): number;
}

const slopeOf = (alpha: number) => (x: number) => 1 / ((alpha * Math.abs(x) + 1) * (alpha * Math.abs(x) + 1));
export const hard = (alpha: number): Step => ({ send: (x) => (x > 0 ? 1 : 0), slope: slopeOf(alpha) });
/** One half, and the integral of the slope. */
export const smooth = (alpha: number): Step => ({
  send: (x) => 0.5 + x / (1 + alpha * Math.abs(x)),
  slope: slopeOf(alpha),
});

/** Everything before step t, and what it makes on the way. */
interface Moment {
  z: number[];
  v: number[];
  i: number[];
  rho: number[];
  s: number[];
  vd: number[];
  x: number[];
  zt: number[];
  m: number[];
}

export interface PlainRun {
  /** The states before steps 0, 1, ..., and the last one. */
  moments: Moment[];
  /** Spikes of steps 0, 1, ... */
  z: number[][];
  outputs: [number, number][];
}

const fill = (n: number, value = 0) => new Array<number>(n).fill(value);

export function plainForward(
  settings: SrnnSettings,
  weights: Weights,
  step: Step,
  input: Float64Array,
  start: readonly number[],
  steps: number,
): PlainRun {
  const { neurons: n, task, adaptation, beta, threshold, leak, reset, membrane, resistance, baseScale } = settings;
  const m = new Float64Array(n * n);
  recurrentOf(settings, weights, m);
  const keep = keepOf(settings);
  const d = Math.exp(-task.dt * adaptation);
  let [z, v, i, rho, s] = [fill(n), [...start], fill(n), fill(n), fill(n)];
  let [ov, oi] = [
    [0, 0],
    [0, 0],
  ];
  const run: PlainRun = { moments: [], z: [], outputs: [] };
  for (let t = 0; t < steps; t++) {
    const now: Moment = { z, v, i, rho, s, vd: fill(n), x: fill(n), zt: fill(n), m: fill(n) };
    const next = { z: fill(n), v: fill(n), i: fill(n), rho: fill(n), s: fill(n) };
    for (let k = 0; k < n; k++) {
      next.s[k] = d * s[k] + (1 - d) * z[k];
      now.vd[k] = v[k] + task.dt * membrane * (leak - v[k] + resistance * i[k]);
      now.x[k] = now.vd[k] - (threshold + beta * weights.adapting[k] * next.s[k]);
      now.zt[k] = step.send(now.x[k]);
      now.m[k] = step.send(rho[k]);
      const v1 = (1 - now.zt[k]) * now.vd[k] + now.zt[k] * reset;
      next.v[k] = (1 - now.m[k]) * v1 + now.m[k] * v[k];
      next.z[k] = (1 - now.m[k]) * now.zt[k];
      next.rho[k] = (1 - next.z[k]) * Math.max(rho[k] - now.m[k], 0) + settings.refractory * next.z[k];
      next.i[k] = i[k] * keep[k] + baseScale * weights.base[k];
      for (let c = 0; c < 4; c++) next.i[k] += input[t * CHANNELS + c] * weights.stimulus[c * n + k];
      next.i[k] += input[t * CHANNELS + 4] * weights.cue[k];
      for (let pre = 0; pre < n; pre++) next.i[k] += z[pre] * m[pre * n + k];
    }
    ov = ov.map((value, c) => value + 0.2 * (-value + oi[c]));
    oi = oi.map((value, c) => {
      let sum = 0.6 * value;
      for (let k = 0; k < readersOf(settings); k++) sum += weights.readout[c * n + k] * next.z[k];
      return sum;
    });
    run.moments.push(now);
    run.z.push(next.z);
    run.outputs.push([ov[0], ov[1]]);
    ({ z, v, i, rho, s } = next);
  }
  run.moments.push({ z, v, i, rho, s, vd: [], x: [], zt: [], m: [] });
  return run;
}

/** The gradient, by the adjoint equations. */
export function plainBackward(
  settings: SrnnSettings,
  weights: Weights,
  step: Step,
  input: Float64Array,
  run: PlainRun,
  ofOutputs: Float64Array,
  ofSpikes: Float64Array,
): Gradients {
  const { neurons: n, task, adaptation, beta, reset, membrane, resistance, refractory } = settings;
  const matrix = new Float64Array(n * n);
  recurrentOf(settings, weights, matrix);
  const keep = keepOf(settings);
  const d = Math.exp(-task.dt * adaptation);
  const gradients = blankGradients(n);
  const strengths = new Float64Array(n * n);
  recurrentOf(settings, { ...weights, recurrent: weights.recurrent.map(() => 1) }, strengths);
  let [az, av, ai, aRho, as] = [fill(n), fill(n), fill(n), fill(n), fill(n)];
  const [aov, aoi] = [
    [0, 0],
    [0, 0],
  ];
  for (let t = run.z.length - 1; t >= 0; t--) {
    const { z, v, rho, vd, x, zt, m } = run.moments[t];
    const sent = run.z[t];
    for (let c = 0; c < 2; c++) aov[c] += ofOutputs[2 * t + c];
    const before = { az: fill(n), av: fill(n), ai: fill(n), aRho: fill(n), as: fill(n) };
    for (let k = 0; k < n; k++) {
      az[k] += ofSpikes[t];
      if (k < readersOf(settings)) {
        for (let c = 0; c < 2; c++) {
          az[k] += weights.readout[c * n + k] * aoi[c];
          gradients.readout[c * n + k] += aoi[c] * sent[k];
        }
      }
      const v1 = (1 - zt[k]) * vd[k] + zt[k] * reset;
      const g = az[k] + aRho[k] * (refractory - Math.max(rho[k] - m[k], 0));
      const r = rho[k] > m[k] ? aRho[k] * (1 - sent[k]) : 0;
      const mu = -r - g * zt[k] + av[k] * (v[k] - v1);
      const av1 = av[k] * (1 - m[k]);
      const ax = (g * (1 - m[k]) + av1 * (reset - vd[k])) * step.slope(x[k]);
      const avd = av1 * (1 - zt[k]) + ax;
      const b = as[k] - ax * beta * weights.adapting[k];
      before.av[k] = av[k] * m[k] + avd * (1 - task.dt * membrane);
      before.ai[k] = avd * task.dt * membrane * resistance + ai[k] * keep[k];
      before.aRho[k] = r + (settings.counter === 'attached' ? mu * step.slope(rho[k]) : 0);
      before.as[k] = d * b;
      before.az[k] += (1 - d) * b;
      for (let pre = 0; pre < n; pre++) {
        before.az[pre] += matrix[pre * n + k] * ai[k];
        const slope = ai[k] * z[pre] * strengths[pre * n + k];
        if (settings.dale) gradients.recurrent[k * n + pre] += slope * Math.sign(weights.recurrent[k * n + pre]);
        else gradients.recurrent[pre * n + k] += slope;
      }
      for (let c = 0; c < 4; c++) gradients.stimulus[c * n + k] += ai[k] * input[t * CHANNELS + c];
      gradients.cue[k] += ai[k] * input[t * CHANNELS + 4];
    }
    for (let c = 0; c < 2; c++) {
      aoi[c] = 0.6 * aoi[c] + 0.2 * aov[c];
      aov[c] *= 0.8;
    }
    ({ az, av, ai, aRho, as } = before);
  }
  return gradients;
}
