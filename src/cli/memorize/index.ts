/** The system `memorize`: its program, with the command of that name and those beside it, which are loaded when they are called. */
import type { ProgramSpec } from '../../app/index.js';
import { memorizeCommand } from './memorize.js';

export const memorize: ProgramSpec = {
  ...memorizeCommand,
  commands: [
    { name: 'train', load: async () => (await import('./train.js')).trainCommand },
    { name: 'explain', load: async () => (await import('./explain.js')).explainCommand },
    { name: 'export', load: async () => (await import('./export.js')).exportCommand },
    { name: 'recall', load: async () => (await import('./recall.js')).recallCommand },
    { name: 'stability', load: async () => (await import('./stability.js')).stabilityCommand },
    { name: 'simulate', load: async () => (await import('./simulate.js')).simulateCommand },
    { name: 'solve', load: async () => (await import('../common/solve.js')).solveCommand },
    { name: 'experiment', load: async () => (await import('../common/experiment.js')).experimentCommand },
    { name: 'report', load: async () => (await import('./report.js')).reportCommand },
  ],
  unknown: (word, names) => `there is no command "${word}"; commands are ${names.join(', ')}, or none to memorize`,
};
