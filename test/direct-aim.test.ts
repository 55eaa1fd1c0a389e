/** Aims that are tried before the least norm: what they leave to it. */
import { expect, it } from 'vitest';
import { type Norm, type Start, solveNorm } from '../src/memory/memorize/aims/norm.js';
import { normOf } from '../src/memory/memorize/aims/norms.js';
import type { Recall } from '../src/memory/memorize/aims/recall.js';
import { tasksOf } from '../src/memory/memorize/memorize.js';
import { wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore } from '../src/memory/score/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';

const recall = normOf('recall') as unknown as Norm<Recall>;
const aim = { kind: 'recall', ridge: 0.1 } as const;

/** Solves the first neurons; `hope` for attempts that are not given up. */
function solveAll(period: number, inputs: number, hope = false) {
  const score = sampleScore(40, period, 0.2, 1);
  const wiring = wireFixedIn({ neurons: 40, inputs, delays: [0.1, 10], seed: 1 });
  const taskOf = tasksOf({ score, wiring, template: defaultTemplate });
  let [attempts, looks] = [0, 0];
  const counted: Norm<Recall> = {
    ...recall,
    improve(own, start: Start) {
      attempts++;
      const { isHopeless, violated, ...source } = start.source;
      const seen = (weights: number, spoiled: boolean) => {
        looks++;
        return violated(weights, spoiled);
      };
      const whole = { ...source, violated: seen, ...(isHopeless && !hope && { isHopeless }) };
      return recall.improve?.(own, { ...start, source: whole }) as ReturnType<NonNullable<Norm<Recall>['improve']>>;
    },
  };
  const found = Array.from({ length: 8 }, (_, l) => {
    const { task } = taskOf(l);
    const { status, weights } = solveNorm(counted, aim, task, defaultTemplate);
    return { status, weights };
  });
  return { found, attempts, looks };
}

it('give an impossible neuron up early, and it is proved impossible all the same', () => {
  const [early, late] = [solveAll(100, 200), solveAll(100, 200, true)];
  expect(early.found.map(({ status }) => status)).toEqual(Array(8).fill('infeasible'));
  expect(late.found.map(({ status }) => status)).toEqual(Array(8).fill('infeasible'));
  expect(early.looks).toBeLessThan(late.looks / 2);
});

it('do not give up what can be stored', () => {
  const [asked, hoped] = [solveAll(40, 500), solveAll(40, 500, true)];
  expect(asked).toEqual(hoped);
  expect(asked.found.map(({ status }) => status)).toEqual(Array(8).fill('solved'));
  expect(asked.attempts).toBe(8);
});
