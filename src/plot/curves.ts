/** Measured curves with their intervals, panels side by side: what most experiments show. */
import { colors, type Spec } from './render.js';

export interface CurvePoint {
  x: number;
  y: number;
  /** The interval of y, if any. */
  low?: number;
  high?: number;
}

export interface Curve {
  name: string;
  /** Marks; joined by straight lines unless there is a `line`. */
  points: readonly CurvePoint[];
  /** A line of its own, such as a fit. */
  line?: readonly { x: number; y: number }[];
  /** It may lie on another: dashed, with hollow marks, so that both are seen. */
  over?: boolean;
}

export interface AxisInfo {
  title: string;
  domain?: [number, number];
  /** Logarithmic. */
  log?: boolean;
  format?: string;
}

export interface CurvePanel {
  title?: string;
  x: AxisInfo;
  y: AxisInfo;
  curves: readonly Curve[];
  /** Lines at a value of y, with what they mean. */
  rules?: readonly { y: number; label: string }[];
  /** Stretches of x in which something else happens, shaded, with their names. */
  bands?: readonly { from: number; to: number; label: string }[];
}

/** Colours that stay apart for colour-blind eyes, dark ones first. */
export const palette = [
  '#1f5fa8',
  '#d1495b',
  '#3a7d44',
  '#e08e0b',
  '#7b4fa3',
  '#4aa3b5',
  '#8a6d3b',
  '#666666',
  '#9aa62b',
];

/** @param columns panels in a row */
export function curvesSpec(
  title: string,
  subtitle: readonly string[],
  panels: readonly CurvePanel[],
  { columns = panels.length, width = 330, height = 250 } = {},
): Spec {
  // Panels with the same curves share one legend.
  const names = panels.map(({ curves }) => JSON.stringify(curves.map(({ name }) => name)));
  const alike = panels.length > 1 && names.every((name) => name === names[0]);
  const specs = panels.map((panel) => panelSpec(panel, width, height, alike ? 4 : 2));
  const said = [...subtitle, ...cutOff(panels)];
  const head = { text: title, ...(said.length > 0 ? { subtitle: said } : {}) };
  if (specs.length === 1) return { ...specs[0], title: head };
  const resolve = { scale: { color: alike ? 'shared' : 'independent' } };
  const rows = Array.from({ length: Math.ceil(specs.length / columns) }, (_, row) => ({
    hconcat: specs.slice(row * columns, (row + 1) * columns),
    resolve,
  }));
  return { title: head, vconcat: rows, resolve };
}

/** How many points lie beyond the frame, if any do. */
function cutOff(panels: readonly CurvePanel[]): string[] {
  const beyond = panels.flatMap(({ x, y, curves }) =>
    curves.flatMap(({ points }) => points.filter((point) => !inside(point.x, x) || !inside(point.y, y))),
  ).length;
  return beyond > 0 ? [`${beyond === 1 ? '1 point lies' : `${beyond} points lie`} beyond the frame`] : [];
}

const inside = (value: number, { domain }: AxisInfo) => !domain || (value >= domain[0] && value <= domain[1]);

function panelSpec(panel: CurvePanel, width: number, height: number, legendColumns: number) {
  const { curves, rules = [], bands = [] } = panel;
  const axis = (field: string, { title, domain, log, format }: AxisInfo) => ({
    field,
    type: 'quantitative' as const,
    title,
    scale: {
      ...(log ? { type: 'log' as const } : { zero: false }),
      ...(domain ? { domain, nice: false } : {}),
      // Marks and intervals at the ends keep clear of the frame.
      ...(field === 'x' && !domain && !log ? { padding: 8, nice: false } : {}),
    },
    axis: format ? { format } : {},
  });
  const color = {
    field: 'name',
    type: 'nominal' as const,
    title: null,
    scale: { domain: curves.map(({ name }) => name), range: curves.map((_, i) => palette[i % palette.length]) },
    legend:
      curves.length > 1
        ? {
            orient: 'bottom' as const,
            columns: legendColumns,
            symbolType: 'circle' as const,
            symbolOpacity: 1,
            symbolStrokeWidth: 0,
          }
        : null,
  };
  const points = curves.flatMap(({ name, points: list, over = false }) =>
    list.map((point) => ({ ...point, name, over })),
  );
  // Clipping would halve those on the frame.
  const shown = points.filter((point) => inside(point.x, panel.x) && inside(point.y, panel.y));
  const lines = curves.flatMap(({ name, points: list, line, over = false }) =>
    (line ?? list).map(({ x, y }, order) => ({ x, y, name, order, over })),
  );
  const [x, y] = [axis('x', panel.x), axis('y', panel.y)];
  const layer: object[] = [
    {
      data: { values: lines },
      mark: { type: 'line', strokeWidth: 1.7, clip: true },
      encoding: { x, y, color, order: { field: 'order', type: 'quantitative' }, ...dashed(curves) },
    },
    {
      data: { values: points.filter(({ low }) => low !== undefined) },
      mark: { type: 'rule', strokeWidth: 1.2, opacity: 0.55, clip: true },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
    },
    {
      data: { values: shown },
      mark: { type: 'point', filled: true, size: 34, opacity: 1 },
      encoding: { x, y, color, ...hollow(curves) },
    },
  ];
  if (rules.length > 0) layer.unshift(...ruleLayers(rules, y));
  if (bands.length > 0) layer.unshift(...bandLayers(bands, x));
  // Titles of panels side by side stand at one height, whatever the panels hold.
  const title = panel.title ? { title: { text: panel.title, fontSize: 12, frame: 'group' as const, offset: 8 } } : {};
  return { ...title, width, height, layer };
}

const anyOver = (curves: readonly Curve[]) => curves.some(({ over }) => over);
const whereOver = (value: unknown, otherwise: unknown) => ({
  condition: { test: 'datum.over', value },
  value: otherwise,
});
const dashed = (curves: readonly Curve[]): object => (anyOver(curves) ? { strokeDash: whereOver([4, 4], [1, 0]) } : {});
const hollow = (curves: readonly Curve[]): object =>
  anyOver(curves) ? { size: whereOver(90, 34), opacity: whereOver(0.35, 1) } : {};

const ruleLayers = (rules: NonNullable<CurvePanel['rules']>, y: object): object[] => [
  {
    data: { values: [...rules] },
    mark: { type: 'rule', color: '#999', strokeDash: [5, 3] },
    encoding: { y: { ...y, field: 'y' } },
  },
  {
    data: { values: [...rules] },
    mark: { type: 'text', align: 'left', dx: 4, dy: -6, fontSize: 11, color: '#555' },
    encoding: { y: { ...y, field: 'y' }, x: { value: 0 }, text: { field: 'label' } },
  },
];

const bandLayers = (bands: NonNullable<CurvePanel['bands']>, x: object): object[] => [
  {
    data: { values: [...bands] },
    mark: { type: 'rect', color: colors.prompt, clip: true },
    encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' } },
  },
  {
    data: { values: bands.map(({ from, to, label }) => ({ x: (from + to) / 2, label })) },
    mark: { type: 'text', dy: 10, fontSize: 11, color: '#555' },
    encoding: { x, y: { value: 0 }, text: { field: 'label' } },
  },
];
