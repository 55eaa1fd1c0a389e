export {
  type Activation,
  activationOf,
  type CellName,
  type Leak,
  type SurrogateName,
  statesPerUnit,
  surrogates,
} from './activation.js';
export { type Example, examples } from './examples.js';
export { type Draw, drawParameters, type Parameters, type Sizes } from './network.js';
export { DEFAULTS, type FlossingSettings, type Mode, modes } from './settings.js';
export { type SpectrumPlan, spectrumOf } from './spectrum.js';
export { advanceFlossing, COLUMNS, flossOnly, INSPECTED, logOf, startFlossing, type Trained } from './train.js';
