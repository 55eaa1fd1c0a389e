/**
 * The median of n networks with its interval: between order statistics j and n + 1 - j, j the largest with P(Bin(n, 1/2) < j) <= 2.5 %.
 * It holds whatever the distribution is (Conover 1999). Below six networks there is none, and both ends are those of the values.
 */
export function medianInterval(values: readonly number[]): { median: number; low: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const [below, above] = [sorted[Math.floor((n - 1) / 2)], sorted[Math.ceil((n - 1) / 2)]];
  let term = 1;
  for (let i = 0; i < n; i++) term /= 2;
  // tail = P(Bin(n, 1/2) <= j).
  let [j, tail] = [0, term];
  for (; tail <= 0.025; tail += term) {
    j++;
    term *= (n - j + 1) / j;
  }
  const first = Math.max(0, j - 1);
  return { median: (below + above) / 2, low: sorted[first], high: sorted[n - 1 - first] };
}
