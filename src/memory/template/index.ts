export { type Arrivals, arrivalsOf, type Inputs } from './arrivals.js';
export { type Course, flattestSlope, highestPotential, type Potential, slopeAt, valueAt } from './course.js';
export { type Cut, type CutKind, cutKinds, type Extremum, type Moment, type Side, type Violation } from './cut.js';
export { courseOf, potentialOf } from './default/course.js';
export { firstCrossing } from './default/crossing.js';
export { energyMatrix } from './default/energy.js';
export { energyCurvatures, energyGradient } from './default/energy-check.js';
export { type Demand, type DemandKind, demandsOf, isOverdrive, shortfalls } from './demands.js';
export { type Dynamics, freeShare, resets } from './dynamics.js';
export { dynamicsOf, inputsOf, loadScore } from './family.js';
export { gridCuts } from './grid.js';
export { horizonFor, KERNEL_DRIVE, kernelSlope } from './kernel.js';
export { limitsHold } from './limits.js';
export { type Program, stackPrograms } from './program.js';
export { type SourceSpread, sourceSpreads } from './spread.js';
export { meanSpread, spreadGradient, spreadOf } from './spread-check.js';
export {
  checkTemplate,
  defaultTemplate,
  type Overdrive,
  relaxed,
  type Scaled,
  scaled,
  type Template,
} from './template.js';
export {
  type Box,
  boxViolation,
  checkedOf,
  combineCuts,
  combineCutsBounded,
  cutSlacks,
  potentialFrom,
  reachOf,
  templateViolation,
} from './verify.js';
export { silentLevel, type Zone, type ZoneKind, zonesOf, zonesOfNeuron } from './zones.js';
