/** What `explain` says a neuron would need is never what it has. */
import { expect, it } from 'vitest';
import { explain } from '../src/memory/memorize/index.js';
import { scoreOf } from '../src/memory/score/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';

const report = (boundNeeded: number) => ({
  status: 'infeasible' as const,
  violation: 1,
  kkt: 0,
  boundNeeded,
  cuts: [],
  multipliers: Float64Array.of(),
  unreached: [],
});
const score = scoreOf([Float64Array.of(1)], 8);
const bounds = { lower: Float64Array.of(-0.2), upper: Float64Array.of(0.2) };

it('a wider bound differs from the bound in the digits that are printed', () => {
  const setting = { score, template: defaultTemplate };
  const say = (needed: number, box?: typeof bounds) =>
    explain(report(needed), { ...setting, ...(box ? { bounds: box } : {}) } as never, 0, String);
  expect(say(defaultTemplate.bound * 1.00002)).not.toContain(`at least ${defaultTemplate.bound} instead`);
  expect(say(defaultTemplate.bound * 1.00002, bounds)).toContain('bounds at least 1.00002 times as wide');
  expect(say(defaultTemplate.bound * 2, bounds)).toContain('bounds at least 2 times as wide');
});
