// npm run bench -- simulation: what noise costs per arrival, ten thousand refractory periods of the published network
// (or of a sampled one), the spectrum, precision and recall.
// Ratios are taken in one process, interleaved, from processor time; counters stand beside the times.
import { applyDeflated, arnoldi, jitterMap, similarity } from '../dist/src/memory/measure/index.js';
import { sampleScore, spikesOf } from '../dist/src/memory/score/index.js';
import { createSimulator, mergeTrains } from '../dist/src/memory/simulate/index.js';

/** Milliseconds of processor time. */
const spent = (work) => {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1e3;
};
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

export function benchSimulation({ score, network }) {
  const neurons = network.starts.length - 1;
  const history = Array.from({ length: neurons }, (_, l) => spikesOf(score, l).map((time) => time - score.period));
  const simulator = createSimulator(network);
  const start = (noise) =>
    simulator.start({
      from: -score.period,
      to: 0,
      imposed: mergeTrains(history),
      releases: new Float64Array(neurons),
      sigma: 0.05,
      key: [1, 2],
      noise,
    });
  const cases = {
    plain: {},
    failure: { failure: 0.01 },
    jitter: { jitter: 0.02 },
    background: { background: [{ rate: 1, weight: 0.01 }] },
  };
  const costs = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let i = 0; i < 7; i++) {
    for (const [name, noise] of Object.entries(cases)) {
      const session = start(noise);
      costs[name].push(spent(() => session.run(300)) / simulator.counters().events);
    }
  }
  for (const [name, values] of Object.entries(costs)) {
    const ratio = median(values) / median(costs.plain);
    console.log(
      `${name.padEnd(11)}${(1e-3 / median(values)).toFixed(1)} million arrivals per second, ${ratio.toFixed(1)} x plain`,
    );
  }
  benchModels(network, score);
  const session = start({});
  let spikes = 0;
  const time = spent(() => {
    session.play(10000, (part) => {
      spikes += part.times.length;
    });
  });
  console.log(
    `10 000 refractory periods: ${(time / 1e3).toFixed(1)} s, ${spikes} spikes, ${simulator.counters().events} arrivals`,
  );

  const map = jitterMap(score, network);
  const both = new Float64Array(2 * map.size);
  const build = spent(() => jitterMap(score, network));
  const vectors = spent(() => arnoldi(map.state, (x, out) => applyDeflated(map, x, out, both), 40));
  console.log(
    `jitter map of ${map.size} spikes: ${build.toFixed(0)} ms; Arnoldi with 40 vectors: ${vectors.toFixed(0)} ms`,
  );

  const long = sampleScore(200, 200, 0.2, 1);
  for (const [name, other] of [
    ['recalled', long],
    ['unrelated', sampleScore(200, 200, 0.2, 2)],
  ]) {
    const trains = Array.from({ length: 200 }, (_, c) => spikesOf(other, c).map((t, i) => t + 0.02 * ((i * 7) % 5)));
    const times = Array.from({ length: 15 }, () => spent(() => similarity(long, trains)));
    console.log(
      `precision and recall of 200 channels x 200 refractory periods, ${name}: ${median(times).toFixed(1)} ms`,
    );
  }
}

/** An arrival at neurons of each model; all play the score, so that the arrivals are the same. */
function benchModels(network, score) {
  const neurons = network.starts.length - 1;
  const periods = 6;
  const trains = Array.from({ length: neurons }, (_, l) => {
    const own = [...spikesOf(score, l)];
    return Float64Array.from(Array.from({ length: periods }, (__, i) => own.map((t) => t + i * score.period)).flat());
  });
  const run = {
    from: 0,
    to: periods * score.period,
    imposed: mergeTrains(trains),
    releases: new Float64Array(neurons).fill(periods * score.period),
    sigma: 0,
    key: [1, 2],
  };
  const lif = (current) => ({ model: 'lif', current, membrane: 2, synapse: 0.4, reset: 0, refractory: 0.4 });
  const models = {
    continuation: {},
    reset: { reset: 0 },
    'lif exp': lif('exp'),
    'lif alpha': lif('alpha'),
    'lif exp, constants per neuron': {
      ...lif('exp'),
      membrane: Float64Array.from({ length: neurons }, (_, l) => 1 + (l % 7) / 3),
    },
  };
  const simulators = Object.entries(models).map(([name, model]) => [name, createSimulator(network, { model }), []]);
  for (let i = 0; i < 7; i++) {
    for (const [, simulator, costs] of simulators) {
      costs.push(spent(() => simulator.run(run)) / simulator.counters().events);
    }
  }
  const plain = median(simulators[0][2]);
  for (const [name, simulator, costs] of simulators) {
    const { events, solved } = simulator.counters();
    console.log(
      `${name.padEnd(31)}${(1e-3 / median(costs)).toFixed(1)} million arrivals per second, ${(median(costs) / plain).toFixed(1)} x continuation; ${events} arrivals, ${solved} solved`,
    );
  }
}
