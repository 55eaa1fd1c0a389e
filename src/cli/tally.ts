/** What is remembered of the neurons of a run: counts, the worst residuals, reasons, and one neuron to draw. */
import { formatMoment } from '../core/index.js';
import { explain, type NeuronReport, type Problem } from '../memorize/index.js';

export interface Counts {
  solved: number;
  infeasible: number;
  undecided: number;
}

export interface Unsolved {
  channel: number;
  status: string;
  reason: string;
}

export interface Tally {
  add(report: NeuronReport, neuron: number): void;
  readonly counts: Counts;
  /** Over the solved neurons. */
  readonly worst: { violation: number; kkt: number; betweenPoints?: number };
  readonly unsolved: readonly Unsolved[];
  /** The part of summary.json that is about storage. */
  summary(): object;
  /** The potential of the first stored neuron with a typical number of spikes, drawn. */
  draw(): Promise<string>;
}

export function createTally(problem: Problem, tau0: number): Tally {
  const { score, wiring, template } = problem;
  const counts: Counts = { solved: 0, infeasible: 0, undecided: 0 };
  const worst: Tally['worst'] = { violation: 0, kkt: 0 };
  const work = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };
  const unsolved: Unsolved[] = [];
  const typical = score.times.length / (score.starts.length - 1);
  // The better of what has been seen: a typical solved neuron, any solved one, the first.
  let drawn: { rank: number; report: NeuronReport; neuron: number } | undefined;

  return {
    counts,
    worst,
    unsolved,
    add(report, neuron) {
      const { status } = report;
      if (status === 'solved') {
        counts.solved++;
        worst.violation = Math.max(worst.violation, report.violation);
        worst.kkt = Math.max(worst.kkt, report.kkt);
        if (report.betweenPoints !== undefined) {
          worst.betweenPoints = Math.max(worst.betweenPoints ?? 0, report.betweenPoints);
        }
      } else {
        counts[status === 'infeasible' ? 'infeasible' : 'undecided']++;
        const reason = explain(report, problem, neuron, (time) => formatMoment(time * tau0));
        unsolved.push({ channel: neuron, status, reason });
      }
      for (const name of Object.keys(work) as (keyof typeof work)[]) work[name] += report.counters[name];
      const busy = score.starts[neuron + 1] - score.starts[neuron] >= typical;
      const rank = status === 'solved' ? (busy ? 2 : 1) : 0;
      if (!drawn || rank > drawn.rank) drawn = { rank, report, neuron };
    },
    summary: () => ({
      ...counts,
      worst_violation: worst.violation,
      ...(worst.betweenPoints === undefined ? {} : { worst_between_points: worst.betweenPoints }),
      kkt_residual: worst.kkt,
      work,
      unsolved,
    }),
    async draw() {
      const { drawPotential } = await import('../plot/index.js');
      const { report, neuron } = drawn as { report: NeuronReport; neuron: number };
      const [first, last] = [wiring.starts[neuron], wiring.starts[neuron + 1]];
      const inputs = { sources: wiring.sources.subarray(first, last), delays: wiring.delays.subarray(first, last) };
      // Of several memories the first is drawn.
      const cuts = report.cuts.filter(({ memory = 0 }) => memory === 0);
      return drawPotential({ score, inputs, weights: report.weights, neuron, template, cuts, tau0 });
    },
  };
}
