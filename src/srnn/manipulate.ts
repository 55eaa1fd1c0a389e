/**
 * What is done to a trained network or its task while its weights stay otherwise as they are, one number at a time. The definitions are ours: the source
 * names the manipulations and does not say how they are made.
 *
 *   coherence      the cues' currents are mixed with each other's, 1 to 0.5
 *   delay          another delay, in s
 *   EE, EI, IE, II weights from the first population to the second, times a factor; `all` all of them
 *   sparsity       a random share of the connections is cut; `rescaled` the others times 1 / (1 - share)
 *   balance        weights of inhibitory neurons times a factor
 *   perturbation   as a block, in some steps only
 */
import { demandNumber, demandObject, demandOneOf, refuse, streamKey, uniformStream } from '../core/index.js';
import { type Accuracy, accuracyOf } from './accuracy.js';
import type { Asking, Perturbation } from './batch.js';
import { demandWeights, type Weights } from './network.js';
import { demandSession, playSession, populationRates, type Session } from './session.js';
import { excitatoryOf, prepared, type SrnnSettings } from './settings.js';
import { trajectoryError } from './trajectories.js';
import { BIN, tuningOf } from './tuning.js';

/** Connections from one population to another, or all. */
export const regions = ['EE', 'EI', 'IE', 'II', 'all'] as const;
/** One of them. */
export type Region = (typeof regions)[number];

/** A manipulation, and how much of it. */
export type Manipulation =
  | {
      /** Which one. */
      readonly kind: 'coherence' | 'delay' | 'sparsity' | 'rescaled' | 'balance';
      /** Coherence, delay in s, share or factor. */
      readonly value: number;
    }
  | {
      /** Weights of a block, all the time. */
      readonly kind: 'block';
      /** Which ones. */
      readonly region: Region;
      /** Their factor. */
      readonly value: number;
    }
  | {
      /** Weights of a block, in some steps. */
      readonly kind: 'perturbation';
      /** Which ones. */
      readonly region: Region;
      /** Their factor. */
      readonly value: number;
      /** The first step. */
      readonly from: number;
      /** The step behind the last. */
      readonly until: number;
    };

/** The network and task that it makes. */
export interface Manipulated {
  /** With the task as it is changed. */
  readonly settings: SrnnSettings;
  /** Of the network as it is changed. */
  readonly weights: Weights;
  /** What changes within a trial. */
  readonly perturbation?: Perturbation;
}

/** Throws `usage` for one that makes no sense. */
export function manipulated(settings: SrnnSettings, weights: Weights, manipulation: Manipulation): Manipulated {
  demandObject('the settings', settings);
  prepared({ ...settings, draw: 'uniform' });
  demandWeights(weights, settings.neurons);
  demandObject('the manipulation', manipulation);
  demandNumber('the value of a manipulation', manipulation.value, 0);
  const { kind, value } = manipulation;
  const n = settings.neurons;
  const scaled = (factors: Float64Array): Manipulated => ({
    settings,
    weights: { ...weights, recurrent: weights.recurrent.map((w, e) => w * factors[e]) },
  });
  if (kind === 'coherence') return { settings: { ...settings, task: { ...settings.task, coherence: value } }, weights };
  if (kind === 'delay') return { settings: { ...settings, task: { ...settings.task, delay: value } }, weights };
  if (kind === 'block') return scaled(byPost(n, blockFactors(settings, manipulation.region, value)));
  if (kind === 'balance') {
    const among = blockFactors(settings, 'II', value);
    return scaled(
      byPost(
        n,
        blockFactors(settings, 'IE', value).map((factor, at) => factor * among[at]),
      ),
    );
  }
  if (kind === 'perturbation') {
    const { region, from, until } = manipulation;
    if (!(Number.isInteger(from) && Number.isInteger(until) && from >= 0 && from <= until)) {
      refuse(`a perturbation lasts from one step to a later one; got ${from} to ${until}`);
    }
    return { settings, weights, perturbation: { factors: blockFactors(settings, region, value), from, until } };
  }
  demandOneOf('the manipulation', kind, ['sparsity', 'rescaled']);
  if (!(value < 1)) refuse(`a share of connections that is cut must be below 1; got ${value}`);
  return scaled(cut(n, value, settings.seed, kind === 'rescaled' ? 1 / (1 - value) : 1));
}

/** Factors by presynaptic rows. */
function blockFactors(settings: SrnnSettings, region: Region, value: number): Float64Array {
  demandOneOf('the region', region, regions);
  if (!settings.dale) refuse("blocks need Dale's law: without it neurons are neither excitatory nor inhibitory");
  const { neurons: n } = settings;
  const e = excitatoryOf(settings);
  const kind = (neuron: number) => (neuron < e ? 'E' : 'I');
  return Float64Array.from({ length: n * n }, (_, k) => {
    const [pre, post] = [Math.floor(k / n), k % n];
    return region === 'all' || region === kind(pre) + kind(post) ? value : 1;
  });
}

/** The same by postsynaptic rows, as W has them. */
const byPost = (n: number, factors: Float64Array): Float64Array =>
  Float64Array.from({ length: n * n }, (_, k) => factors[(k % n) * n + Math.floor(k / n)]);

/** Zeros at a random share of the places off the diagonal, exactly so many; elsewhere a factor. */
function cut(n: number, share: number, seed: number, factor: number): Float64Array {
  const uniform = uniformStream(streamKey(seed, 'srnn cut'));
  const places = Array.from({ length: n * n }, (_, k) => k).filter((k) => k % (n + 1) !== 0);
  const count = Math.round(share * places.length);
  const factors = new Float64Array(n * n).fill(factor);
  for (let i = 0; i < count; i++) {
    const at = i + Math.floor(uniform() * (places.length - i));
    [places[i], places[at]] = [places[at], places[i]];
    factors[places[i]] = 0;
  }
  return factors;
}

/** What a network does under a manipulation. */
export interface Effect {
  /** Right choices. */
  readonly accuracy: Accuracy;
  /** Mean rate over the trial of the neurons that are read out, in Hz. */
  readonly read: number;
  /** The same of the others. */
  readonly unread: number;
  /** Mean rate of excitatory neurons that are not silent in the delay. */
  readonly delay: number;
  /** How many neurons are tuned to a rule; NaN where there is hardly a delay. */
  readonly tuned: number;
  /** The trajectory error, in Hz^2. */
  readonly error: number;
}

/** Runs trials under a manipulation. */
export function* effectOf(
  settings: SrnnSettings,
  weights: Weights,
  manipulation: Manipulation,
  trials: number,
): Asking<Effect> {
  const { settings: own, weights: changed, perturbation } = manipulated(settings, weights, manipulation);
  return effectIn(yield* playSession(own, changed, trials, perturbation ? { perturbation } : {}));
}

/** What a session comes to. */
export function effectIn(session: Session): Effect {
  demandSession(session);
  const { shown, outcome } = session;
  const kinds = [...new Set(outcome.plan.conditions)].length;
  return {
    accuracy: accuracyOf(shown.slice(0, kinds), outcome),
    read: outcome.read,
    unread: outcome.unread,
    delay: populationRates(session).excitatory.mean,
    tuned: session.until - session.from < BIN ? Number.NaN : tuningOf(session).tuned,
    error: trajectoryError(session),
  };
}

/** All manipulations at the values of the source's abstract and stubs; delays that fit the steps of a bin. */
export function sweeps(settings: SrnnSettings): Manipulation[] {
  demandObject('the settings', settings);
  prepared({ ...settings, draw: 'uniform' });
  const values = (from: number, until: number, count: number) =>
    Array.from({ length: count }, (_, k) => Math.round(1e4 * (from + ((until - from) * k) / (count - 1))) / 1e4);
  const { fixation, cue, delay, dt } = settings.task;
  const begin = Math.round((fixation + cue) / dt);
  const middle = begin + Math.round(delay / dt / 2);
  const end = begin + Math.round(delay / dt);
  const plain = (kind: 'coherence' | 'delay' | 'sparsity' | 'rescaled' | 'balance', all: readonly number[]) =>
    all.map((value): Manipulation => ({ kind, value }));
  return [
    ...plain('coherence', values(1, 0.5, 6)),
    ...plain('delay', [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2]),
    ...regions.flatMap((region) => values(0, 2, 9).map((value): Manipulation => ({ kind: 'block', region, value }))),
    ...plain('sparsity', values(0, 0.9, 10)),
    ...plain('rescaled', values(0, 0.9, 10)),
    ...plain('balance', values(0.5, 1.5, 11)),
    ...regions.flatMap((region) =>
      [
        [begin, middle],
        [middle, end],
      ].map(([from, until]): Manipulation => ({ kind: 'perturbation', region, value: 0, from, until })),
    ),
  ];
}
