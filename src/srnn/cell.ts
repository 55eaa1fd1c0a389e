/**
 * The network (volts, seconds; dt = 2 ms). A neuron has a spike z, voltage v, current i, refractory counter rho, adaptation s and base current B.
 * What is primed belongs to this step, everything else to the one before:
 *
 *   s' = d s + (1-d) z,  d = exp(-dt / tau_a)                  th = v_th + beta s'
 *   vd = v + (dt/tau_m) (v_leak - v + R i) + sqrt(dt) N(0, 0.004)         zt = [vd > th],   v1 = v_reset after zt, else vd
 *   i' = i (1 - dt/tau_s) + s_in W_s + c_in W_c + z M + 0.041 B',         B' = alpha B + N(0, 0.002)
 *   m = [rho > 0],   v' = v while m, else v1,   z' = zt (1-m),   rho' = 3 after z', else relu(rho - m)
 *
 * tau_s belongs to the receiver; beta is 1.6 V in a quarter of the neurons, else 0. Three steps after a spike are silent. The recurrent
 * weights by presynaptic rows are
 *
 *   M[pre, post] = |W[post, pre]| D_pre / |D|_2 off the diagonal,   D = 1 (excitatory), -e/(1-e) (inhibitory),  e the excitatory share
 *
 * under Dale's law, so that excitation and inhibition balance; without it M[pre, post] = W[pre, post] / N off the diagonal. Two readouts
 * v' = v + 0.2 (i - v), i' = 0.6 i + fc z' take the excitatory neurons, or without Dale's law all.
 */
import { exp } from '../core/index.js';
import type { Weights } from './network.js';
import { type CellSettings, excitatoryOf, type SrnnSettings } from './settings.js';

/** Channels of the input: four of stimuli, one of the cue. */
export const CHANNELS = 5;
/** Time constants of the readout's membrane and synapse, in seconds. */
const [TAU_READ, TAU_READ_SYNAPSE] = [0.01, 0.005];

/** The constants of a step, under the names that the kernel has for them. */
export function constantsOf(settings: SrnnSettings) {
  const { dt } = settings.task;
  return {
    decay: exp(-dt * settings.adaptation),
    threshold: settings.threshold,
    leak: settings.leak,
    reset: settings.reset,
    membrane: dt * settings.membrane,
    resistance: settings.resistance,
    scale: settings.baseScale,
    walk: settings.walk,
    walkNoise: settings.walkNoise,
    voltageNoise: Math.sqrt(dt) * settings.voltageNoise,
    refractory: settings.refractory,
    sharpness: settings.sharpness,
    readRate: dt / TAU_READ,
    readKeep: 1 - dt / TAU_READ_SYNAPSE,
    neurons: settings.neurons,
    readers: readersOf(settings),
    early: settings.readout === 'early' ? 1 : 0,
    counted: settings.counter === 'attached' ? 1 : 0,
    noisy: settings.walkNoise > 0 || settings.voltageNoise > 0 ? 1 : 0,
  };
}

/** How many neurons, the first ones, are read out. */
export const readersOf = (settings: CellSettings): number =>
  settings.dale ? excitatoryOf(settings) : settings.neurons;

/** D_pre / |D|_2, or without Dale's law 1 / N. */
export function strengthsOf(settings: CellSettings): Float64Array {
  const { neurons, dale, excitatory } = settings;
  if (!dale) return new Float64Array(neurons).fill(1 / neurons);
  const e = excitatoryOf(settings);
  const d = Float64Array.from({ length: neurons }, (_, n) => (n < e ? 1 : -excitatory / (1 - excitatory)));
  const norm = Math.sqrt(d.reduce((sum, x) => sum + x * x, 0));
  return d.map((x) => x / norm);
}

/** Writes M by presynaptic rows. */
export function recurrentOf(settings: CellSettings, { recurrent }: Weights, m: Float32Array | Float64Array): void {
  const { neurons: n, dale } = settings;
  const strengths = strengthsOf(settings);
  for (let pre = 0; pre < n; pre++) {
    for (let post = 0; post < n; post++) {
      m[pre * n + post] = dale ? Math.abs(recurrent[post * n + pre]) * strengths[pre] : recurrent[pre * n + post] / n;
    }
    m[pre * n + pre] = 0;
  }
}

/** Turns the derivative by M, as `recurrentOf` writes it, into that by W and adds it: with the sign of W under Dale's law, 0 at 0. */
export function pullRecurrent(
  settings: CellSettings,
  { recurrent }: Weights,
  dm: Float32Array | Float64Array,
  gradient: Float64Array,
): void {
  const { neurons: n, dale } = settings;
  const strengths = strengthsOf(settings);
  for (let pre = 0; pre < n; pre++) {
    for (let post = 0; post < n; post++) {
      if (post === pre) continue;
      const slope = dm[pre * n + post] * strengths[pre];
      if (dale) gradient[post * n + pre] += slope * Math.sign(recurrent[post * n + pre]);
      else gradient[pre * n + post] += slope;
    }
  }
}

/** 1 - dt / tau_s by neuron, of the receiver. */
export function keepOf(settings: SrnnSettings): Float64Array {
  const e = excitatoryOf(settings);
  const { task, neurons, synapseE, synapseI } = settings;
  return Float64Array.from({ length: neurons }, (_, n) => 1 - task.dt * (n < e ? synapseE : synapseI));
}
