/** What the rule network refuses. */

import * as srnn from '../../src/srnn/index.js';
import { prepared as preparedOf } from '../../src/srnn/index.js';
import { badCounts, type Calls, describeDoor, each, NAN, none, type Untyped } from './door.js';

const S = srnn as unknown as Untyped;
const { DEFAULTS } = srnn;
const short = { ...DEFAULTS.task, fixation: 0.02, cue: 0.04, delay: 0.04, stimulus: 0.1 };
const settings = { ...DEFAULTS, neurons: 10, batch: 8, task: short, seed: 1 };
const weights = srnn.drawWeights(settings, 1);
const task = preparedOf(settings);
const plan = srnn.cyclePlan(task, 'test', 0, 8);
const trained = srnn.startTraining(settings);
const session = srnn.here(srnn.playSession(settings, weights, 8));
const tuned = srnn.tuningOf(session);
const here = (asking: unknown) => srnn.here(asking as srnn.Asking<unknown>);

const badSettings = [
  ...none,
  { ...settings, neurons: 1 },
  { ...settings, neurons: 2.5 },
  { ...settings, excitatory: 1.5 },
  { ...settings, beta: NAN },
  { ...settings, sharpness: 0 },
  { ...settings, voltageNoise: -1 },
  { ...settings, dale: false },
  { ...settings, reset: 0 },
  { ...settings, readout: 'middle' },
  { ...settings, counter: 'half' },
];
const badTraining = [
  ...badSettings,
  { ...settings, epochs: 1.5 },
  { ...settings, batches: 0 },
  { ...settings, batch: 0 },
  { ...settings, rate: 0 },
  { ...settings, optimizer: 'lbfgs' },
  { ...settings, schedule: 'steps' },
  { ...settings, draw: 'often' },
  { ...settings, draw: 'balanced', batch: 12 },
  { ...settings, lossSteps: 0 },
  { ...settings, lossSteps: 1e5 },
  { ...settings, clipGradient: 0 },
  { ...settings, task: { ...short, coherence: 1.1 } },
  { ...settings, task: { ...short, delay: 0.041 } },
  { ...settings, task: { ...short, dt: 0.05 } },
  { ...settings, seed: -1 },
];
const badWeights = [...none, {}, { ...weights, cue: weights.cue.slice(1) }, { ...weights, base: [...weights.base] }];
const badPlans = [
  ...none,
  { ...plan, conditions: [] },
  { ...plan, conditions: [8] },
  { ...plan, conditions: 3 },
  { ...plan, first: -1 },
  { ...plan, purpose: 3 },
];
const badTrained = [...none, {}, { ...trained, weights: undefined }, { ...trained, log: undefined }];
const badSessions = [...none, {}, { ...session, outcome: undefined }, { ...session, shown: 3 }];
const badShares = [...none, { right: 2, of: 1 }, { right: 1 }, { right: NAN, of: 2 }];
const bytes = srnn.checkpointBytes(weights);
const state = srnn.stateBytes(trained);
const gradients = trained.gradients;

const refusals: Record<string, Calls> = {
  accuracyOf: [
    ...each([undefined, null, 3, 'text', {}], (of) => S.accuracyOf(of, session.outcome)),
    ...each([...none, {}, { plan, right: [1] }], (of) => S.accuracyOf(task.conditions, of)),
  ],
  hasRule: each([...none, {}], (of) => S.hasRule(of)),
  intervalOf: each(badShares, (of) => S.intervalOf(of)),
  shareOf: each(badShares, (of) => S.shareOf(of)),
  here: each([...none, {}], (of) => S.here(of)),
  over: [
    ...each([...none, {}], (of) => S.over(async () => {}, of)),
    ...each(none, (map) => S.over(map, srnn.runTrials(settings, weights, plan))),
  ],
  runTrials: [
    ...each(badSettings, (of) => here(S.runTrials(of, weights, plan))),
    ...each(badWeights, (of) => here(S.runTrials(settings, of, plan))),
    ...each(badPlans, (of) => here(S.runTrials(settings, weights, of))),
  ],
  runBatch: [
    ...each(badSettings, (of) => here(S.runBatch(of, weights, plan, gradients))),
    ...each(badWeights, (of) => here(S.runBatch(settings, of, plan, gradients))),
    ...each(badPlans, (of) => here(S.runBatch(settings, weights, of, gradients))),
    ...each([...none, {}], (of) => here(S.runBatch(settings, weights, plan, of))),
  ],
  checkpointBytes: each(badWeights, (of) => S.checkpointBytes(of)),
  readCheckpoint: [
    ...each([...none, new Uint8Array(3), state], (of) => S.readCheckpoint(of, 'file')),
    () => S.readCheckpoint(bytes, 3),
    () => S.readCheckpoint(bytes, 'file', 11),
  ],
  stateBytes: [...each(badTrained, (of) => S.stateBytes(of)), () => S.stateBytes(trained, 3)],
  readState: [
    ...each([...none, new Uint8Array(3), bytes], (of) => S.readState(of, 'file', settings)),
    ...each(badTraining, (of) => S.readState(state, 'file', of)),
    () => S.readState(state, 'file', { ...settings, neurons: 12 }),
  ],
  ablations: each(badSessions, (of) => S.ablations(of)),
  silenced: [
    ...each(badSettings, (of) => S.silenced(of, weights, [0])),
    ...each(badWeights, (of) => S.silenced(settings, of, [0])),
    ...each([undefined, null, 3, [10], [-1], [0.5]], (of) => S.silenced(settings, weights, of)),
  ],
  decodeRule: each(badSessions, (of) => S.decodeRule(of)),
  effectIn: each(badSessions, (of) => S.effectIn(of)),
  effectOf: [
    ...each(badSettings, (of) => here(S.effectOf(of, weights, { kind: 'delay', value: 0.1 }, 8))),
    ...each(badWeights, (of) => here(S.effectOf(settings, of, { kind: 'delay', value: 0.1 }, 8))),
    ...each([...none, { kind: 'heat', value: 1 }], (of) => here(S.effectOf(settings, weights, of, 8))),
    ...each(badCounts, (count) => here(S.effectOf(settings, weights, { kind: 'delay', value: 0.1 }, count))),
  ],
  manipulated: [
    ...each(badSettings, (of) => S.manipulated(of, weights, { kind: 'delay', value: 0.1 })),
    ...each(badWeights, (of) => S.manipulated(settings, of, { kind: 'delay', value: 0.1 })),
    ...each(
      [
        ...none,
        { kind: 'delay', value: -1 },
        { kind: 'sparsity', value: 1 },
        { kind: 'block', region: 'EX', value: 1 },
        { kind: 'perturbation', region: 'EE', value: 0, from: 9, until: 3 },
        { kind: 'perturbation', region: 'EE', value: 0, from: 0.5, until: 3 },
        { kind: 'heat', value: 1 },
      ],
      (of) => S.manipulated(settings, weights, of),
    ),
    () =>
      S.manipulated({ ...settings, dale: false, synapseI: settings.synapseE }, weights, {
        kind: 'block',
        region: 'EE',
        value: 1,
      }),
  ],
  sweeps: each(badSettings, (of) => S.sweeps(of)),
  drawWeights: [
    ...each(badSettings, (of) => S.drawWeights(of, 1)),
    ...each(badCounts, (seed) => S.drawWeights(settings, seed)),
  ],
  recordTrials: [
    ...each(badSettings, (of) => S.recordTrials(of, weights, plan, () => {})),
    ...each(badWeights, (of) => S.recordTrials(settings, of, plan, () => {})),
    ...each(badPlans, (of) => S.recordTrials(settings, weights, of, () => {})),
    ...each(none, (of) => S.recordTrials(settings, weights, plan, of)),
  ],
  delayOf: each([...none, {}], (of) => S.delayOf(of)),
  delayRates: [
    ...each(badSessions, (of) => S.delayRates(of, [0])),
    ...each([undefined, null, 3, [99]], (of) => S.delayRates(session, of)),
  ],
  playSession: [
    ...each(badSettings, (of) => here(S.playSession(of, weights, 8))),
    ...each(badWeights, (of) => here(S.playSession(settings, of, 8))),
    ...each([0, ...badCounts], (count) => here(S.playSession(settings, weights, count))),
  ],
  populationRates: each(badSessions, (of) => S.populationRates(of)),
  trialsByRule: [
    ...each(badSessions, (of) => S.trialsByRule(of)),
    ...each([0, -1, 0.5, NAN], (most) => S.trialsByRule(session, most)),
  ],
  excitatoryOf: each([...none, { ...settings, neurons: 0 }, { ...settings, excitatory: NAN }], (of) =>
    S.excitatoryOf(of),
  ),
  prepared: each(badTraining, (of) => S.prepared(of)),
  advanceTraining: [
    ...each(badTrained, (of) => here(S.advanceTraining(of, settings))),
    ...each(badTraining, (of) => here(S.advanceTraining(trained, of))),
    ...each([-1, 0.5, NAN], (until) => here(S.advanceTraining(trained, settings, until))),
  ],
  columnOf: [
    ...each([undefined, null, 3], (of) => S.columnOf(of, srnn.TEST_COLUMNS, 'loss')),
    ...each([undefined, null, 3], (of) => S.columnOf([], of, 'loss')),
    ...each([undefined, 'width'], (of) => S.columnOf([], srnn.TEST_COLUMNS, of)),
  ],
  cyclePlan: [
    ...each([...none, {}], (of) => S.cyclePlan(of, 'test', 0, 8)),
    ...each([undefined, 3], (of) => S.cyclePlan(task, of, 0, 8)),
    ...each(badCounts, (of) => S.cyclePlan(task, 'test', of, 8)),
    ...each([0, ...badCounts], (of) => S.cyclePlan(task, 'test', 0, of)),
  ],
  isDone: [...each(badTrained, (of) => S.isDone(of, settings)), ...each(none, (of) => S.isDone(trained, of))],
  ruleSoFar: [...each(badTrained, (of) => S.ruleSoFar(of, settings)), ...each(none, (of) => S.ruleSoFar(trained, of))],
  startTraining: [
    ...each(badTraining, (of) => S.startTraining(of)),
    ...each([{}, { ...weights, cue: weights.cue.slice(1) }], (of) => S.startTraining(settings, of)),
  ],
  trajectoriesOf: [
    ...each(badSessions, (of) => S.trajectoriesOf(of)),
    ...each(['two', 3, null], (fit) => S.trajectoriesOf(session, fit)),
  ],
  heatMap: [
    ...each(none, (of) => S.heatMap(of, 0, 0)),
    ...each([2, NAN, undefined], (rule) => S.heatMap(tuned, rule, 0)),
  ],
  psthOf: [...each(badSessions, (of) => S.psthOf(of, 0)), ...each([...badCounts, 10], (n) => S.psthOf(session, n))],
  tuningOf: [
    ...each(badSessions, (of) => S.tuningOf(of)),
    ...each([NAN, 'a', null], (height) => S.tuningOf(session, height)),
  ],
};
describeDoor('srnn', srnn, refusals);
