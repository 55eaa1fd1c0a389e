/** The spectrum of a jitter map: how fast each kind of jitter dies away, by rank. */
import type { TopLevelSpec } from 'vega-lite';
import { demandList, demandNumber, demandObject } from '../core/index.js';
import { colors, renderSvg } from './render.js';

/** Eigenvalues of a jitter map, in a form that `stabilityOf` gives. */
export interface SpectrumInput {
  /** Eigenvalues, the largest first, without that of the common shift. */
  spectrum: readonly {
    /** Absolute value: the factor by which such a jitter shrinks in one period. */
    modulus: number;
    /** Imaginary part. */
    im: number;
  }[];
}

/** Draws the moduli of the eigenvalues by rank; the common shift of all spikes, with modulus 1, is added. An SVG. */
export function drawSpectrum(input: SpectrumInput, subtitle: string[]): Promise<string> {
  demandObject('what is drawn', input);
  const { spectrum } = input;
  demandList('the eigenvalues', spectrum);
  for (const { modulus } of spectrum) demandNumber('the modulus of an eigenvalue', modulus, 0);
  const common = 'common shift (a drift, which stays)';
  const real = 'real';
  const pair = 'complex pair';
  const values = [
    { rank: 1, modulus: 1, kind: common },
    ...spectrum
      .filter(({ modulus }) => modulus > 0)
      .map(({ modulus, im }, i) => ({ rank: i + 2, modulus, kind: im === 0 ? real : pair })),
  ];
  const spec: TopLevelSpec = {
    title: { text: 'What one period leaves of a small jitter', subtitle },
    width: 640,
    height: 320,
    data: { values },
    mark: { type: 'point', filled: true, size: 40, opacity: 1 },
    encoding: {
      x: {
        field: 'rank',
        type: 'quantitative',
        title: 'rank',
        scale: { domain: [0, values.length + 1], nice: false },
        axis: { format: 'd', tickMinStep: 1 },
      },
      y: {
        field: 'modulus',
        type: 'quantitative',
        title: 'modulus of the eigenvalue, per period',
        scale: { type: 'log' },
        axis: { format: '.0e', grid: true, tickCount: 8 },
      },
      color: {
        field: 'kind',
        type: 'nominal',
        title: null,
        scale: { domain: [common, pair, real], range: [colors.missed, colors.potential, colors.extra] },
        legend: { orient: 'bottom', symbolStrokeWidth: 0 },
      },
    },
  };
  return renderSvg(spec);
}
