// The simulator against the same algorithm in plain JavaScript and against a global event queue.
import { memorizeJob } from '../../dist/src/memory/memorize/index.js';
import { spikesOf } from '../../dist/src/memory/score/index.js';
import { createSimulator, mergeTrains, simulateByQueue } from '../../dist/src/memory/simulate/index.js';
import { defaultTemplate } from '../../dist/src/memory/template/index.js';
import { digits, table } from '../compare.mjs';
import { publishedNetwork, sampledInstance } from '../instances.mjs';
import { median, timed } from '../measure.mjs';
import { plainSimulator } from '../peers/windowed.mjs';

const REPEATS = 7;
const PERIODS = 10;
/** The queue is slow: it plays less. */
const QUEUE_PERIODS = 0.5;

/** The published network, or one of its size that we stored. */
export const networkAtHand = () => publishedNetwork ?? memorizedNetwork();

function memorizedNetwork() {
  const { score, wiring } = sampledInstance(500, 50, 0.2, '');
  const solve = memorizeJob.prepare({ score, wiring, template: defaultTemplate, objective: 'l2' });
  const weights = new Float64Array(wiring.sources.length);
  for (let l = 0; l + 1 < wiring.starts.length; l++) weights.set(solve(l).weights, wiring.starts[l]);
  return { score, network: { ...wiring, weights } };
}

/** Markdown: arrivals per second of each. */
export function benchSimulator() {
  const { score, network } = networkAtHand();
  const neurons = network.starts.length - 1;
  const history = Array.from({ length: neurons }, (_, l) => spikesOf(score, l).map((time) => time - score.period));
  const run = (periods) => ({
    from: -score.period,
    to: periods * score.period,
    imposed: mergeTrains(history),
    releases: new Float64Array(neurons),
    sigma: 0,
    key: [1, 2],
  });
  const simulator = createSimulator(network);
  const shortest = network.delays.reduce((a, b) => Math.min(a, b));
  const plain = plainSimulator(network, Math.min(0.1, shortest));
  simulator.run(run(4));
  plain(run(4));
  const speeds = { wasm: [], plain: [], queue: [] };
  let work = {};
  for (let i = 0; i < REPEATS; i++) {
    const wasm = timed(() => simulator.run(run(PERIODS)));
    work = { ...simulator.counters(), spikes: wasm.result.times.length };
    speeds.wasm.push(work.events / wasm.milliseconds / 1e3);
    const typed = timed(() => plain(run(PERIODS)));
    speeds.plain.push(typed.result.events / typed.milliseconds / 1e3);
    if (typed.result.times.length !== work.spikes) throw new Error('the simulators disagree');
    if (i % 3 === 0) {
      const queue = timed(() => simulateByQueue(network, run(QUEUE_PERIODS)));
      simulator.run(run(QUEUE_PERIODS));
      speeds.queue.push(simulator.counters().events / queue.milliseconds / 1e3);
    }
  }
  const ours = median(speeds.wasm);
  const line = (name, values) => [name, digits(median(values)), digits(ours / median(values))];
  return (
    `${publishedNetwork ? 'The published network' : 'A sampled network'}: ${neurons} neurons, ${network.sources.length / neurons} ` +
    `inputs, ${PERIODS} periods of ${score.period} without noise; ${work.events} arrivals, ${work.spikes} spikes, ` +
    `${work.solved} crossings solved.\n\n` +
    table(
      ['simulator', 'million arrivals per second', 'ours is faster by'],
      [
        line('ours (WASM, windows)', speeds.wasm),
        line('the same algorithm, typed arrays in JavaScript', speeds.plain),
        line('a global event queue (`simulateByQueue`)', speeds.queue),
      ],
    )
  );
}
