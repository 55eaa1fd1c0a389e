/** Storing: a cell for every neuron, filled when the judge has spoken. */

import { fit } from '../marks.js';
import type { Report } from '../solver.js';
import type { Studio } from '../studio.js';
import { memo } from './kept.js';
import { colorOf, Panel, type PanelProps, Picture } from './panel.js';

const CALLED: Record<string, string> = {
  solved: 'stored',
  infeasible: 'impossible',
  roundLimit: 'undecided',
  stalled: 'undecided',
};

/** Neurons that are not stored, of which the reason is said at once. */
const LISTED = 5;
/** More cells than these are painted; their neurons are reached by number in the panel below. */
const MOST_BUTTONS = 600;

export function SolvePanel({ studio, state }: PanelProps) {
  const { reports, done, seconds, phase, show = 0, opened, theme } = state;
  const count = (status: string) => reports.filter((report) => report?.status === status).length;
  const [stored, impossible] = [count('solved'), count('infeasible')];
  const reasons = reports.flatMap((report, neuron) => (report?.reason ? [{ neuron, reason: report.reason }] : []));
  const undecided = done - stored - impossible;
  const worst = reports.reduce((most, report) => Math.max(most, report?.status === 'solved' ? report.violation : 0), 0);
  const summary =
    phase === 'stored'
      ? `${stored} of ${reports.length} stored, ${impossible} impossible, ${undecided} undecided${opened ? ', as the file says' : `, in ${seconds.toFixed(2)} s`}. Worst violation ${worst.toExponential(0)} in continuous time.`
      : phase === 'solving'
        ? `${done} of ${reports.length} solved.`
        : '';
  return (
    <Panel name="solve" title="Solve" summary={summary}>
      {reports.length > MOST_BUTTONS ? (
        <PaintedCells reports={reports} show={show} changes={[reports, done, show, theme]} studio={studio} />
      ) : (
        <fieldset class={reports.length > 150 ? 'cells many' : 'cells'} aria-label="neurons">
          {reports.map((report, neuron) => (
            <Cell key={neuron} neuron={neuron} report={report} shown={neuron === show} studio={studio} />
          ))}
        </fieldset>
      )}
      {reasons.length > 0 && (
        <ul class="reasons" aria-label="why not">
          {reasons.slice(0, LISTED).map(({ neuron, reason }) => (
            <li key={neuron}>
              <b>{neuron}</b> {reason}
            </li>
          ))}
          {reasons.length > LISTED && <li>and {reasons.length - LISTED} more: click a cell</li>}
        </ul>
      )}
    </Panel>
  );
}

interface CellProps {
  neuron: number;
  report: Report | undefined;
  shown: boolean;
  studio: Studio;
}

const Cell = memo(({ neuron, report, shown, studio }: CellProps) => {
  const called = report ? CALLED[report.status] : 'waiting';
  const label = `neuron ${neuron}: ${called}${report?.reason ? `: ${report.reason}` : ''}`;
  return (
    <button
      type="button"
      class={`cell ${called}`}
      aria-pressed={shown}
      aria-label={label}
      title={label}
      onClick={() => studio.looking.show(neuron)}
    />
  );
});

interface PaintedProps {
  reports: readonly (Report | undefined)[];
  show: number;
  changes: readonly unknown[];
  studio: Studio;
}

const COLORS: Record<string, string> = { stored: 'good', impossible: 'bad', undecided: 'stray', waiting: 'line' };

/** Cells on a canvas, row after row. */
function PaintedCells({ reports, show, changes, studio }: PaintedProps) {
  const columnsOf = (width: number, height: number) =>
    Math.max(1, Math.ceil(Math.sqrt((reports.length * width) / Math.max(1, height))));
  const paint = (canvas: HTMLCanvasElement) => {
    fit(canvas);
    const context = canvas.getContext('2d');
    if (!context) return;
    const { width, height } = canvas;
    const columns = columnsOf(width, height);
    const size = width / columns;
    context.clearRect(0, 0, width, height);
    reports.forEach((report, neuron) => {
      const [x, y] = [(neuron % columns) * size, Math.floor(neuron / columns) * size];
      context.fillStyle = colorOf(neuron === show ? 'accent' : COLORS[report ? CALLED[report.status] : 'waiting']);
      context.fillRect(x, y, size * 0.85, size * 0.85);
    });
  };
  return (
    // biome-ignore lint/a11y: who has no pointer types the number in the panel below
    <div
      class="stage painted"
      onClick={({ currentTarget, clientX, clientY }) => {
        const box = currentTarget.getBoundingClientRect();
        const columns = columnsOf(box.width, box.height);
        const size = box.width / columns;
        const neuron = Math.floor((clientY - box.top) / size) * columns + Math.floor((clientX - box.left) / size);
        if (neuron < reports.length) studio.looking.show(neuron);
      }}
    >
      <Picture paint={paint} changes={changes} label="neurons, row after row" describedBy="summary-solve" />
    </div>
  );
}
