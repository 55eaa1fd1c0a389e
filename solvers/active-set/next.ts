/**
 * From optimum to optimum by one Newton step on the constraints that are held (`programNext`), in the units of the data: where costs and
 * limits have moved by little, no constraint is taken up or let go, and nothing else is to be done.
 */
import type { Point, Work } from '../candidate.js';
import type { Scaling } from '../scale.js';
import { ROW_VIOLATION } from '../tolerances.js';
import { tellTables } from './constraints.js';
import { changesOf, type Workspace } from './workspace.js';

/** Up to so many variables a law that is followed step by step is kept. */
const MOST_LAWFUL = 100;

/**
 * The next optimum for costs q and the limits of the workspace, `alike` where these are those of the last call; undefined where it takes
 * more. The arrays of the point are its own.
 */
export type Next = (q: Float64Array, alike: boolean) => (Point & { work: Work }) | undefined;

/** Steps in a workspace whose arena is its own, and whose program has been scaled so; undefined where one centre is not all there is. */
export function nextBySteps(s: Workspace, { D, E, c }: Scaling): Next | undefined {
  const { arena, kernel, metric } = s;
  if (metric.proximal) return undefined;
  const { n, m } = s.program;
  const dAt = arena.alloc(8 * n);
  const eAt = arena.alloc(8 * m);
  const vectorsAt = arena.alloc(8 * (3 * n + m));
  const lawAt = n <= MOST_LAWFUL ? arena.alloc(8 * (2 * n + 8) * (n + 3)) : 0;
  arena.f64(dAt, n).set(D);
  arena.f64(eAt, m).set(E);
  kernel.programUnits(dAt, eAt, 1 / c, vectorsAt, s.curvatureAt, s.costAt, s.hAt, s.residualAt, lawAt);
  const { programNext } = kernel;
  let vectors = arena.f64(vectorsAt, 3 * n + m);
  return (q, alike) => {
    tellTables(s);
    // Memory that has grown detaches its views.
    if (vectors.length === 0) vectors = arena.f64(vectorsAt, 3 * n + m);
    for (let k = 0; k < n; k++) vectors[k] = q[k];
    const changes = programNext(ROW_VIOLATION, alike);
    if (changes < 0) return undefined;
    const { additions, removals } = changesOf(s);
    return {
      x: vectors.slice(n, 2 * n),
      y: vectors.slice(2 * n, 2 * n + m),
      z: vectors.slice(2 * n + m, 3 * n + m),
      // Each is a round of its own.
      work: { rounds: additions, centres: 1, additions, removals },
    };
  };
}
