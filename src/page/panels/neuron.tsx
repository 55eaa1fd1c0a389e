/** One neuron: its potential inside the template, how refinement finds it, and what makes a spike. */
import { useEffect, useRef } from 'preact/hooks';
import type { Contribution } from '../one-neuron.js';
import type { PotentialPlot } from '../potential-plot.js';
import { channelsIn } from '../state.js';
import { colorOf, milliseconds, Panel, type PanelProps } from './panel.js';

/** Synapses that are listed. */
const LISTED = 10;

export function NeuronPanel(parts: PanelProps) {
  const { studio, state } = parts;
  const { view, reports, outline, spike } = state;
  const neuron = state.show ?? 0;
  const report = reports[neuron];
  const tau0 = outline?.tau0 ?? 0.005;
  const last = Math.max(0, channelsIn(outline) - 1);
  const summary = !view
    ? 'Waits until this neuron is solved.'
    : report?.reason
      ? `Not stored: ${report.reason}.`
      : `Stored: ${view.spikes.length} spikes, ${report?.weights.length ?? 0} synapses, ${view.active.length} moments bind. The potential is 1 at each spike, steep in the green zones and below the grey ones; green dots: moments that bind.`;
  const nearest = (time: number) => {
    if (!view || view.spikes.length === 0) return;
    let best = 0;
    view.spikes.forEach((one, i) => {
      if (Math.abs(one - time) < Math.abs(view.spikes[best] - time)) best = i;
    });
    studio.looking.pick(best);
  };
  return (
    <Panel name="neuron" title="One neuron" summary={summary}>
      <div class="beside">
        <Potential {...parts} pick={nearest} />
        <div class="aside">
          <div class="fields">
            <label>
              <span>neuron</span>
              <input
                type="number"
                name="neuron-number"
                min="0"
                max={last}
                value={neuron}
                onInput={(event) =>
                  studio.looking.show(Math.min(last, Math.max(0, Math.trunc(Number(event.currentTarget.value)))))
                }
              />
            </label>
            <SpikeChooser {...parts} />
          </div>
          <Refinement {...parts} />
          {spike !== undefined && view && (
            <Parts
              parts={state.parts}
              title={`What makes the spike at ${milliseconds(view.spikes[spike], tau0)}`}
              tau0={tau0}
            />
          )}
        </div>
      </div>
    </Panel>
  );
}

function Potential({ state, pick }: PanelProps & { pick(time: number): void }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<PotentialPlot>(undefined);
  const picking = useRef(pick);
  picking.current = pick;
  const { view, rounds, round, spike, outline } = state;
  const at = round === undefined ? undefined : rounds?.[round];
  const drawn = view && {
    view,
    potential: at?.potential ?? view.potential,
    marks: at?.violated ?? view.active,
    violated: at !== undefined,
    unit: (outline?.tau0 ?? 0.005) * 1e3,
    spike,
  };
  useEffect(() => {
    let gone = false;
    if (drawn && box.current && !plot.current) {
      // The library for it comes after what everyone needs.
      import('../potential-plot.js').then(({ createPlot }) => {
        if (!gone && box.current)
          plot.current = createPlot(box.current, drawn, colorOf, (time) => picking.current(time));
      });
    } else if (drawn) plot.current?.update(drawn);
    return () => {
      gone = true;
    };
  }, [view, at, spike, state.theme]);
  useEffect(() => {
    const watch = new ResizeObserver(() => plot.current?.resize());
    if (box.current) watch.observe(box.current);
    return () => {
      watch.disconnect();
      plot.current?.destroy();
    };
  }, []);
  return <div class="potential" ref={box} role="img" aria-label="the potential" aria-describedby="summary-neuron" />;
}

function SpikeChooser({ studio, state: { view, spike } }: PanelProps) {
  const count = view?.spikes.length ?? 0;
  const go = (step: number) => studio.looking.pick(((spike ?? (step > 0 ? -1 : 0)) + step + count) % count);
  return (
    <fieldset class="chooser">
      <legend>spike</legend>
      <div>
        <button type="button" disabled={count === 0} aria-label="the spike before" onClick={() => go(-1)}>
          ‹
        </button>
        <output>{spike === undefined ? `none of ${count}` : `${spike + 1} of ${count}`}</output>
        <button type="button" disabled={count === 0} aria-label="the next spike" onClick={() => go(1)}>
          ›
        </button>
      </div>
    </fieldset>
  );
}

function Refinement({ studio, state: { view, rounds, round, words } }: PanelProps) {
  const last = (rounds?.length ?? 1) - 1;
  const at = round ?? last;
  const violated = rounds?.[at]?.violated.length ?? 0;
  const said = !rounds
    ? 'how refinement gets there'
    : `round ${at + 1} of ${last + 1}: ${violated === 0 ? 'nothing is violated' : `${violated} moments are violated`}`;
  return (
    <label class="refinement" title="solve, look where the potential leaves the template, add that, solve again">
      <span>
        {said}
        {rounds && (words.objective ?? 'l2') !== 'l2' && ' (of the least squares)'}
      </span>
      <input
        type="range"
        name="round"
        min="0"
        max={Math.max(1, last)}
        disabled={!view}
        value={rounds ? at : 1}
        onPointerDown={() => !rounds && studio.looking.turn(0)}
        onFocus={() => !rounds && studio.looking.turn(undefined)}
        onInput={(event) => studio.looking.turn(Number(event.currentTarget.value))}
      />
    </label>
  );
}

function Parts({ parts, title, tau0 }: { parts: readonly Contribution[] | undefined; title: string; tau0: number }) {
  if (!parts) return null;
  const most = Math.max(...parts.slice(0, LISTED).map(({ part }) => Math.abs(part)), 1e-9);
  const rest = parts.slice(LISTED).reduce((sum, { part }) => sum + part, 0);
  return (
    <table class="parts">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">from</th>
          <th scope="col">delay</th>
          <th scope="col">adds</th>
          <th scope="col">share</th>
        </tr>
      </thead>
      <tbody>
        {parts.slice(0, LISTED).map(({ source, delay, part }) => (
          <tr key={`${source} ${delay}`}>
            <td>{source}</td>
            <td>{milliseconds(delay, tau0)}</td>
            <td>{part.toFixed(3)}</td>
            <td class="bar">
              <i class={part < 0 ? 'minus' : 'plus'} style={{ width: `${(100 * Math.abs(part)) / most}%` }} />
            </td>
          </tr>
        ))}
        {parts.length > LISTED && (
          <tr>
            <td colSpan={2}>{parts.length - LISTED} others</td>
            <td>{rest.toFixed(3)}</td>
            <td />
          </tr>
        )}
      </tbody>
    </table>
  );
}
