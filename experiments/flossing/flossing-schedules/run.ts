/**
 * The search for a schedule of flossing under which a network learns a long delayed XOR: modes, numbers of exponents, learning rates,
 * clips. What fails is published beside what does not.
 */
import { learning } from '../common/learn.js';
import { conclude } from './report.js';

export const flossingSchedules = learning({
  name: 'flossing-schedules',
  module: import.meta.url,
  title: 'Schedules of flossing',
  question: 'Which schedule of flossing makes a network learn a delay that it does not learn without?',
  conclude,
});
