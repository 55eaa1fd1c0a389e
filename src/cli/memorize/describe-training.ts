/** What training comes to, in lines that a person reads, and drawn. */
import { grouped, type Screen } from '../../app/index.js';
import type { Target, TrainedReport } from '../../memory/gradient/index.js';
import { channelCount, spikesOf } from '../../memory/score/index.js';
import type { TrainingSummary } from '../../memory/summary/index.js';
import type { Method } from './train-options.js';

/** What the loss of each method is, for an axis. */
const LOSS: Record<Method, string> = {
  superspike: 'van Rossum loss',
  hinge: 'squared norm and priced violations',
  fp: 'prescribed spikes not yet right',
  bptt: 'van Rossum loss of the network',
  eventprop: 'half the squared errors of spike times',
  floss: 'half the squared distance of exponents',
};

/** How many channels that were not learned are named. */
const NAMED = 5;

/** How it goes, in a few words. */
export const describeBrief = ({ learned, loss, precision }: ReturnType<TrainingSummary['brief']>): string =>
  `${learned} learned · loss ${loss.toPrecision(2)} · precision ${precision.toFixed(3)}`;

/** `seconds` is what training took. */
export function describeTraining(screen: Screen, summary: TrainingSummary, channels: number, seconds: number): void {
  const { learned, precision, recall, loss, ended, macs, obeyed, worst, missed } = summary.standing();
  screen.line('train', `${'█'.repeat(20)} ${channels}/${channels}  ${seconds.toFixed(1)} s`);
  screen.line(
    'learned',
    `${learned} of ${channels} · precision ${precision.toFixed(3)} · recall ${recall.toFixed(3)} when the others play the score`,
  );
  const losses = [loss.least, loss.median, loss.most].map((value) => value.toPrecision(2)).join(' · ');
  const ways = Object.entries(ended).filter(([, number]) => number > 0);
  screen.line(
    'loss',
    `${losses} (least, median, most) · ${ways.map(([name, number]) => `${number} ${name}`).join(', ')} · ${grouped(Math.round(macs / 1e6))} million multiply-adds`,
  );
  screen.line(
    'checked',
    `${obeyed} of ${channels} obey the template · worst violation ${worst.toPrecision(2)} in continuous time`,
  );
  for (const { channel, precision, recall, reason } of missed.slice(0, NAMED)) {
    screen.line(
      '',
      `channel ${channel}: not learned (${reason}), precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}`,
    );
  }
  if (missed.length > NAMED) screen.line('', `and ${missed.length - NAMED} more, each in summary.json`);
}

/** How the loss fell. */
export async function drawLosses(
  summary: TrainingSummary,
  all: readonly TrainedReport[],
  method: Method,
): Promise<string> {
  const { drawLoss } = await import('../../plot/index.js');
  return drawLoss({
    title: `${method}: loss of ${all.length} neurons`,
    subtitle: [`${summary.standing().learned} learned; a neuron that ended early keeps its last loss`],
    loss: LOSS[method],
    // What learns as one has one history.
    histories: [...new Set(all.map(({ trained }) => trained.history))],
  });
}

/** The potential of a typical neuron. */
export async function drawTrained(
  { typical }: TrainingSummary,
  { score, wiring, template }: Target,
  method: Method,
  tau0: number,
): Promise<string> {
  const { drawPotential } = await import('../../memory/figures/index.js');
  if (!typical) throw new Error(`there is no neuron of ${channelCount(score)} to draw`);
  const { neuron, weights } = typical;
  const [first, last] = [wiring.starts[neuron], wiring.starts[neuron + 1]];
  const inputs = { sources: wiring.sources.subarray(first, last), delays: wiring.delays.subarray(first, last) };
  const subtitle = [`trained by ${method}, ${spikesOf(score, neuron).length} spikes a period`];
  return drawPotential({ score, inputs, weights, neuron, template, cuts: [], tau0, subtitle });
}
