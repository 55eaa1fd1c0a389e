/** Writes network.npz (see memory-file.ts). */
import { demandFunction, demandObject, demandPositive, refuse } from '../../core/index.js';
import { writeNpz } from '../../files/index.js';
import {
  aimOf,
  type Column,
  checkProblem,
  columnsOf,
  type NeuronReport,
  type Problem,
  spellingOf,
} from '../memorize/index.js';
import { channelCount } from '../score/index.js';
import { certificateColumns } from './certificates.js';
import { type MemoryHeader, SCHEMA, statuses, templateHeader } from './memory-header.js';
import { modelHeader } from './model-header.js';

/** What a file says of its own making. */
export interface Stamp {
  /** Name and version of what wrote it. */
  program: string;
  /** Seed that score and wiring were drawn with. */
  seed: number;
  /** Seconds per refractory period. */
  tau0: number;
  /** How many channels, the last ones, were added with scores of their own. */
  hidden?: number | undefined;
  /** Of weights that were trained instead of solved for. */
  training?:
    | {
        /** Method and settings, as the header has them. */
        settings: NonNullable<MemoryHeader['training']>;
        /** Per neuron, the loss of its weights. */
        loss: Float64Array;
        /** Per neuron, the epochs spent. */
        epochs: Float64Array;
      }
    | undefined;
}

/** What the verifier found, of any aim: a number per neuron. */
export const verdictColumns: readonly Column[] = [
  { name: 'violation', values: 'residuals', of: ({ violation }) => violation, none: 0 },
  { name: 'kkt', values: 'residuals', of: ({ kkt }) => kkt, none: 0 },
  { name: 'bound_needed', values: 'residuals', of: ({ boundNeeded }) => boundNeeded, none: 0 },
];

/** Gathers columns neuron by neuron. */
function columnArrays(columns: readonly Column[], neurons: number) {
  const own = columns.map((column) => ({ column, values: new Float64Array(neurons).fill(column.none), found: false }));
  return {
    add(neuron: number, report: NeuronReport) {
      for (const one of own) {
        const value = one.column.of(report);
        if (value === undefined) continue;
        one.values[neuron] = value;
        one.found = true;
      }
    },
    arrays: () =>
      Object.fromEntries(
        own.filter(({ column, found }) => found || !column.optional).map(({ column, values }) => [column.name, values]),
      ),
  };
}

function headerOf(problem: Problem, { program, seed, tau0, hidden, training }: Stamp): MemoryHeader {
  const { score, others = [], model, template } = problem;
  return {
    schema: model || template.shape || template.overdrive ? SCHEMA : 1,
    program,
    seed,
    refractory_s: tau0,
    period: score.period,
    channels: channelCount(score),
    ...(score.ids ? { ids: [...score.ids] } : {}),
    ...(hidden ? { hidden } : {}),
    ...(others.length > 0 ? { other_periods: others.map(({ period }) => period) } : {}),
    model: modelHeader(model).header,
    units: { time: 'refractory period', weight: 'threshold', slope: 'threshold per refractory period' },
    template: templateHeader(template),
    ...spellingOf(problem),
    ...(training ? { training: training.settings } : {}),
  };
}

/**
 * Writes a memory piece by piece. `neurons` is gone through twice: once for what is small, once for the weights,
 * so that they need not be in memory.
 */
export function writeMemory(
  problem: Problem,
  neurons: Iterable<NeuronReport>,
  stamp: Stamp,
  write: (bytes: Uint8Array) => void,
): void {
  checkProblem(problem);
  demandObject('the stamp', stamp);
  demandPositive('the refractory period in seconds', stamp.tau0);
  demandFunction('what takes the bytes', write);
  if (typeof neurons?.[Symbol.iterator] !== 'function') refuse('the neurons must be a list of reports');
  const { score, others = [], wiring, model, bounds, costs } = problem;
  const channels = channelCount(score);
  const status = new Uint8Array(channels);
  const columns = columnArrays([...verdictColumns, ...columnsOf(aimOf(problem))], channels);
  const certificates = certificateColumns(channels, others.length > 0);
  let l = 0;
  for (const report of neurons) {
    status[l] = statuses.indexOf(report.status);
    columns.add(l, report);
    certificates.add(l, report);
    l++;
  }
  if (l !== channels) refuse(`there must be a report for each of ${channels} neurons; got ${l}`);
  function* weights() {
    for (const neuron of neurons) yield neuron.weights;
  }
  writeNpz(
    {
      header: JSON.stringify(headerOf(problem, stamp)),
      starts: wiring.starts,
      sources: wiring.sources,
      delays: wiring.delays,
      weights: { type: '<f8', length: wiring.sources.length, pieces: weights() },
      ...bounds,
      ...modelHeader(model).arrays,
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
      ...columns.arrays(),
      ...(stamp.training ? { loss: stamp.training.loss, epochs: stamp.training.epochs } : {}),
      ...certificates.arrays(),
    },
    write,
  );
}
