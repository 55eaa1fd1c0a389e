/** The tables that kernels and TypeScript share, by the names of their fields (kernel/layout.ts). */
import type { Arena } from '../../core/index.js';
import { layouts } from '../kernels.generated.js';

interface Entry<Field extends string> {
  readonly bytes: number;
  readonly fields: Readonly<Record<Field, { readonly at: number; readonly type: string }>>;
}

/** Writes fields of the entry at an address. */
export function writeEntry<Field extends string>(
  arena: Arena,
  { fields }: Entry<Field>,
  address: number,
  values: Readonly<Partial<Record<Field, number>>>,
): void {
  for (const field in values) {
    const { at, type } = fields[field];
    const view = type === 'f64' ? arena.f64(address + at, 1) : arena.u32(address + at, 1);
    view[0] = values[field] as number;
  }
}

/** The number of a field among the entry's words, of 8 bytes for an f64 and 4 otherwise. */
export const wordOf = ({ at, type }: { readonly at: number; readonly type: string }): number =>
  at / (type === 'f64' ? 8 : 4);

export { layouts };
