/** What is remembered of the neurons of a run: counts, the worst residuals, reasons, and one neuron to draw. */
import { formatMoment } from '../../core/index.js';
import {
  ALLOWED,
  explain,
  type NeuronReport,
  type Problem,
  robustTemplate,
  scoresOf,
  spellingOf,
} from '../../memory/memorize/index.js';
import { type DemandKind, inputsOf } from '../../memory/template/index.js';

export interface Counts {
  solved: number;
  infeasible: number;
  undecided: number;
}

export interface Unsolved {
  channel: number;
  status: string;
  reason: string;
  pays?: Paid[];
}

/** A demand that the best weights of an impossible neuron do not meet, and by how much; times in seconds. */
interface Paid {
  demand: DemandKind | 'ramp';
  time_s: number;
  memory?: number;
  amount: number;
  /** Of a spike: by how much later it comes, null if the threshold is not crossed near it. */
  shift_s?: number | null;
}

export interface Tally {
  add(report: NeuronReport, neuron: number): void;
  readonly counts: Counts;
  /** Over the solved neurons. */
  readonly worst: { violation: number; kkt: number; betweenPoints?: number };
  readonly unsolved: readonly Unsolved[];
  /** What else there is to say about the neurons, to a person. */
  lines(): { label: string; text: string }[];
  /** The part of summary.json that is about storage. */
  summary(): object;
  /** The potential of the first stored neuron with a typical number of spikes, drawn. */
  draw(): Promise<string>;
}

export function createTally(problem: Problem, tau0: number): Tally {
  const { score, wiring, model, template } = problem;
  const { robust, levels, objective } = spellingOf(problem);
  const counts: Counts = { solved: 0, infeasible: 0, undecided: 0 };
  const worst: Tally['worst'] = { violation: 0, kkt: 0 };
  const work = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };
  const unsolved: Unsolved[] = [];
  const typical = score.times.length / (score.starts.length - 1);
  const factors: number[] = [];
  const shares: number[] = [];
  const stretches: number[] = [];
  const noise = { plain: [] as number[], gain: [] as number[] };
  const used: number[] = [];
  let gap = 0;
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
        if (report.share !== undefined) shares.push(report.share);
        if (report.normRatio) stretches.push(report.normRatio);
        if (report.robust) {
          factors.push(report.robust.factor);
        }
        if (report.noise && report.noise.plain > 0) {
          noise.plain.push(report.noise.plain);
          noise.gain.push(report.noise.gain);
        }
        if (report.optimum) {
          gap = Math.max(gap, report.optimum.gap);
          used.push(report.weights.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0));
        }
        if (report.betweenPoints !== undefined) {
          worst.betweenPoints = Math.max(worst.betweenPoints ?? 0, report.betweenPoints);
        }
      } else {
        counts[status === 'infeasible' ? 'infeasible' : 'undecided']++;
        const pays = report.shortfalls?.map(
          ({ demand: { kind, memory, ramp }, time, amount, shift }): Paid => ({
            demand: ramp ? 'ramp' : kind,
            time_s: (time % scoresOf(problem)[memory ?? 0].period) * tau0,
            ...(memory === undefined ? {} : { memory: memory + 1 }),
            amount,
            ...(shift === undefined ? {} : { shift_s: shift === null ? null : shift * tau0 }),
          }),
        );
        const reason = explain(report, problem, neuron, (time) => formatMoment(time * tau0));
        unsolved.push({ channel: neuron, status, reason, ...(pays ? { pays } : {}) });
      }
      for (const name of Object.keys(work) as (keyof typeof work)[]) work[name] += report.counters[name];
      const busy = score.starts[neuron + 1] - score.starts[neuron] >= typical;
      const rank = status === 'solved' ? (busy ? 2 : 1) : 0;
      if (!drawn || rank > drawn.rank) drawn = { rank, report, neuron };
    },
    lines() {
      const lines: { label: string; text: string }[] = [];
      if (robust && robust.what !== 'noise' && factors.length > 0) {
        const { least, median, most } = spread(factors);
        const names = { margin: 'margins', slope: 'slopes', both: 'margins and slopes' };
        const times = [least, median, most].map((factor) => factor.toFixed(2));
        lines.push({
          label: 'robust',
          text: `${names[robust.what]} ${times[0]} to ${times[2]} times what was asked, median ${times[1]} · ${100 * robust.share} % of the way to the most`,
        });
      }
      if (noise.plain.length > 0) {
        const [before, after] = [noise.plain, noise.gain].map((gains) => milliseconds(spread(gains).median, tau0));
        const text = `noise of the thresholds shifts spikes by ${after} per threshold of noise, with weights of least norm by ${before} (medians)`;
        lines.push({ label: 'robust', text });
      }
      if (used.length > 0) {
        const { least, median, most } = spread(used);
        const text = `${objective} · duality gap at most ${gap.toExponential(0)} · ${least} to ${most} synapses of a neuron in use, median ${median}`;
        lines.push({ label: 'weights', text });
      }
      if (levels !== undefined && shares.length > 0) {
        const [median, most] = [spread(shares).median, spread(shares).most].map(
          (share) => `${(100 * share).toPrecision(2)} %`,
        );
        const text = `weights on ${levels} levels · demands of the stored lowered by ${median} (median) to ${most}; up to ${100 * ALLOWED} % counts as stored`;
        const longer =
          stretches.length > 0
            ? ` · ${spread(stretches).median.toPrecision(3)} times the norm without levels (median)`
            : '';
        lines.push({ label: 'levels', text: text + longer });
      }
      const paying = unsolved.filter(({ pays }) => pays);
      paying.slice(0, NAMED).forEach(({ channel, pays = [] }, i) => {
        const dearest = pays
          .slice(0, NAMED)
          .map(
            ({ demand, time_s: time, amount, shift_s: shift }) =>
              `${PAID[demand]} at ${formatMoment(time)} by ${amount.toPrecision(2)}${shift === undefined ? '' : ` (${moved(shift)})`}`,
          );
        const rest = pays.length > NAMED ? `, and ${pays.length - NAMED} more` : '';
        const text = `channel ${channel} has its best weights; lowered are ${dearest.join(', ')}${rest}`;
        lines.push({ label: i === 0 ? 'soft' : '', text });
      });
      if (paying.length > NAMED) {
        lines.push({
          label: '',
          text: `and ${paying.length - NAMED} more channels, each with what it pays in summary.json`,
        });
      }
      return lines;
    },
    summary: () => ({
      ...counts,
      worst_violation: worst.violation,
      ...(worst.betweenPoints === undefined ? {} : { worst_between_points: worst.betweenPoints }),
      kkt_residual: worst.kkt,
      ...(robust ? { robust: { ...robust, ...(robust.what === 'noise' ? gains(noise, tau0) : spread(factors)) } } : {}),
      ...(used.length > 0 ? { duality_gap: gap, synapses_in_use: spread(used) } : {}),
      ...(levels === undefined
        ? {}
        : {
            levels,
            ...(shares.length > 0 ? { share: spread(shares) } : {}),
            ...(stretches.length > 0 ? { stretch: spread(stretches) } : {}),
          }),
      work,
      unsolved,
    }),
    async draw() {
      const { drawPotential } = await import('../../plot/index.js');
      const { report, neuron } = drawn as { report: NeuronReport; neuron: number };
      const inputs = inputsOf(wiring, model, neuron);
      const { cuts } = report;
      const kept = robust && report.robust ? robustTemplate(template, robust, report.robust.factor) : template;
      return drawPotential({ score, inputs, weights: report.weights, neuron, template: kept, cuts, tau0 });
    },
  };
}

/** How many of the impossible channels, and of what each of them pays, are named. */
const NAMED = 3;
/** What a person reads of a demand that is lowered. */
export const PAID: Record<DemandKind | 'ramp', string> = {
  silence: 'silence',
  ramp: 'the ramp',
  slope: 'the slope',
  spike: 'the threshold',
};

const milliseconds = (time: number, tau0: number) => `${Number((time * tau0 * 1e3).toPrecision(3))} ms`;

/** Noise gains in milliseconds per threshold. */
function gains({ plain, gain }: { plain: number[]; gain: number[] }, tau0: number) {
  if (plain.length === 0) return {};
  const ms = (values: number[]) => spread(values.map((value) => value * tau0 * 1e3));
  return { noise_gain_ms: ms(gain), noise_gain_plain_ms: ms(plain) };
}

/** What becomes of a spike whose threshold is lowered, in words. */
export const moved = (shift: number | null): string =>
  shift === null
    ? 'it does not come'
    : `it comes ${Math.abs(shift * 1e3).toPrecision(2)} ms ${shift < 0 ? 'early' : 'late'}`;

function spread(values: readonly number[]): { least: number; median: number; most: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { least: sorted[0], median: sorted[sorted.length >> 1], most: sorted[sorted.length - 1] };
}
