/** What a neuron may be asked, in pairs: as docs/templates.md says, a pair works from end to end or is refused. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawTypical } from '../src/cli/memorize/describe.js';
import type { MemorizeOptions } from '../src/cli/memorize/memorize-options.js';
import { makePlan } from '../src/cli/memorize/plan.js';
import { serialMap } from '../src/core/index.js';
import { readMemory, writeMemory } from '../src/memory/files/index.js';
import { memorize, robustTemplate, scoresOf } from '../src/memory/memorize/index.js';
import { wireFixedIn } from '../src/memory/network/index.js';
import { spikesOf } from '../src/memory/score/index.js';
import { createStorageSummary } from '../src/memory/summary/index.js';
import { arrivalsOf, boxViolation, potentialFrom, relaxed, templateViolation } from '../src/memory/template/index.js';

const [CHANNELS, INPUTS] = [4, 220];
const WIRING = join(mkdtempSync(join(tmpdir(), 'engram-composition-')), 'wiring.csv');
const masked = (k: number) => k % 5 === 0;

function writeWiring(): void {
  const { starts, sources, delays } = wireFixedIn({ neurons: CHANNELS, inputs: INPUTS, delays: [0.1, 10], seed: 3 });
  const lines = ['source,target,delay_ms,upper,mask'];
  for (let l = 0; l < CHANNELS; l++) {
    for (let k = starts[l]; k < starts[l + 1]; k++) {
      lines.push(`${sources[k]},${l},${5 * delays[k]},${k % 7 === 0 ? 0.1 : ''},${masked(k) ? 0 : ''}`);
    }
  }
  writeFileSync(WIRING, `${lines.join('\n')}\n`);
}
writeWiring();

const OPTIONS: Record<string, Partial<MemorizeOptions>> = {
  'robust both': { robust: { what: 'both', share: 0.5 } },
  'robust noise': { robust: { what: 'noise', share: 0.5 } },
  soft: { soft: true },
  levels: { levels: 31 },
  grid: { grid: 0.00025 },
  also: { also: [0.05] },
  excitatory: { excitatory: 0.6 },
  wiring: { wiring: WIRING },
  'objective none': { objective: 'none' },
};

/** The rows of the table in the document: what goes with what. */
function documented(): Map<string, boolean> {
  const text = readFileSync(new URL('../docs/templates.md', import.meta.url), 'utf8');
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith('| | robust both |'));
  const head = cells(lines[first]);
  const found = new Map<string, boolean>();
  for (let i = first + 2; lines[i].startsWith('|'); i++) {
    const [name, ...row] = cells(lines[i]);
    row.forEach((cell, j) => {
      if (cell !== '') found.set(`${name} + ${head[j + 1]}`, cell === 'yes');
    });
  }
  return found;
}

/** Two values of one option cannot be asked for at once. */
const sameOption = (a: string, b: string) => a.startsWith('robust') && b.startsWith('robust');

const pairs = Object.keys(OPTIONS).flatMap((b, i) =>
  Object.keys(OPTIONS)
    .slice(0, i)
    .map((a) => [a, b] as const),
);

const planOf = (a: string, b: string) =>
  makePlan(
    {
      channels: CHANNELS,
      duration: 0.06,
      ...('wiring' in { ...OPTIONS[a], ...OPTIONS[b] } ? {} : { inputs: INPUTS }),
      refractory: 0.005,
      bound: 0.2,
      margin: 1,
      slope: 2,
      objective: 'l2',
      hidden: 0,
      noise: [0],
      prompt: { share: 0.5 },
      periods: 1,
      trials: 1,
      recall: true,
      workers: 1,
      ...OPTIONS[a],
      ...OPTIONS[b],
    },
    1,
  );

describe('the table of what goes together', () => {
  const table = documented();

  it('has a word on every pair', () => {
    expect([...table.keys()].sort()).toEqual(pairs.map(([a, b]) => `${b} + ${a}`).sort());
  });

  it.each(pairs.filter(([a, b]) => table.get(`${b} + ${a}`)))('is right that %s and %s work', async (a, b) => {
    const { problem } = await planOf(a, b);
    const { neurons, network } = await memorize(problem, serialMap);
    const storage = createStorageSummary(problem, 0.005);
    neurons.forEach((report, l) => {
      storage.add(report, l);
      expect(['solved', 'infeasible', 'stalled']).toContain(report.status);
      const [first, last] = [network.starts[l], network.starts[l + 1]];
      const own = { sources: network.sources.subarray(first, last), delays: network.delays.subarray(first, last) };
      const { bounds, robust, template } = problem;
      if (bounds) {
        const box = { lower: bounds.lower.subarray(first, last), upper: bounds.upper.subarray(first, last) };
        expect(boxViolation(report.weights, box)).toBeLessThan(1e-8);
      }
      if (report.status !== 'solved') return;
      const kept = robust && report.robust ? robustTemplate(template, robust, report.robust.factor) : template;
      const asked = report.share === undefined ? kept : relaxed(kept, report.share + 1e-9);
      for (const score of scoresOf(problem)) {
        const potential = potentialFrom(arrivalsOf(score, own), report.weights);
        expect(templateViolation(potential, spikesOf(score, l), asked)).toBeLessThan(1e-8);
      }
    });
    expect(neurons.some(({ status }) => status === 'solved')).toBe(true);
    expect(() => JSON.stringify(storage.json())).not.toThrow();
    expect(await drawTypical(storage, problem, 0.005)).toContain('<svg');
    const pieces: Uint8Array[] = [];
    writeMemory(problem, neurons, { program: 'test', seed: 1, tau0: 0.005 }, (piece) => pieces.push(piece.slice()));
    expect(readMemory(Buffer.concat(pieces), 'network.npz').network.weights).toEqual(network.weights);
  });

  it.each(pairs.filter(([a, b]) => !table.get(`${b} + ${a}`) && !sameOption(a, b)))(
    'refuses %s and %s in one line that names both or says why',
    async (a, b) => {
      await expect(planOf(a, b)).rejects.toThrow(/contradict|not on levels/);
      await expect(planOf(a, b)).rejects.not.toThrow(/\n/);
    },
  );
});
