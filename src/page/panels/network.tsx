/** The network: who hears whom, what neurons are, and which weights are wanted. */
import { Choice, Field, Panel, type PanelProps } from './panel.js';

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
  ['recall:0.1', 'least spread over prompts'],
  ['none', 'any weights'],
] as const;

export function NetworkPanel(parts: PanelProps) {
  const { outline, words } = parts.state;
  const summary = outline
    ? `${outline.synapses.toLocaleString('en')} synapses, ${Math.round(outline.synapses / (outline.score.starts.length - 1))} on each neuron.`
    : '';
  const designed = words.design !== undefined;
  return (
    <Panel name="network" title="Network" summary={summary}>
      <div class="fields">
        <Field {...parts} name="inputs" label="inputs" title="synapses on each neuron" />
        <Field {...parts} name="delays" label="delays" title="such as 0.5ms..50ms" />
        <Choice {...parts} name="neuron" label="neurons" among={NEURONS} />
        <Choice {...parts} name="objective" label="aim" among={AIMS} disabled={designed} />
        <Choice
          {...parts}
          name="design"
          label="design"
          among={[
            ['', 'none'],
            ['recall', 'for recall'],
          ]}
        />
      </div>
    </Panel>
  );
}
