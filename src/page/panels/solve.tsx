/** Storing: a cell for every neuron, filled when the judge has spoken. */
import { Panel, type PanelProps } from './panel.js';

const CALLED: Record<string, string> = {
  solved: 'stored',
  infeasible: 'impossible',
  roundLimit: 'undecided',
  stalled: 'undecided',
};

export function SolvePanel({ studio, state }: PanelProps) {
  const { reports, done, seconds, phase, show } = state;
  const count = (status: string) => reports.filter((report) => report?.status === status).length;
  const [stored, impossible] = [count('solved'), count('infeasible')];
  const undecided = done - stored - impossible;
  const worst = reports.reduce((most, report) => Math.max(most, report?.status === 'solved' ? report.violation : 0), 0);
  const summary =
    phase === 'stored'
      ? `${stored} of ${reports.length} stored, ${impossible} impossible, ${undecided} undecided, in ${seconds.toFixed(2)} s. Worst violation ${worst.toExponential(0)} in continuous time.`
      : phase === 'solving'
        ? `${done} of ${reports.length} solved.`
        : '';
  return (
    <Panel name="solve" title="Solve" summary={summary}>
      <fieldset class="cells" aria-label="neurons">
        {reports.map((report, neuron) => {
          const called = report ? CALLED[report.status] : 'waiting';
          const label = `neuron ${neuron}: ${called}${report?.reason ? `: ${report.reason}` : ''}`;
          return (
            <button
              key={neuron}
              type="button"
              class={`cell ${called}`}
              aria-pressed={neuron === show}
              aria-label={label}
              title={label}
              onClick={() => studio.show(neuron)}
            />
          );
        })}
      </fieldset>
    </Panel>
  );
}
