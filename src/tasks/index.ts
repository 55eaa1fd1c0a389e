export { delayedParity, type ParityOptions } from './delayed-parity.js';
export { bernoulliSpikes, integrateToSpikes } from './encoders.js';
export { type GoNoGoOptions, goNoGo, goNoGoDefaults } from './go-nogo.js';
export { type ManteOptions, mante, manteDefaults } from './mante.js';
export { type TrackingOptions, tracking, trackingDefaults } from './ornstein-uhlenbeck.js';
export { type RuleCondition, type RuleOptions, type RuleTask, rule2afc, ruleDefaults } from './rule-2afc.js';
export type { Task, Trial } from './task.js';
export { type TimedXorOptions, timedXor, timedXorDefaults } from './timed-xor.js';
