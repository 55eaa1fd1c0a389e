/** The trained network that is shipped: `engram srnn train --recipe balanced --seed 2` makes it (test/nightly/srnn.test.ts does so again). */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readParameters, settingsFrom } from '../src/cli/srnn/flags.js';
import {
  accuracyOf,
  cyclePlan,
  DEFAULTS,
  here,
  prepared,
  readCheckpoint,
  recipes,
  runTrials,
  shareOf,
} from '../src/srnn/index.js';

const folder = 'docs/networks/rule-2afc';

it('the shipped network chooses by the rule, and needs its adaptation for that', () => {
  const { flags, seed } = readParameters(readFileSync(`${folder}/parameters.json`, 'utf8'), 'parameters.json');
  const settings = settingsFrom(flags, seed);
  expect(settings).toEqual({ ...DEFAULTS, ...recipes.balanced, seed: 2 });
  const bytes = new Uint8Array(readFileSync(`${folder}/snn_PFC-final.npz`));
  expect(bytes.length).toBeLessThan(400e3);
  const weights = readCheckpoint(bytes, 'snn_PFC-final.npz', settings.neurons);
  const task = prepared(settings);
  const played = (own: typeof settings) =>
    accuracyOf(task.conditions, here(runTrials(own, weights, cyclePlan(task, 'shipped', 0, 240))));
  const { congruent, incongruent, conditions } = played(settings);
  expect(shareOf(congruent)).toBeGreaterThan(0.98);
  expect(shareOf(incongruent)).toBeGreaterThan(0.9);
  // No condition is left behind.
  for (const share of conditions) expect(shareOf(share)).toBeGreaterThan(0.75);
  expect(shareOf(played({ ...settings, beta: 0 }).incongruent)).toBeLessThan(0.6);
});
