/** The network: who hears whom, what neurons are, and which weights are wanted. */
import { cos } from '../../core/index.js';
import { channelsIn } from '../state.js';
import { Choice, Field, grouped, Panel, type PanelProps } from './panel.js';

const NEURONS = [
  ['continuation', 'go on after a spike'],
  ['reset', 'reset to 0'],
  ['reset:-1', 'reset to -1'],
  ['lif-exp', 'leaky, exponential'],
  ['lif-alpha', 'leaky, alpha'],
] as const;

const AIMS = [
  ['l2', 'least squares'],
  ['l1', 'least sum'],
  ['linf', 'least peak'],
  ['sparse', 'few synapses'],
  ['recall:0.1', 'least spread'],
  ['none', 'any weights'],
] as const;

const DESIGNS = [
  ['', 'none'],
  ['recall', 'for recall'],
] as const;

export function NetworkPanel(parts: PanelProps) {
  const { outline, words, view, parts: heard } = parts.state;
  const channels = channelsIn(outline);
  const drawn = heard ? 'what makes the spike' : `the heaviest synapses on neuron ${view?.neuron ?? 0}`;
  const summary = outline
    ? `${grouped(outline.synapses)} synapses, ${Math.round(outline.synapses / channels)} on each neuron; drawn: ${drawn}.`
    : '';
  const designed = words.design !== undefined;
  return (
    <Panel name="network" title="Network" summary={summary}>
      <Ring {...parts} />
      <div class="fields">
        <Field {...parts} name="inputs" label="inputs" title="synapses on each neuron" />
        <Field {...parts} name="delays" label="delays" title="such as 0.5ms..50ms" placeholder="0.5ms..50ms" />
        <Field {...parts} name="bound" label="bound" title="largest weight, in thresholds" placeholder="0.2" />
        <Choice {...parts} name="neuron" label="neurons" among={NEURONS} />
        <Choice {...parts} name="objective" label="aim" among={AIMS} disabled={designed} />
        <Choice {...parts} name="design" label="design" among={DESIGNS} />
      </div>
    </Panel>
  );
}

const SIZE = 200;
const RADIUS = 88;
/** More neurons than these are drawn as a circle. */
const MOST_DOTS = 240;

/** All neurons around a circle, and what one of them hears. */
function Ring({ studio, state }: PanelProps) {
  const { outline, view, parts, reports } = state;
  const channels = channelsIn(outline);
  const place = (neuron: number) => {
    const angle = (2 * Math.PI * neuron) / Math.max(1, channels);
    return [SIZE / 2 + RADIUS * cos(angle - Math.PI / 2), SIZE / 2 - RADIUS * cos(angle)] as const;
  };
  const heard = parts
    ? parts.slice(0, 48).map(({ source, part }) => ({ source, weight: part }))
    : (view?.heaviest ?? []);
  const most = Math.max(1e-9, ...heard.map(({ weight }) => Math.abs(weight)));
  const [toX, toY] = place(view?.neuron ?? 0);
  return (
    <svg
      class="ring"
      viewBox={`0 0 ${SIZE} ${SIZE}`}
      role="img"
      aria-label="who is heard"
      aria-describedby="summary-network"
    >
      <title>who is heard</title>
      {view &&
        heard.map(({ source, weight }, i) => {
          const [x, y] = place(source);
          const [cx, cy] = [SIZE / 2, SIZE / 2];
          const size = Math.abs(weight) / most;
          return (
            <path
              key={`${source} ${i}`}
              class={weight < 0 ? 'minus' : 'plus'}
              d={`M${x} ${y}Q${cx} ${cy} ${toX} ${toY}`}
              stroke-width={0.4 + 1.8 * size}
              opacity={0.25 + 0.6 * size}
            />
          );
        })}
      {channels > MOST_DOTS && <circle class="rim" cx={SIZE / 2} cy={SIZE / 2} r={RADIUS} />}
      {channels <= MOST_DOTS &&
        reports.map((report, neuron) => {
          const [x, y] = place(neuron);
          const called = report ? (report.status === 'solved' ? 'stored' : 'impossible') : 'waiting';
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the cells of the next panel do the same for all
            <circle
              key={`${channels} ${x}`}
              class={`${called}${neuron === view?.neuron ? ' shown' : ''}`}
              cx={x}
              cy={y}
              r={neuron === view?.neuron ? 4.5 : Math.min(3.4, 240 / channels)}
              onClick={() => studio.looking.show(neuron)}
            />
          );
        })}
    </svg>
  );
}
