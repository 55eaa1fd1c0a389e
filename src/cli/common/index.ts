/** The commands that all systems share. */
import { reportCommand } from '../memorize/report.js';
import { experimentCommand } from './experiment.js';
import { pageCommand } from './page.js';
import { solveCommand } from './solve.js';

export const commands = [experimentCommand, pageCommand, reportCommand, solveCommand];
