/**
 * Binary networks learn the XOR of two bits that lie d / 2 and d steps back, with and without flossing of their surrogate
 * exponents (figure 2 of the talk): accuracy by epoch, best and last accuracy by delay, and the flow of gradients.
 */
import type { Experiment } from '../../common/experiment.js';
import { learn, learnColumns, learnCost, learnTasks } from '../common/learn.js';
import { units } from '../common/units.js';
import { type Config, schema, type Task } from './config.js';
import { conclude } from './report.js';

export const flossingDelayedXor: Experiment<Config, Task> = {
  name: 'flossing-delayed-xor',
  module: import.meta.url,
  title: 'Learning a delayed XOR, flossed and not',
  question: 'Does flossing keep gradients alive over long delays, and does a network then learn?',
  units,
  schema,
  columns: learnColumns,
  tasks: learnTasks,
  cost: learnCost,
  prepare: (config) => (task) => learn(config, task),
  conclude,
};
