export {
  importScore,
  importWiring,
  loadNetworkFile,
  loadScoreFile,
  loadWiringFile,
  type StoredNetwork,
} from './inputs.js';
export type { LoadedWiring } from './loaded-wiring.js';
