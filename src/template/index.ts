export {
  type Extremum,
  firstCrossing,
  flattestSlope,
  highestPotential,
  type Potential,
  potentialOf,
  type Side,
  slopeAt,
  valueAt,
} from './potential.js';
export { type Cut, type CutKind, cutKinds, cutLimit, loadScore, type Program, type Violation } from './program.js';
export { checkTemplate, defaultTemplate, type Template, type Zone, type ZoneKind, zonesOf } from './template.js';
export {
  type Arrivals,
  arrivalsOf,
  combineCuts,
  combineCutsBounded,
  cutSlacks,
  type Inputs,
  potentialFrom,
  reach,
  templateViolation,
} from './verify.js';
