export { type Cut, type CutKind, cutKinds, cutLimit, loadScore, type Program, type Violation } from './program.js';
export { checkTemplate, defaultTemplate, type Template, type Zone, type ZoneKind, zonesOf } from './template.js';
