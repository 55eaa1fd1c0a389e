/**
 * The time between two voltages, tabulated:
 *
 *   R(V) = int_V^high g(v) dv,     g = 1 / F  (times)  or  -1 / F^2  (derivatives of times to the drive),
 *
 * on cells of equal width, each by Gauss and Legendre's rule with five nodes, in between by cubic Hermite interpolation with slopes -g.
 * The inverse is that of the interpolant itself: the cell by bisection, the place in it by Newton's method.
 */

/** Nodes and weights of five points on [0, 1]. */
const NODES = [0.04691007703066801, 0.23076534494715845, 0.5, 0.7692346550528415, 0.953089922969332];
const WEIGHTS = [
  0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324, 0.11846344252809454,
];

/** int_a^b g, one application of the rule. */
export function quadrature(g: (v: number) => number, a: number, b: number): number {
  let sum = 0;
  for (let k = 0; k < 5; k++) sum += WEIGHTS[k] * g(a + (b - a) * NODES[k]);
  return sum * (b - a);
}

/** A tabulated integral. */
export interface Table {
  readonly low: number;
  readonly high: number;
  /** R(low). */
  readonly total: number;
  /** R(V) for low <= V <= high. */
  at(v: number): number;
  /** V where R(V) = r; R must fall. */
  inverse(r: number): number;
}

/** Tabulates R on [low, high]. */
export function tabulate(g: (v: number) => number, low: number, high: number, cells: number): Table {
  const h = (high - low) / cells;
  const values = new Float64Array(cells + 1);
  const slopes = new Float64Array(cells + 1);
  slopes[cells] = -g(high) * h;
  // From the top, where times are small, so that sums keep their digits.
  for (let i = cells - 1; i >= 0; i--) {
    const v = low + i * h;
    values[i] = values[i + 1] + quadrature(g, v, low + (i + 1) * h);
    slopes[i] = -g(v) * h;
  }
  const hermite = (i: number, x: number): number => {
    const rise = values[i + 1] - values[i];
    const [a, b] = [slopes[i], slopes[i + 1]];
    return values[i] + x * (a + x * (3 * rise - 2 * a - b + x * (a + b - 2 * rise)));
  };
  return {
    low,
    high,
    total: values[0],
    at(v) {
      const place = (v - low) / h;
      const i = Math.max(0, Math.min(cells - 1, Math.floor(place)));
      return hermite(i, place - i);
    },
    inverse(r) {
      let [first, last] = [0, cells];
      while (last - first > 1) {
        const middle = (first + last) >> 1;
        if (values[middle] >= r) first = middle;
        else last = middle;
      }
      const rise = values[first + 1] - values[first];
      const [a, b] = [slopes[first], slopes[first + 1]];
      let x = Math.max(0, Math.min(1, (r - values[first]) / rise));
      for (let k = 0; k < 4; k++) {
        const slope = a + x * (2 * (3 * rise - 2 * a - b) + x * 3 * (a + b - 2 * rise));
        x = Math.max(0, Math.min(1, x - (hermite(first, x) - r) / slope));
      }
      return low + (first + x) * h;
    },
  };
}
