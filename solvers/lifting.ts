/**
 * Equations E x = 0 in whole numbers, solved exactly beside numbers that nearly solve them. Gauss's elimination modulo a prime p, in which a
 * pivot is the entry of its row that is the largest in doubles, tells the pivots' columns B from the free ones F. There x is free; then
 *
 *   E_B x_B = -E_F x_F
 *
 * is solved digit by digit in base p, each digit from a solution modulo p and what it leaves of the right-hand side, over p, until these are
 * the digits of fractions over one number (Dixon 1982, Wang 1981). Sparse rows stay so. What is found is no matter of belief: it is
 * handed over only if it solves the equations, all of them, in whole numbers.
 */

/** A row: the places of its entries, and these in doubles and in whole numbers, whatever its unit. */
export interface Row {
  at: number[];
  near: number[];
  whole: bigint[];
}

/** The largest prime below 2^24: its residues times halves of 2^PART, and sums of thousands of these, are exact in doubles. */
const PRIME = 16777213;
const PART = 19;
/** Multiplications up to which a solution is looked for, about a second; what is done to whole numbers counts as so many. */
const MOST_WORK = 3e8;
const WHOLE_WORK = 50;

/** Numbers by the places of their columns. */
interface Terms {
  at: number[];
  values: number[];
}

interface Pivot {
  row: Row;
  /** Its column, and 1 / pivot modulo p. */
  k: number;
  inverse: number;
  /** What was taken of the rows before, by the columns of their pivots. */
  lower: Terms;
  /** What is beside the pivot in the row, over the pivot: modulo p, and in doubles. */
  upper: Terms;
  near: number[];
  /** The row as digits in base 2^PART, lowest first, from -2^(PART - 1). */
  parts: Terms[];
  /** What is left of the right-hand side, and x so far. */
  left: bigint;
  x: bigint;
}

/**
 * Whole numbers that solve the equations: a multiple above 0 of those of `wanted` where they are free, and near that elsewhere if `wanted`
 * nearly solves them. Undefined if they are not found soon. One function, longer than most: the elimination, then the digits.
 */
export function solveBeside(equations: readonly Row[], wanted: readonly bigint[]): bigint[] | undefined {
  const exact = new Float64Array(wanted.length);
  const near = exact.slice();
  const pivots: Pivot[] = [];
  const free = [...wanted];
  let work = 0;
  let round = 0;
  // Rows with few entries first: they fill the others less.
  for (const row of [...equations].sort((a, b) => a.at.length - b.at.length)) {
    exact.fill(0);
    near.fill(0);
    row.at.forEach((k, p) => {
      exact[k] = residue(row.whole[p]);
      near[k] = row.near[p];
    });
    const lower: Terms = { at: [], values: [] };
    for (const { k, upper, near: beside } of pivots) {
      const [factor, ratio] = [exact[k], near[k]];
      if (factor === 0) continue;
      lower.at.push(k);
      lower.values.push(factor);
      exact[k] = 0;
      const { at, values } = upper;
      for (let p = 0; p < at.length; p++) {
        exact[at[p]] = modulo(exact[at[p]] - factor * values[p]);
        near[at[p]] -= ratio * beside[p];
      }
      work += at.length;
    }
    if (work > MOST_WORK) return undefined;
    const at = [...exact.keys()].filter((k) => exact[k] !== 0);
    if (at.length === 0) continue;
    const k = at.reduce((best, other) => (Math.abs(near[other]) > Math.abs(near[best]) ? other : best));
    const inverse = inverseOf(exact[k]);
    at.splice(at.indexOf(k), 1);
    const parts = partsOf(row);
    round += at.length + lower.at.length + parts.length * row.at.length + WHOLE_WORK;
    pivots.push({
      ...{ row, k, inverse, lower, parts, left: 0n, x: 0n },
      upper: { at, values: at.map((other) => modulo(exact[other] * inverse)) },
      near: at.map((other) => near[other] / (near[k] || 1)),
    });
    free[k] = 0n;
  }
  for (const pivot of pivots) pivot.left = -along(pivot.row, free);
  // The digit of every column; those that are free have none.
  const digits = exact.fill(0);
  let power = 1n;
  for (let count = 1; work < MOST_WORK; count++) {
    work += round;
    for (const { k, left, lower, inverse } of pivots) {
      digits[k] = modulo(without(residue(left), lower, digits) * inverse);
    }
    for (const { k, upper } of [...pivots].reverse()) digits[k] = without(digits[k], upper, digits);
    for (const pivot of pivots) {
      pivot.x += BigInt(digits[pivot.k]) * power;
      pivot.parts.forEach(({ at, values }, part) => {
        let sum = 0;
        for (let p = 0; p < at.length; p++) sum += values[p] * digits[at[p]];
        pivot.left -= BigInt(sum) << BigInt(PART * part);
      });
      pivot.left /= BigInt(PRIME);
    }
    power *= BigInt(PRIME);
    // Looked at after 1, 2, 4, 8 digits and so on.
    if (count & (count - 1)) continue;
    const under = denominator(pivots, power, 1n << BigInt(12 * count - 1));
    const solution = free.map((value) => value * under);
    for (const { k, x } of pivots) solution[k] = ((x * under + power / 2n) % power) - power / 2n;
    if (under > 0n && equations.every((row) => along(row, solution) === 0n)) return solution;
  }
  return undefined;
}

/** The sum of a row's entries times whole numbers. */
export const along = (
  { at, whole }: { at: ArrayLike<number>; whole: readonly bigint[] },
  x: readonly bigint[],
): bigint => whole.reduce((sum, value, p) => sum + value * x[at[p]], 0n);

/** A row as digits; see `Pivot`. */
function partsOf({ at, whole }: Row): Terms[] {
  const parts: Terms[] = [];
  whole.forEach((value, p) => {
    for (let part = 0; value !== 0n; part++) {
      const low = BigInt.asIntN(PART, value);
      parts[part] ??= { at: [], values: [] };
      parts[part].at.push(at[p]);
      parts[part].values.push(Number(low));
      value = (value - low) >> BigInt(PART);
    }
  });
  return parts;
}

/** value - terms times x, modulo p. */
function without(value: number, { at, values }: Terms, x: Float64Array): number {
  for (let p = 0; p < at.length; p++) value = modulo(value - values[p] * x[at[p]]);
  return value;
}

/** The residue of a whole double up to 2^49: the quotient is below 2^25, so that rounding leads it to no other whole number. */
const modulo = (a: number) => a - Math.floor(a / PRIME) * PRIME;

const residue = (a: bigint) => modulo(Number(a % BigInt(PRIME)));

/** 1 / a modulo p: a^(p - 2), as Fermat has it. */
function inverseOf(a: number): number {
  let product = 1;
  for (let bits = PRIME - 2; bits > 0; bits >>= 1) {
    if (bits & 1) product = modulo(product * a);
    a = modulo(a * a);
  }
  return product;
}

/**
 * A number that times every x, modulo `power`, is at most `most`, by Euclid's algorithm ended half-way; 0 if it would be larger than that
 * itself.
 */
function denominator(pivots: readonly Pivot[], power: bigint, most: bigint): bigint {
  let under = 1n;
  for (const { x } of pivots) {
    let [a, b, v, w] = [power, (x * under) % power, 0n, 1n];
    while (b > most) {
      const f = a / b;
      [a, b, v, w] = [b, a - f * b, w, v - f * w];
    }
    under *= w < 0n ? -w : w;
    if (under > most) return 0n;
  }
  return under;
}
