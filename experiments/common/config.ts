/** Pieces of configurations that any experiment may use. */
import { z } from 'zod';

export const seed = z.int().nonnegative();
export const count = z.int().positive();
export const positive = z.number().positive();
export const share = z.number().min(0).max(1);
