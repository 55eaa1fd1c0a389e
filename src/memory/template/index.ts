export { type Demand, type DemandKind, demandsOf, shortfalls } from './demands.js';
export { type Dynamics, dynamicsOf, freeShare, resets } from './dynamics.js';
export { energyMatrix } from './energy.js';
export { gridCuts } from './grid.js';
export { limitsHold } from './limits.js';
export { membraneProgram } from './membrane-program.js';
export {
  type Course,
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
  type Scaled,
  scaled,
  silentLevel,
  type Template,
  type Zone,
  type ZoneKind,
  zonesOf,
  zonesOfNeuron,
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
  inputsOf,
  potentialFrom,
  reachOf,
  templateViolation,
} from './verify.js';
