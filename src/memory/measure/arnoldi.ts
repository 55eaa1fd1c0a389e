/**
 * The largest eigenvalues of a linear map that is known by what it does to a vector (Arnoldi 1951).
 *
 * k steps give an orthonormal basis V of span(v, Av, ..., A^{k-1} v) and H = V^T A V, upper Hessenberg. An eigenpair
 * (mu, y) of H gives the Ritz pair (mu, V y) of A with the residual |A V y - mu V y| = h_{k+1,k} |y_k|. The map is not
 * normal, and its leading eigenvalues are often complex pairs: neither power iteration nor symmetric methods do.
 */
import { EngramError, streamKey, uniformStream } from '../../core/index.js';
import { EigenvalueDecomposition, Matrix } from './dense-eigenvalues.js';

/** An eigenvalue, and how well it is known. */
export interface Eigenvalue {
  /** The real part. */
  re: number;
  /** The imaginary part. */
  im: number;
  /** The absolute value. */
  modulus: number;
  /** Norm of A v - mu v for the unit vector v that belongs to it. */
  residual: number;
}

/** In order of decreasing modulus; the complex ones come in pairs. */
export type Spectrum = Eigenvalue[];

/** The eigenvalues of a small dense matrix; `last` scales the residual by each eigenvector's last entry. */
function smallSpectrum(h: number[][], last: number): Spectrum {
  if (h.some((row) => row.some((x) => !Number.isFinite(x)))) {
    throw new EngramError('input', 'the jitter map holds numbers that are not finite');
  }
  const { realEigenvalues, imaginaryEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(h), {
    assumeSymmetric: false,
  });
  const k = h.length;
  return realEigenvalues
    .map((re, i) => {
      const im = imaginaryEigenvalues[i];
      // A complex pair shares two columns: real and imaginary part of its vector.
      const other = im > 0 ? i + 1 : im < 0 ? i - 1 : -1;
      let norm = 0;
      for (let row = 0; row < k; row++) {
        norm += square(eigenvectorMatrix.get(row, i)) + (other < 0 ? 0 : square(eigenvectorMatrix.get(row, other)));
      }
      const end =
        square(eigenvectorMatrix.get(k - 1, i)) + (other < 0 ? 0 : square(eigenvectorMatrix.get(k - 1, other)));
      return { re, im, modulus: Math.sqrt(re * re + im * im), residual: last * Math.sqrt(end / norm) };
    })
    .sort((p, q) => q.modulus - p.modulus || q.im - p.im);
}

const square = (x: number) => x * x;

/**
 * Ritz values of a map on vectors of length n after at most `steps` steps; all eigenvalues, with residual 0, when
 * that many are as many as the map has.
 * @param apply writes A x into out
 */
export function arnoldi(n: number, apply: (x: Float64Array, out: Float64Array) => void, steps: number): Spectrum {
  if (n === 0) return [];
  const uniform = uniformStream(streamKey(0, 'arnoldi'));
  const first = Float64Array.from({ length: n }, () => 2 * uniform() - 1);
  const basis = [first.map((x) => x / length(first))];
  const h: number[][] = [];
  for (let k = 0; k < Math.min(steps, n); k++) {
    const next = new Float64Array(n);
    apply(basis[k], next);
    const size = length(next);
    const column = new Array<number>(k + 1).fill(0);
    // Twice is enough: the second pass removes what rounding left of the first.
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j <= k; j++) {
        const part = dot(basis[j], next);
        column[j] += part;
        for (let i = 0; i < n; i++) next[i] -= part * basis[j][i];
      }
    }
    h.push(column);
    const rest = length(next);
    if (k + 1 === Math.min(steps, n) || !(rest > 1e-14 * size))
      return smallSpectrum(hessenberg(h), k + 1 < n ? rest : 0);
    column.push(rest);
    basis.push(next.map((x) => x / rest));
  }
  return [];
}

/** Columns of growing length as a square matrix. */
function hessenberg(columns: readonly number[][]): number[][] {
  return columns.map((_, row) => columns.map((column) => column[row] ?? 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

export const length = (a: Float64Array): number => Math.sqrt(dot(a, a));
