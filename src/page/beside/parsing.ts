/** Numbers of the neighbours' options, refused in the words of their commands. */
import { EngramError } from '../../core/index.js';

const refuse = (flag: string, allowed: string, got: string): never => {
  throw new EngramError('usage', `${flag} must be ${allowed}; got "${got}"`);
};

/** A whole number, `kind` as the command calls it, that a page can bear. */
export function whole(text: string, flag: string, kind: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) return refuse(flag, `${kind} of at least ${least}`, text);
  if (value > most)
    throw new EngramError('usage', `${flag} ${text} is more than a page takes (${most}); use the command`);
  return value;
}

/** A number of any sign. */
export function real(text: string, flag: string): number {
  const value = /^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : refuse(flag, 'a number', text);
}

/** One of some words. */
export const oneOf = <Word extends string>(words: readonly Word[], text: string, flag: string): Word =>
  words.find((word) => word === text) ?? refuse(flag, words.join(', '), text);
