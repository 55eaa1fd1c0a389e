/**
 * Growth of WASM memory detaches views, and an engine that has seen that looks for it at every access to any array, in all code of its
 * thread: a tenth of the time of storing and verifying. So the main job has room from the start.
 */
import { expect, it, vi } from 'vitest';
import { createArena, withArena } from '../src/core/index.js';
import { memorizeJob } from '../src/memory/memorize/index.js';
import { wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore, spikesOf } from '../src/memory/score/index.js';
import { createSimulator, mergeTrains } from '../src/memory/simulate/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';

const neurons = 200;
const score = sampleScore(neurons, 100, 0.2, 1);
const wiring = wireFixedIn({ neurons, inputs: 2000, delays: [0.05, 5], seed: 1 });

it('storing, verifying and playing at the default size never grows the memory of WASM', () => {
  const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
  const solve = memorizeJob.prepare({ score, wiring, template: defaultTemplate, objective: 'l2' });
  const { weights } = solve(0);
  expect(weights.length).toBe(2000);
  const simulator = createSimulator({ ...wiring, weights: new Float64Array(wiring.sources.length) });
  const imposed = mergeTrains(Array.from({ length: neurons }, (_, l) => spikesOf(score, l)));
  const session = simulator.start({
    from: 0,
    to: 0,
    imposed,
    releases: new Float64Array(neurons).fill(100),
    sigma: 0,
    key: [1, 2],
  });
  expect(session.run(100).times.length).toBe(score.times.length);
  expect(grow).not.toHaveBeenCalled();
  // And is seen where it happens.
  const arena = createArena();
  arena.alloc(2 ** 22);
  expect(grow).toHaveBeenCalledTimes(1);
  grow.mockRestore();
});

it('an arena that is lent within another is kept, too', () => {
  const twice = () => withArena((outer) => withArena((inner) => [outer, inner]));
  const [outer, inner] = twice();
  expect(inner).not.toBe(outer);
  const again = twice();
  expect(again[0]).toBe(outer);
  expect(again[1]).toBe(inner);
});

it('a long run comes back from its kernel many times, so that an engine can go on in the code that it has optimized meanwhile', () => {
  let calls = 0;
  const { Instance } = WebAssembly;
  class Counting {
    readonly exports: WebAssembly.Exports;
    constructor(...given: ConstructorParameters<typeof Instance>) {
      const { exports } = new Instance(...given);
      const run = exports.simulateRun as ((to: number) => number) | undefined;
      const simulateRun = (to: number) => {
        calls++;
        return run?.(to);
      };
      this.exports = run ? { ...exports, simulateRun } : exports;
    }
  }
  const counted = vi.spyOn(WebAssembly, 'Instance').mockImplementation(Counting as typeof Instance);
  const few = wireFixedIn({ neurons: 10, inputs: 10, delays: [0.05, 5], seed: 1 });
  const simulator = createSimulator({ ...few, weights: new Float64Array(100) });
  const releases = new Float64Array(10);
  simulator.start({ from: 0, to: 0, imposed: mergeTrains([]), releases, sigma: 0, key: [1, 2] }).run(100);
  counted.mockRestore();
  // More than 1000 windows, none of which is longer than 0.1.
  expect(calls).toBeGreaterThan(50);
});
