/**
 * The same models and noises with one global queue of events: plain, slow and clear, the oracle of the fast simulator.
 *
 * Each neuron keeps its state since its last change: z = (a + b y) e^{-y}, y in units of its time constant, or the
 * membrane of lif.ts. Every change makes a new prediction of its next spike; older predictions are recognised by their
 * version and dropped.
 */
import { decay, ln, normal, uniformStream } from '../../core/index.js';
import { checkNetwork, delayRange, type Network, neuronCount } from '../network/index.js';
import { firstCrossing } from '../template/index.js';
import { evolve, firstFiring, type MembraneState } from './lif.js';
import { type Constants, constantsOf, type LifConstants, type Model } from './model.js';
import { endOf, JITTER_CUT, LEAST_THRESHOLD, noiseKey, type Run, type Spikes, type WholeRun, wholeRun } from './run.js';

/**
 * Clamp that begins, imposed spike, predicted spike of a version, arrival, background arrival: in this order at
 * equal times, so that what arrives at a spike outlives the reset.
 */
type Kind = 0 | 1 | 2 | 3 | 4;
interface Event {
  time: number;
  kind: Kind;
  neuron: number;
  /** End of a clamp, version of a prediction, weight of an arrival, process of a background arrival. */
  value: number;
}

/**
 * Simulates a run. Throws `input` or `usage` on a network or a run that is none. One function, longer than most: the kinds
 * of event, one after the other, as the text above has them.
 */
export function simulateByQueue(network: Network, asked: Run, model: Model = {}): Spikes {
  checkNetwork(network);
  const neurons = neuronCount(network);
  const constants = constantsOf(model, neurons);
  const { reset, threshold: nominal, refractory } = constants;
  const run = wholeRun(asked, neurons);
  const { from, imposed, sigma, key, clamps, noise = {} } = run;
  const to = endOf(run);
  const send = transmission(network, run);
  const cells = constants.lif ? membranes(constants, constants.lif, from) : kernels(constants, from);
  const ready = new Float64Array(neurons).fill(from);
  const threshold = nominal.slice();
  const spiked = new Float64Array(neurons).fill(from);
  const draws = new Uint32Array(neurons);
  const version = new Uint32Array(neurons);
  const queue = createQueue();
  const times: number[] = [];
  const fired: number[] = [];

  const drawThreshold = (l: number, time: number) => {
    const count = draws[l]++;
    if (sigma === 0) return;
    const centre = noise.walk && count > 0 ? threshold[l] : nominal[l];
    const deviation = noise.walk ? sigma * Math.sqrt(time - spiked[l]) : sigma;
    spiked[l] = time;
    threshold[l] = Math.max(centre + deviation * normal(key, l, count), LEAST_THRESHOLD + Math.max(reset ?? 0, 0));
  };
  const predict = (l: number, now: number) => {
    version[l]++;
    const begin = Math.max(ready[l], now);
    const time = cells.crossing(l, begin, threshold[l]);
    if (Number.isNaN(time)) return;
    queue.push({ time: Math.max(time, begin), kind: 2, neuron: l, value: version[l] });
  };
  const emit = (l: number, time: number) => {
    times.push(time);
    fired.push(l);
    send(l, draws[l] - 1, (target, delay, weight) => {
      queue.push({ time: time + delay, kind: 3, neuron: target, value: weight });
    });
    ready[l] = Math.max(ready[l], time + refractory[l]);
    cells.spike(l, time);
    drawThreshold(l, time);
    predict(l, time);
  };
  const background = (noise.background ?? []).map(({ rate, weight }, p) => {
    const streams = Array.from({ length: neurons }, (_, l) => pairs(noiseKey(key, `background ${p}`), l));
    const next = (l: number, time: number) => {
      queue.push({ time: time - ln(1 - streams[l]()) / rate, kind: 4, neuron: l, value: p });
    };
    return { weight, next };
  });

  for (let l = 0; l < neurons; l++) {
    drawThreshold(l, from);
    for (const { next } of background) next(l, from);
  }
  clamps.neurons.forEach((neuron, i) => {
    queue.push({ time: Math.max(clamps.from[i], from), kind: 0, neuron, value: clamps.to[i] });
  });
  imposed.times.forEach((time, i) => {
    queue.push({ time, kind: 1, neuron: imposed.neurons[i], value: 0 });
  });
  for (let event = queue.pop(); event && event.time < to; event = queue.pop()) {
    const { time, kind, neuron: l, value } = event;
    if (kind === 0) {
      ready[l] = Math.max(ready[l], value);
      predict(l, time);
    } else if (kind === 1 || (kind === 2 && value === version[l])) emit(l, time);
    else if (kind > 2) {
      cells.arrive(l, time, kind === 3 ? value : background[value].weight);
      predict(l, time);
      if (kind === 4) background[value].next(l, time);
    }
  }
  const order = times.map((_, i) => i).sort((i, j) => times[i] - times[j] || fired[i] - fired[j]);
  return { times: Float64Array.from(order, (i) => times[i]), neurons: Uint32Array.from(order, (i) => fired[i]) };
}

/** The potentials of all neurons. */
interface Cells {
  arrive(l: number, time: number, weight: number): void;
  spike(l: number, time: number): void;
  /** When the potential reaches a threshold, at `begin` or later, if nothing else arrives; or NaN. */
  crossing(l: number, begin: number, threshold: number): number;
}

/** Kernel continuation and reset at spike. */
function kernels({ reset, beta }: Constants, from: number): Cells {
  const [a, b] = [new Float64Array(beta.length), new Float64Array(beta.length)];
  const last = new Float64Array(beta.length).fill(from);
  return {
    arrive(l, time, weight) {
      const y = (time - last[l]) / beta[l];
      const shrink = decay(y);
      a[l] = (a[l] + b[l] * y) * shrink;
      b[l] = b[l] * shrink + Math.E * weight;
      last[l] = time;
    },
    spike(l, time) {
      if (reset !== undefined) [a[l], b[l], last[l]] = [reset, 0, time];
    },
    crossing: (l, begin, threshold) =>
      last[l] + beta[l] * firstCrossing(a[l], b[l], (begin - last[l]) / beta[l], Number.POSITIVE_INFINITY, threshold),
  };
}

/** Leaky integrate-and-fire: z stays at the reset value for a refractory period, the currents go on. */
function membranes({ reset = 0, refractory, beta }: Constants, lif: LifConstants, from: number): Cells {
  const { current, membrane, gain } = lif;
  const cells: MembraneState[] = Array.from(beta, () => ({ z: 0, p: 0, q: 0 }));
  const last = new Float64Array(beta.length).fill(from);
  const release = new Float64Array(beta.length).fill(Number.NEGATIVE_INFINITY);
  const stateAt = (l: number, time: number): MembraneState => {
    const move = (cell: MembraneState, by: number) => evolve(cell, beta[l] / membrane[l], by / beta[l]);
    if (time <= release[l]) return { ...move(cells[l], time - last[l]), z: reset };
    if (last[l] >= release[l]) return move(cells[l], time - last[l]);
    return move({ ...move(cells[l], release[l] - last[l]), z: reset }, time - release[l]);
  };
  const change = (l: number, time: number) => {
    cells[l] = stateAt(l, time);
    last[l] = time;
    return cells[l];
  };
  return {
    arrive(l, time, weight) {
      change(l, time)[current === 'exp' ? 'p' : 'q'] += gain[l] * weight;
    },
    spike(l, time) {
      change(l, time).z = reset;
      release[l] = time + refractory[l];
    },
    crossing: (l, begin, threshold) =>
      begin + beta[l] * firstFiring(stateAt(l, begin), beta[l] / membrane[l], threshold),
  };
}

/** The first number of each pair of a stream. */
function pairs(key: readonly [number, number], index: number): () => number {
  const uniform = uniformStream(key, index);
  return () => {
    const value = uniform();
    uniform();
    return value;
  };
}

interface Output {
  target: number;
  delay: number;
  weight: number;
  /** Where the synapse stands among all of them, by source and then by delay: its draws are keyed by that. */
  index: number;
  fails: () => number;
}

/** What spike `number` of a source sends where, after failures and with jittered delays. */
function transmission(network: Network, { key, noise = {} }: WholeRun) {
  const { failure = 0, jitter = 0 } = noise;
  const [failureKey, jitterKey] = [noiseKey(key, 'failure'), noiseKey(key, 'jitter')];
  const [shortest] = delayRange(network);
  const outputs: Output[][] = Array.from({ length: neuronCount(network) }, () => []);
  for (let target = 0; target < outputs.length; target++) {
    for (let k = network.starts[target]; k < network.starts[target + 1]; k++) {
      const entry = { target, delay: network.delays[k], weight: network.weights[k], index: 0, fails: () => 1 };
      outputs[network.sources[k]].push(entry);
    }
  }
  let index = 0;
  for (const list of outputs) {
    list.sort((p, q) => p.delay - q.delay);
    for (const output of list) {
      output.index = index++;
      if (failure > 0) output.fails = pairs(failureKey, output.index);
    }
  }
  return (source: number, number: number, each: (target: number, delay: number, weight: number) => void) => {
    for (const { target, delay, weight, index: synapse, fails } of outputs[source]) {
      if (fails() < failure) continue;
      const z = jitter > 0 ? normal(jitterKey, synapse, number) : 0;
      const cut = Math.max(-JITTER_CUT, Math.min(JITTER_CUT, z));
      each(target, jitter > 0 ? Math.max(delay + jitter * cut, shortest) : delay, weight);
    }
  };
}

/** A binary heap, earliest first; ties by kind, then neuron. */
function createQueue() {
  const heap: Event[] = [];
  const before = (p: Event, q: Event) =>
    p.time < q.time || (p.time === q.time && (p.kind < q.kind || (p.kind === q.kind && p.neuron < q.neuron)));
  return {
    push(event: Event) {
      let i = heap.push(event) - 1;
      while (i > 0) {
        const parent = (i - 1) >> 1;
        if (!before(event, heap[parent])) break;
        heap[i] = heap[parent];
        i = parent;
      }
      heap[i] = event;
    },
    pop(): Event | undefined {
      const top = heap[0];
      const moved = heap.pop();
      if (!moved || heap.length === 0) return top;
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
        if (!before(heap[child], moved)) break;
        heap[i] = heap[child];
        i = child;
      }
      heap[i] = moved;
      return top;
    },
  };
}
