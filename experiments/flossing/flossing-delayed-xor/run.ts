/**
 * Binary networks learn the XOR of two bits that lie d / 2 and d steps back, with and without flossing of their surrogate
 * exponents (figure 2 of the talk): accuracy by epoch, best and last accuracy by delay, and the flow of gradients.
 */
import { learning } from '../common/learn.js';
import { conclude } from './report.js';

export const flossingDelayedXor = learning({
  name: 'flossing-delayed-xor',
  module: import.meta.url,
  title: 'Learning a delayed XOR, flossed and not',
  question: 'Does flossing keep gradients alive over long delays, and does a network then learn?',
  conclude,
});
