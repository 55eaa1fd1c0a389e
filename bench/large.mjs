// node bench/large.mjs (after npm run build): 10 000 neurons x 1000 inputs, in a process of its own for its memory.
import { wireFixedIn } from '../dist/src/memory/network/index.js';
import { createSimulator, mergeTrains } from '../dist/src/memory/simulate/index.js';

const neurons = 10000;
const wiring = wireFixedIn({ neurons, inputs: 1000, delays: [0.1, 10], seed: 1 });
const weights = wiring.delays.map((_, k) => (((k * 7919) % 101) - 50) * 1e-3);
const simulator = createSimulator({ ...wiring, weights });
const trains = Array.from({ length: neurons }, (_, l) =>
  Float64Array.from({ length: 3 }, (_, i) => ((l * 37) % 690) / 100 + 6.9 * i),
);
const releases = new Float64Array(neurons).fill(21);
const session = simulator.start({ from: 0, to: 0, imposed: mergeTrains(trains), releases, sigma: 0.1, key: [1, 2] });
session.run(12);
const before = simulator.counters().events;
const clock = process.cpuUsage();
session.run(16);
const time = process.cpuUsage(clock).user / 1e3;
const events = simulator.counters().events - before;
const rate = (events / time / 1e3).toFixed(1);
const memory = (process.resourceUsage().maxRSS / 1024).toFixed(0);
console.log(
  `10 000 neurons x 1000 inputs: ${rate} million arrivals per second (${events} arrivals); the process took at most ${memory} MB`,
);
