/** Recorded potentials, one panel each, with the spikes of their neurons. */
import type { TopLevelSpec } from 'vega-lite';
import { colors, renderSvg } from './render.js';

export interface TraceInput {
  /** Times in seconds. */
  traces: readonly {
    neuron: number | string;
    line: readonly { time: number; value: number }[];
    spikes: readonly number[];
  }[];
  /** The stretch that is drawn. */
  from: number;
  to: number;
}

export function drawTraces({ traces, from, to }: TraceInput): Promise<string> {
  const x = {
    field: 'time',
    type: 'quantitative' as const,
    title: 'time (s)',
    scale: { domain: [from, to], nice: false },
  };
  const panels = traces.map(({ neuron, line, spikes }) => {
    const marks = spikes.map((time) => ({ time }));
    return {
      title: { text: `neuron ${neuron}`, fontSize: 12 },
      width: 900,
      height: 130,
      layer: [
        {
          data: { values: marks },
          mark: { type: 'rule' as const, color: colors.missed, opacity: 0.6 },
          encoding: { x },
        },
        {
          data: { values: [{ value: 1, text: 'threshold' }] },
          mark: { type: 'rule' as const, color: '#999', strokeDash: [5, 3] },
          encoding: { y: { field: 'value', type: 'quantitative' as const, title: 'thresholds' } },
        },
        {
          data: { values: [...line] },
          mark: { type: 'line' as const, color: colors.potential, strokeWidth: 1.2 },
          encoding: { x, y: { field: 'value', type: 'quantitative' as const, title: 'thresholds' } },
        },
      ],
    };
  });
  const spec: TopLevelSpec = {
    title: { text: 'Recorded potentials', subtitle: ['spikes in red, the threshold dashed'] },
    vconcat: panels,
  };
  return renderSvg(spec);
}
