import stdlibCos from '@stdlib/math-base-special-cos';
import stdlibExp from '@stdlib/math-base-special-exp';
import stdlibLn from '@stdlib/math-base-special-ln';
import { describe, expect, it } from 'vitest';
import { cos, exp, ln, streamKey, uniformStream } from '../src/core/index.js';

/**
 * Results of earlier versions were computed with the elementary functions of @stdlib. Ours return the same bits, so that the same
 * command still gives the same bytes.
 */
const unit = uniformStream(streamKey(1, 'arguments'));
const between = (low: number, high: number) => () => low + unit() * (high - low);
const view = new DataView(new ArrayBuffer(8));
/** Any bits at all. */
const anything = () => {
  view.setUint32(0, unit() * 4294967296);
  view.setUint32(4, unit() * 4294967296);
  return view.getFloat64(0);
};
const multiples = (most: number) => () => Math.round(unit() * most) * (Math.PI / 2) * (1 + (unit() - 0.5) * 1e-15);

const cases: [string, (x: number) => number, (x: number) => number, Record<string, () => number>][] = [
  [
    'exp',
    exp,
    stdlibExp,
    {
      'of any bits': anything,
      'of all that neither overflows nor vanishes': between(-746, 710),
      'near 0': between(-1, 1),
      'where results are subnormal': between(-745.2, -708),
      'where results overflow': between(709.7, 709.8),
    },
  ],
  [
    'ln',
    ln,
    stdlibLn,
    {
      'of any bits': anything,
      'up to 2': between(0, 2),
      'near 1': between(1 - 2e-6, 1 + 2e-6),
      'of subnormal numbers': between(0, 3e-308),
      'of large numbers': between(1e300, Number.MAX_VALUE),
    },
  ],
  [
    'cos',
    cos,
    stdlibCos,
    {
      'of any bits': anything,
      'of a few turns': between(-20, 20),
      'up to the border of the reductions and beyond': between(-4e6, 4e6),
      'close to multiples of pi / 2': multiples(2e6),
      'close to large multiples of pi / 2': multiples(1e12),
    },
  ],
];

describe.each(cases)('%s has the bits of @stdlib', (_, ours, theirs, ranges) => {
  it.each(Object.keys(ranges))(
    '%s',
    (range) => {
      const argument = ranges[range];
      let different = 0;
      for (let i = 0; i < 400_000; i++) {
        const x = argument();
        if (!Object.is(ours(x), theirs(x))) different++;
      }
      expect(different).toBe(0);
    },
    60_000,
  );

  it('at zeros, infinities, NaN and the borders', () => {
    const borders = [
      0,
      5e-324,
      2 ** -1022,
      2 ** -28,
      2 ** -27,
      1,
      Math.SQRT2,
      Math.PI / 4,
      709.782712893384,
      744.4400719213812,
    ];
    for (const border of [...borders, 745.1332191019412, 1647099.3291652855, Number.MAX_VALUE, Infinity, NaN]) {
      for (const x of [border, -border, border * (1 + 2 ** -52), border * (2 ** -52 - 1), border * (1 - 2 ** -53)]) {
        expect(Object.is(ours(x), theirs(x)), `at ${x}`).toBe(true);
      }
    }
  });
});
