// node bench/sparseprop.mjs [most neurons] (after npm run build): spikes per second of processor time by every queue, interleaved in one process on the
// same LIF and QIF networks (K = 100, CSR), their ratios, the slope of log cost against log N, and what a gradient costs beside its run.
// `node bench/sparseprop.mjs large`: 10^6 neurons, 10^6 spikes, generated connections, time and memory of a process of its own.
import {
  backward,
  drawnStart,
  generated,
  inMemory,
  lif,
  qif,
  runTrial,
  startSession,
} from '../dist/src/sparseprop/index.js';
import { median } from './measure.mjs';

const K = 100;
const DRIVE = 0.1;
const spent = (work) => {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1e6;
};
const networkOf = (neuron, n, csr) => {
  const made = generated({ neurons: n, degree: K, weight: -0.1, seed: 1 });
  return { neuron, drives: DRIVE, connectivity: csr ? inMemory(made) : made };
};

/** Spikes of one turn, so that a turn takes some tens of milliseconds. */
const turnOf = (queue, n) => {
  if (queue === 'calendar') return 40000;
  return queue === 'naive' ? Math.max(50, Math.round(2e7 / n / 4)) : 5000;
};

function queues(neuron, sizes) {
  console.log(`${neuron.name}: thousands of spikes per second; medians of 5 turns, interleaved`);
  const costs = { calendar: [], 'phase-heap': [], 'time-heap': [], naive: [] };
  for (const n of sizes) {
    const circuit = networkOf(neuron, n, true);
    // All begin where the network lives.
    const first = startSession(circuit, drawnStart(circuit, 1));
    first.skip({ spikes: 2 * n });
    const next = first.next();
    const offset = first.time();
    const start = next.map((time) => time - offset);
    const names = ['calendar', 'phase-heap', 'time-heap', ...(n <= 1e5 ? ['naive'] : [])];
    const sessions = names.map((queue) => ({ queue, session: startSession(circuit, start, { queue }), rates: [] }));
    for (const { queue, session } of sessions) session.skip({ spikes: turnOf(queue, n) });
    for (let turn = 0; turn < 5; turn++) {
      for (const { queue, session, rates } of sessions) {
        const spikes = turnOf(queue, n);
        rates.push(spikes / spent(() => session.skip({ spikes })) / 1e3);
      }
    }
    const rate = Object.fromEntries(sessions.map(({ queue, rates }) => [queue, median(rates)]));
    const heap = Math.max(rate['phase-heap'], rate['time-heap']);
    const beside = rate.naive ? `, ${(rate.calendar / rate.naive).toFixed(1)} x naive` : '';
    const words = names.map((name) => `${name} ${rate[name].toFixed(1)}`).join(' · ');
    console.log(`  N = ${n}: ${words}; calendar ${(rate.calendar / heap).toFixed(1)} x the better heap${beside}`);
    for (const name of names) costs[name].push([Math.log(n), -Math.log(rate[name])]);
  }
  if (sizes.length < 2) return;
  const slopes = Object.entries(costs).map(([name, points]) => `${name} ${slopeOf(points).toFixed(2)}`);
  console.log(`  slope of log cost against log N: ${slopes.join(' · ')}`);
}

function slopeOf(points) {
  const mean = (i) => points.reduce((sum, point) => sum + point[i], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const above = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return above / points.reduce((sum, [a]) => sum + (a - x) * (a - x), 0);
}

function gradient() {
  const circuit = networkOf(lif, 1000, true);
  const start = drawnStart(circuit, 1);
  const spikes = 10000;
  const ratios = [];
  for (let turn = 0; turn < 5; turn++) {
    let trial;
    const forward = spent(() => {
      trial = runTrial(circuit, start, { spikes });
    });
    const ofTimes = new Float64Array(spikes).fill(1);
    ratios.push(spent(() => backward(trial, ofTimes)) / forward);
  }
  console.log(`gradient of ${spikes} spikes, N = 1000, checkpoints included: ${median(ratios).toFixed(2)} x the run`);
}

function large() {
  const circuit = networkOf(lif, 1e6, false);
  let refreshes = 0;
  const seconds = spent(() => {
    const session = startSession(circuit, drawnStart(circuit, 1));
    session.record({ spikes: 1e6 });
    refreshes = session.refreshes() / 1e6;
  });
  const memory = process.resourceUsage().maxRSS / 1024;
  console.log(
    `10^6 neurons, 10^6 spikes, generated: ${seconds.toFixed(1)} s of processor time, the process took at most ${memory.toFixed(0)} MB; ${refreshes.toFixed(1)} refreshes per spike`,
  );
}

if (process.argv[2] === 'large') large();
else {
  const most = Number(process.argv[2] ?? 1e5);
  for (const neuron of [lif, qif])
    queues(
      neuron,
      [1e3, 1e4, 1e5, 1e6].filter((n) => n <= most),
    );
  gradient();
}
