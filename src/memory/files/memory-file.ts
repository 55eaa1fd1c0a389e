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
import { z } from 'zod';
import type { Status } from '../../../solvers/index.js';
import { EngramError } from '../../core/index.js';
import { type NpyArray, type NpyStream, readNpz, writeNpz } from '../../files/index.js';
import {
  aimOf,
  columnsOf,
  type NeuronReport,
  type Objective,
  type Problem,
  parseObjective,
  spellingOf,
} from '../memorize/index.js';
import type { Network, NeuronModel } from '../network/index.js';
import { channelCount, type Score } from '../score/index.js';
import { type Box, type Cut, type CutKind, cutKinds, type Template } from '../template/index.js';
import { modelHeader, modelOfHeader, modelSchema } from './model-header.js';

/** Files of the default neuron and template are still written as schema 1, which older versions read. */
const SCHEMA = 2;
const MOST_CHANNELS = 10_000_000;
const statuses: readonly Status[] = ['solved', 'infeasible', 'roundLimit', 'stalled'];

const headerSchema = z.object({
  schema: z.union([z.literal(1), z.literal(SCHEMA)]),
  program: z.string(),
  seed: z.number(),
  refractory_s: z.number().positive().max(1e6),
  period: z.number().positive().max(1e9),
  channels: z.int().positive().max(MOST_CHANNELS),
  /** The last so many channels were added with scores of their own (`--hidden`). */
  hidden: z.int().nonnegative().optional(),
  /** Periods of further memories in the same weights. */
  other_periods: z.array(z.number().positive().max(1e9)).optional(),
  model: modelSchema,
  units: z.object({ time: z.literal('refractory period'), weight: z.literal('threshold'), slope: z.string() }),
  template: z.object({
    margin: z.number(),
    slope: z.number(),
    zone: z.number(),
    bound: z.number(),
    grid: z.number().positive().optional(),
    shape: z.enum(['window', 'ramp']).optional(),
  }),
  objective: z.custom<Objective>(
    (text) => typeof text === 'string' && parseObjective(text) === text,
    'unknown objective',
  ),
  /** What of the template was multiplied, neuron by neuron, and how far towards the most. */
  robust: z.object({ what: z.enum(['margin', 'slope', 'both', 'noise']), share: z.number() }).optional(),
  /** Whether impossible neurons have their best weights, instead of none. */
  soft: z.literal(true).optional(),
  /** Of how many equidistant values from -bound to bound each weight is one. */
  levels: z.int().optional(),
  /** Of weights that were trained instead of solved for: the method and its settings. */
  training: z
    .object({ method: z.string() })
    .catchall(z.union([z.string(), z.number(), z.boolean()]))
    .optional(),
});
export type MemoryHeader = z.infer<typeof headerSchema>;

export interface MemoryFile {
  header: MemoryHeader;
  score: Score;
  others: Score[];
  network: Network;
  /** What the neurons are, if they are not the default ones. */
  model: NeuronModel | undefined;
  statuses: Status[];
  bounds: Box | undefined;
  costs: Float64Array | undefined;
  /** With an objective other than the plain norm: see NeuronReport. */
  optimum: { value: Float64Array; gap: Float64Array } | undefined;
  /** With `header.robust`: see NeuronReport. */
  robust: { factor: Float64Array; impossible: Float64Array } | undefined;
  /** With `header.levels`: see NeuronReport. */
  share: Float64Array | undefined;
  /** With `header.training`. */
  trained: { loss: Float64Array; epochs: Float64Array } | undefined;
  violation: Float64Array;
  kkt: Float64Array;
  boundNeeded: Float64Array;
  /** The active moments of each neuron with their multipliers: of the optimum, or of the proof. */
  certificate(neuron: number): { cuts: Cut[]; multipliers: Float64Array };
}

/** What a file says of its own making. */
export interface Stamp {
  program: string;
  seed: number;
  tau0: number;
  hidden?: number | undefined;
  /** Of trained weights: method and settings, and per neuron the loss and the epochs. */
  training?: { settings: NonNullable<MemoryHeader['training']>; loss: Float64Array; epochs: Float64Array } | undefined;
}

/**
 * Writes a memory piece by piece. `neurons` is gone through twice: once for what is small, once for the weights,
 * so that they need not be in memory.
 */
export function writeMemory(
  problem: Problem,
  neurons: Iterable<NeuronReport>,
  { program, seed, tau0, hidden, training }: Stamp,
  write: (bytes: Uint8Array) => void,
): void {
  const { score, others = [], wiring, model, template, bounds, costs } = problem;
  const channels = channelCount(score);
  const own = columnsOf(aimOf(problem)).map((column) => ({
    column,
    values: new Float64Array(channels).fill(column.none),
    found: false,
  }));
  const described = modelHeader(model);
  const header: MemoryHeader = {
    schema: model || template.shape ? SCHEMA : 1,
    program,
    seed,
    refractory_s: tau0,
    period: score.period,
    channels,
    ...(hidden ? { hidden } : {}),
    ...(others.length > 0 ? { other_periods: others.map(({ period }) => period) } : {}),
    model: described.header,
    units: { time: 'refractory period', weight: 'threshold', slope: 'threshold per refractory period' },
    template: pick(template),
    ...spellingOf(problem),
    ...(training ? { training: training.settings } : {}),
  };
  const [status, violation, kkt, boundNeeded] = [
    new Uint8Array(channels),
    new Float64Array(channels),
    new Float64Array(channels),
    new Float64Array(channels),
  ];
  const starts = new Uint32Array(channels + 1);
  const kinds: Uint8Array[] = [];
  const memories: Uint8Array[] = [];
  const columns = { times: [] as Float64Array[], limits: [] as Float64Array[], multipliers: [] as Float64Array[] };
  let l = 0;
  for (const neuron of neurons) {
    status[l] = statuses.indexOf(neuron.status);
    violation[l] = neuron.violation;
    kkt[l] = neuron.kkt;
    boundNeeded[l] = neuron.boundNeeded;
    for (const one of own) {
      const value = one.column.of(neuron);
      if (value === undefined) continue;
      one.values[l] = value;
      one.found = true;
    }
    starts[l + 1] = starts[l] + neuron.cuts.length;
    kinds.push(Uint8Array.from(neuron.cuts, ({ kind }) => cutKinds.indexOf(kind)));
    if (others.length > 0) memories.push(Uint8Array.from(neuron.cuts, ({ memory = 0 }) => memory));
    columns.times.push(Float64Array.from(neuron.cuts, ({ time }) => time));
    columns.limits.push(Float64Array.from(neuron.cuts, ({ limit }) => limit));
    columns.multipliers.push(neuron.multipliers);
    l++;
  }
  const joined = (pieces: Float64Array[]): NpyStream => ({ type: '<f8', length: starts[channels], pieces });
  function* weights() {
    for (const neuron of neurons) yield neuron.weights;
  }
  writeNpz(
    {
      header: JSON.stringify(header),
      starts: wiring.starts,
      sources: wiring.sources,
      delays: wiring.delays,
      weights: { type: '<f8', length: wiring.sources.length, pieces: weights() },
      ...bounds,
      ...described.arrays,
      ...(costs ? { costs } : {}),
      score_starts: score.starts,
      score_times: score.times,
      ...Object.fromEntries(
        others.flatMap(({ starts: firsts, times }, i) => [
          [`score_starts_${i + 2}`, firsts],
          [`score_times_${i + 2}`, times],
        ]),
      ),
      status,
      violation,
      kkt,
      bound_needed: boundNeeded,
      ...Object.fromEntries(
        own.filter(({ column, found }) => found || !column.optional).map(({ column, values }) => [column.name, values]),
      ),
      ...(training ? { loss: training.loss, epochs: training.epochs } : {}),
      certificate_starts: starts,
      certificate_times: joined(columns.times),
      certificate_kinds: { type: '|u1', length: starts[channels], pieces: kinds },
      ...(others.length > 0
        ? { certificate_memories: { type: '|u1' as const, length: starts[channels], pieces: memories } }
        : {}),
      certificate_limits: joined(columns.limits),
      certificate_multipliers: joined(columns.multipliers),
    },
    write,
  );
}

const rising = (starts: Uint32Array) => starts.every((start, i) => (i === 0 ? start === 0 : start >= starts[i - 1]));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const pick = ({ margin, slope, zone, bound, grid, shape }: Template) => ({
  margin,
  slope,
  zone,
  bound,
  ...(grid === undefined ? {} : { grid }),
  ...(shape === undefined ? {} : { shape }),
});

/** Reads what `writeMemory` wrote. Throws `input` with the file and what is wrong with it. */
export const readMemory = (bytes: Uint8Array, file: string): MemoryFile => memoryOf(readNpz(bytes, file), file);

/** The memory in the arrays of an archive. */
export function memoryOf(arrays: Record<string, NpyArray>, file: string): MemoryFile {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  function array<Type extends NpyArray>(name: string, type: abstract new (...args: never[]) => Type): Type {
    const value = arrays[name];
    return value instanceof type ? value : fail(`array "${name}" is missing or of another type`);
  }
  if (typeof arrays.header !== 'string') fail('no header: not a network of this program');
  const json = parseJson(arrays.header as string);
  const schema = (json as { schema?: unknown } | undefined)?.schema;
  if (typeof schema === 'number' && schema > SCHEMA) {
    fail(`written by a newer version (schema ${schema}; this one reads up to ${SCHEMA}): update engram`);
  }
  const parsed = headerSchema.safeParse(json);
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
  const others = (header.other_periods ?? []).map((period, i) => ({
    period,
    starts: array(`score_starts_${i + 2}`, Uint32Array),
    times: array(`score_times_${i + 2}`, Float64Array),
  }));
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
  const codes = array('status', Uint8Array);
  if (codes.length !== neurons || codes.some((code) => !statuses[code])) fail('array "status" is broken');
  const bounds =
    'lower' in arrays || 'upper' in arrays
      ? { lower: array('lower', Float64Array), upper: array('upper', Float64Array) }
      : undefined;
  if (bounds && (bounds.lower.length !== synapses || bounds.upper.length !== synapses)) {
    fail(`there must be ${synapses} lower and upper bounds`);
  }
  const costs = 'costs' in arrays ? array('costs', Float64Array) : undefined;
  if (costs && costs.length !== synapses) fail(`there must be ${synapses} costs`);
  const optimum =
    'gap' in arrays ? { value: array('optimum', Float64Array), gap: array('gap', Float64Array) } : undefined;
  if (optimum && Object.values(optimum).some((values) => values.length !== neurons))
    fail(`there must be ${neurons} values of the objective`);
  const found = {
    violation: array('violation', Float64Array),
    kkt: array('kkt', Float64Array),
    boundNeeded: array('bound_needed', Float64Array),
  };
  if (Object.values(found).some((values) => values.length !== neurons)) fail(`there must be ${neurons} residuals`);
  const robust = header.robust && {
    factor: array('robust_factor', Float64Array),
    impossible: array('robust_impossible', Float64Array),
  };
  if (robust && Object.values(robust).some((values) => values.length !== neurons))
    fail(`there must be ${neurons} factors`);
  const share = header.levels === undefined ? undefined : array('share', Float64Array);
  if (share && share.length !== neurons) fail(`there must be ${neurons} shares`);
  const trained = header.training && { loss: array('loss', Float64Array), epochs: array('epochs', Float64Array) };
  if (trained && Object.values(trained).some((values) => values.length !== neurons)) {
    fail(`there must be ${neurons} losses and numbers of epochs`);
  }
  const firsts = array('certificate_starts', Uint32Array);
  const moments = {
    times: array('certificate_times', Float64Array),
    kinds: array('certificate_kinds', Uint8Array),
    multipliers: array('certificate_multipliers', Float64Array),
  };
  const active = firsts[neurons];
  if (
    firsts.length !== neurons + 1 ||
    !rising(firsts) ||
    Object.values(moments).some((values) => values.length !== active) ||
    moments.kinds.some((code) => !cutKinds[code])
  ) {
    fail('the arrays of its certificates contradict each other');
  }
  const inMemory = others.length > 0 ? array('certificate_memories', Uint8Array) : undefined;
  if (inMemory && (inMemory.length !== active || inMemory.some((memory) => memory > others.length))) {
    fail('array "certificate_memories" is broken');
  }
  // Files of the first version have no limits: there they follow from the kind.
  const limits = 'certificate_limits' in arrays ? array('certificate_limits', Float64Array) : undefined;
  const usual = { spike: 1, above: 1, level: header.template.margin - 1 };
  const limitOf = (kind: CutKind) => (kind in usual ? usual[kind as keyof typeof usual] : header.template.slope);
  return {
    header,
    network,
    model: modelOfHeader(header.model, arrays, neurons, file),
    score,
    others,
    bounds,
    costs,
    optimum,
    robust,
    share,
    trained,
    ...found,
    statuses: Array.from(codes, (code) => statuses[code]),
    certificate(neuron) {
      const [first, last] = [firsts[neuron], firsts[neuron + 1]];
      const cuts = Array.from({ length: last - first }, (_, i): Cut => {
        const kind = cutKinds[moments.kinds[first + i]];
        const moment = { time: moments.times[first + i], kind, limit: limits ? limits[first + i] : limitOf(kind) };
        return inMemory ? { ...moment, memory: inMemory[first + i] } : moment;
      });
      return { cuts, multipliers: moments.multipliers.slice(first, last) };
    },
  };
}
