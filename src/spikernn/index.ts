export { fillNormals } from './noise.js';
export { startRate, advanceRate } from './train.js';
export { spikernnDefaults } from './settings.js';
