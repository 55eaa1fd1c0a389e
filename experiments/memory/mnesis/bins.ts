/**
 * F1 in bins. Of the cells (neuron, step) in a stretch of steps let P be those played, R those prescribed, a cell being
 * played if the neuron fires in it at all:
 *
 *   precision |P & R| / |P|,     recall |P & R| / |R|,     F1 = 2 |P & R| / (|P| + |R|).
 *
 * Where nothing is played precision is 1, where nothing is prescribed recall is 1; F1 is 1 where both hold. No lag is
 * forgiven: a spike a step late is a miss and a false one.
 */
import type { Raster } from './raster.js';

export interface BinAgreement {
  precision: number;
  recall: number;
  f1: number;
}

/**
 * @param trains spikes of each neuron, in refractory periods
 * @param tau steps per refractory period
 * @param from the first step that counts, @param to the first that no longer does
 */
export function agreementInBins(
  { steps, trains: prescribed }: Raster,
  trains: readonly Float64Array[],
  tau: number,
  from: number,
  to = steps,
): BinAgreement {
  let [hits, played, wanted] = [0, 0, 0];
  const within = (step: number) => step >= from && step < to;
  prescribed.forEach((fired, neuron) => {
    const reference = new Set(fired.filter(within));
    const own = new Set(Array.from(trains[neuron], (time) => Math.floor(time * tau)).filter(within));
    wanted += reference.size;
    played += own.size;
    for (const step of own) if (reference.has(step)) hits++;
  });
  const share = (of: number) => (of === 0 ? 1 : hits / of);
  const all = played + wanted;
  return { precision: share(played), recall: share(wanted), f1: all === 0 ? 1 : (2 * hits) / all };
}
