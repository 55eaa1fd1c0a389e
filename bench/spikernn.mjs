// A spiking trial of 1 s at N = 200: ours beside plain JavaScript on typed arrays (sparse columns, Box-Muller noise), one after the
// other in one process, in processor time. Usage, after a build: node bench/spikernn.mjs [pairs]
import { drawNetwork, mapNetwork, spikernnDefaults, tausOf } from '../dist/src/spikernn/index.js';

const pairs = Number(process.argv[2] ?? 8);
const n = 200;
const scale = 50;
const network = drawNetwork({ ...spikernnDefaults, units: n, inputs: 1, balanced: true }, 1);
const u = new Float64Array(201).fill(1, 50, 75);
const ours = mapNetwork(network, { scale });

/** Columns of W. */
const columns = Array.from({ length: n }, (_, j) =>
  Array.from({ length: n }, (__, i) => i).filter((i) => network.w[i * n + j] > 0),
).map((rows) => Uint32Array.from(rows));
const weights = columns.map((rows, j) =>
  Float64Array.from(rows, (i) => ((network.inhibitory[j] ? -1 : 1) * network.w[i * n + j]) / scale),
);

function gauss() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

function plain() {
  const [dt, rise] = [0.05e-3, 2e-3];
  const tau = tausOf(network).map((steps) => 5e-3 * steps);
  const fall = tau.map((one) => Math.exp(-dt / one));
  const risen = Math.exp(-dt / rise);
  const [I, h, r, hr, last, v] = Array.from({ length: 6 }, () => new Float64Array(n));
  for (let i = 0; i < n; i++) v[i] = -65 + 95 * Math.random();
  const out = new Float64Array(20000);
  const fired = new Uint32Array(n);
  let spikes = 0;
  for (let step = 1; step <= 20000; step++) {
    const input = u[Math.floor(step / 100 + 0.5)];
    let count = 0;
    for (let i = 0; i < n; i++) {
      if (step > last[i] + 40) v[i] += 0.005 * (I[i] - 40 + network.wIn[i] * input - v[i]);
      v[i] += 0.1 * gauss();
      if (v[i] >= -40) fired[count++] = i;
      I[i] = I[i] * fall[i] + h[i] * dt;
      h[i] *= risen;
      r[i] = r[i] * fall[i] + hr[i] * dt;
      hr[i] *= risen;
    }
    for (let k = 0; k < count; k++) {
      const j = fired[k];
      const rows = columns[j];
      for (let e = 0; e < rows.length; e++) h[rows[e]] += weights[j][e] / (rise * tau[rows[e]]);
      hr[j] += 1 / (rise * tau[j]);
      v[j] = -65;
      last[j] = step;
    }
    spikes += count;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (network.wOut[i] / scale) * r[i];
    out[step - 1] = sum;
  }
  return spikes;
}

function seconds(work) {
  const before = process.cpuUsage();
  const spikes = work();
  const { user, system } = process.cpuUsage(before);
  return { time: (user + system) / 1e6, spikes };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const rows = Array.from({ length: pairs + 1 }, (_, trial) => ({
  ours: seconds(() => ours.run(u, [1, 2], trial).spikeSteps.length),
  plain: seconds(plain),
})).slice(1);
const of = (name) => median(rows.map((row) => row[name].time));
const ratio = median(rows.map((row) => row.plain.time / row.ours.time));
const mean = (name) => Math.round(rows.reduce((sum, row) => sum + row[name].spikes, 0) / rows.length);
console.log(`a spiking trial of 1 s, N = ${n}, ${pairs} pairs, processor time, medians`);
console.log(`ours   ${(1e3 * of('ours')).toFixed(0)} ms   ${mean('ours')} spikes`);
console.log(`plain  ${(1e3 * of('plain')).toFixed(0)} ms   ${mean('plain')} spikes`);
console.log(`ratio  ${ratio.toFixed(1)} (median of pairs)`);
