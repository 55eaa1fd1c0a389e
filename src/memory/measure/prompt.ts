/**
 * What is imposed on a network before it is left alone: the state that it starts from, and the prompt, the score as
 * some channels play it, with jitter, missing and extra spikes.
 */
import {
  demandInteger,
  demandNumber,
  demandObject,
  demandOneOf,
  demandPositive,
  demandTrain,
  streamKey,
  uniformStream,
} from '../../core/index.js';
import { checkNetwork, delayRange, type Network, neuronCount, type PerNeuron } from '../network/index.js';
import { demandChannels, demandScore, jitterTrain, type Score, spikesOf } from '../score/index.js';
import { type Model, mergeTrains, type Spikes } from '../simulate/index.js';
import { horizonFor } from '../template/index.js';
import { unrelatedTrains } from './baseline.js';

/**
 * What all neurons have done before time 0: played the memory, been silent, or fired at random, as often as the score
 * does but independently of it.
 */
export type Start = 'memory' | 'silent' | 'random';

/** The score as some channels play it. */
export interface Prompt {
  /** The first so many channels play the score over [0, promptTime); with 0, all start from the memory instead. */
  prompt: number;
  /** Standard deviation of the played spikes, in refractory periods. */
  jitter: number;
  /** Share of the prescribed spikes that are left out. */
  missing: number;
  /** As many spikes are added at random, as a share of those prescribed. */
  extra: number;
}

/** What a prompt comes to, as a `Run` takes it. */
export interface Imposed {
  /** Where the run begins. */
  from: number;
  /** All that is imposed, in order of time. */
  imposed: Spikes;
  /** When each neuron is left alone. */
  releases: Float64Array;
  /** When the last of them is. */
  release: number;
}

/**
 * How long a neuron remembers an arrival: after so many time constants the kernel, or the response of a membrane, is below
 * 1e-16 of its peak.
 */
const TAIL = horizonFor(1e-16);
function memorySpan(model: Model): number {
  const most = (value: PerNeuron) => (typeof value === 'number' ? value : value.reduce((a, b) => Math.max(a, b), 0));
  return TAIL * ('current' in model ? most(model.membrane) + most(model.synapse) : most(model.beta ?? 1));
}

/** The spikes imposed in trial `index` of a seed, whatever else runs. Throws `input` or `usage` on what makes no prompt. */
export function imposePrompt(
  score: Score,
  network: Network,
  plan: Prompt,
  promptTime: number,
  start: Start,
  { seed, index }: { seed: number; index: number },
  model: Model = {},
): Imposed {
  demandScore(score);
  checkNetwork(network);
  const { period } = score;
  const neurons = neuronCount(network);
  demandChannels(score, neurons);
  demandObject('the prompt', plan);
  const { prompt, jitter, missing, extra } = plan;
  demandInteger('prompted channels', prompt, 0, neurons);
  demandNumber("the prompt's jitter", jitter, 0, 10);
  demandNumber('the share of missing spikes', missing, 0, 1);
  demandNumber('the share of extra spikes', extra, 0, 100);
  demandNumber('the time of the prompt', promptTime, 0);
  demandOneOf('the start', start, ['memory', 'silent', 'random']);
  demandInteger('the index of a trial', index);
  const history = delayRange(network)[1] + memorySpan(model);
  const begin = start === 'silent' ? 0 : -history;
  const release = prompt > 0 ? promptTime : 0;
  const keys = ['prompt', 'missing', 'extra'].map((purpose) => streamKey(seed, `${purpose} ${index}`));
  const random = start === 'random' ? unrelatedTrains(score, seed, index) : [];
  const trains = Array.from({ length: neurons }, (_, channel) => {
    const prompted = channel < prompt;
    // Playing the score: from the beginning where the past is the memory, else from 0 on.
    const from = start === 'memory' ? begin : 0;
    const to = prompted ? promptTime : 0;
    const streams = keys.map((key) => uniformStream(key, channel));
    const nominal = repeatTrain(spikesOf(score, channel), period, from, to);
    const played = jitterTrain(nominal, jitter, streams[0], from, to);
    const kept = missing > 0 ? played.filter(() => streams[1]() >= missing) : played;
    const spikes = extra > 0 ? withExtra(kept, extra * nominal.length, streams[2], from, to) : kept;
    if (start !== 'random') return spikes;
    const before = repeatTrain(random[channel], period, begin, 0);
    const first = spikes[0] ?? Number.POSITIVE_INFINITY;
    return Float64Array.of(...before.filter((time) => time <= first - 1), ...spikes);
  });
  const releases = new Float64Array(neurons).fill(0);
  releases.fill(release, 0, prompt);
  return { from: begin, imposed: mergeTrains(trains), releases, release };
}

/** The periodic train within [from, to). */
export function repeatTrain(spikes: Float64Array, period: number, from: number, to: number): Float64Array {
  demandTrain('the train', spikes);
  demandPositive('the period', period);
  demandNumber('the begin', from);
  demandNumber('the end', to);
  const times: number[] = [];
  for (let turn = Math.floor(from / period); turn * period < to; turn++) {
    for (const spike of spikes) {
      const time = spike + turn * period;
      if (time >= from && time < to) times.push(time);
    }
  }
  return Float64Array.from(times);
}

/** Adds spikes, `expected` on average, uniformly in [from, to) wherever all gaps stay at least 1. */
function withExtra(
  train: Float64Array,
  expected: number,
  uniform: () => number,
  from: number,
  to: number,
): Float64Array {
  const times = [...train];
  const whole = Math.floor(expected);
  const wanted = whole + (uniform() < expected - whole ? 1 : 0);
  for (let added = 0; added < wanted; added++) {
    const time = from + uniform() * (to - from);
    if (times.every((other) => Math.abs(other - time) >= 1)) times.push(time);
  }
  return Float64Array.from(times).sort();
}
