/** Tasks of one's own and the sine, and what of a spiking trial may be streamed. */
import { describe, expect, it } from 'vitest';
import {
  advanceRate,
  drawNetwork,
  judgedSteps,
  mapNetwork,
  type OwnTask,
  rateTask,
  readOwnTask,
  spikernnDefaults,
  spikingRight,
  startRate,
} from '../src/spikernn/index.js';

const show = (on: number, of = [1, -1]) => ({ channel: 0, on, lasts: 10, of });

describe('a published task', () => {
  it('is judged in a short trial as in a long one', () => {
    const { task } = rateTask('mante', { steps: 200, stimOn: 10, stimDur: 100 });
    const trial = task.trial(3, 0);
    expect(task.accuracy(trial, trial.target.subarray(0, 199))).toBe(1);
    expect(
      task.accuracy(
        trial,
        trial.target.subarray(0, 199).map((z) => -z),
      ),
    ).toBe(0);
  });

  it('refuses what it cannot heed', () => {
    const settings = { ...spikernnDefaults, units: 10, trials: 3, seed: 1, least: 0 };
    expect(() => startRate({ ...settings, curriculum: 5 })).toThrow(/curriculum/);
    startRate({ ...settings, task: 'xor', curriculum: 5 });
    expect(() => startRate({ ...settings, dale: false, balanced: true })).toThrow(/balanced/);
  });

  it('is begun anew with the next seed that draws a network, of very few units too', () => {
    const settings = { ...spikernnDefaults, units: 3, inhibitoryShare: 0.3, trials: 40, least: 0, restart: 10 };
    const trained = startRate({ ...settings, seed: 1 });
    expect(() => startRate({ ...settings, seed: 2 })).toThrow(/no inhibitory unit/);
    while (!trained.ended) advanceRate(trained, { ...settings, seed: 1 });
    expect(trained.abandoned[0]).toBe(1);
    expect(trained.seed).toBeGreaterThan(2);
    expect(trained.abandoned).not.toContain(2);
  });
});

describe("a task of one's own", () => {
  /** Of five stimuli the last three are compared with those two before them. */
  const twoBack: OwnTask = {
    name: 'two-back',
    steps: 120,
    stimuli: [0, 20, 40, 60, 80].map((on) => show(on)),
    answers: [2, 3, 4].map((k) => ({ on: 20 * k + 10, lasts: 10, same: [k - 2, k] as [number, number] })),
  };

  it('shows what it draws and asks for what that means, trial for trial, in both networks', () => {
    const { task, longer, answers } = rateTask(twoBack);
    const seen = new Set<string>();
    for (let index = 0; index < 64; index++) {
      const { input, target, label } = task.trial(5, index);
      const values = String(label).split('/').map(Number);
      seen.add(String(label));
      values.forEach((value, k) => {
        expect([...input.subarray(20 * k, 20 * k + 10)]).toEqual(Array(10).fill(value));
        expect(input[20 * k + 10]).toBe(0);
        if (k >= 2) expect(target[20 * k + 15]).toBe(value === values[k - 2] ? 1 : -1);
      });
      expect(target[15]).toBe(0);
      expect(longer.trial(5, index).input.subarray(0, 120)).toEqual(input);
      expect(answers(label).map(({ from, to, wanted }) => [from, to, wanted])).toEqual(
        [2, 3, 4].map((k) => [20 * k + 10, 20 * k + 20, values[k] === values[k - 2] ? 1 : -1]),
      );
      // The target itself is right, its opposite is not, and neither is one with a wrong answer among right ones.
      expect(task.accuracy(task.trial(5, index), target)).toBe(1);
      expect(
        task.accuracy(
          task.trial(5, index),
          target.map((z) => -z),
        ),
      ).toBe(0);
      expect(
        task.accuracy(
          task.trial(5, index),
          target.map((z, t) => (t < 60 ? -z : z)),
        ),
      ).toBe(0);
      const spiking = Float64Array.from({ length: 12000 }, (_, i) => target[Math.floor((i + 1) / 100)] ?? 0);
      expect(spikingRight(rateTask(twoBack), label, spiking)).toBe(true);
      expect(
        spikingRight(
          rateTask(twoBack),
          label,
          spiking.map((z) => -z),
        ),
      ).toBe(false);
    }
    expect(seen.size).toBeGreaterThan(20);
  });

  it('is refused where an answer is read when a rate network has no output any more', () => {
    const read = (on: number) =>
      readOwnTask(JSON.stringify({ ...twoBack, answers: [{ on, lasts: 120 - on, sign: 0 }] }), 'late.json');
    expect(() => read(119)).toThrow(/late.json: .*last step of a trial/);
    expect(rateTask(read(118)).task.accuracy(rateTask(read(118)).task.trial(1, 0), new Float64Array(119))).toBe(0);
  });

  it('is judged at the same times whatever is left of a downsampled trial', () => {
    const task = rateTask({ ...twoBack, answers: [{ on: 100, lasts: 20, sign: 0 }] });
    for (let d = 1; d < 24; d++) {
      const output = new Float64Array(100 * Math.floor(120 / d));
      const [{ from, to }] = judgedSteps(task, '1/1/1/1/1', output, d);
      // The answer is from 500 ms on, and steps last 0.05 ms d.
      expect(Math.abs((from + 1) * 0.05 * d - 500)).toBeLessThanOrEqual(0.05 * d);
      expect(to).toBe(output.length);
      output[from] = 1;
      expect(spikingRight(task, '1/1/1/1/1', output, d)).toBe(true);
      output[from] = 0;
      output[from - 1] = 1;
      expect(spikingRight(task, '1/1/1/1/1', output, d)).toBe(false);
    }
    expect(() => judgedSteps(task, '1/1/1/1/1', new Float64Array(100), 70)).toThrow(/less is left/);
  });

  it('is learned from its text like any other', () => {
    const task = readOwnTask(
      JSON.stringify({
        name: 'sign',
        steps: 40,
        stimuli: [{ channel: 0, on: 5, lasts: 30, of: [1, -1] }],
        answers: [{ on: 15, lasts: 25, read: 20, sign: 0 }],
      }),
      'sign.json',
    );
    const settings = {
      ...spikernnDefaults,
      task,
      units: 30,
      trials: 250,
      seed: 2,
      least: 0,
      enough: { loss: 2, performance: 0.95 },
    };
    const trained = startRate(settings);
    advanceRate(trained, settings);
    expect(trained.ended).toBe('learned');
  });
});

describe('the sine', () => {
  it('is without input, and right where each half of a period has its own sign', () => {
    const given = rateTask('sine');
    const trial = given.task.trial(1, 0);
    expect(trial.input.every((value) => value === 0)).toBe(true);
    expect(trial.target[10]).toBeCloseTo(1, 12);
    expect(trial.target[30]).toBeCloseTo(-1, 12);
    expect(given.task.accuracy(trial, trial.target)).toBe(1);
    expect(
      given.task.accuracy(
        trial,
        trial.target.map((z) => 0.6 * z),
      ),
    ).toBe(0);
    expect(
      given.task.accuracy(
        trial,
        trial.target.map((_, t) => trial.target[(t + 20) % 200]),
      ),
    ).toBe(0);
  });
});

describe('states of a spiking trial', () => {
  it('come one by one, the same in any number of runs, and leave the trial as it is', () => {
    const network = drawNetwork({ ...spikernnDefaults, units: 20, inputs: 1, inhibitoryShare: 0.4 }, 2);
    const mapped = mapNetwork(network, { scale: 20 });
    const u = new Float64Array(21).fill(1);
    const whole = mapped.run(u, [1, 2], 3);
    const seen: number[][] = [];
    const states = mapped.states(u, [1, 2], 3, { every: 130 });
    let next = states.next();
    for (; !next.done; next = states.next()) seen.push([next.value.step, ...next.value.v]);
    expect(seen.map(([step]) => step)).toEqual(Array.from({ length: 15 }, (_, k) => 130 * (k + 1)));
    expect(next.value).toEqual(whole);
    // Whoever stops looking gives the memory back.
    for (const { step } of mapped.states(u, [1, 2], 3, { every: 65 })) if (step >= 130) break;
    const again: number[][] = [];
    for (const { step, v } of mapped.states(u, [1, 2], 3, { every: 65 }))
      if (step % 130 === 0) again.push([step, ...v]);
    expect(again).toEqual(seen);
  });
});
