export { type Demand, type DemandKind, demandsOf, shortfalls } from './demands.js';
export { gridCuts } from './grid.js';
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
export {
  type Cut,
  type CutKind,
  cutKinds,
  loadScore,
  type Moment,
  type Program,
  stackPrograms,
  type Violation,
} from './program.js';
export {
  checkTemplate,
  defaultTemplate,
  relaxed,
  scaled,
  type Template,
  type Zone,
  type ZoneKind,
  zonesOf,
} from './template.js';
export {
  type Arrivals,
  arrivalsOf,
  type Box,
  boxViolation,
  combineCuts,
  combineCutsBounded,
  cutSlacks,
  type Inputs,
  potentialFrom,
  reach,
  templateViolation,
} from './verify.js';
