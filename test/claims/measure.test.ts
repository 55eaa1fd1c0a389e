/** What recall and precision are made of, by hand: agreement, windows, timing, prompts, and a ring of relays that replays. */
import { describe, expect, it } from 'vitest';
import { streamKey, uniformStream } from '../../src/core/index.js';
import {
  type Beside,
  channelSimilarity,
  imposePrompt,
  isDeterministic,
  jitterStatistics,
  lagTrack,
  lastOffset,
  measurePeriod,
  ofSize,
  outcomeJob,
  type Prompt,
  periodWindow,
  promptedChannels,
  promptSize,
  type RecallTest,
  recallJob,
  repeatTrain,
  type Start,
  similarity,
  similarityAt,
  similarityBounds,
  timingErrors,
  trend,
  unrelatedTrains,
  wrapped,
} from '../../src/memory/measure/index.js';
import {
  checkPrompt,
  flawedTrain,
  isFixed,
  keepApart,
  nominalTrain,
  wrongChannels,
} from '../../src/memory/measure/prompt.js';
import type { Network } from '../../src/memory/network/index.js';
import { jitterTrain, scoreOf, spikesOf } from '../../src/memory/score/index.js';
import { createSimulator, splitTrains } from '../../src/memory/simulate/index.js';
import { horizonFor } from '../../src/memory/template/index.js';

const f = (...values: number[]) => Float64Array.from(values);
const close = (found: ArrayLike<number>, expected: ArrayLike<number>, digits = 9) => {
  expect(found.length).toBe(expected.length);
  Array.from(expected, (value, i) => expect(found[i]).toBeCloseTo(value, digits));
};

describe('agreement with a score', () => {
  it('is that of the best lag, between minus and plus half a period', () => {
    const one = scoreOf([[1]], 10);
    for (const [time, lag] of [
      [8, -3],
      [6, -5],
      [5.75, 4.75],
      [0.5, -0.5],
      [-0.5, -1.5],
      [1, 0],
    ]) {
      expect(similarity(one, [f(time)])).toEqual({ precision: 1, recall: 1, lag, recallLag: lag });
    }
    // Precision is best where the one spike of channel 0 agrees, recall where the one reference of channel 1 does.
    const two = scoreOf([[1, 3, 5, 7], [2]], 10);
    const played = [f(1.125), f(4, 6, 8, 9.5)];
    const found = similarity(two, played);
    expect([found.precision, found.recall]).toEqual([0.59375, 0.59375]);
    expect(similarityAt(two, played, found.lag).precision).toBe(0.59375);
    expect(similarityAt(two, played, found.recallLag).recall).toBe(0.59375);
  });

  it('counts empty channels by convention', () => {
    const score = scoreOf([[], [1], [], [2]], 6);
    const trains = [f(), f(), f(3), f(2)];
    expect(similarity(score, trains)).toMatchObject({ precision: 0.5, recall: 0.5 });
    expect(similarity(score, trains, 'B')).toMatchObject({ precision: 0.75, recall: 0.75 });
    expect(similarityAt(score, trains, 0)).toEqual({ precision: 0.5, recall: 0.5 });
    expect(similarityAt(score, trains, 0, 'B')).toEqual({ precision: 0.75, recall: 0.75 });
    const nothing = { precision: 1, recall: 1, lag: 0, recallLag: 0 };
    expect(similarity(scoreOf([[], []], 6), [f(), f()])).toEqual(nothing);
    expect(similarity(score, [f(), f(), f(), f()])).toMatchObject({ precision: 0.5, recall: 0.5 });
    expect(similarity(scoreOf([[], []], 6), [f(1), f()])).toMatchObject({ precision: 0.5, recall: 0.5 });
  });

  it('of each channel and of all spikes pooled is the sum of the triangle around the circle', () => {
    const score = scoreOf([[0.125, 4], [2], [], [1]], 8);
    const found = channelSimilarity(score, [f(4.25, 6.5, 7.75), f(2.25, 5), f(), f()], 0.125);
    // At lag 1/8: 4.125 from 4, and 7.625 from 8.125, which is just too far; 2.125 from 2.
    close(found.precision, [0.75 / 3, 0.75 / 2, 1, 0]);
    close(found.recall, [0.75 / 2, 0.75, 1, 0]);
    expect(found.pooled.precision).toBeCloseTo(1.5 / 5, 12);
    expect(found.pooled.recall).toBeCloseTo(1.5 / 4, 12);
    const around = channelSimilarity(score, [f(7.875), f(), f(), f()], 0);
    close(around.precision, [0.5, 0, 1, 0]);
    const silent = [f(), f(), f(), f()];
    expect(channelSimilarity(score, silent, 0).pooled).toEqual({ precision: 0, recall: 0 });
    expect(channelSimilarity(scoreOf([[], []], 8), [f(), f()], 0).pooled).toEqual({ precision: 1, recall: 1 });
    expect(channelSimilarity(scoreOf([[], []], 8), [f(1), f()], 0).pooled).toEqual({ precision: 0, recall: 0 });
  });

  it('is bounded by the numbers of spikes', () => {
    const score = scoreOf([[1, 3, 5, 7], [2], [], [], [4], []], 9);
    const bounds = similarityBounds(score, [f(1), f(2, 4), f(), f(3), f(), f()]);
    expect(bounds.precision).toBeCloseTo((1 + 0.5 + 1 + 0 + 0 + 1) / 6, 12);
    expect(bounds.recall).toBeCloseTo((0.25 + 1 + 1 + 0 + 0 + 1) / 6, 12);
  });

  it('is not told of what is no train, lag or convention', () => {
    const score = scoreOf([[1], [2]], 6);
    const bad = [[f(1)], [f(2, 1), f()], [f(Number.NaN), f()]];
    for (const trains of bad) {
      expect(() => similarity(score, trains)).toThrow(/train/);
      expect(() => channelSimilarity(score, trains, 0)).toThrow(/train/);
      expect(() => similarityBounds(score, trains)).toThrow(/train/);
      expect(() => timingErrors(score, trains, 0)).toThrow(/train/);
      expect(() => measurePeriod(score, trains, 0)).toThrow(/train/);
      expect(() => lagTrack(score, trains, 0, 0)).toThrow(/train/);
    }
    const good = [f(1), f(2)];
    expect(() => similarity(score, good, 'C' as 'A')).toThrow(/convention/);
    expect(() => similarity({ ...score, period: -1 }, good)).toThrow();
    expect(() => channelSimilarity(score, good, Number.NaN)).toThrow(/the lag/);
    expect(() => timingErrors(score, good, Number.NaN)).toThrow(/the lag/);
    expect(() => measurePeriod(score, good, Number.NaN)).toThrow(/the begin/);
    expect(() => lagTrack(score, good, Number.NaN, 0)).toThrow(/the begin/);
    expect(() => lagTrack(score, good, 0, 0.5)).toThrow(/periods/);
    expect(() => lagTrack(score, good, 0, -1)).toThrow(/periods/);
  });
});

describe('the window of a period', () => {
  it('has borders that count at its begin and not at its end', () => {
    close(periodWindow(f(-1.5, -1, 8.75, 9, 10), 0, 9), [8.75]);
    close(periodWindow(f(-1, 3, 7), 0, 9), [-1, 3, 7]);
    close(periodWindow(f(-1, 3, 7.25), 0, 9), [3, 7.25]);
    close(periodWindow(f(1, 2, 12), 12.5, 9), [12]);
    close(periodWindow(f(-0.25), 0, 0.5), [-0.25]);
    close(periodWindow(f(1, 2), 4, 9), []);
    expect(() => periodWindow(f(2, 1), 0, 9)).toThrow(/the train/);
    expect(() => periodWindow(f(1), Number.NaN, 9)).toThrow(/the begin/);
    expect(() => periodWindow(f(1), 0, 0)).toThrow(/the period/);
  });
});

describe('timing', () => {
  const score = scoreOf([[1, 4], [7.75], []], 8);

  it('errors are the signed distances around the circle from the nearest reference, below a half', () => {
    close(timingErrors(score, [f(1.5, 4.75, 12.25), f(0.25, 8.375), f(3)], 0.25), [0.25, 0, 0.25, 0.375]);
    close(timingErrors(score, [f(1.5, 3.5), f(8.25), f()], 0), []);
    close(timingErrors(score, [f(1.375, 3.625), f(), f()], 0), [0.375, -0.375]);
    close(timingErrors(scoreOf([[1, 1.75]], 4), [f(1.25, 1.5)], 0), [0.25, -0.25]);
  });

  it('has its law: who is matched, mean, deviation, and sizes', () => {
    const played = [f(1.25, 4), f(2, 8.125), f(3)];
    const law = jitterStatistics(score, played, 0);
    // Errors: 1/4, 0, 3/8.
    expect(law).toMatchObject({ matched: 3, extra: 2, missed: 0, median: 0.25 });
    expect(law.mean).toBeCloseTo(0.625 / 3, 12);
    const m = 0.625 / 3;
    const squares = (0.25 - m) ** 2 + m ** 2 + (0.375 - m) ** 2;
    expect([squares / 3, squares / 2].map((x) => Math.abs(Math.sqrt(x) - law.deviation) < 1e-12)).toContain(true);
    const many = scoreOf(
      Array.from({ length: 41 }, () => [2]),
      8,
    );
    const spread = Array.from({ length: 41 }, (_, i) => f(2 - i / 128));
    expect(jitterStatistics(many, spread, 0)).toMatchObject({ mean: -20 / 128, median: 20 / 128, most: 38 / 128 });
    expect(jitterStatistics(score, [f(0.75), f(), f()], 0)).toMatchObject({
      matched: 1,
      extra: 0,
      missed: 2,
      mean: -0.25,
      median: 0.25,
      most: 0.25,
    });
    const double = jitterStatistics(score, [f(0.75, 1.25, 3.75, 4.25), f(), f()], 0);
    expect(double).toMatchObject({ matched: 4, extra: 0, missed: 0 });
    const none = jitterStatistics(score, [f(), f(), f()], 0);
    expect(none).toEqual({
      matched: 0,
      extra: 0,
      missed: 3,
      mean: Number.NaN,
      deviation: Number.NaN,
      median: Number.NaN,
      most: Number.NaN,
    });
  });

  it('of lags is followed around the circle', () => {
    expect([wrapped(6, 10), wrapped(-6, 10), wrapped(4, 10), wrapped(23, 10)]).toEqual([-4, 4, 4, 3]);
    const one = scoreOf([[1]], 8);
    // The third of these lags is found as 5 - 8.
    const train = [f(3, 12.5, 22, 31.5)];
    close(lagTrack(one, train, 0, 4), [2, 3.5, 5, 6.5]);
    close(lagTrack(one, train, 8, 2), [3.5, 5]);
    close(lagTrack(one, train, 0, 0), []);
    close(lagTrack(one, [f(1, 8, 16)], 0, 2), [0, -1]);
  });

  it('has a trend: the line of least squares', () => {
    expect(trend([])).toEqual({ slope: 0, deviation: 0 });
    expect(trend([5])).toEqual({ slope: 0, deviation: 0 });
    expect(trend([1, 3])).toEqual({ slope: 2, deviation: 0 });
    expect(trend(f(7, 5, 3, 1))).toEqual({ slope: -2, deviation: 0 });
    expect(trend(Float32Array.of(1, 3))).toEqual({ slope: 2, deviation: 0 });
    const { slope, deviation } = trend([0, 3, 0, 3]);
    // Moments -1.5 0 - 0.5 3 + 0.5 0 + 1.5 3 = 3 over 5; residuals -0.6, 1.8, -1.8, 0.6.
    expect(slope).toBeCloseTo(0.6, 12);
    expect(deviation).toBeCloseTo(Math.sqrt(1.8), 12);
    expect(() => trend([1, Number.NaN])).toThrow(/value 1/);
    expect(() => trend([Number.NaN, 1])).toThrow(/value 0/);
    expect(() => trend(new Set([1, 2]) as unknown as number[])).toThrow(/values of a trend/);
    expect(() => trend(undefined as unknown as number[])).toThrow(/values of a trend/);
  });

  it('has at its end the mean offset of the last turn', () => {
    expect(lastOffset(f(), f(1), 8)).toBeNull();
    expect(lastOffset(f(1, 4), f(1), 8)).toBeNull();
    expect(lastOffset(f(1, 4), f(1.25, 4.5), 8)).toBeCloseTo(0.375, 12);
    // The last two of three are the second reference and the first of the next turn.
    expect(lastOffset(f(1, 4), f(1, 4.5, 9.25), 8)).toBeCloseTo(0.375, 12);
    expect(lastOffset(f(1, 4), f(1, 4, 9.25, 11.25), 8)).toBeCloseTo(-0.25, 12);
    expect(lastOffset(f(0.25), f(7.75), 8)).toBeCloseTo(-0.5, 12);
  });
});

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
    const uniform = uniformStream(streams.extra, 4);
    const wanted = 10 + (uniform() < 0.4 ? 1 : 0);
    const times = [...nominal];
    for (let i = 0; i < wanted; i++) {
      const time = uniform() * 120;
      if (times.every((other) => Math.abs(other - time) >= 1)) times.push(time);
    }
    expect(times.length).toBeGreaterThan(40);
    close(
      played({ extra: 0.26 }),
      times.sort((a, b) => a - b),
    );
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

/**
 * Relays: h(t) = t e^{1 - t} times 1.02 crosses the threshold so long after an arrival, in time constants, and is gone
 * within a period.
 */
const QUICK = { beta: 0.25 };
const WEIGHT = 1.02;
const crossing = (() => {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (WEIGHT * middle * Math.exp(1 - middle) < 1) low = middle;
    else high = middle;
  }
  return high;
})();
/** Neuron l listens to neuron sources[l]. */
const relays = (sources: number[], hop = 3): Network => ({
  starts: Uint32Array.from({ length: sources.length + 1 }, (_, l) => l),
  sources: Uint32Array.from(sources),
  delays: Float64Array.from(sources, () => hop - QUICK.beta * crossing),
  weights: Float64Array.from(sources, () => WEIGHT),
});
const ring = relays([2, 0, 1]);
const exactly = scoreOf([[0.5], [3.5], [6.5]], 9);

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

describe('a recall', () => {
  const test: RecallTest = {
    score: exactly,
    network: ring,
    model: QUICK,
    seed: 4,
    promptTime: 9,
    periods: 3,
    trials: [{ prompt: 1, noise: 0 }],
  };
  const recalled = (change: Partial<RecallTest> = {}, index = 0) => recallJob.prepare({ ...test, ...change })(index);

  it('of a ring that plays the score is a success without lag, drift and error', () => {
    const trial = recalled();
    expect(trial).toMatchObject({ prompt: 1, noise: 0, success: true });
    expect(trial.periods.length).toBe(3);
    for (const { precision, recall, lag, timingError } of trial.periods) {
      close([precision, recall, lag ?? 9, timingError ?? 9], [1, 1, 0, 0], 6);
    }
    expect(trial.drift).toBeCloseTo(0, 6);
    expect('course' in trial || 'recalledAt' in trial).toBe(false);
    splitTrains(trial.spikes, 3).forEach((train, c) =>
      close(
        train,
        [0, 9, 18, 27].map((t) => t + 0.5 + 3 * c),
        6,
      ),
    );
    expect(recalled({ periods: 1 }).drift).toBeNull();
    // With nobody prompted the memory is what was before.
    expect(recalled({ trials: [{ prompt: 0, noise: 0 }] })).toMatchObject({ prompt: 0, success: true });
    expect(recalled({ trials: [{ prompt: 0, noise: 0 }], start: 'silent' })).toMatchObject({
      success: false,
      drift: null,
      periods: Array.from({ length: 3 }, () => ({ precision: 0, recall: 0, lag: null, timingError: null })),
    });
  });

  it('of one that is too fast has the lag of the median, an error, and drifts', () => {
    const slower = scoreOf([[0.5], [3.54], [6.58]], 9.12);
    const { periods, drift, success } = recalled({ score: slower, promptTime: 9.12 });
    // Free period i: -0.12 i and -0.12, -0.16 and -0.2 of the three.
    periods.forEach(({ precision, recall, lag, timingError }, i) => {
      close(
        [precision, recall, lag ?? 9, timingError ?? 9],
        [2.84 / 3, 2.84 / 3, -0.16 - 0.12 * i, Math.sqrt(0.0032 / 3)],
        6,
      );
    });
    expect(drift).toBeCloseTo(-0.12 / 9.12, 6);
    expect(recalled({ score: slower, promptTime: 9.12, periods: 2 }).drift).toBeCloseTo(-0.12 / 9.12, 6);
    expect(success).toBe(true);
    const far = recalled({ score: scoreOf([[0.7], [3.9], [7.1]], 9.6), promptTime: 9.6 });
    expect(far.periods[0].precision).toBeCloseTo(2.2 / 3, 6);
    expect(far.success).toBe(false);
  });

  it('that plays too little or too much is none', () => {
    const more = recalled({ score: scoreOf([[0.5], [3.5], [1.5, 6.5]], 9) });
    close([more.periods[2].precision, more.periods[2].recall], [1, 2.5 / 3], 6);
    expect(more.success).toBe(false);
    const less = recalled({ score: scoreOf([[0.5, 5], [3.5], [6.5]], 9) });
    close([less.periods[2].precision, less.periods[2].recall], [2 / 3, 1], 5);
    expect(less.success).toBe(false);
  });

  it('is the run of what is imposed, with the noise of its plan and of its simulation', () => {
    const trials = [
      { prompt: 1, noise: 0 },
      { prompt: { random: 2 }, noise: 0.01, missing: 0.2 },
      { prompt: 2, noise: 0.01, jitter: 0.05, extra: 0.3 },
    ];
    const simulation = { jitter: 0.02 };
    trials.forEach(({ noise, prompt, ...flaws }, index) => {
      const start = index === 1 ? 'memory' : 'silent';
      const plan = { jitter: noise, missing: 0, extra: 0, ...flaws, prompt };
      const setting = imposePrompt(exactly, ring, plan, 9, start, { seed: 4, index }, { model: QUICK });
      const spikes = createSimulator(ring, { model: QUICK }).run({
        ...{ from: setting.from, imposed: setting.imposed, releases: setting.releases },
        ...{ to: 36, sigma: noise, noise: simulation, key: streamKey(4, `threshold ${index}`) },
      });
      const trial = recalled({ trials, simulation, start }, index);
      expect(trial.spikes).toEqual(spikes);
      const trains = splitTrains(spikes, 3);
      expect(trial.periods).toEqual([9, 18, 27].map((begin) => measurePeriod(exactly, trains, begin)));
      expect(trial.noise).toBe(noise);
    });
  });

  it('has a course by groups, and a moment from which on the others play alone', () => {
    const trials = [{ prompt: { list: [1] }, noise: 0 }];
    const { course, recalledAt } = recalled({ trials, course: true });
    // Neuron 1 at 3.5, 2 at 6.5, 0 only at 9.5: within the window that begins at 2/20 of the period.
    expect(course?.length).toBe(4);
    const all = course?.map((part) =>
      [part.all, part.prompted, part.autonomous].flatMap((x) => [x.precision, x.recall]),
    );
    close(all?.[0] ?? [], [2 / 3, 2 / 3, 1, 1, 0.5, 0.5], 6);
    for (const part of all?.slice(1) ?? []) close(part, [1, 1, 1, 1, 1, 1], 6);
    expect(recalledAt).toBeCloseTo(0.9, 9);
    expect(recalled({ course: true }).recalledAt).toBe(0);
    const never = recalled({ score: scoreOf([[0.5], [3.5], [7]], 9), trials: [{ prompt: 1, noise: 0 }], course: true });
    expect(never.recalledAt).toBeNull();
    const less = recalled({ score: scoreOf([[0.5], [3.5], [1.5, 6.5]], 9), course: true });
    expect(less.recalledAt, 'recall of 3/4').toBeNull();
    const more = recalled({ score: scoreOf([[0.5, 5], [3.5], [6.5]], 9), course: true });
    expect(more.recalledAt, 'precision of 1/2').toBeNull();
    const short = recalled({ trials: [{ prompt: 0, noise: 0 }], periods: 1, course: true });
    expect([short.course?.length, short.recalledAt]).toEqual([1, 0]);
    expect(recalled({ promptTime: 4, course: true }).course?.length, 'whole periods').toBe(3);
  });

  it('is kept with its spikes the first time only', () => {
    const trials = [
      { prompt: 1, noise: 0 },
      { prompt: 1, noise: 0 },
    ];
    const run = outcomeJob.prepare({ ...test, trials });
    expect(run(0)).toEqual(recalled());
    const { spikes, ...outcome } = recalled();
    expect(spikes.times.length).toBe(12);
    expect(run(1)).toEqual(outcome);
    expect('spikes' in run(1)).toBe(false);
    expect([recallJob, outcomeJob].map(({ module }) => module.includes('recall'))).toEqual([true, true]);
  });

  it('is refused where it is none', () => {
    const bad: [object, RegExp][] = [
      [{ seed: 0.5 }, /the seed/],
      [{ periods: 0 }, /free periods/],
      [{ periods: 1e8 }, /free periods/],
      [{ trials: 3 }, /must be a list/],
      [{ score: { ...exactly, period: -1 } }, /./],
      [{ score: scoreOf([[1]], 9) }, /channels/],
    ];
    for (const [change, text] of bad) {
      expect(() => recallJob.prepare({ ...test, ...change }), JSON.stringify(change)).toThrow(text);
    }
    expect(() => recallJob.prepare(3 as unknown as RecallTest)).toThrow(/a recall test must be/);
    for (const index of [-1, 1, 0.5]) expect(() => recalled({}, index)).toThrow(/the index of a trial/);
  });

  it('is the same every time where nothing is drawn', () => {
    const plan = { prompt: 3, noise: 0 };
    const quiet = { failure: 0, jitter: 0, background: [] };
    expect(isDeterministic(plan)).toBe(true);
    expect(isDeterministic(plan, { start: 'silent', simulation: quiet })).toBe(true);
    expect(isDeterministic({ ...plan, warp: 0.1 }, {})).toBe(true);
    for (const drawn of [
      { noise: 0.1, jitter: 0 },
      { jitter: 0.1 },
      { missing: 0.1 },
      { extra: 0.1 },
      { prompt: { random: 1 } },
    ]) {
      expect(isDeterministic({ ...plan, ...drawn }), JSON.stringify(drawn)).toBe(false);
    }
    expect(isDeterministic(plan, { start: 'random' })).toBe(false);
    for (const drawn of [{ failure: 0.1 }, { jitter: 0.1 }, { background: [{ rate: 1, weight: 0.1 }] }]) {
      expect(isDeterministic(plan, { simulation: { ...quiet, ...drawn } }), JSON.stringify(drawn)).toBe(false);
    }
  });
});
