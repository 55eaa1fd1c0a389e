/** Whether a stored network fits into this machine, before anything of it is loaded to be simulated. */
import { totalmem } from 'node:os';
import { EngramError } from '../../core/index.js';
import { simulationNeed } from '../../memory/summary/index.js';

/** So much of a machine's memory is taken at most. */
const SHARE = 0.9;

const gigabytes = (bytes: number) => `${Number((bytes / 2 ** 30).toPrecision(3))} GB`;

/**
 * Throws `usage` where so many threads cannot simulate so many synapses, each thread with a network of its own.
 * @param has bytes of memory (default: this machine's)
 */
export function refuseTooMany(path: string, synapses: number, workers: number, has = totalmem()): void {
  const need = simulationNeed(synapses, workers);
  if (need <= SHARE * has) return;
  let fewer = workers;
  while (fewer > 0 && simulationNeed(synapses, fewer) > SHARE * has) fewer--;
  const instead = fewer > 0 ? `take --workers ${fewer}` : 'take a larger one';
  throw new EngramError(
    'usage',
    `${path}: to simulate ${synapses} synapses in ${workers} threads takes about ${gigabytes(need)} of memory, ` +
      `this machine has ${gigabytes(has)}; ${instead}`,
  );
}
