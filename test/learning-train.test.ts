/** Trainings that stop and go on, what they log, and how that looks. */
import { describe, expect, it } from 'vitest';
import { npzBytes, readNpz } from '../src/files/index.js';
import {
  crossEntropyLoss,
  logCsv,
  logged,
  type OptimizerName,
  restore,
  startTraining,
  stateOf,
  type Training,
  type TrainingPlan,
  train,
} from '../src/learning/index.js';
import { drawTraining } from '../src/plot/index.js';
import { lcg } from './helpers.js';

/** A logistic unit that learns whether the first two of four noisy inputs are larger than the last two. */
function lesson(extra: Partial<TrainingPlan> = {}, optimizer: OptimizerName = 'adam') {
  const weights = new Float64Array(4);
  const bias = Float64Array.of(0.5);
  const training = startTraining(
    [
      { name: 'weights', values: weights, decay: 1e-3 },
      { name: 'bias', values: bias, rate: 2 },
    ],
    optimizer,
    ['accuracy', 'norm'],
  );
  const plan: TrainingPlan = {
    epochs: 60,
    schedule: { shape: 'cosine', from: 0.1, to: 0.01 },
    clip: { norm: 0.2, of: 'each' },
    evaluate(epoch, [ofWeights, ofBias]) {
      const random = lcg(epoch + 1);
      const inputs = Array.from({ length: 16 }, () => Array.from({ length: 4 }, () => 2 * random() - 1));
      const targets = Float64Array.from(inputs, ([a, b, c, d]) => (a + b > c + d ? 1 : 0));
      const logits = Float64Array.from(inputs, (x) => x.reduce((sum, xi, i) => sum + xi * weights[i], bias[0]));
      const { value, gradient } = crossEntropyLoss(logits, targets);
      gradient.forEach((slope, k) => {
        ofBias[0] += slope;
        for (let i = 0; i < 4; i++) ofWeights[i] += slope * inputs[k][i];
      });
      const right = logits.filter((logit, k) => logit >= 0 === (targets[k] === 1)).length;
      return { loss: value, measures: [right / 16, Math.abs(bias[0])] };
    },
    ...extra,
  };
  return { training, plan };
}

const bytes = (training: Training) => npzBytes(stateOf(training) as Record<string, Float64Array>);

describe('a training', () => {
  it('learns', () => {
    const { training, plan } = lesson();
    expect(train(training, plan)).toBe(false);
    const accuracy = logged(training, 'accuracy');
    expect(accuracy.length).toBe(60);
    expect(accuracy.slice(-10).reduce((sum, x) => sum + x, 0) / 10).toBeGreaterThan(0.9);
    expect(logged(training, 'loss')[59]).toBeLessThan(logged(training, 'loss')[0] / 2);
  });

  it.each(['adam', 'adam-tf', 'adamw', 'sgd', 'momentum', 'rmaxprop'] as const)(
    'by %s goes on from a file to the same bytes, wherever it stopped',
    (optimizer) => {
      const whole = lesson({}, optimizer);
      train(whole.training, whole.plan);
      for (const stop of [0, 1, 17, 59, 60]) {
        const first = lesson({}, optimizer);
        expect(train(first.training, first.plan, stop)).toBe(stop < 60);
        const file = readNpz(bytes(first.training), 'state.npz');
        const second = lesson({}, optimizer);
        // What was there before does not matter.
        train(second.training, second.plan, 5);
        restore(second.training, file as unknown as Record<string, Float64Array>);
        expect(train(second.training, second.plan)).toBe(false);
        expect(bytes(second.training)).toEqual(bytes(whole.training));
        expect(logCsv(second.training)).toBe(logCsv(whole.training));
      }
    },
  );

  it('hands out copies of its state', () => {
    const { training, plan } = lesson();
    train(training, plan, 10);
    const before = stateOf(training);
    const kept = structuredClone(before);
    train(training, plan, 20);
    expect(before).toEqual(kept);
  });

  it('refuses a state that does not fit, and names the array', () => {
    const { training } = lesson();
    const state = stateOf(training);
    const { 'optimizer.mean': _, ...without } = state;
    expect(() => restore(training, without)).toThrow('must have 5 numbers in optimizer.mean; got none');
    expect(() => restore(training, { ...state, 'parameters.bias': new Float64Array(2) })).toThrow(
      'must have 1 numbers in parameters.bias; got 2',
    );
    expect(() => restore(training, { ...state, 'training.counts': Float64Array.of(3, 0) })).toThrow(
      'must have 9 numbers in training.log; got 0',
    );
  });

  it('stops when that is enough, and does not begin again', () => {
    const enough = (training: Training) => logged(training, 'loss')[training.epoch - 1] < 0.4;
    const { training, plan } = lesson({ enough });
    expect(train(training, plan)).toBe(false);
    const { epoch } = training;
    expect(epoch).toBeLessThan(60);
    const loss = logged(training, 'loss');
    expect(loss.findIndex((value) => value < 0.4)).toBe(epoch - 1);
    expect(train(training, plan)).toBe(false);
    expect(training.epoch).toBe(epoch);
    // It is asked after an epoch, never before the first.
    const contented = lesson({ enough: () => true });
    train(contented.training, contented.plan);
    expect(contented.training.epoch).toBe(1);
  });

  it('skips updates without a finite gradient or loss, counts them, and forgets nothing', () => {
    const { training, plan } = lesson();
    const bad = new Map([
      [10, (g: Float64Array) => g.fill(Number.NaN)],
      [11, (g: Float64Array) => g.fill(2e30)],
      [12, (g: Float64Array) => g.fill(Number.POSITIVE_INFINITY)],
    ]);
    const evaluate: TrainingPlan['evaluate'] = (epoch, gradients) => {
      const found = plan.evaluate(epoch, gradients);
      bad.get(epoch)?.(gradients[0]);
      return epoch === 13 ? { ...found, loss: Number.NaN } : found;
    };
    train(training, { ...plan, evaluate }, 10);
    const { 'training.log': _, 'training.counts': counts, ...before } = stateOf(training);
    expect([...counts]).toEqual([10, 0]);
    train(training, { ...plan, evaluate }, 14);
    const { 'training.log': log, 'training.counts': later, ...after } = stateOf(training);
    expect([...later]).toEqual([14, 4]);
    expect(after).toEqual(before);
    expect(log.length).toBe(3 * 14);
    train(training, { ...plan, evaluate });
    expect(training.skipped).toBe(4);
  });

  it('clips each group by itself, or all together', () => {
    // Plain descent by a constant gradient (3 for each weight, 4 for the bias): steps tell the clipped gradient.
    const moved = (of: 'each' | 'all') => {
      const { training, plan } = lesson(
        {
          epochs: 1,
          schedule: { shape: 'constant', from: 1 },
          clip: { norm: 0.5, of },
          evaluate(_, [ofWeights, ofBias]) {
            ofWeights[0] = 3;
            ofBias[0] = 4;
            return { loss: 1, measures: [0, 0] };
          },
        },
        'sgd',
      );
      train(training, plan);
      const [weights, bias] = training.groups;
      return [weights.values[0], (bias.values[0] - 0.5) / 2];
    };
    expect(moved('each')).toEqual([-0.5, -0.5]);
    expect(moved('all')).toEqual([expect.closeTo(-0.3, 14), expect.closeTo(-0.4, 14)]);
  });

  it('writes its log as a table that says all digits', () => {
    const { training, plan } = lesson();
    train(training, plan, 3);
    const lines = logCsv(training).split('\n');
    expect([lines.length, lines[0], lines[4]]).toEqual([5, 'epoch,loss,accuracy,norm', '']);
    const [epoch, loss, accuracy] = lines[2].split(',').map(Number);
    expect([epoch, loss, accuracy]).toEqual([1, logged(training, 'loss')[1], logged(training, 'accuracy')[1]]);
    expect(() => logged(training, 'rate')).toThrow('a training logs loss, accuracy, norm; got "rate"');
  });
});

describe('the figure of a training', () => {
  const figure = (...panels: { name: string; values: ArrayLike<number> }[]) =>
    drawTraining({ title: 'A training', subtitle: ['seed 1'], panels });
  const curves = (svg: string) =>
    [...svg.matchAll(/<path [^>]*d="([^"]*)"[^>]*stroke="#1f5fa8"/g)].map(([, path]) => path.split('L').length);

  it('has a curve for the loss and for each measure, and is the same every time', async () => {
    const { training, plan } = lesson();
    train(training, plan);
    const panels = ['loss', 'accuracy', 'norm'].map((name) => ({ name, values: logged(training, name) }));
    const svg = await figure(...panels);
    expect(curves(svg)).toEqual([60, 60, 60]);
    for (const { name } of panels) expect(svg).toContain(`>${name}</text>`);
    // Vega counts its clipping paths over the life of the process.
    const uncounted = (text: string) => text.replace(/clip\d+/g, 'clip');
    expect(uncounted(await figure(...panels)) === uncounted(svg)).toBe(true);
  });

  it('leaves out what is no number, thins what is long, and bears a training that has not begun', async () => {
    const long = Float64Array.from({ length: 5000 }, (_, e) => (e < 100 ? Number.NaN : 1 / e));
    expect(curves(await figure({ name: 'loss', values: long }))).toEqual([588]);
    expect(curves(await figure({ name: 'loss', values: [] }))).toEqual([]);
  });
});
