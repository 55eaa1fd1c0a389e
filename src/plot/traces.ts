/** Recorded potentials, one panel each, with the spikes of their neurons. */
import type { TopLevelSpec } from 'vega-lite';
import type { Trace } from '../memory/simulate/index.js';
import { courseOf } from '../memory/template/index.js';
import { colors, renderSvg } from './render.js';

export interface TraceInput {
  traces: readonly Trace[];
  /** Spikes of the recorded neurons, in the same order. */
  spikes: readonly Float64Array[];
  /** The stretch that is drawn, in refractory periods. */
  from: number;
  to: number;
  tau0: number;
}

const SAMPLES = 1500;

export function drawTraces({ traces, spikes, from, to, tau0 }: TraceInput): Promise<string> {
  const x = {
    field: 'time',
    type: 'quantitative' as const,
    title: 'time (s)',
    scale: { domain: [from * tau0, to * tau0], nice: false },
  };
  const panels = traces.map((trace, i) => {
    // In units of the neuron's time constant its pieces are those of the plain kernel.
    const unit = courseOf({ ...trace, times: trace.times.map((time) => time / trace.beta) });
    const line = Array.from({ length: SAMPLES + 1 }, (_, sample) => {
      const time = from + ((to - from) * sample) / SAMPLES;
      return { time: time * tau0, value: unit.value(time / trace.beta) };
    });
    const marks = Array.from(
      spikes[i].filter((time) => time >= from && time < to),
      (time) => ({ time: time * tau0 }),
    );
    return {
      title: { text: `neuron ${trace.neuron}`, fontSize: 12 },
      width: 900,
      height: 130,
      layer: [
        {
          data: { values: marks },
          mark: { type: 'rule' as const, color: colors.missed, opacity: 0.6 },
          encoding: { x },
        },
        {
          data: { values: line },
          mark: { type: 'line' as const, color: colors.potential, strokeWidth: 1.2 },
          encoding: { x, y: { field: 'value', type: 'quantitative' as const, title: 'thresholds' } },
        },
      ],
    };
  });
  const spec: TopLevelSpec = { title: { text: 'Recorded potentials', subtitle: ['spikes in red'] }, vconcat: panels };
  return renderSvg(spec);
}
