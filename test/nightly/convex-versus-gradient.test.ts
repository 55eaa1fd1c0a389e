/** The acceptance of the comparison: three networks of 50 neurons at T / K = 0.2, every method, trained to the cap of its epochs. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Config, schema, tasksOf } from '../../experiments/memory/convex-versus-gradient/config.js';
import { convexVersusGradient } from '../../experiments/memory/convex-versus-gradient/run.js';

const file = new URL('../../experiments/memory/convex-versus-gradient/full.json', import.meta.url).pathname;

it('the ordering of the methods is that of the pilot study', () => {
  const full = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const networks = full.networks as NonNullable<Config['networks']>;
  const config = { ...full, neurons: null, networks: { ...networks, loads: [0.2], seeds: 3 } };
  const task = convexVersusGradient.prepare(config);
  const rows = tasksOf(config).flatMap((one) => task(one));
  const of = (method: string, noise: number) =>
    rows.filter((row) => row.method === method && row.protocol === 'P0' && row.noise === noise);
  const sum = (method: string, noise: number, column: string) =>
    of(method, noise).reduce((total, row) => total + (row[column] as number), 0);
  const share = (method: string, noise: number, column = 'success') =>
    sum(method, noise, column) / sum(method, noise, 'trials');
  const lesser = (method: string, noise: number) => sum(method, noise, 'lesser') / of(method, noise).length;
  // Every solved neuron plays its train; few are impossible.
  expect(sum('convex', 0, 'success')).toBe(sum('convex', 0, 'learned'));
  expect(share('convex', 0)).toBeGreaterThan(0.9);
  for (const method of ['convex, soft', 'hinge']) {
    expect(share(method, 0)).toBeGreaterThan(0.98);
    expect(lesser(method, 0.1)).toBeGreaterThan(0.9);
  }
  expect(share('FP', 0, 'within')).toBeGreaterThan(0.95);
  for (const method of ['SuperSpike', 'SuperSpike, noise', 'FP', 'convex, weak']) {
    expect(lesser(method, 0.1)).toBeLessThan(lesser('hinge', 0.1));
  }
  expect(lesser('FP, then EventProp', 0)).toBeGreaterThan(lesser('FP', 0));
});
