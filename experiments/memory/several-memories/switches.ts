/** The switches among the rows, and how many of them succeed. */
import type { Row } from '../../../src/campaign/index.js';
import type { Share } from '../../common/rows.js';
import type { Config } from './config.js';

/** Rows of a switch against the memory that was prompted: one per switch, from its last free period. */
export const switchesIn = (rows: readonly Row[], { free }: Config): Row[] =>
  rows.filter((row) => (row.block as number) > 0 && row.cycle === free && row.against === row.prompted);

export const rateOf = (rows: readonly Row[]): Share => ({
  success: rows.filter((row) => row.success === 1).length,
  of: rows.length,
});
