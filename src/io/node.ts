export { loadScoreFile, loadWiringFile } from './inputs.js';
export { openResults, type Results } from './results.js';
