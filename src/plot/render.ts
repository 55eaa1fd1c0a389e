/** Vega-Lite specifications to SVG, without a browser. The libraries are loaded when a figure is drawn. */
import type { Config, TopLevelSpec } from 'vega-lite';

/** One look for all figures. */
const config: Config = {
  background: 'white',
  font: 'Helvetica, Arial, sans-serif',
  axis: {
    grid: false,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    domainColor: '#888',
    tickColor: '#888',
  },
  legend: { labelLimit: 0, labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', symbolStrokeWidth: 2 },
  title: { anchor: 'start', fontSize: 14, subtitleFontSize: 12, subtitleColor: '#555', offset: 12 },
  view: { stroke: '#ccc' },
  aria: false,
};

export const colors = {
  good: '#1b1b1b',
  missed: '#d1495b',
  extra: '#e08e0b',
  potential: '#1f5fa8',
  prompt: '#dfe9f5',
  firing: '#e3f1e0',
  silent: '#f0f0f0',
  demand: '#d1495b',
};

/** A specification of Vega-Lite (https://vega.github.io/vega-lite/docs/spec.html), as plain data. */
export type Spec = object;

export async function renderSvg(spec: Spec): Promise<string> {
  const { compile, parse, View } = await import('./vega.js');
  const view = new View(parse(compile(spec as TopLevelSpec, { config }).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}
