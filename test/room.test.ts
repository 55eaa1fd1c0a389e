/** A network that a machine has no room for is refused with the need, and with what would fit. */
import { expect, it } from 'vitest';
import { refuseTooMany } from '../src/cli/memorize/room.js';

const GB = 2 ** 30;

it('threads are refused that together need more than there is, and so many named as fit', () => {
  const refused = (workers: number, has: number) => () => refuseTooMany('big', 1e8, workers, has * GB);
  expect(refused(1, 24)).not.toThrow();
  expect(refused(5, 24)).not.toThrow();
  expect(refused(64, 24)).toThrow(
    /^big: to simulate 100000000 synapses in 64 threads takes about 216 GB of memory, this machine has 24 GB; take --workers 5$/,
  );
  expect(refused(2, 4)).toThrow(/takes about 8\.57 GB of memory, this machine has 4 GB; take a larger one$/);
});

it('what is taken fits, and one thread more does not', () => {
  for (const [synapses, has] of [
    [3e6, 1],
    [5e7, 16],
    [1.5e8, 100],
  ]) {
    let told = '';
    try {
      refuseTooMany('n', synapses, 1000, has * GB);
    } catch (error) {
      told = (error as Error).message;
    }
    const fitting = Number(/--workers (\d+)$/.exec(told)?.[1]);
    expect(() => refuseTooMany('n', synapses, fitting, has * GB)).not.toThrow();
    expect(() => refuseTooMany('n', synapses, fitting + 1, has * GB)).toThrow();
  }
});
