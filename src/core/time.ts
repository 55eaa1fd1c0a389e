/**
 * Time at the door. Inside, every time is in units of the refractory period tau0; people read and type
 * seconds and milliseconds. Only this file and its callers at the door know of seconds.
 */
import { demandText, refuse } from './demand.js';
import { EngramError } from './errors.js';

/** Units in which times are typed. */
export type TimeUnit = 's' | 'ms' | 'us';
/** Seconds in a unit. */
export const SECONDS: Readonly<Record<TimeUnit, number>> = { s: 1, ms: 1e-3, us: 1e-6 };
export const timeUnits: readonly TimeUnit[] = ['s', 'ms', 'us'];

/** In what times are counted: a unit, or steps of so many seconds. */
export type TimeStep = TimeUnit | number;

/** Seconds in one of what times are counted in. */
export const secondsOf = (step: TimeStep): number => (typeof step === 'number' ? step : SECONDS[step]);

/** What times are counted in, for people. */
export const stepName = (step: TimeStep): string =>
  typeof step === 'number' ? `steps of ${Number((step * 1e3).toPrecision(12))} ms` : step;

/** A unit, or a time such as `0.1ms` that is one step. Throws `usage`; `name` says whose value it is. */
export function parseTimeStep(text: string, name: string): TimeStep {
  const unit = timeUnits.find((one) => one === text);
  if (unit || /^\d/.test(text)) return unit ?? parseTime(text, name);
  throw new EngramError(
    'usage',
    `${name} must be ${timeUnits.join(', ')}, or the length of a step such as 0.1ms; got "${text}"`,
  );
}

/**
 * Seconds in a text such as `1s`, `250ms`, `80us` or `80µs`. Throws `usage` on anything else; `name` says whose value it is,
 * `most` below how many seconds it must stay.
 */
export function parseTime(text: string, name: string, most = 1e9): number {
  demandText(name, text);
  const parts = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(s|ms|us|µs|μs)$/.exec(text);
  const seconds = parts ? Number(parts[1]) * SECONDS[unitOf(parts[2])] : Number.NaN;
  if (!(seconds > 0 && seconds < most)) {
    const hint = /^\d+(\.\d+)?m$/.test(text)
      ? `; "m" could be minutes or milliseconds: write ${Number.parseFloat(text) * 60}s or ${Number.parseFloat(text)}ms`
      : /^\d+(\.\d+)?$/.test(text) && Number(text) > 0
        ? `; add the unit: ${text}s or ${text}ms`
        : '';
    throw new EngramError('usage', `${name} must be a positive time such as 1s or 250ms; got "${text}"${hint}`);
  }
  return seconds;
}

/** Infinity has a name, what is no number has none. */
function demandSeconds(seconds: number): void {
  if (typeof seconds !== 'number' || Number.isNaN(seconds))
    refuse(`a time must be a number of seconds; got ${seconds}`);
}

/** A unit as it is written: the micro sign and the Greek letter are u. */
export const unitOf = (text: string): TimeUnit => text.replace(/^[µμ]/, 'u') as TimeUnit;

/** A time in seconds as a person writes it: `1 s`, `413 ms`, `0.5 ms`. */
export function formatTime(seconds: number): string {
  demandSeconds(seconds);
  const [value, unit] = seconds >= 1 ? [seconds, 's'] : [seconds * 1e3, 'ms'];
  return `${Number(value.toPrecision(4))} ${unit}`;
}

/** A moment of a score, to a tenth of a millisecond however late it is: `17.5667 s`, `413.2 ms`. */
export function formatMoment(seconds: number): string {
  demandSeconds(seconds);
  return seconds >= 1 ? `${Number(seconds.toFixed(4))} s` : `${Number((seconds * 1e3).toFixed(1))} ms`;
}
