/**
 * The same model with one global queue of events: plain, slow and clear, the oracle of the fast simulator.
 *
 * Each neuron keeps z = (a + b x) e^{-x} since its last arrival. Every change of its state makes a new
 * prediction of its next spike; older predictions are recognised by their version and dropped.
 */
import { decay, normal } from '../core/index.js';
import { type Network, neuronCount } from '../network/index.js';
import { firstCrossing } from '../template/index.js';
import { LEAST_THRESHOLD, type Run, type Spikes } from './run.js';

/** Arrival of a weight, imposed spike, or predicted spike of a version: in this order at equal times. */
type Kind = 0 | 1 | 2;
interface Event {
  time: number;
  kind: Kind;
  neuron: number;
  /** Weight of an arrival, version of a prediction. */
  value: number;
}

/** Simulates a run. */
export function simulateByQueue(network: Network, run: Run): Spikes {
  const neurons = neuronCount(network);
  const outputs = outputsOf(network);
  const { from, to, imposed, releases, sigma, key } = run;
  const a = new Float64Array(neurons);
  const b = new Float64Array(neurons);
  const last = new Float64Array(neurons).fill(from);
  const ready = releases.map((time) => Math.max(time, from));
  const threshold = new Float64Array(neurons);
  const draws = new Uint32Array(neurons);
  const version = new Uint32Array(neurons);
  const queue = createQueue();
  const times: number[] = [];
  const fired: number[] = [];

  const drawThreshold = (l: number) => {
    threshold[l] = sigma > 0 ? Math.max(1 + sigma * normal(key, l, draws[l]++), LEAST_THRESHOLD) : 1;
  };
  const predict = (l: number, now: number) => {
    version[l]++;
    const x = firstCrossing(a[l], b[l], Math.max(ready[l], now) - last[l], Number.POSITIVE_INFINITY, threshold[l]);
    if (!Number.isNaN(x))
      queue.push({ time: Math.max(last[l] + x, ready[l], now), kind: 2, neuron: l, value: version[l] });
  };
  const emit = (l: number, time: number) => {
    times.push(time);
    fired.push(l);
    for (const { target, delay, weight } of outputs[l]) {
      queue.push({ time: time + delay, kind: 0, neuron: target, value: weight });
    }
    ready[l] = Math.max(ready[l], time + 1);
    drawThreshold(l);
    predict(l, time);
  };

  for (let l = 0; l < neurons; l++) drawThreshold(l);
  imposed.times.forEach((time, i) => {
    queue.push({ time, kind: 1, neuron: imposed.neurons[i], value: 0 });
  });
  for (let event = queue.pop(); event && event.time < to; event = queue.pop()) {
    const { time, kind, neuron: l, value } = event;
    if (kind === 0) {
      const x = time - last[l];
      const shrink = decay(x);
      a[l] = (a[l] + b[l] * x) * shrink;
      b[l] = b[l] * shrink + Math.E * value;
      last[l] = time;
      predict(l, time);
    } else if (kind === 1 || value === version[l]) {
      emit(l, time);
    }
  }
  const order = times.map((_, i) => i).sort((i, j) => times[i] - times[j] || fired[i] - fired[j]);
  return { times: Float64Array.from(order, (i) => times[i]), neurons: Uint32Array.from(order, (i) => fired[i]) };
}

interface Output {
  target: number;
  delay: number;
  weight: number;
}

function outputsOf(network: Network): Output[][] {
  const outputs: Output[][] = Array.from({ length: neuronCount(network) }, () => []);
  for (let target = 0; target < outputs.length; target++) {
    for (let k = network.starts[target]; k < network.starts[target + 1]; k++) {
      outputs[network.sources[k]].push({ target, delay: network.delays[k], weight: network.weights[k] });
    }
  }
  return outputs;
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
