/** Prompts, and what of them is imposed, by hand. */
import { describe, expect, it } from 'vitest';
import { streamKey, uniformStream } from '../../src/core/index.js';
import {
  type Beside,
  imposePrompt,
  ofSize,
  type Prompt,
  promptedChannels,
  promptSize,
  repeatTrain,
  type Start,
  unrelatedTrains,
} from '../../src/memory/measure/index.js';
import {
  checkPrompt,
  flawedTrain,
  isFixed,
  keepApart,
  nominalTrain,
  wrongChannels,
} from '../../src/memory/measure/prompt.js';
import { jitterTrain, scoreOf, spikesOf } from '../../src/memory/score/index.js';
import { splitTrains } from '../../src/memory/simulate/index.js';
import { horizonFor } from '../../src/memory/template/index.js';
import { ring } from './relays.js';

const f = (...values: number[]) => Float64Array.from(values);
const close = (found: ArrayLike<number>, expected: ArrayLike<number>, digits = 9) => {
  expect(found.length).toBe(expected.length);
  Array.from(expected, (value, i) => expect(found[i]).toBeCloseTo(value, digits));
};

describe('a prompt', () => {
  const good: Prompt = { prompt: 3, jitter: 0.1, missing: 0.1, extra: 0.1 };

  it('that is none is refused', () => {
    const edges: object[] = [
      {},
      { prompt: 0 },
      { prompt: 5 },
      { prompt: { random: 0 } },
      { prompt: { random: 5 } },
      { prompt: { list: [] } },
      { prompt: { list: [4, 0] } },
      { jitter: 0, missing: 0, extra: 0, wrong: 0, warp: -0.1 },
      { jitter: 10, missing: 1, extra: 100, wrong: 1, warp: 0.1 },
    ];
    for (const change of edges) expect(() => checkPrompt({ ...good, ...change }, 5)).not.toThrow();
    const bad: [object, RegExp][] = [
      [{ prompt: 6 }, /prompted channels/],
      [{ prompt: -1 }, /prompted channels/],
      [{ prompt: 1.5 }, /prompted channels/],
      [{ prompt: null }, /prompted channels/],
      [{ prompt: undefined }, /prompted channels/],
      [{ prompt: { random: 6 } }, /prompted channels/],
      [{ prompt: { list: 3 } }, /must be an array/],
      [{ prompt: { list: [5] } }, /a prompted channel/],
      [{ prompt: { list: [-1] } }, /a prompted channel/],
      [{ prompt: { list: [1, 2, 1] } }, /twice/],
      [{ jitter: -0.1 }, /jitter/],
      [{ jitter: 10.1 }, /jitter/],
      [{ missing: -0.1 }, /missing/],
      [{ missing: 1.1 }, /missing/],
      [{ extra: -0.1 }, /extra/],
      [{ extra: 101 }, /extra/],
      [{ wrong: -0.1 }, /wrong/],
      [{ wrong: 1.1 }, /wrong/],
      [{ warp: -0.11 }, /warp/],
      [{ warp: 0.11 }, /warp/],
    ];
    for (const [change, text] of bad) {
      expect(() => checkPrompt({ ...good, ...change }, 5), JSON.stringify(change)).toThrow(text);
    }
    expect(() => checkPrompt(3 as unknown as Prompt, 5)).toThrow(/the prompt must be/);
  });

  it('has a size, which can be changed, and is fixed where nothing of it is drawn', () => {
    expect([7, { random: 4 }, { list: [5, 1, 3] }].map(promptSize)).toEqual([7, 4, 3]);
    expect(ofSize(7, 2)).toBe(2);
    expect(ofSize({ random: 7 }, 2)).toEqual({ random: 2 });
    expect(ofSize({ list: [5, 1, 3] }, 2)).toEqual({ list: [5, 1] });
    for (const prompt of [3, { list: [1] }]) {
      expect(isFixed({ prompt })).toBe(true);
      for (const flaw of [{ jitter: 0.1 }, { missing: 0.1 }, { extra: 0.1 }, { wrong: 0.1 }]) {
        expect(isFixed({ prompt, ...flaw })).toBe(false);
      }
    }
    expect(isFixed({ prompt: { random: 3 } })).toBe(false);
    expect(isFixed({ prompt: 3, warp: 0.1 })).toBe(true);
  });

  it('is played by the channels that are asked for, wrongly by a share of them', () => {
    const draws = { seed: 3, index: 2 };
    expect(promptedChannels(3, 5, draws)).toEqual([0, 1, 2]);
    expect(promptedChannels({ list: [10, 9, 2] }, 12, draws)).toEqual([2, 9, 10]);
    expect(promptedChannels({ random: 12 }, 12, draws)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(promptedChannels({ random: 0 }, 12, draws)).toEqual([]);
    const members = [2, 5, 9, 10];
    const size = (wrong?: number) => wrongChannels(members, { ...good, wrong } as Prompt, draws).size;
    expect([undefined, 0, 0.1, 0.125, 0.5, 1].map(size)).toEqual([0, 0, 0, 1, 2, 4]);
    const seen = new Set<number>();
    for (let index = 0; index < 60; index++) {
      const some = [...wrongChannels(members, { ...good, wrong: 0.25 }, { seed: 3, index })];
      expect(members).toContain(some[0]);
      seen.add(some[0]);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(members);
    // Without replacement, each by the fraction that its uniform number is of what is left.
    const uniform = uniformStream(streamKey(3, 'prompted 2'));
    const left = Array.from({ length: 12 }, (_, i) => i);
    const expected = [0, 1, 2, 3].map((i) => {
      const j = i + Math.floor(uniform() * (12 - i));
      const one = left[j];
      left[j] = left[i];
      return one;
    });
    expect(promptedChannels({ random: 4 }, 12, draws)).toEqual(expected.sort((a, b) => a - b));
  });

  it('is nominally the score, at its speed, from time 0 on', () => {
    const score = scoreOf([[0, 1, 3], [2]], 4);
    close(nominalTrain(score, 0, { from: -4, to: 5 }), [-4, -3, -1, 0, 1, 3, 4]);
    close(nominalTrain(score, 1, { from: -4, to: 5 }), [-2, 2]);
    const slow = nominalTrain(score, 0, { from: -4, to: 5, warp: 0.1 });
    close(slow, [-4, -3, -1, 0, 1.1, 3.3, 4.4]);
    close(nominalTrain(score, 1, { from: 0, to: 6.6, warp: 0.1 }), [2.2]);
    close(nominalTrain(score, 1, { from: 0, to: 6.7, warp: 0.1 }), [2.2, 6.6]);
    // Faster: what would come too early comes a refractory period after the spike before.
    close(nominalTrain(score, 0, { from: 0, to: 4, warp: -0.1 }), [0, 1, 2.7, 3.7]);
    close(nominalTrain(score, 1, { from: -6, to: -1, warp: 0.1 }), [-6, -2]);
  });

  it('has gaps of at least 1, and nothing at its end', () => {
    close(keepApart(f(0, 0.5, 1.5, 4, 4.5), 5), [0, 1, 2, 4]);
    close(keepApart(f(0, 0.5, 1.5, 4, 4.5), 5.5), [0, 1, 2, 4, 5]);
    close(keepApart(f(), 5), []);
    close(repeatTrain(f(0.5, 3), 4, -1, 8.5), [-1, 0.5, 3, 4.5, 7]);
    close(repeatTrain(f(0.5), 4, 0.5, 4.5), [0.5]);
    close(repeatTrain(f(0.5), 4, 0, 0), []);
    expect(() => repeatTrain(f(2, 1), 4, 0, 4)).toThrow(/the train/);
    expect(() => repeatTrain(f(1), 0, 0, 4)).toThrow(/the period/);
    expect(() => repeatTrain(f(1), 4, Number.NaN, 4)).toThrow(/the begin/);
    expect(() => repeatTrain(f(1), 4, 0, Number.NaN)).toThrow(/the end/);
  });

  it('jitters, leaves out and adds, each from draws of its own', () => {
    const nominal = Float64Array.from({ length: 40 }, (_, i) => 3 * i + 1);
    const streams = { jitter: streamKey(5, 'a'), missing: streamKey(5, 'b'), extra: streamKey(5, 'c') };
    const played = (flaws: object, range: [number, number] = [0, 120]) =>
      flawedTrain(nominal, { jitter: 0, missing: 0, extra: 0, ...flaws }, streams, 4, range);
    close(played({}), nominal);
    const jittered = jitterTrain(nominal, 0.2, uniformStream(streams.jitter, 4), 0, 120);
    close(played({ jitter: 0.2 }), jittered);
    const whether = uniformStream(streams.missing, 4);
    const stays = Array.from(nominal, () => whether() >= 0.25);
    close(
      played({ missing: 0.25, jitter: 0.2 }),
      jittered.filter((_, i) => stays[i]),
    );
    const roundedUp = new Set<boolean>();
    for (let channel = 0; channel < 8; channel++) {
      const uniform = uniformStream(streams.extra, channel);
      const up = uniform() < 0.4;
      roundedUp.add(up);
      const times = [...nominal];
      for (let i = 0; i < (up ? 11 : 10); i++) {
        const time = uniform() * 120;
        if (times.every((other) => Math.abs(other - time) >= 1)) times.push(time);
      }
      close(
        flawedTrain(nominal, { jitter: 0, missing: 0, extra: 0.26 }, streams, channel, [0, 120]),
        times.sort((a, b) => a - b),
      );
    }
    expect(roundedUp.size).toBe(2);
    const count = (channel: number) =>
      flawedTrain(f(2), { jitter: 0, missing: 0, extra: 0.5 }, streams, channel, [-100, 100]).length - 1;
    const drawn = Array.from({ length: 40 }, (_, channel) => {
      const next = uniformStream(streams.extra, channel);
      const add = next() < 0.5;
      return add && Math.abs(-100 + 200 * next() - 2) >= 1 ? 1 : 0;
    });
    expect(Array.from({ length: 40 }, (_, channel) => count(channel))).toEqual(drawn);
  });
});

describe('what is imposed', () => {
  const none: Prompt = { prompt: 0, jitter: 0, missing: 0, extra: 0 };
  const score = scoreOf([[0.125, 5], [3], [6.5]], 9);
  const impose = (change: Partial<Prompt>, start: Start, beside: Beside = {}, time = 12, index: number | string = 3) =>
    imposePrompt(score, ring, { ...none, ...change }, time, start, { seed: 8, index }, beside);
  const past = ring.delays[0] + horizonFor(1e-16);
  const trainsOf = ({ imposed }: { imposed: Parameters<typeof splitTrains>[0] }) => splitTrains(imposed, 3);
  const turns = (channel: number, from: number, to: number) => repeatTrain(spikesOf(score, channel), 9, from, to);

  it('begins as long before as a neuron remembers, unless in silence', () => {
    expect(impose({}, 'silent').from).toBe(0);
    expect(impose({}, 'memory').from).toBeCloseTo(-past, 9);
    expect(impose({}, 'random').from).toBeCloseTo(-past, 9);
    const horizon = horizonFor(1e-16);
    const from = (model: Beside['model']) => -impose({}, 'memory', { model }).from - ring.delays[0];
    expect(from({ beta: 2 })).toBeCloseTo(2 * horizon, 6);
    expect(from({ beta: f(1, 3, 2) })).toBeCloseTo(3 * horizon, 6);
    const lif = { model: 'lif', current: 'exp', membrane: 2, synapse: 0.5, reset: 0, refractory: 1 } as const;
    expect(from(lif)).toBeCloseTo(2.5 * horizon, 6);
  });

  it('is the memory up to the release of each neuron', () => {
    const { releases, release, ...found } = impose({ prompt: { list: [1] } }, 'memory');
    expect([...releases]).toEqual([0, 12, 0]);
    expect(release).toBe(12);
    const trains = trainsOf(found);
    [0, 12, 0].forEach((to, c) => close(trains[c], turns(c, -past, to)));
    const free = impose({}, 'memory');
    expect([free.release, ...free.releases]).toEqual([0, 0, 0, 0]);
    trainsOf(free).forEach((train, c) => close(train, turns(c, -past, 0)));
    const silent = trainsOf(impose({ prompt: 2, warp: 0.1 }, 'silent'));
    [0, 1].forEach((c) => close(silent[c], nominalTrain(score, c, { from: 0, to: 12, warp: 0.1 })));
    expect(silent[2].length).toBe(0);
  });

  it('is another memory on wrong channels, from time 0 on', () => {
    const other = scoreOf([[2], [0.25], [4]], 5);
    const trains = trainsOf(impose({ prompt: 3, wrong: 1, warp: 0.1 }, 'memory', { other }));
    trains.forEach((train, c) => {
      const expected = [...turns(c, -past, 0), ...nominalTrain(other, c, { from: 0, to: 12, warp: 0.1 })];
      close(train, keepApart(Float64Array.from(expected), 12));
    });
    const half = impose({ prompt: 3, wrong: 0.4 }, 'silent', { other });
    const wrong = wrongChannels([0, 1, 2], { ...none, wrong: 0.4 }, { seed: 8, index: 3 });
    expect(wrong.size).toBe(1);
    trainsOf(half).forEach((train, c) =>
      close(train, nominalTrain(wrong.has(c) ? other : score, c, { from: 0, to: 12 })),
    );
    const unrelated = unrelatedTrains(score, 8, 'wrong 3');
    trainsOf(impose({ prompt: 3, wrong: 1 }, 'silent')).forEach((train, c) =>
      close(train, repeatTrain(unrelated[c], 9, 0, 12)),
    );
  });

  it('is random before, with room for the first spike of the prompt', () => {
    let crowded = 0;
    for (let index = 0; index < 12; index++) {
      const random = unrelatedTrains(score, 8, index);
      const trains = trainsOf(impose({ prompt: 2 }, 'random', {}, 12, index));
      [12, 12, 0].forEach((to, c) => {
        const own = turns(c, 0, to);
        const before = repeatTrain(random[c], 9, -past, 0);
        const room = before.filter((time) => time <= (own[0] ?? 99) - 1);
        crowded += before.length - room.length;
        close(trains[c], [...room, ...own]);
      });
    }
    expect(crowded).toBeGreaterThan(0);
  });

  it('has flaws that depend on seed and trial alone, each from its own stream', () => {
    const flaws = { jitter: 0.3, missing: 0.3, extra: 0.5 };
    const key = (purpose: string) => streamKey(8, `${purpose} 3`);
    const streams = { jitter: key('prompt'), missing: key('missing'), extra: key('extra') };
    trainsOf(impose({ prompt: 3, ...flaws }, 'memory')).forEach((train, c) =>
      close(train, flawedTrain(turns(c, -past, 12), flaws, streams, c, [-past, 12])),
    );
  });

  it('is refused where it is none', () => {
    expect(() => impose({ prompt: 4 }, 'silent')).toThrow(/prompted channels/);
    expect(() => impose({}, 'never' as Start)).toThrow(/the start/);
    expect(() => impose({}, 'silent', {}, -1)).toThrow(/the time of the prompt/);
    expect(() => impose({}, 'silent', {}, 0)).not.toThrow();
    expect(() => impose({}, 'silent', {}, 1, 0.5)).toThrow(/the index of a trial/);
    expect(() => impose({}, 'silent', {}, 1, '0 block 1')).not.toThrow();
    const draws = { seed: 1, index: 0 };
    expect(() => imposePrompt({ ...score, period: -1 }, ring, none, 1, 'silent', draws)).toThrow();
    expect(() => imposePrompt(scoreOf([[1]], 9), ring, none, 1, 'silent', draws)).toThrow(/channels/);
    const broken = { ...ring, weights: f(1) };
    expect(() => imposePrompt(score, broken, none, 1, 'silent', draws)).toThrow(/weights/);
  });
});
