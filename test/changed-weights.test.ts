/** A stored status is not believed: weights that were changed in the file are found out, whatever the aim and the neurons. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { npzBytes, readNpz } from '../src/files/index.js';
import { memorize, serialMap } from '../src/index.js';
import { readMemory, writeMemory } from '../src/memory/files/index.js';
import { loadNetworkFile } from '../src/memory/files/node.js';
import { changedNeurons } from '../src/memory/files/rejudge.js';
import type { Problem } from '../src/memory/memorize/index.js';
import { sampleScore } from '../src/memory/score/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';
import { folder } from './command.js';
import { smallProblem } from './helpers.js';

const base: Problem = { ...smallProblem(5, 20, 300, 3), template: defaultTemplate, objective: 'l2' };
const problems: Record<string, Problem> = {
  'least norm': base,
  'any weights': { ...base, objective: 'none' },
  'a stricter template': { ...base, robust: { what: 'both', share: 0.5 } },
  'weights on levels': { ...base, levels: 31 },
  'neurons that reset': { ...base, model: { model: 'reset', reset: -1 } },
  membranes: { ...base, model: { model: 'lif', current: 'exp', membrane: 2, synapse: 0.4, reset: 0, refractory: 0.4 } },
  'two memories': { ...base, others: [sampleScore(5, 13, 0.2, 9)] },
  'the template on a grid': { ...base, template: { ...defaultTemplate, grid: 0.05 } },
};

it.each(Object.keys(problems))(
  '%s: weights are believed as they were written, and not with a tenth set to zero',
  async (name) => {
    const problem = problems[name];
    const { neurons } = await memorize(problem, serialMap);
    const parts: Uint8Array[] = [];
    writeMemory(problem, neurons, { program: 'test', seed: 3, tau0: 0.005 }, (bytes) => parts.push(bytes.slice()));
    const memory = readMemory(Uint8Array.from(parts.flatMap((part) => Array.from(part))), 'network.npz');
    const stored = memory.statuses.flatMap((status, l) => (status === 'solved' ? [l] : []));
    expect(stored.length).toBeGreaterThan(2);
    expect(changedNeurons(memory)).toEqual([]);
    const weights = memory.network.weights.map((weight, k) => (k % 10 === 0 ? 0 : weight));
    expect(changedNeurons({ ...memory, network: { ...memory.network, weights } })).toEqual(stored);
  },
);

it.each([
  ['score_times', Number.POSITIVE_INFINITY, /the spike at Infinity refractory periods is outside/],
  ['score_times', Number.NaN, /the spike at NaN/],
  ['score_times_2', 1e300, /outside/],
  ['delays', Number.NEGATIVE_INFINITY, /its delay must be a finite time/],
])('a file whose %s are %s is refused before anything is computed with them', async (name, value, words) => {
  const problem = { ...base, others: [sampleScore(5, 13, 0.2, 9)], template: { ...defaultTemplate } };
  const { neurons } = await memorize({ ...problem, objective: 'none' }, serialMap);
  const parts: Uint8Array[] = [];
  writeMemory(problem, neurons, { program: 'test', seed: 3, tau0: 0.005 }, (bytes) => parts.push(bytes.slice()));
  const arrays = readNpz(Uint8Array.from(parts.flatMap((part) => Array.from(part))), 'network.npz');
  const changed = arrays[name] as Float64Array;
  changed[changed.length - 1] = value;
  const file = join(folder(), 'network.npz');
  writeFileSync(file, npzBytes(arrays));
  expect(() => loadNetworkFile(file)).toThrow(words);
});
