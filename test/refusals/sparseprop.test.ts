/** What SparseProp refuses. */
import * as sparseprop from '../../src/sparseprop/index.js';
import { badCounts, type Calls, describeDoor, each, f64, NAN, none, type Untyped } from './door.js';

const F = sparseprop as unknown as Untyped;
const { csr, lif, qif, networkDefaults } = sparseprop;
const net = csr({ starts: Uint32Array.of(0, 1, 2), targets: Uint32Array.of(1, 0), weights: f64(-0.2, -0.1) });
const circuit: sparseprop.Circuit = { neuron: lif, drives: 0.3, connectivity: net };
const start = f64(0.4, 0.7);
const state = sparseprop.engineStart(circuit, start);
const trial = sparseprop.runTrial(circuit, start, { until: 5 });
const spikes = trial.spikes;
const zeros = new Float64Array(spikes.times.length);
const gradients = sparseprop.backward(trial, zeros);
const plan = { exponents: 2, burnIn: 1, warmUp: 1, spikes: 5, seed: 1 };
const rates = { n: 4, signals: 1, batch: 1, populations: 1 as const, seed: 1 };
const settings = { epochs: 1, rate: 0.1, parameters: ['weights'] };
const task = sparseprop.trackingTask;
const targets = { neurons: Uint32Array.of(0), orders: Uint32Array.of(0), times: f64(1) };
const bytes = new TextEncoder().encode('time_s,neuron\n1,2\n');

const badCircuits = [
  ...none,
  { ...circuit, neuron: {} },
  { ...circuit, connectivity: {} },
  { ...circuit, drives: f64(1) },
  { ...circuit, drives: 'all' },
];
const badStarts = [...none, f64(1), f64(1, NAN)];
const badNeurons = [...none, {}, { ...lif, timeToSpike: 3 }];
const badSpikes = [...none, { times: f64(1), neurons: new Uint32Array(2) }, { times: [1], neurons: Uint32Array.of(0) }];
const badStates = [...none, {}, { next: f64(1) }];
const badPlans = [
  ...none,
  { ...plan, exponents: 3 },
  { ...plan, exponents: 0 },
  { ...plan, spikes: 0 },
  { ...plan, warmUp: NAN },
  { ...plan, seed: -1 },
];
const badSettings = [
  ...none,
  { ...settings, epochs: 0 },
  { ...settings, rate: NAN },
  { ...settings, parameters: ['delays'] },
  { ...settings, exponent: { wanted: NAN, strength: 1, seed: 1 } },
  { ...settings, exponent: { wanted: 0, strength: 0, seed: 1 } },
];
const badTasks = [...none, { ...task, duration: 0 }, { ...task, memory: NAN }, { ...task, settle: 30 }];
const badRates = [
  ...none,
  { ...rates, n: 1 },
  { ...rates, signals: 0 },
  { ...rates, populations: 3 },
  { ...rates, batch: NAN },
];
const badBytes = [...none, 'time_s'];
const badNumbers: readonly unknown[] = [NAN, Number.POSITIVE_INFINITY, 'a', undefined];
const badPositive: readonly unknown[] = [0, -1, ...badNumbers];

/** Calls of a function of circuit and start with what is wrong in either. */
const ofStart = (call: (circuit: unknown, start: unknown) => unknown): Calls => [
  ...each(badCircuits, (of) => call(of, start)),
  ...each(badStarts, (from) => call(circuit, from)),
];
const ofState = (call: (circuit: unknown, state: unknown) => unknown): Calls => [
  ...each(badCircuits, (of) => call(of, state)),
  ...each(badStates, (from) => call(circuit, from)),
];

const refusals: Record<string, Calls> = {
  runTrial: [
    ...ofStart((of, from) => F.runTrial(of, from, { until: 1 })),
    ...each([...none, {}, { until: NAN }], (limit) => F.runTrial(circuit, start, limit)),
    () => F.runTrial(circuit, start, { until: 1 }, 0),
    () => F.runTrial({ ...circuit, delay: 1 }, start, { until: 1 }),
  ],
  backward: [
    ...each(none, (of) => F.backward(of, zeros)),
    ...each([...none, f64(NAN)], (of) => F.backward(trial, of)),
    () => F.backward(trial, zeros, f64(1)),
  ],
  ofStart: [
    ...ofStart((of, from) => F.ofStart(of, from, gradients)),
    ...each(none, (of) => F.ofStart(circuit, start, of)),
  ],
  calendarRefusal: each(badCircuits, (of) => F.calendarRefusal(of)),
  calendarStart: ofStart((of, from) => F.calendarStart(of, from)),
  createCalendar: [
    ...each(badCircuits, (of) => F.createCalendar(of, sparseprop.calendarStart(circuit, start))),
    ...each([...none, {}, { values: f64(1) }], (from) => F.createCalendar(circuit, from)),
  ],
  withSeries: [
    ...each(badNeurons, (of) => F.withSeries(of)),
    ...each([0, 1.5, NAN], (nodes) => F.withSeries(lif, nodes)),
    () => F.withSeries(lif, 20, 'cubic'),
    () => F.withSeries(lif, 20, 'root', NAN),
  ],
  fromPhases: [
    ...each(badCircuits, (of) => F.fromPhases(of, [0, 0])),
    ...each([undefined, null, 3, [0], [0, NAN]], (of) => F.fromPhases(circuit, of)),
  ],
  fromVoltages: [
    ...each(badCircuits, (of) => F.fromVoltages(of, [-1, -1])),
    ...each([undefined, null, 3, [-1], [-1, NAN], [-1, 2]], (of) => F.fromVoltages(circuit, of)),
  ],
  csr: each(
    [
      ...none,
      { starts: [0, 0], targets: new Uint32Array(0), weights: 1 },
      { starts: Uint32Array.of(0), targets: new Uint32Array(0), weights: 1 },
      { starts: Uint32Array.of(0, 1), targets: Uint32Array.of(1), weights: 1 },
      { starts: Uint32Array.of(0, 1), targets: Uint32Array.of(0), weights: f64(NAN) },
      { starts: Uint32Array.of(0, 1), targets: Uint32Array.of(0), weights: 'one' },
    ],
    (of) => F.csr(of),
  ),
  generated: each(
    [
      ...none,
      ...[{ neurons: 0 }, { degree: 5 }, { degree: 0.5 }, { weight: NAN }, { seed: NAN }].map((one) => ({
        neurons: 5,
        degree: 2,
        weight: -1,
        seed: 1,
        ...one,
      })),
    ],
    (of) => F.generated(of),
  ),
  inMemory: each([...none, {}], (of) => F.inMemory(of)),
  covariantVectors: [
    ...ofStart((of, from) => F.covariantVectors(of, from, plan, 1)),
    ...each(badPlans, (of) => F.covariantVectors(circuit, start, of, 1)),
    () => F.covariantVectors(circuit, start, plan, 0),
  ],
  customNeuron: each(
    [
      ...none,
      {},
      { f: 3, reset: -1, threshold: 0 },
      { f: () => 1, reset: NAN, threshold: 0 },
      { f: () => 1, reset: 1, threshold: 0 },
    ],
    (of) => F.customNeuron(of),
  ),
  eif: each([0, -1, NAN, 2, 'a', null], (of) => F.eif(of)),
  createEngine: [
    ...ofState((of, from) => F.createEngine(of, from)),
    () => F.createEngine({ ...circuit, delay: NAN }, state),
  ],
  engineStart: [...ofStart((of, from) => F.engineStart(of, from)), () => F.engineStart(circuit, start, 0)],
  neuronHistogramsSpec: [
    ...each([3, undefined], (of) => F.neuronHistogramsSpec(of, [])),
    ...each([3, undefined, {}], (of) => F.neuronHistogramsSpec('a', of)),
  ],
  phaseSpec: [
    ...each(badNeurons, (of) => F.phaseSpec(of, 0.1, [-0.1], 0.01)),
    ...each([0, NAN], (drive) => F.phaseSpec(lif, drive, [-0.1], 0.01)),
    () => F.phaseSpec(lif, 0.1, 3, 0.01),
    ...each(badPositive, (tau) => F.phaseSpec(lif, 0.1, [-0.1], tau)),
  ],
  rasterSpec: [
    ...each(badSpikes, (of) => F.rasterSpec(of, 2, 0.01, 'a')),
    ...each(badCounts, (n) => F.rasterSpec(spikes, n, 0.01, 'a')),
    ...each(badPositive, (tau) => F.rasterSpec(spikes, 2, tau, 'a')),
  ],
  readConnectivity: [...each(badBytes, (of) => F.readConnectivity(of, 'a')), () => F.readConnectivity(bytes, 'a')],
  readInput: [
    ...each(badBytes, (of) => F.readInput(of, 'a', 0.01)),
    () => F.readInput(bytes, 'a', 0.01),
    ...each(badPositive, (tau) => F.readInput(bytes, 'a', tau)),
  ],
  readSteps: [...each(badBytes, (of) => F.readSteps(of, 'a', 0.01)), () => F.readSteps(bytes, 'a', 0.01)],
  readTargets: [...each(badBytes, (of) => F.readTargets(of, 'a', 0.01)), () => F.readTargets(bytes, 'a', 0.01)],
  readState: [...each(badBytes, (of) => F.readState(of, 'a', 'b')), () => F.readState(bytes, 'a', 'b')],
  spikesCsv: [
    ...each(badSpikes, (of) => F.spikesCsv(of, 0.01, () => {})),
    ...each(badPositive, (tau) => F.spikesCsv(spikes, tau, () => {})),
    () => F.spikesCsv(spikes, 0.01, 3),
  ],
  stateArrays: [...each(none, (of) => F.stateArrays(of, 'a')), () => F.stateArrays(state, 3)],
  groupsOf: [
    ...each([...none, f64(1, NAN, 1, 1), f64(1)], (J) => F.groupsOf(J, 2, 1, 1)),
    ...each(badCounts, (n) => F.groupsOf(f64(1, 1, 1, 1), n, 1, 1)),
    ...each([0, 3, NAN], (groups) => F.groupsOf(f64(1, 1, 1, 1), 2, groups, 1)),
    ...each(badCounts, (seed) => F.groupsOf(f64(1, 1, 1, 1), 2, 1, seed)),
  ],
  balanceDrive: each([...none, { ...networkDefaults, rate: NAN }, { ...networkDefaults, k: -1 }], (of) =>
    F.balanceDrive(of),
  ),
  neuronOf: each(
    [...none, { ...networkDefaults, model: 'hh' }, { ...networkDefaults, model: 'eif', deltaV: 0 }],
    (of) => F.neuronOf(of),
  ),
  networkOf: each(
    [
      ...none,
      { ...networkDefaults, k: 1e6 },
      { ...networkDefaults, n: 0 },
      { ...networkDefaults, j0: NAN },
      { ...networkDefaults, seedNet: NAN },
      { ...networkDefaults, model: 'qif-heterogeneous', eta: 1 },
    ],
    (of) => F.networkOf(of),
  ),
  bend: [...each(badNeurons, (of) => F.bend(of, 1, -0.1, 0.1)), () => F.bend(lif, 1, -0.1, NAN)],
  periodOf: [...each(badNeurons, (of) => F.periodOf(of, 0.1)), ...each(badNumbers, (drive) => F.periodOf(lif, drive))],
  periodSlope: [
    ...each(badNeurons, (of) => F.periodSlope(of, 0.1)),
    ...each(badNumbers, (drive) => F.periodSlope(lif, drive)),
  ],
  disturb: [
    ...ofState((of, from) => F.disturb(of, from, 'kick', { time: 1, points: 1, seed: 1 })),
    () => F.disturb(circuit, state, 'blow', { time: 1, points: 1, seed: 1 }),
    () => F.disturb(circuit, state, 'kick', { time: 0, points: 1, seed: 1 }),
    () => F.disturb(circuit, state, 'kick', { time: 1, points: 0, seed: 1 }),
    () => F.disturb(circuit, state, 'kick', { time: 1, points: 1, seed: NAN }),
  ],
  oscillator: [
    ...each(badNeurons, (of) => F.oscillator(of, 0.1)),
    ...each([0, NAN], (drive) => F.oscillator(qif, drive)),
  ],
  createRateNetwork: each(badRates, (of) => F.createRateNetwork(of)),
  rateParameters: each(badRates, (of) => F.rateParameters(of)),
  drawnStart: [
    ...each(badCircuits, (of) => F.drawnStart(of, 1)),
    ...each(badCounts, (seed) => F.drawnStart(circuit, seed)),
  ],
  fastestQueue: each(badCircuits, (of) => F.fastestQueue(of)),
  startSession: [
    ...ofStart((of, from) => F.startSession(of, from)),
    () => F.startSession(circuit, start, { queue: 'ladder' }),
    () => F.startSession(circuit, start, { memory: NAN }),
    () => F.startSession({ ...circuit, drives: -1 }, start),
  ],
  intervalOf: each(badCircuits, (of) => F.intervalOf(of)),
  kaplanYorke: each([undefined, null, 3, []], (of) => F.kaplanYorke(of, true)),
  spectrumOf: [
    ...ofStart((of, from) => F.spectrumOf(of, from, plan)),
    ...each(badPlans, (of) => F.spectrumOf(circuit, start, of)),
  ],
  spikeTimeLoss: [
    ...each([...none, {}], (of) => F.spikeTimeLoss(of, targets)),
    ...each(
      [
        ...none,
        { ...targets, times: f64(NAN) },
        { ...targets, neurons: Uint32Array.of(7) },
        { ...targets, orders: Uint32Array.of(99) },
      ],
      (of) => F.spikeTimeLoss(trial, of),
    ),
  ],
  trainStatistics: [
    ...each(badSpikes, (of) => F.trainStatistics(of, 2, 0, 5)),
    ...each([...badCounts, 1], (n) => F.trainStatistics(spikes, n, 0, 5)),
    ...each(badNumbers, (to) => F.trainStatistics(spikes, 2, 0, to)),
  ],
  createTangent: [
    ...ofStart((of, from) => F.createTangent(of, from, 1)),
    ...each([0, ...badCounts], (k) => F.createTangent(circuit, start, k)),
    () => F.createTangent({ ...circuit, delay: 1 }, start, 1),
  ],
  trialExponent: [
    ...ofStart((of, from) => F.trialExponent(of, from, 5, { seed: 1 })),
    ...each(badPositive, (until) => F.trialExponent(circuit, start, until, { seed: 1 })),
    ...each(badCounts, (seed) => F.trialExponent(circuit, start, 5, { seed })),
    () => F.trialExponent({ ...circuit, delay: 1 }, start, 5, { seed: 1 }),
  ],
  driveForRate: [
    ...each([...none, 3], (of) => F.driveForRate(of, 0.1, 1, 1)),
    ...each(badPositive, (first) => F.driveForRate(() => circuit, first, 1, 1)),
    ...each(badPositive, (rate) => F.driveForRate(() => circuit, 0.1, rate, 1)),
    ...each(badCounts, (seed) => F.driveForRate(() => circuit, 0.1, 1, seed)),
  ],
  trainTracker: [
    ...each(badRates, (of) => F.trainTracker(of, 1)),
    ...each([0, ...badCounts], (epochs) => F.trainTracker(rates, epochs)),
  ],
  drawGains: [...each([0, ...badCounts], (n) => F.drawGains(n, 1)), ...each(badCounts, (seed) => F.drawGains(2, seed))],
  drawSignal: [
    ...each(badTasks, (of) => F.drawSignal(of, 1, 0)),
    ...each(badCounts, (seed) => F.drawSignal(task, seed, 0)),
    ...each(badCounts, (index) => F.drawSignal(task, 1, index)),
  ],
  trackingLoss: [
    ...each(badSpikes, (of) => F.trackingLoss(of, f64(1), f64(1, 1), task)),
    ...each(none, (u) => F.trackingLoss(spikes, u, f64(1, 1), task)),
    ...each(none, (readout) => F.trackingLoss(spikes, f64(1), readout, task)),
    ...each(badTasks, (of) => F.trackingLoss(spikes, f64(1), f64(1, 1), of)),
  ],
  withSignal: [
    ...each(badCircuits, (of) => F.withSignal(of, f64(1), f64(1, 1))),
    ...each([...none, f64(NAN)], (u) => F.withSignal(circuit, u, f64(1, 1))),
    ...each([...none, f64(1)], (gains) => F.withSignal(circuit, f64(1), gains)),
  ],
  trainSpikeTimes: [
    ...ofStart((of, from) => F.trainSpikeTimes(of, from, targets, 5, settings)),
    ...each(none, (of) => F.trainSpikeTimes(circuit, start, of, 5, settings)),
    ...each(badPositive, (duration) => F.trainSpikeTimes(circuit, start, targets, duration, settings)),
    ...each(badSettings, (of) => F.trainSpikeTimes(circuit, start, targets, 5, of)),
  ],
  trainTracking: [
    ...ofStart((of, from) => F.trainTracking(of, from, task, 1, settings)),
    ...each(badTasks, (of) => F.trainTracking(circuit, start, of, 1, settings)),
    ...each(badCounts, (seed) => F.trainTracking(circuit, start, task, seed, settings)),
    ...each(badSettings, (of) => F.trainTracking(circuit, start, task, 1, of)),
  ],
};
describeDoor('sparseprop', sparseprop, refusals);
