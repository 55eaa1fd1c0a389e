/**
 * McNemar's exact test: two ways were tried on the same things; of those on which only one succeeded, how often it was
 * this one is a fair coin if neither is better. With n = b + c such things, the two-sided p-value is
 *
 *   p = min(1, 2 sum_{i <= min(b, c)} C(n, i) / 2^n).
 */

/** @param b things on which only the first succeeded, @param c only the second */
export function mcnemar(b: number, c: number): number {
  const n = b + c;
  // Terms C(n, i) relative to the middle one, outwards, so that none overflows.
  const middle = Math.floor(n / 2);
  const terms = new Float64Array(n + 1);
  terms[middle] = 1;
  for (let i = middle; i > 0; i--) terms[i - 1] = (terms[i] * i) / (n - i + 1);
  for (let i = middle; i < n; i++) terms[i + 1] = (terms[i] * (n - i)) / (i + 1);
  const total = terms.reduce((a, d) => a + d, 0);
  const tail = terms.subarray(0, Math.min(b, c) + 1).reduce((a, d) => a + d, 0);
  return Math.min(1, (2 * tail) / total);
}
