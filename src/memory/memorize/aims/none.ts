/** Any weights that obey the template. */
import type { Norm } from './norm.js';

/** Any weights that obey the template. */
export interface None {
  /** Name of the aim. */
  readonly kind: 'none';
}

export const none: Norm<None, 'none'> = {
  kind: 'none',
  spelled: 'none',
  help: 'none (any)',
  parse: (parameter) => (parameter === undefined ? { kind: 'none' } : undefined),
  spell: () => 'none',
  takesCosts: false,
  isPlain: () => true,
  terms: () => ({ value: 0 }),
};
