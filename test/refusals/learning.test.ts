/** What the ground of systems that learn refuses, and what needs Node. */
import { createArena } from '../../src/core/index.js';
import * as learning from '../../src/learning/index.js';
import * as lyapunov from '../../src/lyapunov/index.js';
import * as engramNode from '../../src/node.js';
import * as tasks from '../../src/tasks/index.js';
import { badCounts, type Calls, describeDoor, each, f64, NAN, type Untyped } from './door.js';

const L = learning as unknown as Untyped;
const Y = lyapunov as unknown as Untyped;
const T = tasks as unknown as Untyped;
const losses = [() => [f64(1), f64(1, 2)], () => [[1], [1]], () => [undefined, f64(1)]];
const badLosses = (name: string) => losses.map((args) => () => L[name](...args()));
const badSharpness = (name: string) => each([0, -1, NAN, 'a', undefined], (value) => L[name](value));
const group = () => ({ name: 'w', values: f64(1, 2) });
const plan = { epochs: 1, schedule: { shape: 'constant', from: 0.1 }, evaluate: () => ({ loss: 0, measures: [] }) };
const training = () => learning.startTraining([group()], 'adam', []);
const cell = { step: () => {}, vjp: () => {} };
const course = { push: () => {}, pull: () => {} };
const start = lyapunov.startVectors(2, 1, 1);

const learningRefusals: Record<string, Calls> = {
  absoluteLoss: badLosses('absoluteLoss'),
  arctangent: badSharpness('arctangent'),
  clipNorm: [
    () => L.clipNorm(undefined, 1),
    () => L.clipNorm([[1]], 1),
    ...each([0, -1, NAN], (most) => L.clipNorm([f64(1)], most)),
  ],
  createOptimizer: [
    () => L.createOptimizer('newton', 3),
    ...each(badCounts, (size) => L.createOptimizer('adam', size)),
  ],
  crossEntropyLoss: [...badLosses('crossEntropyLoss'), () => L.crossEntropyLoss(f64(1), f64(2))],
  euclideanLoss: badLosses('euclideanLoss'),
  fastSigmoid: badSharpness('fastSigmoid'),
  gaussian: badSharpness('gaussian'),
  gradientNorm: [() => L.gradientNorm(undefined), () => L.gradientNorm([[1]])],
  logCsv: each([undefined, {}], (bad) => L.logCsv(bad)),
  logged: [() => L.logged(undefined, 'loss'), () => L.logged(training(), 'foo')],
  meanSquaredLoss: badLosses('meanSquaredLoss'),
  project: [
    () => L.project([1], 0, 1),
    () => L.project(f64(1), NAN, 1),
    () => L.project(f64(1), f64(), 1),
    () => L.project(f64(1), 2, 1),
  ],
  restore: [() => L.restore(undefined, {}), () => L.restore(training(), {}), () => L.restore(training(), undefined)],
  scheduled: [
    ...each(
      [
        undefined,
        { shape: 'foo', from: 1 },
        { shape: 'constant', from: NAN },
        { shape: 'cosine', from: 1 },
        { shape: 'step', from: 1, factor: 0.5, every: 0 },
        { shape: 'exponential', from: 1, to: 0 },
      ],
      (bad) => L.scheduled(bad, 0, 1),
    ),
    () => L.scheduled({ shape: 'constant', from: 1 }, NAN, 1),
    () => L.scheduled({ shape: 'constant', from: 1 }, 0, 0),
  ],
  sigmoidSlope: badSharpness('sigmoidSlope'),
  startTraining: [
    () => L.startTraining(undefined, 'adam', []),
    () => L.startTraining([{ name: 'w', values: [1] }], 'adam', []),
    () => L.startTraining([group()], 'newton', []),
    () => L.startTraining([{ ...group(), decey: 1 }], 'adam', []),
    () => L.startTraining([group(), group()], 'adam', []),
    () => L.startTraining([group()], 'adam', undefined),
  ],
  stateOf: each([undefined, {}], (bad) => L.stateOf(bad)),
  takeStep: [
    () => L.takeStep(undefined, [group()], [f64(1, 2)], 0.1),
    () => L.takeStep(learning.createOptimizer('adam', 2), [group()], [f64(1)], 0.1),
    () => L.takeStep(learning.createOptimizer('adam', 2), [group()], [f64(1, 1)], NAN),
    () => L.takeStep(learning.createOptimizer('adam', 3), [group()], [f64(1, 1)], 0.1),
    () => L.takeStep(learning.createOptimizer('adam', 2), undefined, [f64(1, 1)], 0.1),
  ],
  train: [
    () => L.train(undefined, plan),
    () => L.train(training(), undefined),
    ...each(
      [
        { epochs: NAN },
        { evaluate: 3 },
        { until: 3 },
        { schedule: { shape: 'foo' } },
        { clip: { norm: NAN, of: 'all' } },
        { clip: { norm: 1, of: 'some' } },
      ],
      (over) => L.train(training(), { ...plan, ...(over as object) }),
    ),
    () => L.train(training(), plan, NAN),
  ],
  triangle: badSharpness('triangle'),
  unroll: [
    () => L.unroll(undefined, f64(1), 2),
    () => L.unroll(cell, [1], 2),
    () => L.unroll(cell, f64(1), 1.5),
    () => L.unroll(cell, f64(1), 2, 0),
  ],
};
describeDoor('learning', learning, learningRefusals);

const lyapunovRefusals: Record<string, Calls> = {
  differentiableExponents: [
    () => Y.differentiableExponents(undefined, start, 1, { steps: 2 }),
    () => Y.differentiableExponents(course, [1, 0], 1, { steps: 2 }),
    () => Y.differentiableExponents(course, start, 3, { steps: 2 }),
    () => Y.differentiableExponents(course, start, 1, { steps: NAN }),
    () => lyapunov.differentiableExponents(course, start, 1, { steps: 2 }).backward(undefined as never),
  ],
  factorize: [
    () => Y.factorize([1], 1, f64(0)),
    () => Y.factorize(f64(1, 2, 3), 2, f64(0, 0, 0, 0)),
    () => Y.factorize(f64(1, 0), 1, f64()),
    () => Y.factorize(f64(NAN, 0), 1, f64(0)),
  ],
  factorizeAdjoint: [
    () => Y.factorizeAdjoint([1], f64(1), 1, f64(1), f64(1)),
    () => Y.factorizeAdjoint(f64(1), f64(1, 2), 1, f64(1), f64(1)),
    () => Y.factorizeAdjoint(f64(1), f64(1), 1, f64(), f64(1)),
    () => Y.factorizeAdjoint(f64(1), f64(1), 1, f64(1), f64()),
    () => Y.factorizeAdjoint(f64(1), f64(0), 1, f64(1), f64(1)),
  ],
  lyapunovExponents: [
    () => Y.lyapunovExponents(undefined, start, 1, { steps: 2 }),
    () => Y.lyapunovExponents(() => {}, [1, 0], 1, { steps: 2 }),
    () => Y.lyapunovExponents(() => {}, start, 3, { steps: 2 }),
    () => Y.lyapunovExponents(() => {}, start, 1, { steps: 0 }),
    () => Y.lyapunovExponents(() => {}, start, 1, undefined),
  ],
  exponentTape: [
    () => Y.exponentTape(undefined, course, start, 1, { steps: 2 }),
    () => Y.exponentTape(createArena(), undefined, start, 1, { steps: 2 }),
    () => Y.exponentTape(createArena(), course, [1, 0], 1, { steps: 2 }),
    () => Y.exponentTape(createArena(), course, start, 3, { steps: 2 }),
    () => Y.exponentTape(createArena(), course, start, 1, { steps: NAN }),
  ],
  startRows: [() => Y.startRows(2, 3, 1), () => Y.startRows(NAN, 1, 1), () => Y.startRows(2, 1, NAN)],
  startVectors: [() => Y.startVectors(2, 3, 1), () => Y.startVectors(NAN, 1, 1), () => Y.startVectors(2, 1, NAN)],
};
describeDoor('lyapunov', lyapunov, lyapunovRefusals);

const tasksRefusals: Record<string, Calls> = {
  bernoulliSpikes: [
    () => T.bernoulliSpikes(-1, 0.5, Math.sqrt),
    () => T.bernoulliSpikes(3, 2, Math.sqrt),
    () => T.bernoulliSpikes(3, NAN, Math.sqrt),
    () => T.bernoulliSpikes(3, 0.5, undefined),
  ],
  delayedParity: each(
    [
      undefined,
      ...[
        { level: -1 },
        { level: 0.5 },
        { level: 40 },
        { delay: 0 },
        { steps: 1 },
        { steps: NAN },
        { channels: 0 },
      ].map((over) => ({ level: 0, delay: 1, steps: 5, channels: 1, ...over })),
    ],
    (bad) => T.delayedParity(bad),
  ),
  goNoGo: [
    ...each(
      [null, { steps: NAN, on: 1, lasts: 1 }, { steps: 10, on: -1, lasts: 1 }, { steps: 10, on: 5, lasts: 9 }],
      (bad) => T.goNoGo(bad),
    ),
    () => tasks.goNoGo().trial(NAN, 0),
  ],
  integrateToSpikes: [
    () => T.integrateToSpikes([1], 1, 0.1),
    () => T.integrateToSpikes(f64(1, 2, 3), 2, 0.1),
    () => T.integrateToSpikes(f64(1), 1, 2),
    () => T.integrateToSpikes(f64(NAN), 1, 0.1),
  ],
  mante: each(
    [
      null,
      { ...tasks.manteDefaults, steps: 100 },
      { ...tasks.manteDefaults, on: -1 },
      { ...tasks.manteDefaults, offset: NAN },
      { ...tasks.manteDefaults, lasts: 900 },
    ],
    (bad) => T.mante(bad),
  ),
  rule2afc: each(
    [
      null,
      { ...tasks.ruleDefaults, dt: 0 },
      { ...tasks.ruleDefaults, cue: NAN },
      { ...tasks.ruleDefaults, cues: 3 },
      { ...tasks.ruleDefaults, coherence: 2 },
      { ...tasks.ruleDefaults, delay: -1 },
    ],
    (bad) => T.rule2afc(bad),
  ),
  timedXor: each(
    [
      null,
      { ...tasks.timedXorDefaults, steps: 100 },
      { ...tasks.timedXorDefaults, on: NAN },
      { ...tasks.timedXorDefaults, lasts: 0.5 },
      { ...tasks.timedXorDefaults, delay: -1 },
    ],
    (bad) => T.timedXor(bad),
  ),
  tracking: each(
    [
      null,
      { ...tasks.trackingDefaults, steps: 5 },
      { ...tasks.trackingDefaults, dt: 0 },
      { ...tasks.trackingDefaults, signals: 0 },
    ],
    (bad) => T.tracking(bad),
  ),
};
describeDoor('tasks', tasks, tasksRefusals);

const nodeRefusals: Record<string, Calls> = {
  createPool: each([0, -1, 1.5, NAN, null], (workers) => (engramNode.createPool as (n: unknown) => unknown)(workers)),
};
describeDoor('node', engramNode, nodeRefusals);
