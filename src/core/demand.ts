/**
 * What public functions ask of their arguments, in one sentence each. All throw `usage`: a value that cannot be worked with
 * is refused where it is handed over, never later in a kernel, as a trap, a hang or a NaN.
 */
import { EngramError } from './errors.js';

/** Throws `usage` with a text. */
export function refuse(text: string): never {
  throw new EngramError('usage', text);
}

const shown = (value: unknown): string => {
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'object' && value !== null) return `a value of type ${value.constructor?.name ?? 'Object'}`;
  return String(value);
};

/** A finite number from `least` to `most`. */
export function demandNumber(
  name: string,
  value: unknown,
  least = Number.NEGATIVE_INFINITY,
  most = Number.POSITIVE_INFINITY,
): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most) return;
  refuse(`${name} must be a finite number${range(least, most)}; got ${shown(value)}`);
}

/** A finite number above 0. */
export function demandPositive(name: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return;
  refuse(`${name} must be a finite number above 0; got ${shown(value)}`);
}

/** A whole number from `least` to `most`, by default any that a double counts exactly. */
export function demandInteger(name: string, value: unknown, least = 0, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return;
  refuse(`${name} must be a whole number${range(least, most)}; got ${shown(value)}`);
}

const range = (least: number, most: number): string => {
  const upper = most < Number.MAX_SAFE_INTEGER;
  if (least > Number.NEGATIVE_INFINITY) return upper ? ` from ${least} to ${most}` : ` of at least ${least}`;
  return upper ? ` of at most ${most}` : '';
};

/** One of some words. */
export function demandOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (!allowed.includes(value)) refuse(`${name} must be one of ${allowed.join(', ')}; got ${shown(value)}`);
}

/** An object; with `keys`, one with no others, so that no misspelt option is passed over. */
export function demandObject(name: string, value: unknown, keys?: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(`${name} must be an object; got ${Array.isArray(value) ? 'an array' : shown(value)}`);
  }
  const other = keys && Object.keys(value as object).find((key) => !keys.includes(key));
  if (other !== undefined) refuse(`${name} has no "${other}"; allowed are ${keys?.join(', ')}`);
}

/** A list. */
export function demandList(name: string, value: unknown): void {
  if (!Array.isArray(value)) refuse(`${name} must be a list; got ${shown(value)}`);
}

/** A function. */
export function demandFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') refuse(`${name} must be a function; got ${shown(value)}`);
}

/** A text. */
export function demandText(name: string, value: unknown): void {
  if (typeof value !== 'string') refuse(`${name} must be a text; got ${shown(value)}`);
}

type ArrayType = { readonly name: string } & (new (
  ...args: never[]
) => Float64Array | Float32Array | Uint32Array | Uint8Array);

/** A typed array of one of some types, of a length. */
export function demandArray(
  name: string,
  value: unknown,
  types: ArrayType | readonly ArrayType[],
  length?: number,
): void {
  const list = Array.isArray(types) ? (types as readonly ArrayType[]) : [types as ArrayType];
  if (!list.some((type) => value instanceof type)) {
    refuse(`${name} must be a ${list.map((type) => type.name).join(' or ')}; got ${shown(value)}`);
  }
  const got = (value as Float64Array).length;
  if (length !== undefined && got !== length) refuse(`${name} must hold ${length} numbers; got ${got}`);
}

/** A Float64Array of finite numbers. */
export function demandFinite(name: string, value: unknown, length?: number): void {
  demandArray(name, value, Float64Array, length);
  const values = value as Float64Array;
  // x - x is 0 of every finite number, and NaN of the others.
  let differences = 0;
  for (let i = 0; i < values.length; i++) differences += values[i] - values[i];
  if (differences === 0) return;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) refuse(`${name}[${i}] must be a finite number; got ${values[i]}`);
  }
}

/** A sorted train of finite times. */
export function demandTrain(name: string, train: unknown): void {
  demandFinite(name, train);
  const times = train as Float64Array;
  for (let i = 1; i < times.length; i++) {
    if (times[i] < times[i - 1]) {
      refuse(`${name} is not in order: the spike at ${times[i]} comes after that at ${times[i - 1]}`);
    }
  }
}

/** A list of sorted trains, `count` of them if that is given. */
export function demandTrains(name: string, trains: unknown, count?: number): void {
  if (!Array.isArray(trains))
    refuse(`${name} must be a list of Float64Arrays, one for each channel; got ${shown(trains)}`);
  const list = trains as unknown[];
  if (count !== undefined && list.length !== count) {
    refuse(`${name} must be one for each of ${count} channels; got ${list.length}`);
  }
  list.forEach((train, channel) => {
    demandTrain(`train ${channel} of ${name}`, train);
  });
}
