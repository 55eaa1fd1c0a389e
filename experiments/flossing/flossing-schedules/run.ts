/**
 * The search for a schedule of flossing under which a network learns a long delayed XOR: modes, numbers of exponents, learning rates,
 * clips. What fails is published beside what does not.
 */
import type { Experiment } from '../../common/experiment.js';
import { learn, learnColumns, learnCost, learnTasks } from '../common/learn.js';
import { units } from '../common/units.js';
import { type Config, schema, type Task } from './config.js';
import { conclude } from './report.js';

export const flossingSchedules: Experiment<Config, Task> = {
  name: 'flossing-schedules',
  module: import.meta.url,
  title: 'Schedules of flossing',
  question: 'Which schedule of flossing makes a network learn a delay that it does not learn without?',
  units,
  schema,
  columns: learnColumns,
  tasks: learnTasks,
  cost: learnCost,
  prepare: (config) => (task) => learn(config, task),
  conclude,
};
