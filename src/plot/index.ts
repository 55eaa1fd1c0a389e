export { type Curve, type CurvePanel, type CurvePoint, curvesSpec } from './curves.js';
export { drawNoise, type NoiseRow } from './noise.js';
export { type PhasePanel, phaseSpec } from './phase.js';
export { drawPotential, type PotentialInput } from './potential.js';
export { drawRaster, type RasterInput } from './raster.js';
export { renderSvg } from './render.js';
export { type Figure, type Findings, type ReportPage, reportHtml, type Table } from './report.js';
export { drawSpectrum } from './spectrum.js';
export { drawTraces, type TraceInput } from './traces.js';
