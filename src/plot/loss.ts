/** How the loss of many trained neurons fell, epoch by epoch: the median, and what nine of ten stay below and above. */
import { type Curve, curvesSpec } from './curves.js';
import { renderSvg } from './render.js';

export interface LossInput {
  title: string;
  subtitle: string[];
  /** What the loss is, with its unit. */
  loss: string;
  /** Per neuron, its loss by epoch; one that ended early keeps its last loss. */
  histories: readonly Float64Array[];
}

const POINTS = 150;
const QUANTILES = [
  { name: 'worst tenth', share: 0.9 },
  { name: 'median', share: 0.5 },
  { name: 'best tenth', share: 0.1 },
];

export function drawLoss({ title, subtitle, loss, histories }: LossInput): Promise<string> {
  const told = histories.filter(({ length }) => length > 0);
  const longest = told.reduce((most, { length }) => Math.max(most, length), 1);
  const count = Math.min(POINTS, longest);
  const epochs = Array.from({ length: count }, (_, i) => Math.round((i * (longest - 1)) / Math.max(1, count - 1)));
  const sorted = epochs.map((epoch) =>
    Float64Array.from(told, (history) => history[Math.min(epoch, history.length - 1)]).sort(),
  );
  const curves = QUANTILES.map(
    ({ name, share }): Curve => ({
      name,
      points: [],
      line: epochs.map((x, i) => ({ x, y: sorted[i][Math.floor(share * (sorted[i].length - 1))] ?? 0 })),
    }),
  );
  // A logarithmic axis shows the end of a descent, where no loss is zero.
  const log = curves.every(({ line = [] }) => line.every(({ y }) => y > 0));
  const panel = { x: { title: 'epoch' }, y: { title: loss, log }, curves };
  return renderSvg(curvesSpec(title, subtitle, [panel], { width: 520 }));
}
