/**
 * network.npz: a stored memory. Arrays in CSR form, target after target, and a JSON header.
 *
 *   starts, sources, delays, weights                    the synapses of each neuron
 *   score_starts, score_times                           the score
 *   status                                              per neuron: 0 solved, 1 infeasible, 2 roundLimit, 3 stalled
 *   violation, kkt, bound_needed                        per neuron: what the verifier found
 *   certificate_starts, certificate_times,              per neuron: the active moments, what is asked
 *   certificate_kinds, certificate_multipliers          there (0 spike, 1 level, 2 slope+, 3 slope-), multipliers
 *   header                                              JSON: schema, units, model, template, seed, version
 *
 * Times are in refractory periods (`refractory_s` tells how long one is): a certificate speaks of exact
 * coincidences of arrivals, which a conversion would break.
 */
import { z } from 'zod';
import type { Status } from '../../solvers/index.js';
import { EngramError } from '../core/index.js';
import type { NeuronReport, Problem } from '../memorize/index.js';
import type { Network } from '../network/index.js';
import type { Score } from '../score/index.js';
import { cutKinds, type Template } from '../template/index.js';
import { type NpyArray, readNpz, writeNpz } from './npz.js';

const SCHEMA = 1;
const statuses: readonly Status[] = ['solved', 'infeasible', 'roundLimit', 'stalled'];

const headerSchema = z.object({
  schema: z.literal(SCHEMA),
  program: z.string(),
  seed: z.number(),
  refractory_s: z.number().positive().max(1e6),
  period: z.number().positive().max(1e9),
  channels: z.int().positive(),
  model: z.object({ neuron: z.literal('continuation'), kernel: z.literal('t exp(1 - t)'), threshold: z.literal(1) }),
  units: z.object({ time: z.literal('refractory period'), weight: z.literal('threshold'), slope: z.string() }),
  template: z.object({ margin: z.number(), slope: z.number(), zone: z.number(), bound: z.number() }),
  objective: z.enum(['l2', 'none']),
});
export type MemoryHeader = z.infer<typeof headerSchema>;

export interface MemoryFile {
  header: MemoryHeader;
  score: Score;
  network: Network;
  statuses: Status[];
}

export function writeMemory(
  problem: Problem,
  network: Network,
  neurons: readonly NeuronReport[],
  { program, seed, tau0 }: { program: string; seed: number; tau0: number },
): Uint8Array {
  const { score, template, objective } = problem;
  const header: MemoryHeader = {
    schema: SCHEMA,
    program,
    seed,
    refractory_s: tau0,
    period: score.period,
    channels: neurons.length,
    model: { neuron: 'continuation', kernel: 't exp(1 - t)', threshold: 1 },
    units: { time: 'refractory period', weight: 'threshold', slope: 'threshold per refractory period' },
    template: pick(template),
    objective,
  };
  const certificateStarts = new Uint32Array(neurons.length + 1);
  neurons.forEach(({ cuts }, l) => {
    certificateStarts[l + 1] = certificateStarts[l] + cuts.length;
  });
  const cuts = neurons.flatMap((neuron) => neuron.cuts);
  return writeNpz({
    header: JSON.stringify(header),
    starts: network.starts,
    sources: network.sources,
    delays: network.delays,
    weights: network.weights,
    score_starts: score.starts,
    score_times: score.times,
    status: Uint8Array.from(neurons, ({ status }) => statuses.indexOf(status)),
    violation: Float64Array.from(neurons, ({ violation }) => violation),
    kkt: Float64Array.from(neurons, ({ kkt }) => kkt),
    bound_needed: Float64Array.from(neurons, ({ boundNeeded }) => boundNeeded),
    certificate_starts: certificateStarts,
    certificate_times: Float64Array.from(cuts, ({ time }) => time),
    certificate_kinds: Uint8Array.from(cuts, ({ kind }) => cutKinds.indexOf(kind)),
    certificate_multipliers: Float64Array.from(neurons.flatMap(({ multipliers }) => Array.from(multipliers))),
  });
}

const rising = (starts: Uint32Array) => starts.every((start, i) => (i === 0 ? start === 0 : start >= starts[i - 1]));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const pick = ({ margin, slope, zone, bound }: Template) => ({ margin, slope, zone, bound });

/** Reads what `writeMemory` wrote. Throws `input` with the file and what is wrong with it. */
export function readMemory(bytes: Uint8Array, file: string): MemoryFile {
  const arrays = readNpz(bytes, file);
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  function array<Type extends NpyArray>(name: string, type: abstract new (...args: never[]) => Type): Type {
    const value = arrays[name];
    return value instanceof type ? value : fail(`array "${name}" is missing or of another type`);
  }
  if (typeof arrays.header !== 'string') fail('no header: not a network of this program');
  const parsed = headerSchema.safeParse(parseJson(arrays.header as string));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    return fail(`header.${path.join('.')}: ${message}`);
  }
  const header = parsed.data;
  const network = {
    starts: array('starts', Uint32Array),
    sources: array('sources', Uint32Array),
    delays: array('delays', Float64Array),
    weights: array('weights', Float64Array),
  };
  const score = {
    period: header.period,
    starts: array('score_starts', Uint32Array),
    times: array('score_times', Float64Array),
  };
  const synapses = network.sources.length;
  const neurons = header.channels;
  const consistent =
    network.starts.length === neurons + 1 &&
    network.starts[neurons] === synapses &&
    rising(network.starts) &&
    rising(score.starts) &&
    network.delays.length === synapses &&
    network.weights.length === synapses &&
    network.sources.every((source) => source < neurons) &&
    score.starts.length === neurons + 1 &&
    score.starts[neurons] === score.times.length;
  if (!consistent) fail('the lengths of its arrays contradict each other');
  return { header, network, score, statuses: Array.from(array('status', Uint8Array), (code) => statuses[code]) };
}
