import { describe, expect, it } from 'vitest';
import { advance, type DescentSettings, outcomeOf, startDescent } from '../src/memory/gradient/index.js';
import { boxViolation } from '../src/memory/template/index.js';

describe('a descent', () => {
  const settings: DescentSettings = {
    epochs: 200,
    optimizer: 'adam',
    schedule: { shape: 'cosine', from: 0.1, to: 0.01 },
  };
  const box = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(0.5, 1) };
  const bowl = {
    macs: 10,
    evaluate: (w: Float64Array, g: Float64Array) => {
      g.set([w[0] - 2, w[1] + 0.3]);
      return ((w[0] - 2) ** 2 + (w[1] + 0.3) ** 2) / 2;
    },
  };

  it('stays within the bounds and comes to the best point there', () => {
    const descent = startDescent(Float64Array.of(0, 0), 'adam');
    advance(descent, settings, bowl, box);
    const { weights, status, epochs, history } = outcomeOf(descent);
    expect(boxViolation(weights, box)).toBe(0);
    expect([weights[0], weights[1]]).toEqual([0.5, expect.closeTo(-0.3, 3)]);
    expect([status, epochs, history.length]).toEqual(['epochLimit', 200, 200]);
  });

  it('may be interrupted, copied and gone on with, to the same bytes', () => {
    const whole = startDescent(Float64Array.of(0, 0), 'adam');
    advance(whole, settings, bowl, box);
    const first = startDescent(Float64Array.of(0, 0), 'adam');
    advance(first, settings, bowl, box, 77);
    const second = structuredClone(first);
    advance(second, settings, bowl, box);
    expect(outcomeOf(second)).toEqual(outcomeOf(whole));
  });

  it('that diverges ends with the last good weights and a reason', () => {
    for (const [bad, text] of [
      [Number.NaN, /the loss became NaN in epoch 30/],
      [1e12, /the loss ran away to 1.00e\+12 in epoch 30/],
    ] as const) {
      const descent = startDescent(Float64Array.of(0, 0), 'adam');
      const broken = {
        macs: 10,
        evaluate: (w: Float64Array, g: Float64Array, epoch: number) => {
          const loss = bowl.evaluate(w, g);
          return epoch === 30 ? bad : loss;
        },
      };
      advance(descent, settings, broken, box);
      const { status, reason, weights, epochs, loss } = outcomeOf(descent);
      expect([status, epochs]).toEqual(['diverged', 30]);
      expect(reason).toMatch(text);
      expect(bowl.evaluate(weights, new Float64Array(2))).toBe(loss);
    }
  });

  it('spends no more multiply-adds than it may', () => {
    const descent = startDescent(Float64Array.of(0, 0), 'adam');
    advance(descent, { ...settings, budget: 1000 }, bowl, box);
    const { status, macs, epochs } = outcomeOf(descent);
    expect(status).toBe('budget');
    expect(macs).toBe(epochs * (10 + 2 * 8));
    expect(macs).toBeLessThanOrEqual(1000);
    expect(macs + 26).toBeGreaterThan(1000);
  });

  it('ends when the loss is good enough, or no longer falls', () => {
    const good = startDescent(Float64Array.of(0, 0), 'adam');
    advance(good, { ...settings, target: 1.2 }, bowl, box);
    expect([good.status, good.best.loss <= 1.2, good.epoch < 200]).toEqual(['converged', true, true]);
    const idle = startDescent(Float64Array.of(0.5, -0.3), 'adam');
    advance(idle, { ...settings, patience: 20 }, bowl, box);
    expect([idle.status, idle.epoch]).toEqual(['converged', 21]);
  });
});
