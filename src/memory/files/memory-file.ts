/**
 * network.npz: a stored memory. Arrays in CSR form, target after target, and a JSON header.
 *
 *   starts, sources, delays, weights                    the synapses of each neuron
 *   score_starts, score_times                           the score
 *   status                                              per neuron: 0 solved, 1 infeasible, 2 roundLimit, 3 stalled
 *   violation, kkt, bound_needed                        per neuron: what the verifier found
 *   certificate_starts, certificate_times,              per neuron: the active moments, what is asked
 *   certificate_kinds, certificate_limits,              there (0 spike, 1 level, 2 slope+, 3 slope-, 4 above),
 *   certificate_multipliers                             from which limit on, and the multipliers
 *   score_starts_2, score_times_2, ...                  further scores in the same weights, if there are any;
 *   certificate_memories                                then also which of them each active moment is in
 *   lower, upper                                        bounds of each synapse's weight, if it has its own
 *   costs                                               what each synapse costs the objective, if that was given
 *   optimum, gap                                        with an objective other than the plain norm: per neuron its value, and
 *                                                       by how much at most that is above the least that is possible
 *   robust_factor, robust_impossible                    with `--robust`: by what each neuron's template was multiplied, and
 *                                                       the least factor proved impossible
 *   noise_gain, noise_gain_plain                        with `--robust noise`: refractory periods of shift per threshold of
 *                                                       noise, of the weights and of those of least norm
 *   share, stretch                                      with `--levels`: by what share all demands are lowered, and the norm
 *                                                       of the weights over that of the optimum without levels
 *   kernel_tau, membrane_tau, synapse_tau               time constants, where each neuron has its own (see model-header.ts)
 *   loss, epochs                                        of a network trained by gradients: per neuron, the loss of its
 *                                                       weights and the epochs spent
 *   header                                              JSON: schema, units, model, template, seed, version
 *
 * Times are in refractory periods (`refractory_s` tells how long one is): a certificate speaks of exact
 * coincidences of arrivals, which a conversion would break.
 */

import type { Status } from '../../../solvers/index.js';
import { EngramError } from '../../core/index.js';
import { type NpyArray, readNpz } from '../../files/index.js';
import { columnsOf } from '../memorize/index.js';
import type { Network, NeuronModel } from '../network/index.js';
import { type Score, withIds } from '../score/index.js';
import type { Box } from '../template/index.js';
import { type ArrayReader, type Certificate, readCertificates, rising } from './certificates.js';
import { aimOfHeader, headerSchema, type MemoryHeader, SCHEMA, statuses } from './memory-header.js';
import { modelOfHeader } from './model-header.js';
import { verdictColumns } from './write-memory.js';

/** A stored memory as network.npz has it. Arrays per neuron have one entry for each, arrays per synapse follow the network. */
export interface MemoryFile {
  /** Schema, units, model, template and aim. */
  header: MemoryHeader;
  /** What was stored, in refractory periods. */
  score: Score;
  /** Further scores in the same weights. */
  others: Score[];
  /** Synapses with delays, in refractory periods, and weights, in thresholds. */
  network: Network;
  /** What the neurons are, if they are not the default ones. */
  model: NeuronModel | undefined;
  /** Status of each neuron, as the judge granted it. */
  statuses: Status[];
  /** Bounds of each synapse's weight, if it has its own. */
  bounds: Box | undefined;
  /** What each synapse costs the aim, if that was given. */
  costs: Float64Array | undefined;
  /** With an objective other than the plain norm, per neuron. */
  optimum:
    | {
        /** Value of the objective. */
        value: Float64Array;
        /** By how much at most it is above the least value that is possible. */
        gap: Float64Array;
      }
    | undefined;
  /** With `header.robust`, per neuron. */
  robust:
    | {
        /** By what the template was multiplied. */
        factor: Float64Array;
        /** The least factor that is proved impossible. */
        impossible: Float64Array;
      }
    | undefined;
  /** With `header.levels`, per neuron: by what share all demands are lowered. */
  share: Float64Array | undefined;
  /** With `header.training`, per neuron. */
  trained:
    | {
        /** Loss of the weights. */
        loss: Float64Array;
        /** Epochs spent. */
        epochs: Float64Array;
      }
    | undefined;
  /** Worst violation of each neuron's template. */
  violation: Float64Array;
  /** Largest residual of the optimality conditions, per neuron. */
  kkt: Float64Array;
  /** Of an impossible neuron, a bound on the weights below which no solution exists, in thresholds; 0 for the others. */
  boundNeeded: Float64Array;
  /** The active moments of each neuron with their multipliers: of the optimum, or of the proof. */
  certificate(neuron: number): Certificate;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names of arrays that are read whatever the aim is; others may lie beside them, of any kind. */
const OURS =
  /^(header|starts|sources|delays|weights|lower|upper|costs|status|loss|epochs|(score|certificate)_\w+|(kernel|membrane|synapse)_tau)$/;

/** Reads what `writeMemory` wrote. Throws `input` with the file and what is wrong with it. */
export function readMemory(bytes: Uint8Array, file: string): MemoryFile {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  const header = headerOf(readNpz(bytes, file, ['header']).header, fail);
  const columns = [...verdictColumns, ...columnsOf(aimOfHeader(header))].map(({ name }) => name);
  return memoryOf(
    readNpz(bytes, file, (name) => OURS.test(name) || columns.includes(name)),
    file,
  );
}

/** What the arrays of an archive are asked for, and how it fails. */
interface Archive {
  array: ArrayReader;
  has(name: string): boolean;
  fail(problem: string): never;
}

function headerOf(text: unknown, fail: Archive['fail']): MemoryHeader {
  if (typeof text !== 'string') return fail('no header: not a network of this program');
  const json = parseJson(text);
  const schema = (json as { schema?: unknown } | undefined)?.schema;
  if (typeof schema === 'number' && schema > SCHEMA) {
    fail(`written by a newer version (schema ${schema}; this one reads up to ${SCHEMA}): update engram`);
  }
  const parsed = headerSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0];
  return fail(`header.${path.join('.')}: ${message}`);
}

/** The synapses and the scores, which must fit each other. */
function structureOf({ array, fail }: Archive, header: MemoryHeader): Pick<MemoryFile, 'network' | 'score' | 'others'> {
  const network = {
    starts: array('starts', Uint32Array),
    sources: array('sources', Uint32Array),
    delays: array('delays', Float64Array),
    weights: array('weights', Float64Array),
  };
  const scoreOf = (period: number, suffix: string): Score => ({
    period,
    starts: array(`score_starts${suffix}`, Uint32Array),
    times: array(`score_times${suffix}`, Float64Array),
  });
  const score = withIds(scoreOf(header.period, ''), header.ids);
  const others = (header.other_periods ?? []).map((period, i) => scoreOf(period, `_${i + 2}`));
  const synapses = network.sources.length;
  const neurons = header.channels;
  const consistent =
    network.starts.length === neurons + 1 &&
    network.starts[neurons] === synapses &&
    rising(network.starts) &&
    [score, ...others].every(
      ({ starts, times }) => rising(starts) && starts.length === neurons + 1 && starts[neurons] === times.length,
    ) &&
    network.delays.length === synapses &&
    network.weights.length === synapses &&
    network.sources.every((source) => source < neurons);
  if (!consistent) fail('the lengths of its arrays contradict each other');
  if (!network.weights.every(Number.isFinite)) fail('a weight is not a number');
  return { network, score, others };
}

/** Bounds and costs of the synapses, if there are any. */
function synapsesOf({ array, has, fail }: Archive, synapses: number): Pick<MemoryFile, 'bounds' | 'costs'> {
  const bounds =
    has('lower') || has('upper')
      ? { lower: array('lower', Float64Array), upper: array('upper', Float64Array) }
      : undefined;
  if (bounds && (bounds.lower.length !== synapses || bounds.upper.length !== synapses)) {
    fail(`there must be ${synapses} lower and upper bounds`);
  }
  const costs = has('costs') ? array('costs', Float64Array) : undefined;
  if (costs && costs.length !== synapses) fail(`there must be ${synapses} costs`);
  return { bounds, costs };
}

/** Of a network trained by gradients. */
const trainedColumns = ['loss', 'epochs'].map((name) => ({ name, values: 'losses and numbers of epochs' }));

/** The numbers per neuron: of the verdict, of the aim, of a training. */
function columnsIn({ array, has, fail }: Archive, header: MemoryHeader): Record<string, Float64Array | undefined> {
  const wanted = [...verdictColumns, ...columnsOf(aimOfHeader(header)).filter(({ unread }) => !unread)];
  const present = wanted.filter(({ name, optional }) => !optional || has(name));
  return Object.fromEntries(
    [...present, ...(header.training ? trainedColumns : [])].map(({ name, values }) => {
      const column = array(name, Float64Array);
      if (column.length !== header.channels) fail(`there must be ${header.channels} ${values}`);
      return [name, column];
    }),
  );
}

/** The memory in the arrays of an archive. */
function memoryOf(arrays: Record<string, NpyArray>, file: string): MemoryFile {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  const has = (name: string) => name in arrays;
  const array: ArrayReader = (name, type) => {
    const value = arrays[name];
    if (value instanceof type) return value;
    if (value === undefined || typeof value === 'string') return fail(`array "${name}" is missing or of another type`);
    // Other programs choose other types for the same numbers.
    const same = (type as unknown as { from(values: ArrayLike<number>): InstanceType<typeof type> }).from(value);
    const changed = value.findIndex((number, i) => !Object.is(number, same[i]) && number !== same[i]);
    return changed < 0
      ? same
      : fail(`array "${name}" is of another type: ${value[changed]} at ${changed} does not fit`);
  };
  const archive = { array, has, fail };
  const header = headerOf(arrays.header, fail);
  if (
    header.ids &&
    (new Set(header.ids.map(String)).size !== header.channels || header.ids.length !== header.channels)
  ) {
    fail('header.ids: there must be one for each channel');
  }
  const structure = structureOf(archive, header);
  const neurons = header.channels;
  const codes = array('status', Uint8Array);
  if (codes.length !== neurons || codes.some((code) => !statuses[code])) fail('array "status" is broken');
  const columns = columnsIn(archive, header);
  const { optimum: value, gap, robust_factor: factor, robust_impossible: impossible, loss, epochs } = columns;
  const { margin, slope } = header.template;
  return {
    header,
    ...structure,
    model: modelOfHeader(header.model, arrays, neurons, file),
    ...synapsesOf(archive, structure.network.sources.length),
    optimum: value && gap && { value, gap },
    robust: factor && impossible && { factor, impossible },
    share: columns.share,
    trained: loss && epochs && { loss, epochs },
    violation: columns.violation as Float64Array,
    kkt: columns.kkt as Float64Array,
    boundNeeded: columns.bound_needed as Float64Array,
    statuses: Array.from(codes, (code) => statuses[code]),
    certificate: readCertificates(array, has, fail, { neurons, others: structure.others.length, margin, slope }),
  };
}
