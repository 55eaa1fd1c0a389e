/** Precision and drift against noise: what theory predicts and what the simulation does. */
import type { TopLevelSpec } from 'vega-lite';
import { demandList, demandNumber, demandObject, refuse } from '../core/index.js';
import { colors, renderSvg } from './render.js';

/** A replay under noise as theory predicts it. */
export interface NoiseForecast {
  /** Precision of a period, from 0 to 1. */
  precision: number;
  /** Spread of the lag, in the unit that the figure names. */
  drift: number;
}

/** One level of noise, predicted and simulated. */
export interface NoiseRow {
  /** Standard deviation of the thresholds' noise, in thresholds. */
  noise: number;
  /** What the linear recursion predicts. */
  linear: NoiseForecast;
  /** What the recursion with curvature and kinks predicts. */
  curved: NoiseForecast;
  /** What was simulated. */
  simulated: {
    /** Precision of each period, from 0 to 1. */
    precisions: readonly number[];
    /** Spread of the lag; null where too few periods were recalled. */
    drift: number | null;
  };
}

/** Draws precision and drift over the noise of the thresholds, two panels; drifts are in `driftUnit`. An SVG. */
export function drawNoise(rows: readonly NoiseRow[], driftUnit: string, subtitle: string[]): Promise<string> {
  demandList('the levels of noise', rows);
  if (rows.length === 0) refuse('the figure needs at least one level of noise');
  for (const { noise, linear, curved, simulated } of rows) {
    demandNumber('a level of noise', noise, 0);
    for (const part of [linear, curved, simulated]) demandObject('the prediction and the simulation of a level', part);
  }
  const names = { linear: 'linear theory', curved: 'with curvature and kinks', simulated: 'simulated' };
  const order = Object.values(names);
  const lines = (measure: 'precision' | 'drift') =>
    rows.flatMap(({ noise, linear, curved }) => [
      { noise, value: linear[measure], kind: names.linear },
      { noise, value: curved[measure], kind: names.curved },
    ]);
  const precisions = rows.flatMap(({ noise, simulated }) =>
    simulated.precisions.map((value) => ({ noise, value, kind: names.simulated })),
  );
  const drifts = rows
    .filter(({ simulated }) => simulated.drift !== null)
    .map(({ noise, simulated }) => ({ noise, value: simulated.drift, kind: names.simulated }));
  const panel = (title: string, curves: object[], points: object[]) => {
    const encoding = {
      x: { field: 'noise', type: 'quantitative' as const, title: 'noise of the thresholds', scale: { zero: true } },
      y: { field: 'value', type: 'quantitative' as const, title, scale: { zero: false } },
      color: {
        field: 'kind',
        type: 'nominal' as const,
        title: null,
        scale: { domain: order, range: [colors.extra, colors.potential, colors.good] },
        legend: { orient: 'bottom' as const },
      },
    };
    return {
      width: 320,
      height: 260,
      layer: [
        { data: { values: curves }, mark: { type: 'line' as const, point: true, strokeWidth: 1.6 }, encoding },
        { data: { values: points }, mark: { type: 'point' as const, filled: true, size: 16, opacity: 0.9 }, encoding },
      ],
    };
  };
  const spec: TopLevelSpec = {
    title: { text: 'Replay under noise: predicted and simulated', subtitle },
    hconcat: [
      panel('precision of a period', lines('precision'), precisions),
      panel(`drift of the lag (${driftUnit})`, lines('drift'), drifts),
    ],
  };
  return renderSvg(spec);
}
