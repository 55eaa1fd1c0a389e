/** What a figure draws: the values of all its layers, without what only says how. */
import type { Figure } from '../src/plot/index.js';

type Value = Record<string, unknown>;

export function pointsOf({ spec }: Pick<Figure, 'spec'>): Value[] {
  const found: Value[] = [];
  const look = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [name, inner] of Object.entries(part)) {
      if (name === 'values' && Array.isArray(inner)) {
        for (const { over: _, order: __, ...value } of inner as Value[]) found.push(value);
      } else look(inner);
    }
  };
  look(spec);
  return found;
}
