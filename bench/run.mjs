// npm run bench: our solver and simulator against their peers, interleaved in one process, with work counters
// beside the times. Uses the published network when ../shared is at hand, else a sampled one of the same size.
//   npm run bench                solver and simulator
//   npm run bench -- solver 5    the solver only, on 5 neurons
//   npm run bench -- simulation  noise, long runs, measures, the spectrum
//   npm run bench -- sizes       the solver without the independent check, by inputs / period / hazard
import { existsSync, readFileSync } from 'node:fs';
import { createArena } from '../dist/src/core/index.js';
import { readReference } from '../dist/src/io/index.js';
import { memorizeJob } from '../dist/src/memorize/index.js';
import { solveNeuron } from '../dist/src/memorize/neuron.js';
import { wireFixedIn } from '../dist/src/network/index.js';
import { activityOfHazard, sampleScore, spikesOf } from '../dist/src/score/index.js';
import { createSimulator, mergeTrains, simulateByQueue } from '../dist/src/simulate/index.js';
import { cutLimit, defaultTemplate, loadScore } from '../dist/src/template/index.js';

const [part = 'all', neuronCount = '3'] = process.argv.slice(2);
const file = new URL('../../shared/data/reference-network.json.gz', import.meta.url);
const data = existsSync(file) ? readReference(readFileSync(file), 'reference') : sampled();
console.log(
  existsSync(file)
    ? 'the published network: 200 neurons, 500 inputs, period 50'
    : 'a sampled network: 200 neurons, 500 inputs, period 50',
);

function sampled() {
  const score = sampleScore(200, 50, 0.2, 1);
  const wiring = wireFixedIn({ neurons: 200, inputs: 500, delays: [0.1, 10], seed: 1 });
  const problem = { score, wiring, template: defaultTemplate, objective: 'l2' };
  const solve = memorizeJob.prepare(problem);
  const weights = new Float64Array(wiring.sources.length);
  for (let l = 0; l < 200; l++) weights.set(solve(l).weights, wiring.starts[l]);
  return { score, network: { ...wiring, weights } };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const milliseconds = (work) => {
  const begin = performance.now();
  const result = work();
  return { time: performance.now() - begin, result };
};

async function benchSolver(neurons) {
  const { score, network: wiring } = data;
  const { peers } = await import('./peers/qp.mjs');
  const problem = { score, wiring, template: defaultTemplate, objective: 'l2' };
  const solve = memorizeJob.prepare(problem);
  // The first pass over all neurons is also the warm-up.
  for (let l = 0; l < 200; l++) solve(l);
  const names = Object.keys(peers);
  const times = Object.fromEntries(['ours', ...names].map((name) => [name, []]));
  const rounds = Object.fromEntries(names.map((name) => [name, []]));
  const work = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };
  for (let l = 0; l < neurons; l++) {
    const spikes = spikesOf(score, l);
    const ours = () => {
      // Several runs, because one is short for a clock; program, all rounds, scans and the independent check included.
      const each = Array.from({ length: 9 }, () => milliseconds(() => solve(l)));
      times.ours.push(median(each.map(({ time }) => time)));
      return each[0].result;
    };
    const report = ours();
    for (const name of Object.keys(work)) work[name] += report.counters[name] / neurons;
    for (const name of names) {
      const { time, result } = milliseconds(() => cuttingPlanes(peers[name], l, spikes));
      times[name].push(time);
      rounds[name].push(result.rounds);
      const norm = (w) => Math.sqrt(w.reduce((sum, x) => sum + x * x, 0));
      const gap = norm(result.weights) / norm(report.weights) - 1;
      console.log(
        `  neuron ${l}  ${name.padEnd(9)} ${time.toFixed(0)} ms, ${result.rounds} rounds, norm ${gap >= 0 ? '+' : ''}${gap.toExponential(0)} relative to ours`,
      );
      ours();
    }
  }
  const own = median(times.ours);
  console.log(
    `ours      ${own.toFixed(2)} ms per neuron, verified; on average ${Object.entries(work)
      .map(([name, value]) => `${value.toFixed(1)} ${name}`)
      .join(', ')}`,
  );
  for (const name of names)
    console.log(
      `${name.padEnd(9)} ${median(times[name]).toFixed(0)} ms per neuron: ${(median(times[name]) / own).toFixed(0)} x ours`,
    );

  /** The peer's weights to 1e-5, by solving under all rows so far and adding those that it violates. */
  function cuttingPlanes(peer, l, spikes) {
    const arena = createArena();
    const [first, last] = [wiring.starts[l], wiring.starts[l + 1]];
    const n = last - first;
    const program = loadScore(arena, score, 10)(
      spikes,
      wiring.sources.subarray(first, last),
      wiring.delays.subarray(first, last),
      defaultTemplate,
    );
    const [row, at] = [arena.alloc(8 * n), arena.alloc(8 * n)];
    const rowOf = (cut) => {
      program.writeRow(cut, row);
      return arena.f64(row, n).slice();
    };
    const cuts = Array.from(spikes, (time) => ({ time, kind: 'spike' }));
    const rows = cuts.map(rowOf);
    for (let round = 1; ; round++) {
      const weights = peer(
        rows,
        cuts.map((cut) => cutLimit(cut, defaultTemplate)),
        spikes.length,
        defaultTemplate.bound,
      );
      arena.f64(at, n).set(weights);
      const fresh = program.scan(at, 1e-5);
      if (fresh.length === 0 || round === 50) return { weights, rounds: round };
      cuts.push(...fresh);
      rows.push(...fresh.map(rowOf));
    }
  }
}

/** Milliseconds per neuron of program, rounds and scans. */
function benchSizes() {
  const instances = [
    ['published', data.score, data.network, 200],
    ...[
      [500, 50, 0.5],
      [1000, 100, 0.2],
      [1000, 200, 0.2],
      [1000, 200, 0.5],
      [2000, 200, 0.2],
    ].map(([inputs, period, hazard]) => {
      const score = sampleScore(200, period, activityOfHazard(hazard), 1);
      const wiring = wireFixedIn({ neurons: 24, inputs, delays: [0.1, 10], seed: 1 });
      return [`${inputs}/${period}/${hazard}`, score, { ...wiring, sources: rescale(wiring.sources) }, 24];
    }),
  ];
  for (const [name, score, wiring, neurons] of instances) {
    const arena = createArena();
    const load = loadScore(arena, score, 10);
    const mark = arena.mark();
    const work = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };
    const statuses = new Set();
    const pass = () => {
      for (let l = 0; l < neurons; l++) {
        arena.release(mark);
        const [first, last] = [wiring.starts[l], wiring.starts[l + 1]];
        const spikes = spikesOf(score, l);
        const program = load(
          spikes,
          wiring.sources.subarray(first, last),
          wiring.delays.subarray(first, last),
          defaultTemplate,
        );
        const { counters, status } = solveNeuron(arena, program, last - first, spikes, defaultTemplate, 'l2');
        for (const key of Object.keys(work)) work[key] += counters[key] / neurons / 5;
        statuses.add(status);
      }
    };
    const times = Array.from({ length: 5 }, () => milliseconds(pass).time / neurons);
    const counted = Object.entries(work)
      .map(([key, value]) => `${value.toFixed(1)} ${key}`)
      .join(', ');
    console.log(
      `${name.padEnd(13)} ${median(times).toFixed(2)} ms per neuron (least ${Math.min(...times).toFixed(2)}), ${[...statuses].join(' and ')}; ${counted}`,
    );
  }
  function rescale(sources) {
    // A wiring of 24 targets whose sources are all 200 channels.
    return sources.map((source, k) => (source * 200 + ((k * 7919) % 200)) % 200);
  }
}

async function benchSimulator() {
  const { score, network } = data;
  const { plainSimulator } = await import('./peers/windowed.mjs');
  const history = Array.from({ length: 200 }, (_, l) => spikesOf(score, l).map((time) => time - score.period));
  const run = (periods) => ({
    from: -score.period,
    to: periods * score.period,
    imposed: mergeTrains(history),
    releases: new Float64Array(200),
    sigma: 0,
    key: [1, 2],
  });
  const simulator = createSimulator(network);
  const plain = plainSimulator(
    network,
    Math.min(
      0.1,
      network.delays.reduce((a, b) => Math.min(a, b)),
    ),
  );
  const speeds = { wasm: [], plain: [], queue: [] };
  const note = (name, events, time) => speeds[name].push(events / time / 1e3);
  simulator.run(run(4));
  plain(run(4));
  for (let i = 0; i < 7; i++) {
    const wasm = milliseconds(() => simulator.run(run(10)));
    note('wasm', simulator.counters().events, wasm.time);
    const typed = milliseconds(() => plain(run(10)));
    note('plain', typed.result.events, typed.time);
    if (typed.result.times.length !== wasm.result.times.length) throw new Error('the simulators disagree');
    if (i < 3) {
      const queue = milliseconds(() => simulateByQueue(network, run(0.5)));
      simulator.run(run(0.5));
      note('queue', simulator.counters().events, queue.time);
    }
  }
  const ours = median(speeds.wasm);
  console.log(
    `simulator ${ours.toFixed(1)} million arrivals per second; ${simulator.counters().solved} crossings solved in the last run`,
  );
  console.log(
    `plain     ${median(speeds.plain).toFixed(1)}: ours is ${(ours / median(speeds.plain)).toFixed(2)} x as fast as the same algorithm in typed-array JavaScript`,
  );
  console.log(
    `queue     ${median(speeds.queue).toFixed(2)}: ours is ${(ours / median(speeds.queue)).toFixed(0)} x as fast as the global queue`,
  );
}

if (part === 'all' || part === 'solver') await benchSolver(Number(neuronCount));
if (part === 'all' || part === 'sizes') benchSizes();
if (part === 'all' || part === 'simulator') await benchSimulator();
if (part === 'simulation') (await import('./simulation.mjs')).benchSimulation(data);
