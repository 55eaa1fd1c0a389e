/**
 * How many of the sorted values are before x, or at x unless `side` is left: the place at which x would be put in. Of the values from
 * place `begin` to `end` only, if given. Bisection; NaN has no place among the values nor as x.
 */
export function countUntil(
  values: Readonly<ArrayLike<number>>,
  x: number,
  side: 'left' | 'right',
  begin = 0,
  end = values.length,
): number {
  let low = begin;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (side === 'left' ? values[middle] < x : values[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low - begin;
}
