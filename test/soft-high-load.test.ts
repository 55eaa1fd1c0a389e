/** Soft weights at loads where most neurons are impossible: multipliers are as large as prices, and rounding is as large as they are. */
import { expect, it } from 'vitest';
import { memorizeJob } from '../src/memory/memorize/index.js';
import { wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore } from '../src/memory/score/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';

it('weights that are nearly free get theirs, too, where rounding brings rows back for ever', () => {
  const scores = Array.from({ length: 8 }, (_, memory) => sampleScore(10, 50, 0.2, 1, memory));
  const task = memorizeJob.prepare({
    score: scores[0],
    others: scores.slice(1),
    wiring: wireFixedIn({ neurons: 10, inputs: 500, delays: [0.1, 10], seed: 1 }),
    template: { ...defaultTemplate, bound: 10 },
    objective: 'l2',
    soft: true,
  });
  const { status, weights, kkt } = task(9);
  expect(status).toBe('infeasible');
  expect(kkt).toBeLessThan(1e-8);
  expect(weights.some((w) => w !== 0)).toBe(true);
});

it.each([12, 24])('neuron %i of four memories is no silent one: it gets its best weights, certified', (neuron) => {
  const scores = Array.from({ length: 4 }, (_, memory) => sampleScore(200, 50, 0.2, 1, memory));
  const task = memorizeJob.prepare({
    score: scores[0],
    others: scores.slice(1),
    wiring: wireFixedIn({ neurons: 200, inputs: 500, delays: [0.1, 10], seed: 1 }),
    template: defaultTemplate,
    objective: 'l2',
    soft: true,
  });
  const { status, weights, shortfalls, kkt } = task(neuron) as ReturnType<typeof task> & { shortfalls?: unknown[] };
  expect(status).toBe('infeasible');
  expect(kkt).toBeLessThan(1e-8);
  expect(shortfalls?.length).toBeGreaterThan(0);
  expect(weights.some((w) => w !== 0)).toBe(true);
  for (const w of weights) expect(Math.abs(w)).toBeLessThanOrEqual(0.2 + 1e-8);
});
