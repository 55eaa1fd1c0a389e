/**
 * Networks that several tasks of a campaign test. Every task makes its network anew from its numbers, so that it depends
 * on nothing else; what the thread made last is kept, because tasks of one network follow each other.
 */
import { createPool } from '../../../src/campaign/index.js';
import { streamKey } from '../../../src/core/index.js';
import { memorizeJob, type NeuronReport, type Objective, type Problem } from '../../../src/memory/memorize/index.js';
import { type Network, wireFixedIn } from '../../../src/memory/network/index.js';
import { type Score, sampleScore } from '../../../src/memory/score/index.js';
import type { Template } from '../../../src/memory/template/index.js';

export interface StoreSpec {
  seed: number;
  channels: number;
  inputs: number;
  period: number;
  activity: number;
  delays: readonly [number, number];
  template: Template;
  objective: Objective;
}

/** What configurations say of their networks. */
interface NetworkConfig extends Omit<StoreSpec, 'template' | 'objective'>, Template {
  objective?: Objective;
}

/** Network number `network` of a configuration, in which a task may have replaced what it varies. */
export const specOf = (config: NetworkConfig, network: number): StoreSpec => {
  const { seed, channels, inputs, period, activity, delays, margin, slope, zone, bound, objective = 'l2' } = config;
  const template = { margin, slope, zone, bound };
  return {
    seed: seedFor(seed, `network ${network}`),
    channels,
    inputs,
    period,
    activity,
    delays,
    template,
    objective,
  };
};

export interface Stored {
  score: Score;
  network: Network;
  /** Neurons whose program was solved; the others have weights 0, or soft ones where the problem asks for them. */
  solved: number;
}

/** Whose weights go into the network: of an impossible neuron they are 0, or with soft demands the best there are. */
const takes = (status: NeuronReport['status']) => status === 'solved' || status === 'infeasible';

/** Neuron after neuron, on this thread. */
export function storeProblem(problem: Problem): Stored {
  const { score, wiring } = problem;
  const task = memorizeJob.prepare(problem);
  const weights = new Float64Array(wiring.sources.length);
  let solved = 0;
  for (let neuron = 0; neuron < wiring.starts.length - 1; neuron++) {
    const report = task(neuron);
    if (takes(report.status)) weights.set(report.weights, wiring.starts[neuron]);
    if (report.status === 'solved') solved++;
  }
  return { score, network: { ...wiring, weights }, solved };
}

/** From so many neurons on a network is worth threads of its own. */
const LARGE = 256;

/** The same on as many threads as there are processors, where a network is large; to the same bytes. */
export async function storeOnThreads(problem: Problem): Promise<Stored> {
  const { score, wiring } = problem;
  const neurons = wiring.starts.length - 1;
  if (neurons < LARGE) return storeProblem(problem);
  const pool = createPool();
  const weights = new Float64Array(wiring.sources.length);
  let solved = 0;
  try {
    await pool.map(memorizeJob, problem, neurons, (report, neuron) => {
      if (takes(report.status)) weights.set(report.weights, wiring.starts[neuron]);
      if (report.status === 'solved') solved++;
    });
  } finally {
    await pool.close();
  }
  return { score, network: { ...wiring, weights }, solved };
}

let last: { key: string; stored: Stored } | undefined;

/** The network of a key: made, or the one that this thread made last. */
export function kept(key: unknown, make: () => Stored): Stored {
  const text = JSON.stringify(key);
  if (last?.key !== text) last = { key: text, stored: make() };
  return last.stored;
}

/** A sampled score in a random wiring. */
export const storeSampled = (spec: StoreSpec): Stored =>
  kept(spec, () => {
    const { seed, channels, inputs, period, activity, delays, template, objective } = spec;
    return storeProblem({
      score: sampleScore(channels, period, activity, seed),
      wiring: wireFixedIn({ neurons: channels, inputs, delays, seed }),
      template,
      objective,
    });
  });

/** A seed of its own for every purpose. */
export const seedFor = (seed: number, purpose: string): number => streamKey(seed, purpose)[0];
