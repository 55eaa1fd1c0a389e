export { drawPotential, type PotentialInput } from './potential.js';
export { drawRaster, type RasterInput } from './raster.js';
