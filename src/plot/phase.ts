/** A share over two settings, as coloured cells with their numbers; one panel per value of a third. */
import type { Spec } from './render.js';

export interface PhasePanel {
  title: string;
  cells: readonly { x: number | string; y: number | string; value: number }[];
}

export function phaseSpec(
  title: string,
  subtitle: readonly string[],
  axes: { x: string; y: string; value: string; xFormat?: string; yFormat?: string; format?: string },
  panels: readonly PhasePanel[],
  columns = 2,
): Spec {
  const format = axes.format ?? '.0%';
  const specs = panels.map((panel) => {
    const x = {
      field: 'x',
      type: 'ordinal' as const,
      title: axes.x,
      axis: { labelAngle: 0, ...(axes.xFormat ? { format: axes.xFormat } : {}) },
    };
    const y = {
      field: 'y',
      type: 'ordinal' as const,
      title: axes.y,
      sort: 'descending' as const,
      axis: { titlePadding: 10, ...(axes.yFormat ? { format: axes.yFormat } : {}) },
    };
    return {
      title: { text: panel.title, fontSize: 12 },
      width: { step: 44 },
      height: { step: 24 },
      data: { values: [...panel.cells] },
      layer: [
        {
          mark: { type: 'rect' as const, stroke: 'white' },
          encoding: {
            x,
            y,
            color: {
              field: 'value',
              type: 'quantitative' as const,
              title: axes.value,
              scale: { domain: [0, 1], range: ['#f4efe6', '#7fb3c8', '#174a7c'] },
              legend: { format },
            },
          },
        },
        {
          mark: { type: 'text' as const, fontSize: 10 },
          encoding: {
            x,
            y,
            text: { field: 'value', type: 'quantitative' as const, format },
            color: { condition: { test: 'datum.value > 0.6', value: 'white' }, value: '#444' },
          },
        },
      ],
    };
  });
  const rows = Array.from({ length: Math.ceil(specs.length / columns) }, (_, row) => ({
    hconcat: specs.slice(row * columns, (row + 1) * columns),
  }));
  return { title: { text: title, subtitle: [...subtitle] }, vconcat: rows };
}
