/** What the solvers refuse. */
import * as solvers from '../../solvers/index.js';
import { type Calls, describeDoor, each, f64, NAN, none, type Untyped } from './door.js';

const S = solvers as unknown as Untyped;
const qp = { q: f64(1, 1), lb: f64(0, 0) };
const badProblems = [
  ...none,
  {},
  { q: [1, 1] },
  { q: f64(NAN, 1) },
  { q: f64(1, 1), lb: f64(0) },
  { q: f64(1, 1), P: f64(1, 2, 3) },
  { q: f64(1, 1), P: f64(1, 2, 0, 1) },
  { q: f64(1, 1), P: f64(1, 2, 2, 1) },
  { q: f64(1, 1), A: f64(1) },
  { q: f64(1, 1), constant: 'a' },
];
const arena = solvers.createArena();
const source = { equalities: [], likely: [], violated: () => [], write: () => {}, limit: () => 0 };
const separable = { price: f64(0, 0), gain: f64(0, 0), metric: f64(1, 1), lower: f64(-1, -1), upper: f64(1, 1) };
const counters = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };
const claim = {
  weights: f64(1),
  lower: 0,
  upper: 1,
  multipliers: f64(),
  slacks: f64(),
  equality: [],
  combination: f64(0),
};
const optimum = {
  weights: f64(1),
  lower: f64(0),
  upper: f64(1),
  multipliers: f64(),
  limits: f64(),
  combination: f64(0),
};
const proof = {
  multipliers: f64(1),
  limits: f64(1),
  equality: [false],
  lower: 0,
  upper: 1,
  combination: f64(0),
  errors: f64(0),
};
const minNorm = { variables: 2, rows: f64(1, 1), limits: f64(1), lower: -1, upper: 1 };
const sparse = {
  name: '',
  rows: [],
  columns: ['x'],
  integer: [false],
  maximize: false,
  A: [],
  P: [],
  q: f64(1),
  l: f64(),
  u: f64(),
  lb: f64(0),
  ub: f64(1),
  constant: 0,
};

const solversRefusals: Record<string, Calls> = {
  activeSet: [
    () => S.activeSet(undefined, f64(0), f64(1)),
    () => S.activeSet(arena, [0], f64(1)),
    () => S.activeSet(arena, f64(0), f64(1, 2)),
    () => S.activeSet(arena, f64(NAN), f64(1)),
    () => S.activeSet(arena, f64(2), f64(1)),
  ],
  addCounters: [() => S.addCounters(undefined, counters), () => S.addCounters(counters, { rounds: 1 })],
  createModel: [
    ...each(
      badProblems.filter((bad) => !(bad as { P?: Float64Array })?.P),
      (bad) => S.createModel(bad),
    ),
    () => solvers.createModel(qp).addRows(undefined as never),
    () => solvers.createModel(qp).addRows({ A: f64(1) }),
    () => solvers.createModel(qp).update({ q: f64(1) }),
    () => solvers.createModel(qp).update({ x: 1 } as never),
    () => solvers.createModel(qp).solve({ signal: 1 } as never),
    () => solvers.createModel(qp).solveLater({ workLimit: -1 }),
  ],
  denseProblem: [
    ...each(none, (bad) => S.denseProblem(bad)),
    () => S.denseProblem({ ...sparse, A: [[0, 0, 1]] }),
    () => S.denseProblem({ ...sparse, q: [1] }),
  ],
  farkasBound: [
    () => S.farkasBound(undefined),
    () => S.farkasBound({ ...proof, limits: f64() }),
    () => S.farkasBound({ ...proof, errors: f64() }),
    () => S.farkasBound({ ...proof, upper: f64() }),
  ],
  kktResidual: [
    () => S.kktResidual(undefined),
    () => S.kktResidual({ ...claim, multipliers: f64(1) }),
    () => S.kktResidual({ ...claim, combination: f64() }),
    () => S.kktResidual({ ...claim, lower: f64() }),
    () => S.kktResidual({ ...claim, price: f64() }),
  ],
  loadHighs: each(badProblems.slice(0, 6), async (bad) => (await solvers.loadHighs()).solve(bad as never)),
  loadJavascriptLpSolver: each(badProblems.slice(0, 6), async (bad) =>
    (await solvers.loadJavascriptLpSolver()).solve(bad as never),
  ),
  memoryNeed: [() => S.memoryNeed(-1, 1), () => S.memoryNeed(1, NAN), () => S.memoryNeed('a', 1)],
  optimalityGap: [
    () => S.optimalityGap(undefined),
    () => S.optimalityGap({ ...optimum, limits: f64(1) }),
    () => S.optimalityGap({ ...optimum, lower: f64() }),
    () => S.optimalityGap({ ...optimum, gradient: f64() }),
  ],
  readJsonProblem: each([undefined, 3, 'nothing', '{}', '[1]', '{"q":["a"]}', '{"q":[1],"x":1}'], (text) =>
    S.readJsonProblem(text, 'file'),
  ),
  readMps: each([undefined, 3, 'nothing'], (text) => S.readMps(text, 'file')),
  refineByCuts: [
    () => S.refineByCuts(undefined, f64(0), f64(1), source, 9),
    () => S.refineByCuts(arena, f64(0), f64(1, 2), source, 9),
    () => S.refineByCuts(arena, f64(0), f64(1), undefined, 9),
    () => S.refineByCuts(arena, f64(0), f64(1), source, NAN),
  ],
  refineInMetric: [
    () => S.refineInMetric(undefined, f64(1), f64(0), f64(1), source, 9),
    () => S.refineInMetric(arena, f64(1, 2), f64(0), f64(1), source, 9),
    () => S.refineInMetric(arena, f64(-1), f64(0), f64(1), source, 9),
    () => S.refineInMetric(arena, f64(1), f64(0), f64(1, 2), source, 9),
    () => S.refineInMetric(arena, f64(1), f64(0), f64(1), undefined, 9),
  ],
  refineSeparable: [
    () => S.refineSeparable(undefined, separable, source, 9),
    () => S.refineSeparable(arena, undefined, source, 9),
    () => S.refineSeparable(arena, { ...separable, metric: f64(0, 1) }, source, 9),
    () => S.refineSeparable(arena, { ...separable, lower: f64(1) }, source, 9),
    () => S.refineSeparable(arena, separable, undefined, 9),
    () => S.refineSeparable(arena, separable, source, NAN),
  ],
  solveLp: [...each(badProblems, (bad) => S.solveLp(bad)), () => S.solveLp({ ...qp, P: f64(1, 1) })],
  solveMinNorm: each(
    [
      ...none,
      {},
      { ...minNorm, variables: 0 },
      { ...minNorm, rows: f64(1) },
      { ...minNorm, rows: [1, 1] },
      { ...minNorm, limits: f64(NAN) },
      { ...minNorm, lower: 1 },
      { ...minNorm, equality: [] },
    ],
    (bad) => S.solveMinNorm(bad),
  ),
  solveQpLater: [
    ...each(badProblems, (bad) => S.solveQpLater(bad)),
    () => S.solveQpLater(qp, null),
    () => S.solveQpLater(qp, { signal: {} }),
    () => S.solveQpLater(qp, { signal: null }),
    () => S.solveQpLater(qp, { workLimit: 0 }),
  ],
  sparseProblem: [
    ...each(none, (bad) => S.sparseProblem(bad)),
    () => S.sparseProblem({ ...sparse, A: [[0, 0, 1]] }),
    () => S.sparseProblem({ ...sparse, q: [1] }),
  ],
  solveQp: [
    ...each(badProblems, (bad) => S.solveQp(bad)),
    () => S.solveQp(qp, { method: 'simplex' }),
    () => S.solveQp(qp, { roundLimit: NAN }),
    () => S.solveQp(qp, { start: { x: f64(1) } }),
    () => S.solveQp(qp, null),
    () => S.solveQp(qp, { rounds: 9 }),
    () => S.solveQp(qp, { start: { x: f64(NAN, 0), y: f64(), z: f64(0, 0) } }),
  ],
  solveWithCuts: [
    ...each(badProblems.slice(0, 6), (bad) => S.solveWithCuts(bad, () => undefined)),
    () => S.solveWithCuts(qp, undefined),
    () => S.solveWithCuts(qp, () => undefined, { rounds: NAN }),
    () => S.solveWithCuts(qp, () => ({ A: f64(1), l: f64(1) })),
  ],
  solveWithCutsLater: [
    () => S.solveWithCutsLater(qp, undefined),
    () => S.solveWithCutsLater(qp, () => undefined, { signal: 1 }),
  ],
  verify: [
    ...each(badProblems, (bad) => S.verify(bad, { x: f64(0, 0), y: f64(), z: f64(0, 0) })),
    ...each(
      [
        undefined,
        {},
        { x: f64(0), y: f64(), z: f64(0, 0) },
        { x: f64(0, 0), y: f64(1), z: f64(0, 0) },
        { x: [0, 0], y: f64(), z: f64(0, 0) },
      ],
      (bad) => S.verify(qp, bad),
    ),
  ],
};
describeDoor('solvers', solvers, solversRefusals);
