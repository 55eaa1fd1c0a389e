/** What is imposed on a network before it is left alone: the state that it starts from, and the prompt. */
import { demandInteger, demandNumber, demandOneOf, streamKey } from '../../core/index.js';
import { checkNetwork, delayRange, type Network, neuronCount, type PerNeuron } from '../network/index.js';
import { demandChannels, demandScore, type Score, scoreOf } from '../score/index.js';
import { type Model, mergeTrains, type Spikes } from '../simulate/index.js';
import { horizonFor } from '../template/index.js';
import { unrelatedTrains } from './baseline.js';
import {
  checkPrompt,
  type Draws,
  flawedTrain,
  keepApart,
  nominalTrain,
  type Prompt,
  promptedChannels,
  repeatTrain,
  wrongChannels,
} from './prompt.js';

/**
 * What all neurons have done before time 0: played the memory, been silent, or fired at random, as often as the score
 * does but independently of it.
 */
export type Start = 'memory' | 'silent' | 'random';

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

/** What is known beside the prompt. */
export interface Beside {
  /** What neurons are, which says how far back their past matters (default: the kernel model). */
  model?: Model | undefined;
  /** The memory that wrong channels play (default: trains unrelated to the score, with as many spikes). */
  other?: Score | undefined;
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

/** How far back the past of a network matters. */
export const historyOf = (network: Network, model: Model = {}): number => delayRange(network)[1] + memorySpan(model);

/** What wrong channels play where no other memory is given: as many spikes as the score has, independent of it. */
export const unrelatedScore = (score: Score, { seed, index }: Draws): Score =>
  scoreOf(unrelatedTrains(score, seed, `wrong ${index}`), score.period);

/** The spikes imposed in trial `index` of a seed, whatever else runs. Throws `input` or `usage` on what makes no prompt. */
export function imposePrompt(
  score: Score,
  network: Network,
  prompt: Prompt,
  promptTime: number,
  start: Start,
  draws: Draws,
  { model, other }: Beside = {},
): Imposed {
  demandScore(score);
  checkNetwork(network);
  const { period } = score;
  const neurons = neuronCount(network);
  demandChannels(score, neurons);
  checkPrompt(prompt, neurons);
  demandNumber('the time of the prompt', promptTime, 0);
  demandOneOf('the start', start, ['memory', 'silent', 'random']);
  if (typeof draws.index !== 'string') demandInteger('the index of a trial', draws.index);
  const begin = start === 'silent' ? 0 : -historyOf(network, model);
  const prompted = promptedChannels(prompt.prompt, neurons, draws);
  const release = prompted.length > 0 ? promptTime : 0;
  const releases = new Float64Array(neurons);
  for (const channel of prompted) releases[channel] = release;
  const wrong = wrongChannels(prompted, prompt, draws);
  const played = wrong.size > 0 ? (other ?? unrelatedScore(score, draws)) : score;
  const key = (purpose: string) => streamKey(draws.seed, `${purpose} ${draws.index}`);
  const streams = { jitter: key('prompt'), missing: key('missing'), extra: key('extra') };
  const random = start === 'random' ? unrelatedTrains(score, draws.seed, draws.index) : [];
  const trains = Array.from({ length: neurons }, (_, channel) => {
    // Playing the score: from the beginning where the past is the memory, else from 0 on.
    const from = start === 'memory' ? begin : 0;
    const to = releases[channel];
    const { warp } = prompt;
    const nominal = wrong.has(channel)
      ? keepApart(
          Float64Array.of(
            ...nominalTrain(score, channel, { from, to: 0 }),
            ...nominalTrain(played, channel, { from: 0, to, warp }),
          ),
          to,
        )
      : nominalTrain(score, channel, { from, to, warp });
    const spikes = flawedTrain(nominal, prompt, streams, channel, [from, to]);
    if (start !== 'random') return spikes;
    const before = repeatTrain(random[channel], period, begin, 0);
    const first = spikes[0] ?? Number.POSITIVE_INFINITY;
    return Float64Array.of(...before.filter((time) => time <= first - 1), ...spikes);
  });
  return { from: begin, imposed: mergeTrains(trains), releases, release };
}
