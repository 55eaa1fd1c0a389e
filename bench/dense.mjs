// node bench/dense.mjs: f32 and f64 products of 256 x 256 matrices, the kernel against plain typed arrays (i, k, j loops, the order that
// engines like best), interleaved in one process. Reports the best of 15 rounds in GFLOP/s (the plain ones in strips of 8 rows), the ratio, and whether the bits are equal.
import { createArena } from '../dist/src/core/index.js';
import { allocateMatrix, multiply } from '../dist/src/dense/index.js';

const N = 256;

/** Rows from `begin` to `end` of C = A B. */
function plain(c, a, b, n, begin, end) {
  c.fill(0, begin * n, end * n);
  for (let i = begin; i < end; i++) {
    for (let k = 0; k < n; k++) {
      const f = a[i * n + k];
      const [to, from] = [i * n, k * n];
      for (let j = 0; j < n; j++) c[to + j] += f * b[from + j];
    }
  }
}

/** The same, told to the engine as arithmetic of single numbers. */
function plain32(c, a, b, n, begin, end) {
  c.fill(0, begin * n, end * n);
  for (let i = begin; i < end; i++) {
    for (let k = 0; k < n; k++) {
      const f = a[i * n + k];
      const [to, from] = [i * n, k * n];
      for (let j = 0; j < n; j++) c[to + j] = Math.fround(c[to + j] + Math.fround(f * b[from + j]));
    }
  }
}

/** Milliseconds. */
const spent = (work) => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

/** Strips so short that on a busy machine some of the rounds of each run without a break. */
const STRIP = 8;
const gflops = (milliseconds) => (2 * N * N * N) / milliseconds / 1e6;

for (const [type, loop, Numbers] of [
  ['f32', plain32, Float32Array],
  ['f64', plain, Float64Array],
]) {
  const arena = createArena();
  const [a, b, c] = [0, 1, 2].map(() => allocateMatrix(arena, type, N, N));
  const view = ({ at }) => arena[type](at, N * N);
  const [A, B] = [3, 7].map((factor) => Numbers.from({ length: N * N }, (_, i) => Math.sin(factor * i)));
  const C = new Numbers(N * N);
  view(a).set(A);
  view(b).set(B);
  let ours = Infinity;
  const theirs = new Float64Array(N / STRIP).fill(Infinity);
  for (let round = 0; round < 15; round++) {
    ours = Math.min(
      ours,
      spent(() => multiply(arena, c, a, b)),
    );
    theirs.forEach((best, s) => {
      theirs[s] = Math.min(
        best,
        spent(() => loop(C, A, B, N, STRIP * s, STRIP * (s + 1))),
      );
    });
  }
  const same = view(c).every((value, i) => value === C[i]);
  const [fast, slow] = [gflops(ours), gflops(theirs.reduce((sum, best) => sum + best))];
  console.log(
    `${type} gemm ${N} x ${N}: ${fast.toFixed(1)} GFLOP/s, plain ${slow.toFixed(2)} GFLOP/s, ` +
      `${(fast / slow).toFixed(1)} times; bits ${same ? 'equal' : 'DIFFER'}`,
  );
}
