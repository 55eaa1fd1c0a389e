/** What storing comes to, neuron by neuron: counts, the worst residuals, reasons, and one neuron to draw. */
import { formatMoment } from '../../core/index.js';
import { aimOf, explain, type NeuronReport, type Problem, scoresOf, type Told, talliesOf } from '../memorize/index.js';
import { type Id, idOf } from '../score/index.js';
import type { DemandKind } from '../template/index.js';

export interface Counts {
  solved: number;
  infeasible: number;
  undecided: number;
}

/** A demand that the best weights of an impossible neuron do not meet, and by how much; times in seconds. */
export interface Shortfall {
  demand: DemandKind | 'ramp';
  time_s: number;
  memory?: number;
  amount: number;
  /** Of a spike: by how much later it comes, null if the threshold is not crossed near it. */
  shift_s?: number | null;
}

export interface Unsolved {
  channel: Id;
  status: string;
  reason: string;
  pays?: Shortfall[];
}

export interface StorageSummary {
  add(report: NeuronReport, neuron: number): void;
  readonly counts: Counts;
  /** Over the solved neurons. */
  readonly worst: { violation: number; kkt: number; betweenPoints?: number };
  readonly unsolved: readonly Unsolved[];
  /** How many of those that are not stored have no weights: undecided and soft ones have some. */
  readonly silent: number;
  /** How many proofs of impossible neurons fail once their synapses may have either sign. */
  readonly signed: number;
  /** The first stored neuron with at least as many spikes as most, or what comes closest to that. */
  readonly typical: { report: NeuronReport; neuron: number } | undefined;
  /** What the aim tells of the solved neurons: part of summary.json, and lines of the screen. */
  told(): Told[];
  /** The part of summary.json that is about storage. */
  json(): object;
}

/** Collects the reports of a problem whose refractory period is `tau0` seconds. */
export function createStorageSummary(problem: Problem, tau0: number): StorageSummary {
  const { score } = problem;
  const counts: Counts = { solved: 0, infeasible: 0, undecided: 0 };
  const worst: StorageSummary['worst'] = { violation: 0, kkt: 0 };
  const work = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };
  const unsolved: Unsolved[] = [];
  const tallies = talliesOf(aimOf(problem), tau0);
  const told = () => tallies.map((tally) => tally.tell());
  const busy = score.times.length / (score.starts.length - 1);
  let [signed, silent] = [0, 0];
  let typical: { rank: number; report: NeuronReport; neuron: number } | undefined;

  return {
    counts,
    worst,
    unsolved,
    get silent() {
      return silent;
    },
    get signed() {
      return signed;
    },
    get typical() {
      return typical;
    },
    add(report, neuron) {
      const { status, betweenPoints } = report;
      if (status === 'solved') {
        counts.solved++;
        worst.violation = Math.max(worst.violation, report.violation);
        worst.kkt = Math.max(worst.kkt, report.kkt);
        if (betweenPoints !== undefined) worst.betweenPoints = Math.max(worst.betweenPoints ?? 0, betweenPoints);
        for (const tally of tallies) tally.add(report);
      } else {
        counts[status === 'infeasible' ? 'infeasible' : 'undecided']++;
        if (report.signed) signed++;
        if (report.weights.every((w) => w === 0)) silent++;
        unsolved.push(unsolvedOf(report, problem, neuron, tau0));
      }
      for (const name of Object.keys(work) as (keyof typeof work)[]) work[name] += report.counters[name];
      const rank = status === 'solved' ? (score.starts[neuron + 1] - score.starts[neuron] >= busy ? 2 : 1) : 0;
      if (!typical || rank > typical.rank) typical = { rank, report, neuron };
    },
    told,
    json() {
      return {
        ...counts,
        worst_violation: worst.violation,
        ...(worst.betweenPoints === undefined ? {} : { worst_between_points: worst.betweenPoints }),
        kkt_residual: worst.kkt,
        ...Object.assign({}, ...told().map(({ json }) => json)),
        work,
        ...(signed > 0 ? { resting_on_signs: signed } : {}),
        unsolved,
      };
    },
  };
}

/** Why a neuron is not stored, and what its best weights do not meet. */
function unsolvedOf(report: NeuronReport, problem: Problem, channel: number, tau0: number): Unsolved {
  const pays = report.shortfalls?.map(
    ({ demand: { kind, memory, ramp }, time, amount, shift }): Shortfall => ({
      demand: ramp ? 'ramp' : kind,
      time_s: (time % scoresOf(problem)[memory ?? 0].period) * tau0,
      ...(memory === undefined ? {} : { memory: memory + 1 }),
      amount,
      ...(shift === undefined ? {} : { shift_s: shift === null ? null : shift * tau0 }),
    }),
  );
  const reason = explain(report, problem, channel, (time) => formatMoment(time * tau0));
  return { channel: idOf(problem.score, channel), status: report.status, reason, ...(pays ? { pays } : {}) };
}
