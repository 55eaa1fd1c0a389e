/** Storing: a cell for every neuron, filled when the judge has spoken. */
import { Panel, type PanelProps } from './panel.js';

const CALLED: Record<string, string> = {
  solved: 'stored',
  infeasible: 'impossible',
  roundLimit: 'undecided',
  stalled: 'undecided',
};

/** Neurons that are not stored, of which the reason is said at once. */
const LISTED = 5;

export function SolvePanel({ studio, state }: PanelProps) {
  const { reports, done, seconds, phase, show, opened } = state;
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
      <fieldset class={reports.length > 150 ? 'cells many' : 'cells'} aria-label="neurons">
        {reports.map((report, neuron) => {
          const called = report ? CALLED[report.status] : 'waiting';
          const label = `neuron ${neuron}: ${called}${report?.reason ? `: ${report.reason}` : ''}`;
          return (
            <button
              key={neuron}
              type="button"
              class={`cell ${called}`}
              aria-pressed={neuron === (show ?? 0)}
              aria-label={label}
              title={label}
              onClick={() => studio.looking.show(neuron)}
            />
          );
        })}
      </fieldset>
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
