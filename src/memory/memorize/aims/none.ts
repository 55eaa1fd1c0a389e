/** Any weights that obey the template. */
import type { Norm } from './norm.js';

export interface None {
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
