/** The system `memorize`: its program, with the command of that name and those beside it. */
import type { ProgramSpec } from '../../app/index.js';
import { experimentCommand } from '../common/experiment.js';
import { solveCommand } from '../common/solve.js';
import { explainCommand } from './explain.js';
import { exportCommand } from './export.js';
import { memorizeCommand } from './memorize.js';
import { recallCommand } from './recall.js';
import { reportCommand } from './report.js';
import { simulateCommand } from './simulate.js';
import { stabilityCommand } from './stability.js';
import { trainCommand } from './train.js';

export const memorize: ProgramSpec = {
  ...memorizeCommand,
  commands: [
    trainCommand,
    explainCommand,
    exportCommand,
    recallCommand,
    stabilityCommand,
    simulateCommand,
    solveCommand,
    experimentCommand,
    reportCommand,
  ],
  unknown: (word, names) => `there is no command "${word}"; commands are ${names.join(', ')}, or none to memorize`,
};
