export { drawPotential, type PotentialInput } from './potential.js';
export { drawPotentials, type PotentialsInput } from './traces.js';
export { unitsOf } from './units.js';
