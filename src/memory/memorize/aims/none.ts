/** Any weights that obey the template. */
import { type Norm, normRule } from './norm.js';

/** Any weights that obey the template. */
export interface None {
  /** Name of the aim. */
  readonly kind: 'none';
}

export const norm: Norm<None> = {
  kind: 'none',
  spelled: 'none',
  help: 'none (any)',
  parse: (parameter) => (parameter === undefined ? { kind: 'none' } : undefined),
  spell: () => 'none',
  takesCosts: false,
  isPlain: () => true,
  terms: () => ({ value: 0 }),
};

export const none = normRule(norm);
