// Triangles packed by rows: row i of L has i + 1 numbers.
import { denseAxpy as axpy, denseDot as dot } from "../../../src/dense/kernel/dense";

export function packedRow(factor: usize, i: i32): usize {
  return factor + 8 * ((<usize>i * (i + 1)) >> 1);
}

/** Solves L l = l in place. */
export function packedForward(factor: usize, n: i32, l: usize): void {
  for (let i = 0; i < n; i++) {
    const at = packedRow(factor, i);
    store<f64>(l + 8 * i, (load<f64>(l + 8 * i) - dot(at, l, i)) / load<f64>(at + 8 * i));
  }
}

/** Solves L' r = r in place. */
export function packedBackward(factor: usize, n: i32, r: usize): void {
  for (let i = n - 1; i >= 0; i--) {
    const at = packedRow(factor, i);
    const value = load<f64>(r + 8 * i) / load<f64>(at + 8 * i);
    store<f64>(r + 8 * i, value);
    axpy(-value, at, r, i);
  }
}
