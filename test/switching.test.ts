/** Several memories prompted in turn: what is imposed and when, what is left free, and how it is measured, block by block. */
import { describe, expect, it } from 'vitest';
import { inTurn, measurePeriod, type SwitchingTest, switchingJob } from '../src/memory/measure/index.js';
import { type Score, sampleScore, scoreOf, spikesOf } from '../src/memory/score/index.js';
import { type Spikes, splitTrains } from '../src/memory/simulate/index.js';
import { exactly, QUICK, ring } from './claims/relays.js';

const NEURONS = 12;
const scores = [sampleScore(NEURONS, 12, 0.25, 3), sampleScore(NEURONS, 9, 0.25, 9), sampleScore(NEURONS, 10, 0.25, 5)];
/** Nothing fires but what is imposed. */
const silent = {
  starts: Uint32Array.from({ length: NEURONS + 1 }, (_, l) => l),
  sources: new Uint32Array(NEURONS),
  delays: new Float64Array(NEURONS).fill(1),
  weights: new Float64Array(NEURONS),
};
const test: SwitchingTest = {
  ...{ scores, network: silent, seed: 1, schedule: [1, 0, 2], prompt: NEURONS, free: 2, noises: [0] },
};
const run = (change: Partial<SwitchingTest>, index = 0) => switchingJob.prepare({ ...test, ...change })(index);
const trainsOf = (spikes: Spikes, from: number, to: number) =>
  splitTrains(spikes, NEURONS).map((train) => [...train].filter((time) => time >= from && time < to));
/** What channels play of a score from `begin` on, for a while. */
const plays = (score: Score, begin: number, time: number, channels: (c: number) => boolean = () => true) =>
  Array.from({ length: NEURONS }, (_, c) =>
    channels(c)
      ? [0, 1]
          .flatMap((turn) => [...spikesOf(score, c)].map((spike) => spike + turn * score.period))
          .filter((spike) => spike < time)
          .map((spike) => expect.closeTo(begin + spike, 9))
      : [],
  );
const count = (spikes: Spikes) => spikes.times.length;

describe('several memories in turn', () => {
  it('are each played for a period, and after it the network is free for periods of the same memory', () => {
    const { spikes, blocks, noise } = run({});
    expect(noise).toBe(0);
    // Periods 9, 12, 10, each three times.
    for (const [memory, begin, end] of [
      [1, 0, 27],
      [0, 27, 63],
      [2, 63, 93],
    ]) {
      const { period } = scores[memory];
      expect(trainsOf(spikes, begin, end)).toEqual(plays(scores[memory], begin, period));
    }
    expect(count(spikes)).toBe(scores.reduce((sum, score) => sum + score.times.length, 0));
    expect(blocks.map(({ memory }) => memory)).toEqual([1, 0, 2]);
    expect(blocks.map(({ success }) => success)).toEqual([false, false, false]);
  });

  it('are measured period by period against every memory, from the last period of the prompt on', () => {
    for (const promptTime of [undefined, 7, 14]) {
      const { spikes, blocks } = run({ promptTime });
      let begin = 0;
      blocks.forEach(({ memory, periods }) => {
        const { period } = scores[memory];
        const played = promptTime ?? period;
        expect(trainsOf(spikes, begin, begin + played + 2 * period)).toEqual(plays(scores[memory], begin, played));
        expect(periods.length).toBe(3);
        periods.forEach((pairs, i) => {
          const from = begin + played - period + i * period;
          const wanted = scores.map((score) => measurePeriod(score, splitTrains(spikes, NEURONS), from));
          expect(pairs).toEqual(wanted.map(({ precision, recall }) => ({ precision, recall })));
        });
        if (promptTime === undefined) expect(periods[0][memory].precision).toBeCloseTo(1, 9);
        begin += played + 2 * period;
      });
    }
  });

  it('succeed where the last free period has precision and recall of at least 0.9', () => {
    // A ring of relays goes on with what it was prompted with; of a second memory it knows nothing.
    const other = scoreOf([[2], [1], [3]], 9);
    const given = { scores: [exactly, other], network: ring, model: QUICK, prompt: 3, schedule: [0, 1, 0], free: 3 };
    const { blocks } = run(given);
    expect(blocks.map(({ success }) => success)).toEqual([true, false, true]);
    expect(blocks[2].periods[3][0].precision).toBeCloseTo(1, 6);
    // More is asked than the first channels play: the third neuron, silent where it plays alone, plays twice.
    const [twice, more] = [scoreOf([[0.5], [3.5], [6.5, 8]], 9), scoreOf([[0.5], [3.5], []], 9)];
    const imprecise = run({ ...given, scores: [more, other], schedule: [0] }).blocks[0];
    expect(imprecise.periods[3][0].precision < 0.9 || imprecise.periods[3][0].recall < 0.9).toBe(true);
    expect(imprecise.success).toBe(false);
    const [half] = run({ ...given, scores: [twice, other], schedule: [0], prompt: 2 }).blocks;
    const { precision, recall } = half.periods[3][0];
    expect([precision, recall]).toEqual([expect.closeTo(1, 6), expect.closeTo(2.5 / 3, 6)]);
    expect(half.success).toBe(false);
  });

  it('do not succeed where more is played than asked for, though all of it is there', () => {
    // A fourth neuron listens to two of the ring, and answers both, where the score has one spike of it.
    const network = {
      starts: Uint32Array.of(0, 1, 2, 3, 5),
      sources: Uint32Array.of(...ring.sources, 0, 1),
      delays: new Float64Array(5).fill(ring.delays[0]),
      weights: new Float64Array(5).fill(ring.weights[0]),
    };
    const score = scoreOf([[0.5], [3.5], [6.5], [3.5]], 9);
    const [block] = run({ scores: [score], network, model: QUICK, prompt: 3, schedule: [0], free: 3 }).blocks;
    expect(block.periods[3][0]).toEqual({ precision: expect.closeTo(3.5 / 4, 6), recall: expect.closeTo(1, 6) });
    expect(block.success).toBe(false);
  });

  it('hold their channels while they are prompted, and no longer', () => {
    // Neuron 0 drives neuron 1: where 1 is prompted as well it plays its score alone, else it answers.
    const driven = {
      ...silent,
      sources: silent.sources.map(() => 0),
      weights: silent.weights.map((_, l) => (l > 0 ? 1.5 : 0)),
    };
    const model = QUICK;
    const first = scoreOf([[1], ...Array.from({ length: NEURONS - 1 }, () => [])], 6);
    const second = scoreOf([[2.8], ...Array.from({ length: NEURONS - 1 }, () => [])], 6);
    const given = { network: driven, model, scores: [first, second], schedule: [0, 1, 0], free: 1 };
    const held = run({ ...given, prompt: { list: [0, 3, 1] } }).spikes;
    const trains = splitTrains(held, NEURONS);
    expect([...trains[0]]).toEqual([1, 14.8, 25]);
    // Driven a delay after each spike of 0, while they are free.
    expect([trains[1].length, trains[3].length]).toEqual([0, 0]);
    expect(trains[2].length).toBe(3);
    trains[2].forEach((time, i) => {
      const after = time - [1, 14.8, 25][i];
      expect(after).toBeGreaterThan(1);
      expect(after).toBeLessThan(1.25);
    });
    // A prompt that ends between a spike and its arrival lets go of its channels in time: in the second block alone.
    const short = splitTrains(run({ ...given, prompt: 2, promptTime: 3 }).spikes, NEURONS);
    expect([short[0].length, short[1].length]).toEqual([3, 1]);
    expect(short[1][0]).toBeCloseTo(12.9, 1);
  });

  it('of a schedule in turn come each once, and the first once more', () => {
    expect(inTurn(3)).toEqual([0, 1, 2, 0]);
    expect(inTurn(1)).toEqual([0, 0]);
  });
});

describe('the flaws of prompts in turn', () => {
  const shift = (spikes: Spikes, begin: number, score: Score) =>
    trainsOf(spikes, begin, begin + score.period).flatMap((train, c) =>
      train.length === spikesOf(score, c).length ? train.map((time, i) => time - begin - spikesOf(score, c)[i]) : [],
    );
  const deviation = (values: number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

  it('jitter is that of the noise of the trial unless given, drawn anew in every block and trial', () => {
    const schedule = [1, 1];
    const noises = [0.01, 0.05];
    const quiet = deviation(shift(run({ noises, schedule }).spikes, 0, scores[1]));
    const loud = deviation(shift(run({ noises, schedule }, 1).spikes, 0, scores[1]));
    expect([quiet / 0.01 > 0.5, quiet / 0.01 < 1.5]).toEqual([true, true]);
    expect([loud / 0.05 > 0.5, loud / 0.05 < 1.5]).toEqual([true, true]);
    const given = run({ noises, schedule, jitter: 0.03 }, 1);
    expect(given.noise).toBe(0.05);
    expect(deviation(shift(given.spikes, 0, scores[1])) / 0.03).toBeLessThan(1.5);
    const [first, second] = [0, 27].map((begin) => shift(given.spikes, begin, scores[1]));
    expect(deviation(first.map((x, i) => x - second[i]))).toBeGreaterThan(0.01);
    const [again, other] = [1, 0].map((i) =>
      shift(run({ noises: [0, 0], schedule, jitter: 0.03 }, i).spikes, 0, scores[1]),
    );
    expect(again).toEqual(first);
    expect(deviation(again.map((x, i) => x - other[i]))).toBeGreaterThan(0.01);
    expect(
      deviation(
        shift(run({ noises, schedule, jitter: 0.03, seed: 2 }, 1).spikes, 0, scores[1]).map((x, i) => x - first[i]),
      ),
    ).toBeGreaterThan(0.01);
  });

  it('spikes are missing, or added, block by block, within the prompt', () => {
    const schedule = [0, 0, 0, 0];
    const whole = 4 * scores[0].times.length;
    const none = run({ schedule, missing: 1 }).spikes;
    expect(count(none)).toBe(0);
    const fewer = run({ schedule, missing: 0.4 }).spikes;
    expect(count(fewer)).toBeLessThan(0.8 * whole);
    expect(count(fewer)).toBeGreaterThan(0.4 * whole);
    expect(trainsOf(fewer, 0, 12).map((train) => train.length)).not.toEqual(
      trainsOf(fewer, 36, 48).map((train) => train.length),
    );
    const more = run({ schedule, extra: 0.5 }).spikes;
    expect(count(more)).toBeGreaterThan(whole);
    for (const begin of [0, 36, 72, 108]) {
      expect(trainsOf(more, begin + 12, begin + 36).flat()).toEqual([]);
      expect(trainsOf(more, begin, begin + 12).flat().length).toBeGreaterThan(whole / 4);
    }
  });

  it('a warped prompt plays slower, from the begin of its block on', () => {
    const { spikes } = run({ schedule: [1, 1], warp: 0.05 });
    for (const begin of [0, 27]) {
      expect(trainsOf(spikes, begin, begin + 27)).toEqual(
        Array.from({ length: NEURONS }, (_, c) =>
          [...spikesOf(scores[1], c)].flatMap((t) => (1.05 * t < 9 ? [expect.closeTo(begin + 1.05 * t, 9)] : [])),
        ),
      );
    }
  });

  it('wrong channels play the memory that comes next, after the last the first; of one memory, unrelated trains', () => {
    const { spikes } = run({ wrong: 1 });
    expect(trainsOf(spikes, 0, 27)).toEqual(plays(scores[2], 0, 9));
    expect(trainsOf(spikes, 27, 63)).toEqual(plays(scores[1], 27, 12));
    expect(trainsOf(spikes, 63, 93)).toEqual(plays(scores[0], 63, 10));
    const half = trainsOf(run({ wrong: 0.5 }).spikes, 0, 27);
    const own = plays(scores[1], 0, 9);
    const right = half.filter(
      (train, c) => train.length === own[c].length && train.every((t, i) => own[c][i].asymmetricMatch(t)),
    );
    expect(right.length).toBe(NEURONS / 2);
    const alone = run({ scores: [scores[0]], schedule: [0, 0], wrong: 1 }).spikes;
    const [first, second] = [0, 36].map((begin) => trainsOf(alone, begin, begin + 12));
    // As many spikes, elsewhere, and elsewhere again in the next block.
    expect(first.map((train) => train.length)).toEqual(
      Array.from({ length: NEURONS }, (_, c) => spikesOf(scores[0], c).length),
    );
    expect(first).not.toEqual(plays(scores[0], 0, 12));
    expect(second.flat().map((t) => (t - 36).toFixed(6))).not.toEqual(first.flat().map((t) => t.toFixed(6)));
  });

  it('channels that are drawn are drawn anew in every block and trial', () => {
    const given = { prompt: { random: 4 }, schedule: [1, 1, 1, 1] };
    const playing = (index: number) =>
      [0, 27, 54, 81].map((begin) =>
        trainsOf(run({ ...given, noises: [0, 0] }, index).spikes, begin, begin + 9).flatMap((train, c) =>
          train.length > 0 ? [c] : [],
        ),
      );
    const [one, two] = [playing(0), playing(1)];
    for (const channels of [...one, ...two]) expect(channels.length).toBeLessThanOrEqual(4);
    expect(new Set(one.map(String)).size).toBeGreaterThan(1);
    expect(one).not.toEqual(two);
  });
});
