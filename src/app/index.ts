export { type Invocation, onInterruption, refuseRepeats, subcommand } from './command.js';
export { pngOf } from './png.js';
export { runRecord } from './run-record.js';
export { createScreen, grouped, type Screen } from './screen.js';
