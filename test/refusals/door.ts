/**
 * Every public function refuses what it cannot do, at once, with an `EngramError`: never a trap, a hang or a NaN. The table of a
 * door is walked by the names that it exports, so that a new function without its refusals fails here.
 */
import { describe, expect, it } from 'vitest';
import { EngramError } from '../../src/core/index.js';

/** A door whose functions are called as from JavaScript, without the types that would refuse it. */
export type Untyped = Record<string, (...args: unknown[]) => unknown>;
export type Calls = readonly (() => unknown)[];

export const NAN = Number.NaN;
export const f64 = (...values: number[]): Float64Array => Float64Array.of(...values);
export const none: readonly unknown[] = [undefined, null, 3, 'text', []];
export const badCounts: readonly unknown[] = [-1, 0.5, NAN, undefined];
/** Calls with each of some first arguments. */
export const each = (values: readonly unknown[], call: (value: unknown) => unknown): Calls =>
  values.map((value) => () => call(value));

/** Functions that take no arguments: there is nothing to refuse. */
const TAKE_NOTHING = ['createArena'];

const shown = (outcome: unknown) =>
  outcome instanceof Error
    ? `${outcome.name} ${outcome.message} ${outcome.stack?.split('\n').slice(1, 3)}`
    : String(outcome).slice(0, 100);

/** Whatever a door exports must stand in its table, and every call of the table must be refused. */
export function describeDoor(door: string, exported: object, refusals: Readonly<Record<string, Calls>>): void {
  describe(`what ${door} exports`, () => {
    const functions = Object.entries(exported)
      .filter(([, value]) => typeof value === 'function' || typeof value?.prepare === 'function')
      .map(([name]) => name)
      .filter((name) => !TAKE_NOTHING.includes(name));

    it('has a refusal for every function, and for nothing else', () => {
      expect(Object.keys(refusals).sort()).toEqual(functions.sort());
    });

    it.each(Object.keys(refusals))('%s refuses what it cannot do', async (name) => {
      const calls = refusals[name];
      expect(calls.length).toBeGreaterThan(0);
      for (const [i, call] of calls.entries()) {
        let outcome: unknown;
        try {
          outcome = await call();
        } catch (error) {
          outcome = error;
        }
        expect(outcome instanceof EngramError, `call ${i} of ${name}, ${call}: ${shown(outcome)}`).toBe(true);
      }
    });
  });
}
