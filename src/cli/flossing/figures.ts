/** Spectra of surrogate Lyapunov exponents, by index. */
import { curvesSpec, renderSvg } from '../../plot/index.js';

/** Named spectra in one panel. An SVG. */
export function drawExponents(
  spectra: readonly (readonly [name: string, exponents: Float64Array])[],
  { units, cell }: { units: number; cell: string },
): Promise<string> {
  const curves = spectra.map(([name, exponents]) => ({
    name,
    points: [...exponents].flatMap((y, i) => (Number.isFinite(y) ? [{ x: i + 1, y }] : [])),
  }));
  const panel = { x: { title: 'index' }, y: { title: 'exponent, per step' }, curves };
  const subtitle = [`${units} ${cell} units; zero keeps a small change as it is`];
  return renderSvg(curvesSpec('Surrogate Lyapunov exponents', subtitle, [panel], { columns: 1, width: 560 }));
}
