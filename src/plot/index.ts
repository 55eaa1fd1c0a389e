export { drawNoise, type NoiseRow } from './noise.js';
export { drawPotential, type PotentialInput } from './potential.js';
export { drawRaster, type RasterInput } from './raster.js';
export { drawSpectrum } from './spectrum.js';
export { drawTraces, type TraceInput } from './traces.js';
