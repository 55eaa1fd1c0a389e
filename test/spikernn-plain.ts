/** A spiking trial step by step from its definition, with the random numbers of the kernel's streams: slow, and for tests. */
import { type Key, uniformStream } from '../src/core/index.js';
import { type RateNetwork, type SpikingModel, type Stimulation, tausOf } from '../src/spikernn/index.js';
import { fillNormals } from '../src/spikernn/noise.js';

export function plainTrial(
  network: RateNetwork,
  u: Float64Array,
  s: number,
  model: SpikingModel,
  key: Key,
  index: number,
  stimulation?: Stimulation,
) {
  const { units: n, inputs, w, wIn, wOut, allowed, inhibitory, dale } = network;
  const d = model.downsample;
  const dt = 0.05 * d;
  const columns: number[][] = [];
  for (let c = 0; c * inputs < u.length; c += d) columns.push([...u.subarray(c * inputs, (c + 1) * inputs)]);
  const steps = 100 * (columns.length - 1);
  const W = (i: number, j: number) => {
    const value = w[i * n + j];
    if (!allowed[i * n + j] || (dale && value <= 0)) return 0;
    return (dale && inhibitory[j] ? -value : value) / s;
  };
  const tau = [...tausOf(network)].map((steps5) => 0.005 * steps5);
  const [h, rise] = [dt / 1e3, model.rise / 1e3];
  const width = 16 * Math.ceil(n / 16);
  const noise = new Float64Array(width * (steps + 1));
  fillNormals(noise, key, index);
  const uniform = uniformStream(key, index);
  const v = Array.from({ length: n }, () => -65 + 95 * uniform());
  const coins = Array.from({ length: steps + 1 }, (_, i) =>
    stimulation && i >= stimulation.on && i < stimulation.off && uniform() < 0.5
      ? stimulation.mode === 'exc'
        ? 0.5
        : -0.5
      : 0,
  );
  const zeros = () => new Array<number>(n).fill(0);
  const [I, H, r, R, last] = [zeros(), zeros(), zeros(), zeros(), zeros()];
  const found = { steps: [] as number[], units: [] as number[], outputs: [] as number[] };
  for (let i = 1; i <= steps; i++) {
    const column = columns[Math.floor(i / 100 + 0.5)];
    const fired: number[] = [];
    for (let k = 0; k < n; k++) {
      const c = I[k] + model.bias + column.reduce((sum, x, q) => sum + wIn[k * inputs + q] * x, 0);
      if (dt * i > dt * last[k] + model.refractory + 1e-9) {
        v[k] += (dt * (model.neuron === 'qif' ? v[k] * v[k] + c : c - v[k])) / model.membrane;
      }
      v[k] += model.noise * noise[i * width + k];
      if (stimulation?.units.includes(k)) v[k] += coins[i];
      if (v[k] >= model.threshold) fired.push(k);
    }
    for (let k = 0; k < n; k++) {
      const J = fired.reduce((sum, j) => sum + W(k, j), 0);
      const own = fired.includes(k) ? 1 : 0;
      const fall = Math.exp(-h / tau[k]);
      if (model.filter === 'double') {
        I[k] = I[k] * fall + H[k] * h;
        H[k] = H[k] * Math.exp(-h / rise) + J / (rise * tau[k]);
        r[k] = r[k] * fall + R[k] * h;
        R[k] = R[k] * Math.exp(-h / rise) + own / (rise * tau[k]);
      } else {
        I[k] = I[k] * fall + J / tau[k];
        r[k] = r[k] * fall + own / tau[k];
      }
    }
    for (const k of fired) {
      v[k] = model.reset;
      last[k] = i;
      found.steps.push(i);
      found.units.push(k);
    }
    found.outputs.push(r.reduce((sum, rate, k) => sum + (wOut[k] / s) * rate, 0));
  }
  return found;
}
