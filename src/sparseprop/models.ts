/**
 * The networks of the published program, by name: N neurons with K targets each, all of weight W = -J0 / sqrt(K), and the drive of the
 * balance equation, at which a network with K -> infinity fires at the rate nu:
 *
 *   I = tau sqrt(K) J0 nu,     heterogeneous:  I_i = I (1 + eta sin(2 i / N)),  i = 1 ... N.
 *
 * (Engelken 2023, arXiv 2312.17216; van Vreeswijk and Sompolinsky 1996.)
 */
import { cos, demandNumber, demandObject, demandOneOf, EngramError } from '../core/index.js';
import { type SeriesForm, withSeries } from './chebyshev.js';
import type { Circuit } from './circuit.js';
import { type Connectivity, generated, inMemory } from './connectivity.js';
import { customNeuron, type NeuronSpec } from './custom.js';
import { eif } from './eif.js';
import { lif } from './lif.js';
import type { Neuron } from './neuron.js';
import { qif } from './qif.js';

/** The neurons of the published program. */
export const modelNames = ['lif', 'qif', 'qif-heterogeneous', 'eif', 'eif-chebyshev'] as const;
/** A neuron by its name. */
export type ModelName = (typeof modelNames)[number];

/** What makes a standard network; everything has the published default. */
export interface NetworkSpec {
  /** The published neuron; `qif-heterogeneous` spreads the drives as well. */
  readonly model: ModelName;
  /** A user's own neuron in place of the model. */
  readonly neuron?: NeuronSpec | undefined;
  /** N. */
  readonly n: number;
  /** K. */
  readonly k: number;
  /** J0, the coupling: all weights are -J0 / sqrt(K). */
  readonly j0: number;
  /** nu, in Hz. */
  readonly rate: number;
  /** tau, in seconds. */
  readonly tau: number;
  /** The drive itself, in place of the balance equation. */
  readonly drive?: number | undefined;
  /** Of the synapses. */
  readonly seedNet: number;
  /** qif-heterogeneous: relative spread of the drives, at least 0 and below 1. */
  readonly eta: number;
  /** eif, eif-chebyshev: D, over how much voltage the spike sets in; above 0. */
  readonly deltaV: number;
  /** eif-chebyshev: nodes of the series, 2 to 1000. */
  readonly nodes: number;
  /** eif-chebyshev: the variable of the series, as published (phase) or its root. */
  readonly series: SeriesForm;
  /** Drawn when needed, in memory, or every pair by itself with mean K; or given. */
  readonly connectivity: 'generated' | 'csr' | 'erdos-renyi' | Connectivity;
}

/** The published defaults. */
export const networkDefaults: NetworkSpec = {
  model: 'lif',
  n: 100000,
  k: 100,
  j0: 1,
  rate: 1,
  tau: 0.01,
  seedNet: 1,
  eta: 0.4,
  deltaV: 0.1,
  nodes: 20,
  series: 'phase',
  connectivity: 'generated',
};

/** The neuron of a specification. */
export function neuronOf(spec: NetworkSpec): Neuron {
  demandObject('the network', spec);
  const { model, neuron, deltaV, nodes, series } = spec;
  demandOneOf('the model', model, modelNames);
  if (neuron) return customNeuron(neuron);
  if (model === 'lif') return lif;
  if (model === 'eif') return eif(deltaV);
  if (model === 'eif-chebyshev') return withSeries(eif(deltaV), nodes, series);
  return qif;
}

/** The drive of the balance equation, or the one that is given. */
export function balanceDrive(spec: NetworkSpec): number {
  demandObject('the network', spec);
  const { k, j0, rate, tau, drive } = spec;
  const made = drive ?? tau * Math.sqrt(k) * j0 * rate;
  demandNumber('the drive', made);
  return made;
}

/** The network of a specification. Throws `usage` if there is none. */
export function networkOf(spec: NetworkSpec): Circuit {
  demandObject('the network', spec);
  const { model, n, k, j0, eta, seedNet: seed, connectivity: kind } = spec;
  const neuron = neuronOf(spec);
  const weight = k > 0 ? -j0 / Math.sqrt(k) : 0;
  const made = () => generated({ neurons: n, degree: k, weight, seed, random: kind === 'erdos-renyi' });
  const connectivity = typeof kind === 'object' ? kind : kind === 'csr' ? inMemory(made()) : made();
  const drive = balanceDrive(spec);
  const size = connectivity.neurons;
  if (model !== 'qif-heterogeneous' || spec.neuron) return { neuron, drives: drive, connectivity };
  if (!(eta >= 0 && eta < 1))
    throw new EngramError('usage', `the spread of drives is at least 0 and below 1; got ${eta}`);
  const drives = Float64Array.from(
    { length: size },
    (_, i) => drive * (1 + eta * cos((2 * (i + 1)) / size - Math.PI / 2)),
  );
  return { neuron, drives, connectivity };
}
