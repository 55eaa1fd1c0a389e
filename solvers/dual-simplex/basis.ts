/**
 * The inverse of the square matrix M of a simplex basis, m_ij = (entry of active row i at free variable j), through
 * the four changes that a step makes. Everything is by rank one, from the vectors that the step knows already:
 *
 *   z = M^-T p    p: the new row at the free variables, or the unit vector of one of them
 *   u = M^-1 m    m: the new variable in the active rows
 *
 * `inverse[stride f + a]` stands for free variable f and active row a.
 */
export interface Basis {
  readonly size: number;
  /** z_a = sum_f inverse_fa p_f. */
  timesTransposed(p: ArrayLike<number>, z: Float64Array): void;
  /** u_f = sum_a inverse_fa m_a. */
  times(m: ArrayLike<number>, u: Float64Array): void;
  /** The row of the inverse of a free variable: z of its unit vector. */
  row(f: number, z: Float64Array): void;
  /** |row|^2 of every free variable. */
  norms(out: Float64Array): void;
  /** One more row and variable at the end; `pivot` is the new entry less z . m. */
  grow(z: Float64Array, u: Float64Array, pivot: number): void;
  replaceVariable(f: number, u: Float64Array): void;
  replaceRow(a: number, z: Float64Array): void;
  /** Without row a and variable f; the last ones take their places. */
  shrink(a: number, f: number): void;
}

export function createBasis(): Basis {
  let size = 0;
  let stride = 64;
  let inverse = new Float64Array(stride * stride);
  const copy = new Float64Array(4096);

  function reserve(n: number): void {
    if (n <= stride) return;
    const wider = 2 * stride;
    const next = new Float64Array(wider * wider);
    for (let f = 0; f < size; f++) next.set(inverse.subarray(stride * f, stride * f + size), wider * f);
    [inverse, stride] = [next, wider];
  }

  return {
    get size() {
      return size;
    },
    timesTransposed(p, z) {
      z.fill(0, 0, size);
      for (let f = 0; f < size; f++) {
        const factor = p[f];
        if (factor === 0) continue;
        const at = stride * f;
        for (let a = 0; a < size; a++) z[a] += factor * inverse[at + a];
      }
    },
    times(m, u) {
      for (let f = 0; f < size; f++) {
        const at = stride * f;
        let sum = 0;
        for (let a = 0; a < size; a++) sum += inverse[at + a] * m[a];
        u[f] = sum;
      }
    },
    row(f, z) {
      z.set(inverse.subarray(stride * f, stride * f + size));
    },
    norms(out) {
      for (let f = 0; f < size; f++) {
        const at = stride * f;
        let sum = 0;
        for (let a = 0; a < size; a++) sum += inverse[at + a] * inverse[at + a];
        out[f] = sum;
      }
    },
    grow(z, u, pivot) {
      reserve(size + 1);
      for (let f = 0; f < size; f++) {
        const at = stride * f;
        const factor = u[f] / pivot;
        for (let a = 0; a < size; a++) inverse[at + a] += factor * z[a];
        inverse[at + size] = -factor;
      }
      const at = stride * size;
      for (let a = 0; a < size; a++) inverse[at + a] = -z[a] / pivot;
      inverse[at + size] = 1 / pivot;
      size++;
    },
    replaceVariable(f, u) {
      const own = stride * f;
      for (let a = 0; a < size; a++) inverse[own + a] /= u[f];
      for (let g = 0; g < size; g++) {
        if (g === f || u[g] === 0) continue;
        const at = stride * g;
        for (let a = 0; a < size; a++) inverse[at + a] -= u[g] * inverse[own + a];
      }
    },
    replaceRow(a, z) {
      for (let f = 0; f < size; f++) {
        const at = stride * f;
        const entry = inverse[at + a] / z[a];
        for (let b = 0; b < size; b++) inverse[at + b] -= z[b] * entry;
        inverse[at + a] = entry;
      }
    },
    shrink(a, f) {
      const own = stride * f;
      const pivot = inverse[own + a];
      const row = copy.length >= size ? copy : new Float64Array(size);
      row.set(inverse.subarray(own, own + size));
      const last = size - 1;
      for (let g = 0; g < size; g++) {
        if (g === f) continue;
        const at = stride * g;
        const factor = inverse[at + a] / pivot;
        for (let b = 0; b < size; b++) inverse[at + b] -= factor * row[b];
      }
      if (f !== last) inverse.copyWithin(own, stride * last, stride * last + size);
      if (a !== last) for (let g = 0; g < last; g++) inverse[stride * g + a] = inverse[stride * g + last];
      size = last;
    },
  };
}
