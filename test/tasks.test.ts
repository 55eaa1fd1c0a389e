/** The tasks, against their definitions written out, the published spike steps, and the loss of an output that stays 0. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bernoulliSpikes,
  delayedParity,
  goNoGo,
  integrateToSpikes,
  mante,
  manteDefaults,
  rule2afc,
  ruleDefaults,
  type Task,
  timedXor,
  tracking,
} from '../src/tasks/index.js';
import { lcg } from './helpers.js';

// biome-ignore lint/suspicious/noExplicitAny: labels differ from task to task
const tasks: Task<any>[] = [
  delayedParity({ level: 0, delay: 3, steps: 40, channels: 2 }),
  delayedParity({ level: 1, delay: 4, steps: 40, channels: 1 }),
  goNoGo(),
  timedXor(),
  mante(),
  rule2afc(),
  tracking({ steps: 50, dt: 0.2, signals: 3 }),
];
const trials = Array.from({ length: 400 }, (_, index) => index);
const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

describe('every task', () => {
  it.for(tasks.map((task) => [task.name, task] as const))('%s: a trial depends on seed and index alone', ([, task]) => {
    const first = task.trial(7, 5);
    task.trial(7, 4);
    expect(task.trial(7, 5)).toEqual(first);
    expect(first.input).toHaveLength(task.steps * task.inputs);
    expect(first.target).toHaveLength(task.steps * task.outputs);
    const others = trials.slice(0, 30).map((index) => task.trial(7, index).input.join());
    expect(new Set(others).size).toBeGreaterThan(1);
    expect(trials.slice(0, 30).map((index) => task.trial(8, index).input.join())).not.toEqual(others);
  });

  it.for(tasks.map((task) => [task.name, task] as const))(
    '%s: the target is right, and its opposite is not',
    ([, task]) => {
      for (const index of trials.slice(0, 40)) {
        const trial = task.trial(3, index);
        const coded =
          task.name.includes('copy') || task.name.includes('delayed')
            ? trial.target.map((bit) => bit - 0.5)
            : trial.target;
        expect(task.accuracy(trial, coded)).toBe(1);
        const wrong = task.name === 'go-nogo' ? coded.map((value) => 1 - value) : coded.map((value) => -value);
        expect(task.accuracy(trial, wrong)).toBe(0);
      }
    },
  );
});

describe('delayed parity', () => {
  it('asks for the parity of the bits that lie whole delays back, in the window of the source', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(99),
        (level, delay, channels, index) => {
          const reach = delay * 2 ** level;
          const steps = reach + 20;
          const { input, target, from } = delayedParity({ level, delay, steps, channels }).trial(1, index);
          expect(from + 1).toBe(reach);
          for (let t = reach; t < steps; t++) {
            for (let c = 0; c < channels; c++) {
              let parity = 0;
              for (let k = 1; k <= 2 ** level; k++) parity ^= input[(t - k * delay) * channels + c];
              expect(target[t * channels + c]).toBe(parity);
            }
          }
        },
      ),
    );
  });

  it('shows fair and independent bits', () => {
    const { input } = delayedParity({ level: 0, delay: 1, steps: 20000, channels: 1 }).trial(5, 0);
    const ones = input.reduce((sum, bit) => sum + bit, 0);
    const pairs = input.reduce((sum, bit, i) => sum + (i > 0 && bit === input[i - 1] ? 1 : 0), 0);
    expect(Math.abs(ones - 10000)).toBeLessThan(300);
    expect(Math.abs(pairs - 10000)).toBeLessThan(300);
  });

  it('calls an answer that reads both bits right, and one that reads one of them half the time', () => {
    const [delay, steps] = [3, 20000];
    const task = delayedParity({ level: 1, delay, steps, channels: 1 });
    const trial = task.trial(2, 0);
    const at = (t: number) => trial.input[t] ?? 0;
    const answer = (of: (t: number) => number) => Float64Array.from({ length: steps }, (_, t) => of(t) - 0.5);
    expect(
      task.accuracy(
        trial,
        answer((t) => at(t - delay) ^ at(t - 2 * delay)),
      ),
    ).toBeGreaterThan(0.9999);
    expect(
      Math.abs(
        task.accuracy(
          trial,
          answer((t) => at(t - delay)),
        ) - 0.5,
      ),
    ).toBeLessThan(0.02);
  });

  it('refuses a trial that ends before its first answer', () => {
    expect(() => delayedParity({ level: 1, delay: 10, steps: 20, channels: 1 })).toThrow(
      /longer than its first answer at step 20; got 20/,
    );
  });
});

describe('an output that stays 0', () => {
  it('has the losses of the source: Go sqrt(124) with the published answer from 75 on, XOR 10, Mante sqrt(249)', () => {
    const go = trials.map((index) => goNoGo().trial(1, index));
    // The source leaves the first step out of its loss; the target is 0 there.
    expect(new Set(go.map(({ target }) => norm(target).toFixed(9)))).toEqual(
      new Set([Math.sqrt(125).toFixed(9), '0.000000000']),
    );
    expect(norm(timedXor().trial(1, 0).target)).toBe(10);
    expect(norm(mante().trial(1, 0).target)).toBeCloseTo(Math.sqrt(250), 12);
    for (const task of [goNoGo(), timedXor(), mante()] as Task<unknown>[]) {
      const still = new Float64Array(task.steps);
      const right = trials.map((index) => task.accuracy(task.trial(1, index), still));
      const expected = task.name === 'go-nogo' ? trials.filter((index) => go[index].label === 0).length : 0;
      expect(right.reduce((sum, share) => sum + share, 0)).toBe(expected);
    }
  });
});

describe('Go-NoGo, XOR and Mante', () => {
  it('draw their signs by fair coins', () => {
    const share = (labels: unknown[], value: unknown) =>
      labels.filter((label) => label === value).length / labels.length;
    const many = Array.from({ length: 2000 }, (_, index) => index);
    expect(
      share(
        many.map((index) => goNoGo().trial(2, index).label),
        1,
      ),
    ).toBeCloseTo(0.5, 1);
    expect(
      share(
        many.map((index) => timedXor().trial(2, index).label),
        'same',
      ),
    ).toBeCloseTo(0.5, 1);
    expect(
      share(
        many.map((index) => mante().trial(2, index).label),
        1,
      ),
    ).toBeCloseTo(0.5, 1);
  });

  it('go when the input is on, and xor compares its two stimuli', () => {
    for (const index of trials.slice(0, 40)) {
      const { input, label } = goNoGo().trial(4, index);
      expect(Array.from(input, (_, t) => (t >= 50 && t < 75 ? label : 0))).toEqual(Array.from(input));
      const xor = timedXor().trial(4, index);
      const shown = Array.from({ length: 300 }, (_, t) => [xor.input[2 * t], xor.input[2 * t + 1]]);
      const [first, second] = [shown[50][0], shown[110][1]];
      expect(shown).toEqual(shown.map((_, t) => [t >= 50 && t < 100 ? first : 0, t >= 110 && t < 160 ? second : 0]));
      expect(xor.label).toBe(first === second ? 'same' : 'diff');
      expect(Array.from(xor.target, (_, t) => (t >= 170 && t < 270 ? first * second : 0))).toEqual(
        Array.from(xor.target),
      );
    }
  });

  it('Mante: the cued stream leans to the label, the noise is standard normal', () => {
    let [sum, squares, count] = [0, 0, 0];
    let silent = true;
    for (const index of trials) {
      const { input, label } = mante().trial(6, index);
      const attended = input[2] === 1 ? 0 : 1;
      expect(input.filter((_, i) => i % 4 === 2 + attended)).toEqual(new Float64Array(500).fill(1));
      expect(input.filter((_, i) => i % 4 === 3 - attended)).toEqual(new Float64Array(500));
      for (let t = 0; t < 500; t++) {
        const value = input[4 * t + attended];
        if (t < 50 || t >= 250) silent &&= value === 0;
        else {
          sum += value * label;
          squares += (value - label * 0.5) ** 2;
          count++;
        }
      }
    }
    expect(silent).toBe(true);
    expect(sum / count).toBeCloseTo(0.5, 1);
    expect(squares / count).toBeCloseTo(1, 1);
    expect(mante({ ...manteDefaults, offset: 0 }).trial(6, 0).input[4 * 60]).not.toBe(
      mante().trial(6, 0).input[4 * 60],
    );
  });
});

describe('the rule-dependent choice', () => {
  const stepsOf = (spikes: Float64Array, channel: number, from: number, to: number) =>
    Array.from({ length: to - from }, (_, k) => k).filter((k) => spikes[5 * (from + k) + channel] === 1);
  const task = rule2afc();
  const find = (context: number, aud: number, light: number) => {
    const condition = task.conditions.find((c) => c.context === context && c.aud === aud && c.light === light);
    if (!condition) throw new Error('there are eight conditions');
    return task.trialOf(condition);
  };

  it('plays the spikes that are published', () => {
    const { input } = find(0, 0, 1);
    expect(stepsOf(input, 4, 100, 150)).toEqual([14, 18, 24, 28, 32, 39]);
    expect(stepsOf(find(1, 0, 0).input, 4, 100, 150)).toEqual([5, 9, 26, 31, 35]);
    expect(stepsOf(input, 0, 350, 400)).toEqual([4, 7, 10, 14, 33, 37, 40, 44]);
    expect(stepsOf(input, 1, 350, 400)).toEqual([18, 22, 25, 29, 49]);
    expect(stepsOf(input, 3, 350, 400)).toEqual([3, 7, 15, 23, 28, 32, 36, 41]);
    expect(stepsOf(input, 2, 350, 400)).toEqual([3, 7, 11, 16, 23, 33, 42, 48]);
    expect(input.reduce((sum, spike) => sum + spike, 0)).toBe(6 + 8 + 5 + 8 + 8);
  });

  it('has eight conditions, context first, half of them congruent, and the truth is the side of the modality that counts', () => {
    expect(task.steps).toBe(400);
    expect(task.conditions.map(({ context, aud, light, truth }) => [context, aud, light, truth].join(''))).toEqual([
      '0000',
      '0010',
      '0101',
      '0111',
      '1000',
      '1011',
      '1100',
      '1111',
    ]);
    expect(rule2afc({ ...ruleDefaults, cues: 2 }).conditions.map(({ cues }) => cues)).toEqual([
      ...Array(8).fill(0),
      ...Array(8).fill(1),
    ]);
  });

  it('asks for one side in the last five steps', () => {
    const { target, from } = find(1, 0, 1);
    expect(from).toBe(395);
    expect(target.reduce((sum, value) => sum + value, 0)).toBe(5);
    expect(target[2 * 399 + 1]).toBe(1);
  });

  it('mixes cues until they are the same, keeps stimuli, and lets the delay be chosen', () => {
    const mixed = rule2afc({ ...ruleDefaults, coherence: 0.5 });
    const [audition, vision] = [mixed.trialOf(mixed.conditions[0]), mixed.trialOf(mixed.conditions[4])];
    expect(stepsOf(audition.input, 4, 100, 150)).toEqual(stepsOf(vision.input, 4, 100, 150));
    expect(audition.input.subarray(5 * 350)).toEqual(find(0, 0, 0).input.subarray(5 * 350));
    const short = rule2afc({ ...ruleDefaults, delay: 0.1 });
    expect(short.steps).toBe(250);
    expect(stepsOf(short.trialOf(short.conditions[0]).input, 4, 100, 150)).toEqual([14, 18, 24, 28, 32, 39]);
  });

  it('refuses phases and coherences that make no trial', () => {
    expect(() => rule2afc({ ...ruleDefaults, decision: 0.002 })).toThrow(/multiple of 5 steps; got 401/);
    expect(() => rule2afc({ ...ruleDefaults, coherence: 1.5 })).toThrow(/from 0 to 1; got 1.5/);
  });
});

describe('tracking', () => {
  it('shows an Ornstein-Uhlenbeck process around 1 with the variance and memory of its equation', () => {
    const { input, target } = tracking({ steps: 40000, dt: 0.02, signals: 1 }).trial(9, 0);
    expect(target).toEqual(input);
    const x = input.map((value) => value - 1);
    expect(x[0]).toBe(0);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = mean(x.map((value) => value * value));
    expect(variance / 0.05).toBeCloseTo(1, 1);
    expect(mean(x.map((value, t) => (t > 0 ? value * x[t - 1] : 0))) / variance).toBeCloseTo(Math.exp(-0.2), 1);
  });

  it('counts the variance that an output explains', () => {
    const task = tracking({ steps: 40000, dt: 0.2, signals: 2 });
    const trial = task.trial(1, 0);
    expect(task.accuracy(trial, new Float64Array(80000).fill(1))).toBeCloseTo(0, 1);
    const half = trial.target.map((value) => 1 + (value - 1) * 0.5);
    expect(task.accuracy(trial, half)).toBeCloseTo(0.75, 1);
  });
});

describe('encoders', () => {
  it('a constant current fires at the period of its equation, each channel on its own', () => {
    const currents = Float64Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 2 : i % 3 === 1 ? 0.99 : 4));
    const spikes = integrateToSpikes(currents, 3, 0.1);
    const times = (channel: number) =>
      Array.from({ length: 100 }, (_, t) => t).filter((t) => spikes[3 * t + channel] === 1);
    // v after n steps is I (1 - 0.9^n): above 1 first at n = 7 for I = 2, at n = 3 for I = 4, never for I < 1.
    expect(times(0)).toEqual(Array.from({ length: 14 }, (_, k) => 7 * k + 6));
    expect(times(1)).toEqual([]);
    expect(times(2)).toEqual(Array.from({ length: 33 }, (_, k) => 3 * k + 2));
  });

  it('Bernoulli spikes have their probability', () => {
    const spikes = bernoulliSpikes(20000, 0.1, lcg(3));
    expect(Math.abs(spikes.reduce((sum, spike) => sum + spike, 0) - 2000)).toBeLessThan(180);
    expect(spikes.every((spike) => spike === 0 || spike === 1)).toBe(true);
  });
});
