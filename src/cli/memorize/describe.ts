/** A problem, and what storing it comes to, in lines that a person reads. */
import { grouped, type Screen } from '../../app/index.js';
import { formatMoment, formatTime } from '../../core/index.js';
import { type Problem, robustTemplate } from '../../memory/memorize/index.js';
import { delayRange } from '../../memory/network/index.js';
import { channelCount } from '../../memory/score/index.js';
import type { Shortfall, StorageSummary } from '../../memory/summary/index.js';
import { inputsOf } from '../../memory/template/index.js';
import { describeModel } from './neuron-options.js';

/** How many neurons that could not be stored are explained on the screen. */
const EXPLAINED = 5;
/** How many of the impossible channels, and of what each of them pays, are named. */
const NAMED = 3;

/** Score, network and neurons. `hidden` counts the channels that nobody prescribed. */
export function describeProblem(
  screen: Screen,
  { score, others = [], wiring, model }: Problem,
  seed: number,
  tau0: number,
  version: string,
  hidden: number,
): void {
  const channels = channelCount(score);
  const duration = score.period * tau0;
  const [shortest, longest] = delayRange(wiring);
  const rate = score.times.length / channels / duration;
  screen.plain(`engram ${version} · seed ${seed} (reuse: --seed ${seed})`);
  screen.line(
    'score',
    `${grouped(channels)} channels${hidden > 0 ? ` (${grouped(hidden)} of them hidden)` : ''} · ${formatTime(duration)} · ${grouped(score.times.length)} spikes · ${Number(rate.toPrecision(2))} Hz`,
  );
  if (others.length > 0) {
    const each = others.map(({ period, times }) => `${formatTime(period * tau0)}, ${grouped(times.length)} spikes`);
    screen.line('', `and in the same weights ${each.join(' · ')}`);
  }
  const delays = [shortest, longest].map((delay) => Number((delay * tau0 * 1e3).toPrecision(2))).join('-');
  const synapses = wiring.sources.length;
  screen.line(
    'network',
    `${grouped(synapses)} synapses · ${grouped(Math.round(synapses / channels))} per neuron${synapses > 0 ? ` · delays ${delays} ms` : ''}`,
  );
  if (model) screen.line('neurons', describeModel(model, tau0));
}

/** How many neurons are stored, what was checked, and why others are not. `seconds` is what solving took. */
export function describeStorage(screen: Screen, storage: StorageSummary, problem: Problem, seconds: number): void {
  const { counts, worst, unsolved } = storage;
  const channels = channelCount(problem.score);
  screen.line('solve', `${'█'.repeat(20)} ${channels}/${channels}  ${seconds.toFixed(1)} s`);
  screen.line(
    'stored',
    `${counts.solved} of ${channels} · ${counts.infeasible} impossible · ${counts.undecided} undecided`,
  );
  if (counts.solved > 0) {
    const where = worst.betweenPoints === undefined ? 'in continuous time' : 'on the grid';
    screen.line(
      'checked',
      `worst violation ${worst.violation.toExponential(0)}${problem.levels === undefined ? '' : ' of the lowered demands'} ${where} · KKT residual ${worst.kkt.toExponential(0)}`,
    );
    if (worst.betweenPoints !== undefined) {
      screen.line('', `between the points of the grid the template is left by up to ${worst.betweenPoints.toFixed(2)}`);
    }
  }
  for (const { line } of storage.told()) if (line) screen.line(line.label, line.text);
  if (storage.signed > 0)
    screen.line(
      'signs',
      `${storage.signed} of the ${counts.infeasible} proofs of impossibility rest on the signs of synapses: they fail where each may have either within the same bound`,
    );
  describeShortfalls(screen, storage);
  for (const { channel, reason } of unsolved.slice(0, EXPLAINED)) screen.line('', `channel ${channel}: ${reason}`);
  if (unsolved.length > EXPLAINED) {
    screen.line('', `and ${unsolved.length - EXPLAINED} more, each with its reason in summary.json`);
  }
}

/** Channels without weights stay silent in a simulation: that alone can spoil recall, and is said. */
export function warnOfSilent(screen: Screen, { silent }: StorageSummary, soft: boolean): void {
  if (silent === 0) return;
  const are = silent === 1 ? '1 channel has no weights and stays' : `${silent} channels have no weights and stay`;
  screen.line(
    'warning',
    `${are} silent in the recall test, which spoils recall${soft ? '' : '; --soft gives best weights instead'}`,
  );
}

/** What the best weights of impossible neurons do not meet. */
function describeShortfalls(screen: Screen, { unsolved }: StorageSummary): void {
  const paying = unsolved.filter(({ pays }) => pays);
  paying.slice(0, NAMED).forEach(({ channel, pays = [] }, i) => {
    const dearest = pays
      .slice(0, NAMED)
      .map(
        ({ demand, time_s: time, memory, amount, shift_s: shift }) =>
          `${DEMANDS[demand]} at ${formatMoment(time)}${ofMemory(memory && memory - 1)} by ${amount.toPrecision(2)}${shift === undefined ? '' : ` (${describeShift(shift)})`}`,
      );
    const rest = pays.length > NAMED ? `, and ${pays.length - NAMED} more` : '';
    screen.line(
      i === 0 ? 'soft' : '',
      `channel ${channel} has its best weights; lowered are ${dearest.join(', ')}${rest}`,
    );
  });
  if (paying.length > NAMED) {
    screen.line('', `and ${paying.length - NAMED} more channels, each with what it pays in summary.json`);
  }
}

/** Of several memories, in which one, which is counted from 0. */
export const ofMemory = (memory: number | undefined): string =>
  memory === undefined ? '' : ` of memory ${memory + 1}`;

/** What a person reads of a demand that is lowered. */
export const DEMANDS: Record<Shortfall['demand'], string> = {
  silence: 'silence',
  ramp: 'the ramp',
  slope: 'the slope',
  overdrive: 'the overdrive',
  spike: 'the threshold',
};

/** What becomes of a spike whose threshold is lowered; `shift` is in seconds, null if there is none. */
export const describeShift = (shift: number | null): string =>
  shift === null
    ? 'it does not come'
    : `it comes ${Math.abs(shift * 1e3).toPrecision(2)} ms ${shift < 0 ? 'early' : 'late'}`;

/** The potential of a typical neuron in the template that it keeps, drawn. */
export async function drawTypical(
  { typical }: StorageSummary,
  { score, wiring, model, template, robust }: Problem,
  tau0: number,
): Promise<string> {
  const { drawPotential } = await import('../../memory/figures/index.js');
  if (!typical) throw new Error('there is no neuron to draw');
  const { report, neuron } = typical;
  const inputs = inputsOf(wiring, model, neuron);
  const { cuts, weights } = report;
  const kept = robust && report.robust ? robustTemplate(template, robust, report.robust.factor) : template;
  return drawPotential({ score, inputs, weights, neuron, template: kept, cuts, tau0 });
}
