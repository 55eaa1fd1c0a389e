/** Whether times can be in the unit that a file gives: a published set holds ms where its format asks for s. */
import { EngramError, SECONDS, type TimeUnit, timeUnits } from '../../core/index.js';

/** More neurons are no recording. */
export const MOST_UNITS = 100_000;

/** The busiest neuron of a recording fires about so often, in Hz, and no recording's less than the least or more than the most. */
const TYPICAL = 20;
const LEAST = 0.1;
const MOST = 2000;
/** Fewer spikes say nothing. */
const FEW = 20;

/** Throws `input` where all spikes of a neuron are at one time, and where the train with most spikes, `count` of them over a stretch, would fire at a rate that no neuron has. */
export function refuseUnit(file: string, count: number, stretch: number, unit: TimeUnit): void {
  if (count < FEW) return;
  if (!(stretch > 0))
    throw new EngramError('input', `${file}: the ${count} spikes of its busiest neuron are at one time`);
  const rateIn = (one: TimeUnit) => count / stretch / SECONDS[one];
  const rate = rateIn(unit);
  if (rate >= LEAST && rate <= MOST) return;
  const likely = unitByRate(count, stretch);
  throw new EngramError(
    'input',
    `${file}: its busiest neuron would fire at ${Number(rate.toPrecision(3))} Hz (expected ${LEAST} to ${MOST} Hz): ` +
      `are the times in ${likely === unit ? 'another unit' : likely}, not in ${unit}? say it with --time-unit ${timeUnits.join('|')}`,
  );
}

/** The unit in which a train of `count` spikes over a stretch fires as the busiest neuron of a recording typically does. */
export function unitByRate(count: number, stretch: number): TimeUnit {
  const distance = (unit: TimeUnit) => {
    const ratio = count / Math.max(stretch, Number.MIN_VALUE) / SECONDS[unit] / TYPICAL;
    return Math.max(ratio, 1 / ratio);
  };
  return timeUnits.reduce((best, unit) => (distance(unit) < distance(best) ? unit : best));
}
