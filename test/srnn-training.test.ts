import { describe, expect, it } from 'vitest';
import { EngramError, type ParallelMap, serialMap } from '../src/core/index.js';
import { readTensors } from '../src/files/index.js';
import {
  advanceTraining,
  BATCH_COLUMNS,
  checkpointBytes,
  columnOf,
  cyclePlan,
  DEFAULTS,
  drawWeights,
  here,
  isDone,
  over,
  prepared,
  readCheckpoint,
  readState,
  recipes,
  recordTrials,
  runBatch,
  runTrials,
  type SrnnSettings,
  startTraining,
  stateBytes,
  TEST_COLUMNS,
  TRAINED,
  type Trained,
  type TrialPlan,
} from '../src/srnn/index.js';
import { blankGradients } from '../src/srnn/network.js';
import { batchPlan } from '../src/srnn/train.js';

const short = { ...DEFAULTS.task, fixation: 0.02, cue: 0.04, delay: 0.04, stimulus: 0.1 };
const small: SrnnSettings = { ...DEFAULTS, neurons: 20, batch: 8, batches: 3, epochs: 2, task: short, seed: 4 };
const weights = drawWeights(small, 4);
const plan: TrialPlan = { purpose: 'test', first: 100, conditions: [0, 1, 2, 3, 4, 5, 6, 7, 3, 1, 2, 2] };

function gradientOf(settings: SrnnSettings, of: TrialPlan, map: ParallelMap = serialMap) {
  const gradients = blankGradients(settings.neurons);
  return over(map, runBatch(settings, weights, of, gradients)).then((outcome) => ({ gradients, outcome }));
}

describe('the gradient of a batch', () => {
  it('is that of its trials, whether groups are full or not', async () => {
    const settings = { ...small, rates: 0 };
    const { gradients } = await gradientOf(settings, plan);
    const parts = [plan.conditions.slice(0, 5), plan.conditions.slice(5)];
    const [a, b] = await Promise.all([
      gradientOf(settings, { ...plan, conditions: parts[0] }),
      gradientOf(settings, { ...plan, first: 105, conditions: parts[1] }),
    ]);
    for (const name of TRAINED) {
      const size = Math.max(...gradients[name].map(Math.abs));
      expect(size).toBeGreaterThan(0);
      gradients[name].forEach((value, k) => {
        const mixed = (5 * a.gradients[name][k] + 7 * b.gradients[name][k]) / 12;
        expect(Math.abs(value - mixed)).toBeLessThan(1e-5 * size);
      });
    }
  });

  it('has the same bytes where a thread has lost its tapes in between, and without threads', async () => {
    const settings = { ...small, rates: 1e-4 };
    const forgetful: ParallelMap = async (job, shared, count, each) => {
      for (let index = 0; index < count; index++) {
        here(runTrials({ ...small, seed: index }, weights, plan));
        each(job.prepare(shared)(index), index);
      }
    };
    const [kept, lost] = [await gradientOf(settings, plan), await gradientOf(settings, plan, forgetful)];
    expect(lost).toEqual(kept);
    const gradients = blankGradients(20);
    expect(here(runBatch(settings, weights, plan, gradients))).toEqual(kept.outcome);
    expect(gradients).toEqual(kept.gradients);
  });

  it('has the pull of the penalties, of which that on weights is exact', async () => {
    const plain = await gradientOf({ ...small, rates: 0 }, plan);
    const decayed = await gradientOf({ ...small, rates: 0, l2: 0.5 }, plan);
    const n2 = 20 * 20;
    const squares = weights.recurrent.reduce((sum, w) => sum + w * w, 0);
    expect(decayed.outcome.loss - plain.outcome.loss).toBeCloseTo((0.5 / n2) * squares, 12);
    decayed.gradients.recurrent.forEach((g, k) =>
      expect(g - plain.gradients.recurrent[k]).toBeCloseTo((2 * 0.5 * weights.recurrent[k]) / n2, 14),
    );
    const penalized = await gradientOf({ ...small, rates: 1e-3 }, plan);
    const rate = penalized.outcome.rates.reduce((sum, r) => sum + r * r, 0);
    expect(penalized.outcome.loss - penalized.outcome.error).toBeCloseTo(1e-3 * rate, 10);
    expect(penalized.gradients.stimulus).not.toEqual(plain.gradients.stimulus);
  });

  it('sees rates in Hz: spikes of all neurons and trials, per bin of 10 ms', () => {
    const outcome = here(runTrials(small, weights, plan, { spikes: true }));
    const spikes = outcome.trains.reduce((sum, { steps }) => sum + steps.length, 0);
    const { steps } = prepared(small);
    const mean = outcome.rates.reduce((sum, rate) => sum + rate, 0) / outcome.rates.length;
    expect(outcome.rates.length).toBe(steps / 5);
    expect(mean).toBeCloseTo(spikes / (20 * plan.conditions.length * steps * 0.002), 10);
    expect(0.8 * outcome.read + 0.2 * outcome.unread).toBeCloseTo(mean, 10);
  });
});

const trainedTo = (settings: SrnnSettings, until?: number, from = startTraining(settings)): Trained => {
  here(advanceTraining(from, settings, until));
  return from;
};

describe('a training', () => {
  it('goes on after a stop with the same bytes', () => {
    const whole = trainedTo(small);
    const half = readState(stateBytes(trainedTo(small, 4), [7]), 'state', small);
    expect(half.notes).toEqual([7]);
    expect(stateBytes(trainedTo(small, undefined, half.trained))).toEqual(stateBytes(whole));
    expect(whole.batch).toBe(6);
    expect([...columnOf(whole.tests, TEST_COLUMNS, 'epoch')]).toEqual([1, 2]);
    expect(whole.weights.recurrent).not.toEqual(drawWeights(small, 4).recurrent);
    expect(whole.weights.base).toEqual(drawWeights(small, 4).base);
  });

  it('keeps frozen weights, clips gradients and weights, and takes the epsilon of Adam', () => {
    const first = drawWeights(small, 4);
    expect(trainedTo({ ...small, frozen: true }).weights.recurrent).toEqual(first.recurrent);
    expect(trainedTo({ ...small, frozen: true, clipWeights: 0.01 }).weights.recurrent).toEqual(first.recurrent);
    const clipped = trainedTo({ ...small, clipWeights: 0.1 });
    expect(Math.max(...clipped.weights.recurrent.map(Math.abs))).toBe(0.1);
    const norm = 1e-3;
    const { gradients, log } = trainedTo({ ...small, clipGradient: norm }, 1);
    const square = TRAINED.reduce((sum, name) => sum + gradients[name].reduce((a, g) => a + g * g, 0), 0);
    expect(Math.sqrt(square)).toBeCloseTo(norm, 10);
    expect(columnOf(log, BATCH_COLUMNS, 'gradient')[0]).toBeGreaterThan(norm);
    // The first step of Adam is g / (|g| + eps) times the rate.
    const epsilon = 1e-3;
    const moved = trainedTo({ ...small, epsilon }, 1);
    const g = moved.gradients.readout[3];
    const step = first.readout[3] - moved.weights.readout[3];
    expect(step / small.rate).toBeCloseTo(g / (Math.abs(g) + epsilon), 8);
  });

  it('draws conditions with replacement, or each equally often', () => {
    const task = prepared(small);
    const uniform = batchPlan({ ...small, batch: 64 }, task, 3);
    expect(uniform.conditions).not.toEqual(batchPlan({ ...small, batch: 64 }, task, 4).conditions);
    expect(new Set(uniform.conditions).size).toBe(8);
    const balanced = batchPlan({ ...small, draw: 'balanced', batch: 16 }, task, 3);
    for (let c = 0; c < 8; c++) expect(balanced.conditions.filter((own) => own === c).length).toBe(2);
    expect(balanced.first).toBe(48);
  });

  it('stops early at a NaN, and ten epochs after the best test', () => {
    const settings = { ...small, early: true, epochs: 100 };
    const at = (losses: readonly number[]): Trained => ({
      ...startTraining(settings),
      batch: losses.length * settings.batches,
      tests: losses.flatMap((loss, k) => [k + 1, loss, 0, 0, 0, 0, 0]),
    });
    expect(isDone(at([1, 0.5, Number.NaN]), settings)).toBe(true);
    expect(isDone(at([1, 0.5, ...new Array<number>(9).fill(0.6)]), settings)).toBe(false);
    expect(isDone(at([1, 0.5, ...new Array<number>(10).fill(0.5)]), settings)).toBe(true);
    expect(isDone(at([1, 0.5, ...new Array<number>(10).fill(0.6)]), small)).toBe(true);
  });
});

describe('files', () => {
  it('checkpoints have the names, shapes and types of the original', () => {
    const bytes = checkpointBytes(weights);
    const shapes = Object.entries(readTensors(bytes, 'x')).map(([name, tensor]) =>
      typeof tensor === 'string' ? name : `${name} ${tensor.dtype} ${tensor.shape.join('x')}`,
    );
    expect(shapes.sort()).toEqual([
      'snn.fc_out.weight f8 2x20',
      'snn.l1.cinput_weights f8 1x20',
      'snn.l1.input_weights f4 20x5',
      'snn.l1.recurrent_base f8 1x20',
      'snn.l1.recurrent_weights f8 20x20',
      'snn.l1.sfa_mask f8 20',
      'snn.l1.sinput_weights f8 4x20',
    ]);
    expect(readCheckpoint(bytes, 'x', 20)).toEqual(weights);
    expect(() => readCheckpoint(bytes, 'x.npz', 30)).toThrow(
      /x\.npz: the network has 20 neurons, and --hidden_size is 30/,
    );
    expect(() => readCheckpoint(stateBytes(startTraining(small)), 'x.npz')).toThrow(EngramError);
    expect(() => readState(bytes, 'x.npz', small)).toThrow(/state of a training/);
  });

  it('recordings are what the same trials do without them', () => {
    const outcome = here(runTrials(small, weights, plan, { spikes: true }));
    const counted = plan.conditions.map(() => 0);
    let last = new Float64Array();
    recordTrials(small, weights, plan, ({ z, readV }) => {
      z.forEach((spike, k) => (counted[Math.floor(k / 20)] += spike));
      last = readV.slice();
    });
    expect(counted).toEqual(outcome.trains.map(({ steps }) => steps.length));
    expect(last).toEqual(outcome.last);
  });
});

describe('a trained network', () => {
  it('is asked for what makes sense', () => {
    const bad: [Partial<SrnnSettings>, RegExp][] = [
      [{ task: { ...short, coherence: 1.2 } }, /coherence/],
      [{ task: { ...short, delay: 0.041 } }, /multiple of 5/],
      [{ dale: false }, /both synaptic time constants must be equal/],
      [{ draw: 'balanced', batch: 12 }, /--batch_size must be a multiple of 8/],
      [{ excitatory: 1 }, /neurons of both kinds/],
      [{ reset: 0 }, /v_reset must be below v_th/],
      [{ lossSteps: 1000 }, /--loss_step/],
      [{ neurons: 1 }, /hidden_size/],
    ];
    for (const [own, message] of bad) expect(() => prepared({ ...small, ...own }), `${message}`).toThrow(message);
    expect(() => here(runTrials(small, weights, { ...plan, conditions: [8] }))).toThrow(/from 0 to 7; got 8/);
    expect(() => here(runTrials(small, { ...weights, cue: new Float64Array(3) }, plan))).toThrow(/cue/);
    expect(prepared({ ...small, ...recipes.balanced }).conditions.length).toBe(8);
    expect(cyclePlan(prepared(small), 'x', 5, 10).conditions).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0, 1]);
  });
});
