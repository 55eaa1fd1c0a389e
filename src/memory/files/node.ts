export { type LoadedWiring, loadNetworkFile, loadScoreFile, loadWiringFile, type StoredNetwork } from './inputs.js';
