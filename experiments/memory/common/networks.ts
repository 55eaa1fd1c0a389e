/**
 * Rates over several networks. Trials of one network share its wiring and its score and are no independent witnesses of what
 * networks do: the network is the unit. With r_i the rate of network i of N,
 *
 *   p = (1 / N) sum r_i,    interval: Wilson's for N observations of mean p,
 *
 * which is wide enough however alike the trials of a network are, since the variance of a rate is at most p (1 - p).
 */
import type { Row } from '../../../src/campaign/index.js';
import { wilson } from '../../../src/memory/measure/index.js';
import { column, distinct, mean, sum } from '../../common/rows.js';

export interface OverNetworks {
  rate: number;
  /** At 95 %. */
  low: number;
  high: number;
  networks: number;
  success: number;
  trials: number;
}

/** @param trials the column that counts trials; without it every row is one */
export function overNetworks(rows: readonly Row[], success = 'success', trials?: string): OverNetworks {
  const count = (own: readonly Row[]) => (trials === undefined ? own.length : sum(own, trials));
  const rates = distinct(column(rows, 'network')).map((network) => {
    const own = rows.filter((row) => row.network === network);
    return sum(own, success) / count(own);
  });
  const rate = mean(rates);
  const [low, high] = wilson(rate * rates.length, rates.length);
  return { rate, low, high, networks: rates.length, success: sum(rows, success), trials: count(rows) };
}

/** The interval of a rate, in a cell of a table; one network has none. */
export const intervalInWords = ({ networks, low, high }: OverNetworks): string =>
  networks > 1 ? `${Math.round(100 * low)}–${Math.round(100 * high)} %` : '–';

/** What every caption with such intervals says. */
export const UNITS_SAID = 'bars are 95 % intervals with networks as units, trials of a network pooled';
