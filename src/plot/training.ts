/** How one training went, epoch by epoch: its loss, and beside it what else was measured. */
import { type CurvePanel, curvesSpec } from './curves.js';
import { renderSvg } from './render.js';

export interface TrainingFigure {
  title: string;
  subtitle: string[];
  /** The loss first, then measures: what each is, with its unit, and its value by epoch. */
  panels: readonly { name: string; values: ArrayLike<number> }[];
  /** What a value is of (default: an epoch). */
  unit?: string;
}

/** More points than that in a curve do not show. */
const POINTS = 600;

export function drawTraining({ title, subtitle, panels, unit = 'epoch' }: TrainingFigure): Promise<string> {
  return renderSvg(
    curvesSpec(
      title,
      subtitle,
      panels.map((panel) => panelOf(panel, unit)),
      { columns: 2, width: panels.length > 1 ? 330 : 520 },
    ),
  );
}

/** Epochs in equal stretches, of each the mean over the values that are finite. */
function panelOf({ name, values }: TrainingFigure['panels'][number], unit: string): CurvePanel {
  const count = Math.min(POINTS, values.length);
  const line: { x: number; y: number }[] = [];
  for (let i = 0; i < count; i++) {
    const [begin, end] = [i, i + 1].map((at) => Math.floor((at * values.length) / count));
    const finite = Array.from({ length: end - begin }, (_, k) => values[begin + k]).filter(Number.isFinite);
    if (finite.length > 0) line.push({ x: begin, y: finite.reduce((sum, y) => sum + y / finite.length, 0) });
  }
  const heights = line.map(({ y }) => y);
  const least = Math.min(...heights);
  // A logarithmic axis shows the end of a descent that spans decades.
  const log = least > 0 && Math.max(...heights) > 10 * least;
  return { x: { title: unit }, y: { title: name, log }, curves: [{ name, points: [], line }] };
}
