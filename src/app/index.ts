export { goOn, optionsOf, quote } from './arguments.js';
export { type Asked, askedOf, beginCommand, commandAsked, openCommand, refuseBeside } from './command-campaign.js';
export {
  type CommandSpec,
  defineCommand,
  flagOf,
  type Invocation,
  type OptionSpec,
  option,
} from './define-command.js';
export { keptMap } from './kept-map.js';
export {
  type LauncherOptions,
  launcherOptions,
  launchWork,
  type Part,
  programOf,
  refuseWithoutLauncher,
  shardOption,
} from './launcher.js';
export {
  choice,
  countOrShare,
  integer,
  number,
  type Parser,
  path,
  refuse,
  share,
  stretch,
  time,
  timeList,
  timeOrRange,
  timeOrZero,
  timeRange,
} from './parsers.js';
export { loadPng, type PngOf } from './png.js';
export { launch, type ProgramSpec } from './program.js';
export { showProgress } from './progress.js';
export { checksum, openWork, optionsFrom, type Request, type Resumable, requestOf } from './resume.js';
export { type Run, withRun } from './run.js';
export {
  pngOption,
  quietOption,
  type RunOptions,
  runOptions,
  screenOf,
  seedOf,
  workersOf,
  workersOption,
} from './run-options.js';
export { createScreen, grouped, type Screen } from './screen.js';
export { onSignal } from './signals.js';
