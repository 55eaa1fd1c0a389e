import { unitsOf } from '../../../src/memory/figures/index.js';

/** What the pages of these experiments say of their numbers. */
export const units: string = unitsOf(0.005);
