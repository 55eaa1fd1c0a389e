// Products of vectors in f32, and A += f x y' in both precisions: what no solver needs. Names that end in 32 take f32.
import { axpy, dot, transposed } from './dense';

@inline
function rankOne<T>(f: T, x: usize, m: i32, y: usize, n: i32, a: usize, stride: i32): void {
  for (let i = 0; i < m; i++) axpy<T>(<T>(f * load<T>(x + sizeof<T>() * i)), y, a + sizeof<T>() * stride * i, n);
}

/** a . b */
export function denseDot32(a: usize, b: usize, n: i32): f32 {
  return dot<f32>(a, b, n);
}

/** y += f x */
export function denseAxpy32(f: f32, x: usize, y: usize, n: i32): void {
  axpy<f32>(f, x, y, n);
}

/** y = A x for A of m x n. */
export function denseTimes32(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  for (let i = 0; i < m; i++) store<f32>(y + 4 * i, denseDot32(a + 4 * <usize>stride * i, x, n));
}

/** y = A'x for A of m x n; rows with x_i = 0 are passed over. */
export function denseTransposed32(a: usize, m: i32, n: i32, stride: i32, x: usize, y: usize): void {
  transposed<f32>(a, m, n, stride, x, y);
}

/** A += f x y' for A of m x n. */
export function denseRankOne(f: f64, x: usize, m: i32, y: usize, n: i32, a: usize, stride: i32): void {
  rankOne<f64>(f, x, m, y, n, a, stride);
}

export function denseRankOne32(f: f32, x: usize, m: i32, y: usize, n: i32, a: usize, stride: i32): void {
  rankOne<f32>(f, x, m, y, n, a, stride);
}
