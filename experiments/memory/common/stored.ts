/** How many neurons the networks of a table have stored. */
import type { Row } from '../../../src/campaign/index.js';
import { column, distinct, type Share, sum } from '../../common/rows.js';

/** Neurons stored, over the networks that the rows are of (by their number). */
export function storedIn(rows: readonly Row[]): Share {
  const networks = distinct(column(rows, 'network')).map((n) => rows.find((row) => row.network === n) as Row);
  return { success: sum(networks, 'stored'), of: sum(networks, 'neurons') };
}
