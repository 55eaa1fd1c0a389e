/** What storing comes to, neuron by neuron: counts, the worst residuals, reasons, and one neuron to draw. */
import { formatMoment, spread } from '../../core/index.js';
import { explain, type NeuronReport, type Problem, scoresOf, spellingOf } from '../memorize/index.js';
import type { DemandKind } from '../template/index.js';
import type { Spread } from './samples.js';

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
  channel: number;
  status: string;
  reason: string;
  pays?: Shortfall[];
}

/** What the aim of the problem adds, over the solved neurons; parts that it does not bring, or that no neuron has, are missing. */
export interface AimSummary {
  /** Factors by which the template is multiplied. */
  factors?: Spread;
  /** Gains of noise of the weights of least norm, and of the weights, in refractory periods per threshold. */
  noise?: { plain: Spread; gain: Spread };
  /** The largest duality gap, and synapses of a neuron whose weight is not 0. */
  optimum?: { gap: number; used: Spread };
  /** Shares by which demands are lowered for weights on levels. */
  shares?: Spread;
  /** Norms over those without levels. */
  stretches?: Spread;
}

export interface StorageSummary {
  add(report: NeuronReport, neuron: number): void;
  readonly counts: Counts;
  /** Over the solved neurons. */
  readonly worst: { violation: number; kkt: number; betweenPoints?: number };
  readonly unsolved: readonly Unsolved[];
  /** The first stored neuron with at least as many spikes as most, or what comes closest to that. */
  readonly typical: { report: NeuronReport; neuron: number } | undefined;
  aim(): AimSummary;
  /** The part of summary.json that is about storage. */
  json(): object;
}

/** Collects the reports of a problem whose refractory period is `tau0` seconds. */
export function createStorageSummary(problem: Problem, tau0: number): StorageSummary {
  const { score } = problem;
  const { robust, levels } = spellingOf(problem);
  const counts: Counts = { solved: 0, infeasible: 0, undecided: 0 };
  const worst: StorageSummary['worst'] = { violation: 0, kkt: 0 };
  const work = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };
  const unsolved: Unsolved[] = [];
  const aims = createAims();
  const busy = score.times.length / (score.starts.length - 1);
  let typical: { rank: number; report: NeuronReport; neuron: number } | undefined;

  return {
    counts,
    worst,
    unsolved,
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
        aims.add(report);
      } else {
        counts[status === 'infeasible' ? 'infeasible' : 'undecided']++;
        unsolved.push(unsolvedOf(report, problem, neuron, tau0));
      }
      for (const name of Object.keys(work) as (keyof typeof work)[]) work[name] += report.counters[name];
      const rank = status === 'solved' ? (score.starts[neuron + 1] - score.starts[neuron] >= busy ? 2 : 1) : 0;
      if (!typical || rank > typical.rank) typical = { rank, report, neuron };
    },
    aim: aims.summary,
    json() {
      const { factors, noise, optimum, shares, stretches } = aims.summary();
      const ms = ({ least, median, most }: Spread) => ({
        least: least * tau0 * 1e3,
        median: median * tau0 * 1e3,
        most: most * tau0 * 1e3,
      });
      return {
        ...counts,
        worst_violation: worst.violation,
        ...(worst.betweenPoints === undefined ? {} : { worst_between_points: worst.betweenPoints }),
        kkt_residual: worst.kkt,
        ...(robust
          ? {
              robust: {
                ...robust,
                ...factors,
                ...(noise ? { noise_gain_ms: ms(noise.gain), noise_gain_plain_ms: ms(noise.plain) } : {}),
              },
            }
          : {}),
        ...(optimum ? { duality_gap: optimum.gap, synapses_in_use: optimum.used } : {}),
        ...(levels === undefined
          ? {}
          : { levels, ...(shares ? { share: shares } : {}), ...(stretches ? { stretch: stretches } : {}) }),
        work,
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
  return { channel, status: report.status, reason, ...(pays ? { pays } : {}) };
}

/** Collects what solved neurons report of their aim. */
function createAims(): { add(report: NeuronReport): void; summary(): AimSummary } {
  const [factors, plain, gain, used, shares, stretches]: number[][] = [[], [], [], [], [], []];
  let gap = 0;
  return {
    add({ robust, noise, optimum, weights, share, normRatio }) {
      if (robust) factors.push(robust.factor);
      if (noise && noise.plain > 0) {
        plain.push(noise.plain);
        gain.push(noise.gain);
      }
      if (optimum) {
        gap = Math.max(gap, optimum.gap);
        used.push(weights.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0));
      }
      if (share !== undefined) shares.push(share);
      if (normRatio) stretches.push(normRatio);
    },
    summary() {
      const gains = { plain: spread(plain), gain: spread(gain) };
      const inUse = spread(used);
      const parts = {
        factors: spread(factors),
        noise: gains.plain && gains,
        optimum: inUse && { gap, used: inUse },
        shares: spread(shares),
        stretches: spread(stretches),
      };
      return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
    },
  };
}
