// `scs-solver` (npm): SCS in WASM, a first-order method. The weights' box is SCS's box cone.
import createScs from 'scs-solver';
import { thrice } from '../measure.mjs';

const scs = await createScs();
const ITERATIONS = 200000;
const SOLVED = 1;

export const name = 'scs-solver';

/** { milliseconds, x, y, iterations } of a problem (bench/neuron.mjs), to 1e-9 absolute and relative. */
export async function solve({ n, m, rows, limits, equalities, bound }, limit) {
  // minimize 1/2 x'Px subject to Ax + s = b: rows first, then the box cone (t, s) with t = 1 and s = x.
  const [values, indices, starts] = [[], [], [0]];
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < m; i++) {
      if (rows[n * i + k] === 0) continue;
      values.push(-rows[n * i + k]);
      indices.push(i);
    }
    values.push(-1);
    indices.push(m + 1 + k);
    starts.push(values.length);
  }
  const data = {
    m: m + 1 + n,
    n,
    A_x: values,
    A_i: indices,
    A_p: starts,
    P_x: new Array(n).fill(1),
    P_i: Array.from({ length: n }, (_, i) => i),
    P_p: Array.from({ length: n + 1 }, (_, i) => i),
    b: [...limits.map((side) => -side), 1, ...new Array(n).fill(0)],
    c: new Array(n).fill(0),
  };
  const cone = {
    z: equalities,
    l: m - equalities,
    bu: new Array(n).fill(bound),
    bl: new Array(n).fill(-bound),
    bsize: n + 1,
  };
  const settings = new scs.ScsSettings();
  scs.setDefaultSettings(settings);
  Object.assign(settings, {
    epsAbs: 1e-9,
    epsRel: 1e-9,
    maxIters: ITERATIONS,
    timeLimitSecs: limit / 1000,
    verbose: 0,
  });
  const { milliseconds, result } = thrice(() => scs.solve(data, cone, settings));
  settings.delete();
  if (result.statusVal !== SOLVED) return { milliseconds, failure: 'gave up' };
  return {
    milliseconds,
    x: Float64Array.from(result.x),
    y: Float64Array.from(result.y.slice(0, m)),
    iterations: result.info.iter,
  };
}
