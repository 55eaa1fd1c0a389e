/** What is imposed before a network is left alone. */
import { describe, expect, it } from 'vitest';
import {
  type Draws,
  imposePrompt,
  type Prompt,
  promptedChannels,
  recallJob,
  type Start,
  type SwitchingTest,
  similarity,
  switchingJob,
} from '../src/memory/measure/index.js';
import { wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore, spikesOf } from '../src/memory/score/index.js';
import { splitTrains } from '../src/memory/simulate/index.js';

const score = sampleScore(60, 40, 0.2, 3);
const wiring = wireFixedIn({ neurons: 60, inputs: 5, delays: [0.1, 10], seed: 1 });
const network = { ...wiring, weights: wiring.delays.map(() => 0) };
const exact = { prompt: 30, jitter: 0, missing: 0, extra: 0 };
const impose = (change: Partial<Prompt>, start: Start = 'silent', index = 0) =>
  imposePrompt(score, network, { ...exact, ...change }, 80, start, { seed: 1, index });
const count = (change: Partial<Prompt>) => impose(change).imposed.times.length;
const prescribed = 2 * score.starts[30];

describe('a prompt', () => {
  it('is the score on the first channels for as long as asked, and nothing else', () => {
    const { from, imposed, releases } = impose({});
    expect(from).toBe(0);
    const trains = splitTrains(imposed, 60);
    for (let c = 0; c < 30; c++) {
      expect([...trains[c]]).toEqual([...spikesOf(score, c), ...spikesOf(score, c).map((t) => t + 40)]);
      expect(releases[c]).toBe(80);
    }
    expect(trains.slice(30).every(({ length }) => length === 0)).toBe(true);
    expect(releases.slice(30).every((time) => time === 0)).toBe(true);
  });

  it('lacks and adds the shares that are asked for', () => {
    const deviations = (found: number, share: number) =>
      Math.abs(found - share * prescribed) / Math.sqrt(share * (1 - share) * prescribed);
    expect(deviations(prescribed - count({ missing: 0.3 }), 0.3)).toBeLessThan(4);
    expect(count({ missing: 1 })).toBe(0);
    const added = count({ extra: 0.2 }) - prescribed;
    // Some of those added at random fall too close to others and are dropped.
    expect(added).toBeGreaterThan(0.1 * prescribed);
    expect(added).toBeLessThanOrEqual(0.2 * prescribed + 30);
  });

  it('keeps the refractory period with jitter and added spikes', () => {
    for (const train of splitTrains(impose({ jitter: 0.3, extra: 0.5 }).imposed, 60)) {
      for (let i = 1; i < train.length; i++) expect(train[i] - train[i - 1]).toBeGreaterThan(1 - 1e-9);
    }
  });

  it('differs from trial to trial, each the same every time', () => {
    const times = (index: number) => impose({ jitter: 0.1 }, 'silent', index).imposed.times;
    expect(times(0)).toEqual(times(0));
    expect(times(0)).not.toEqual(times(1));
  });
});

describe('who plays, and what', () => {
  const other = sampleScore(60, 30, 0.2, 9);
  const played = (change: Partial<Prompt>, index = 0, time = 80) => {
    const draws: Draws = { seed: 1, index };
    const { imposed } = imposePrompt(score, network, { ...exact, ...change }, time, 'silent', draws, { other });
    return splitTrains(imposed, 60);
  };
  const playing = (trains: readonly Float64Array[]) =>
    trains.flatMap((train, channel) => (train.length > 0 ? [channel] : []));

  it('can be listed channels, in any order', () => {
    const trains = played({ prompt: { list: [7, 3, 50] } });
    expect(playing(trains)).toEqual([3, 7, 50]);
    for (const c of [3, 7, 50]) {
      expect([...trains[c]]).toEqual([...spikesOf(score, c), ...spikesOf(score, c).map((t) => t + 40)]);
    }
  });

  it('can be drawn: so many in every trial, each equally often, by the seed alone', () => {
    const counts = new Array(60).fill(0);
    for (let index = 0; index < 400; index++) {
      const drawn = promptedChannels({ random: 15 }, 60, { seed: 4, index });
      expect([new Set(drawn).size, drawn]).toEqual([15, [...drawn].sort((a, b) => a - b)]);
      for (const channel of drawn) counts[channel]++;
    }
    // Binomial with p = 1/4: mean 100, deviation 8.7.
    for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(4.5 * 8.7);
    expect(playing(played({ prompt: { random: 15 } }, 3))).toEqual(playing(played({ prompt: { random: 15 } }, 3)));
    expect(playing(played({ prompt: { random: 15 } }, 3))).not.toEqual(playing(played({ prompt: { random: 15 } }, 4)));
  });

  it('can be another memory, on the share of channels that is asked for, with its own period', () => {
    const trains = played({ prompt: 40, wrong: 0.25 });
    const own = (c: number) => [...spikesOf(score, c), ...spikesOf(score, c).map((t) => t + 40)];
    const others = (c: number) =>
      [0, 30, 60].flatMap((turn) => [...spikesOf(other, c)].map((t) => t + turn)).filter((t) => t < 80);
    const wrong = trains.slice(0, 40).flatMap((train, c) => (train.join() === own(c).join() ? [] : [c]));
    expect(wrong.length).toBe(10);
    for (const c of wrong) expect([...trains[c]]).toEqual(others(c));
  });

  it('is unrelated to the score on wrong channels where the network has one memory', () => {
    const { imposed } = imposePrompt(score, network, { ...exact, prompt: 60, wrong: 1 }, 40, 'silent', {
      seed: 1,
      index: 0,
    });
    expect(similarity(score, splitTrains(imposed, 60)).precision).toBeLessThan(0.35);
  });

  it('can be slower or faster, with every gap still a refractory period', () => {
    for (const warp of [-0.1, -0.05, 0.1]) {
      const trains = played({ prompt: 60, warp });
      for (let c = 0; c < 60; c++) {
        const expected = [
          ...spikesOf(score, c),
          ...spikesOf(score, c).map((t) => t + 40),
          ...spikesOf(score, c).map((t) => t + 80),
        ];
        // Those that came too soon after another are later than their time, by what their cluster lacks.
        trains[c].forEach((time, i) => expect(time).toBeGreaterThanOrEqual(expected[i] * (1 + warp) - 1e-9));
        trains[c].forEach((time, i) => expect(time - (trains[c][i - 1] ?? -1)).toBeGreaterThan(1 - 1e-9));
        expect(trains[c].every((time) => time < 80)).toBe(true);
        if (warp > 0) trains[c].forEach((time, i) => expect(time).toBeCloseTo(expected[i] * (1 + warp), 9));
      }
    }
  });

  it('can be as short as a delay: then the rest is free', () => {
    const trains = played({ prompt: 60 }, 0, 3);
    expect(Math.max(...trains.flatMap((train) => [...train]))).toBeLessThan(3);
  });

  it('is told apart in the course of a trial: the prompted channels, whoever they are, play the score', () => {
    const list = [1, 8, 20, 33, 59];
    const test = {
      score,
      network,
      seed: 1,
      promptTime: 40,
      periods: 1,
      trials: [{ prompt: { list }, noise: 0 }],
      course: true,
    };
    const { course, prompt } = recallJob.prepare(test)(0);
    expect(prompt).toBe(5);
    expect(course?.[0].prompted.precision).toBeCloseTo(1, 9);
    // Nothing else plays: there are no weights. Channels with nothing to play count as right.
    const silent = Array.from({ length: 60 }, (_, c) => c).filter(
      (c) => !list.includes(c) && spikesOf(score, c).length === 0,
    );
    expect(course?.[0].autonomous.recall).toBeCloseTo(silent.length / 55, 9);
  });
});

describe('several memories prompted in turn', () => {
  const second = sampleScore(60, 30, 0.2, 9);
  const test: SwitchingTest = {
    ...{
      scores: [score, second],
      network,
      seed: 1,
      schedule: [0, 1, 0],
      prompt: 20,
      free: 2,
      noises: [0.1],
      jitter: 0,
    },
  };
  const trainsOf = (change: Partial<SwitchingTest>) =>
    splitTrains(switchingJob.prepare({ ...test, ...change })(0).spikes, 60);

  it('are each prompted for as long as asked', () => {
    const promptTime = 25;
    // Blocks begin at 0, 25 + 2 * 40 and 105 + 25 + 2 * 30.
    const blocks = [[0, score] as const, [105, second] as const, [190, score] as const];
    const trains = trainsOf({ promptTime });
    for (let c = 0; c < 20; c++) {
      const expected = blocks.flatMap(([begin, part]) =>
        [...spikesOf(part, c)].filter((time) => time < promptTime).map((time) => begin + time),
      );
      expect([...trains[c]].map((time) => time.toFixed(9))).toEqual(expected.map((time) => time.toFixed(9)));
    }
    const { blocks: told } = switchingJob.prepare({ ...test, promptTime: 60 })(0);
    expect(told.map(({ periods }) => periods.length)).toEqual([3, 3, 3]);
  });

  it('by drawn channels, of which some play the next memory', () => {
    const trains = trainsOf({ prompt: { random: 60 }, wrong: 1 });
    // The first block plays the second memory everywhere, over one period of the first.
    const first = trains.map((train) => train.filter((time) => time < 30));
    expect(similarity(second, first)).toMatchObject({ precision: expect.closeTo(1, 9), recall: expect.closeTo(1, 9) });
    const some = trainsOf({ prompt: { random: 12 } });
    expect(some.filter((train) => train.some((time) => time < 40)).length).toBeLessThanOrEqual(12);
  });
});

describe('the past of a network', () => {
  it('is the score, for as long as it matters, where it starts from the memory', () => {
    const { from, imposed, release } = impose({ prompt: 0 }, 'memory');
    expect(from).toBeLessThan(-50);
    expect(release).toBe(0);
    const last = splitTrains(imposed, 60).map((train) => train.filter((t) => t >= -40).map((t) => t + 40));
    expect(similarity(score, last)).toMatchObject({ precision: expect.closeTo(1, 9), recall: expect.closeTo(1, 9) });
  });

  it('is unrelated activity of the same rate where it starts at random', () => {
    const { imposed } = impose({ prompt: 0 }, 'random');
    const last = splitTrains(imposed, 60).map((train) => train.filter((t) => t >= -40).map((t) => t + 40));
    expect(last.reduce((sum, { length }) => sum + length, 0)).toBe(score.times.length);
    expect(similarity(score, last).precision).toBeLessThan(0.35);
  });
});
