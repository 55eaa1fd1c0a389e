export { loadNetworkFile, loadScoreFile, loadWiringFile, type StoredNetwork } from './inputs.js';
export { openResults, type Results } from './results.js';
