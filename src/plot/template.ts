/** A course over time inside the zones that it has to keep, with the moments at which it touches them. */
import type { TopLevelSpec } from 'vega-lite';
import { colors, renderSvg } from './render.js';

/** What zones and moments are called in the legends. */
export const ZONES = { firing: 'firing zone (steep)', silent: 'forbidden while silent' } as const;
export const DEMANDS = {
  spike: 'prescribed spike',
  level: 'silent level binds',
  slope: 'slope binds',
  overdrive: 'overdrive binds',
} as const;

export interface TemplateInput {
  title: string;
  subtitle: string[];
  /** The axes: milliseconds and thresholds. */
  from: number;
  to: number;
  low: number;
  high: number;
  /** Rectangles, one of `ZONES` each. */
  zones: readonly { from: number; to: number; zone: string; low: number; high: number }[];
  /** Dashed lines with their names. */
  levels: readonly { value: number; level: string }[];
  line: readonly { time: number; value: number }[];
  /** Marks, one of `DEMANDS` each. */
  active: readonly { time: number; value: number; demand: string }[];
}

export function drawTemplate({ title, subtitle, from, to, low, high, ...parts }: TemplateInput): Promise<string> {
  const axis = (name: string, begin: number, end: number) => {
    return { type: 'quantitative' as const, title: name, scale: { domain: [begin, end], nice: false } };
  };
  const x = axis('time (ms)', from, to);
  const y = axis('potential (thresholds)', low, high);
  return renderSvg({
    title: { text: title, subtitle },
    width: WIDTH,
    height: 300,
    layer: [
      zoneLayer(parts.zones, x, y),
      ...levelLayers(parts.levels, y),
      {
        data: { values: [...parts.line] },
        mark: { type: 'line', color: colors.potential, strokeWidth: 1.4, clip: true },
        encoding: { x: { field: 'time', ...x }, y: { field: 'value', ...y } },
      },
      activeLayer(parts.active, x, y),
    ],
    resolve: { scale: { color: 'independent', shape: 'independent' } },
  } as TopLevelSpec);
}

const WIDTH = 900;

const zoneLayer = (zones: TemplateInput['zones'], x: object, y: object) => ({
  data: { values: [...zones] },
  mark: { type: 'rect' },
  encoding: {
    x: { field: 'from', ...x },
    x2: { field: 'to' },
    y: { field: 'low', ...y },
    y2: { field: 'high' },
    color: {
      field: 'zone',
      type: 'nominal',
      title: null,
      scale: { domain: Object.values(ZONES), range: [colors.firing, colors.silent] },
      legend: { orient: 'bottom' },
    },
  },
});

const levelLayers = (levels: TemplateInput['levels'], y: object) => [
  {
    data: { values: [...levels] },
    mark: { type: 'rule', color: '#888', strokeDash: [5, 3], clip: true },
    encoding: { y: { field: 'value', ...y } },
  },
  {
    data: { values: [...levels] },
    mark: { type: 'text', align: 'left', dx: 4, fontSize: 11, color: '#555' },
    encoding: { y: { field: 'value', ...y }, x: { value: WIDTH }, text: { field: 'level' } },
  },
];

/** What the legend names: an overdrive only where one is marked. */
const named = (active: TemplateInput['active']) =>
  Object.values(DEMANDS).filter(
    (name) => name !== DEMANDS.overdrive || active.some(({ demand }) => demand === DEMANDS.overdrive),
  );

const activeLayer = (active: TemplateInput['active'], x: object, y: object) => ({
  data: { values: [...active] },
  mark: { type: 'point', filled: true, size: 36, opacity: 1 },
  encoding: {
    x: { field: 'time', ...x },
    y: { field: 'value', ...y },
    shape: {
      field: 'demand',
      type: 'nominal',
      title: null,
      scale: { domain: named(active), range: ['circle', 'triangle-down', 'square', 'triangle-up'] },
      legend: { orient: 'bottom', symbolFillColor: colors.demand, symbolStrokeColor: colors.demand },
    },
    color: { value: colors.demand },
  },
});
