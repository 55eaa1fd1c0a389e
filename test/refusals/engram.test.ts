/** What the library refuses. */
import * as engram from '../../src/index.js';
import { badCounts, type Calls, describeDoor, each, f64, NAN, none, type Untyped } from './door.js';

const E = engram as unknown as Untyped;
const score = engram.sampleScore(3, 20, 0.2, 1);
const trains = [0, 1, 2].map((l) => engram.spikesOf(score, l));
const wiring = engram.wireFixedIn({ neurons: 3, inputs: 10, delays: [0.1, 5], seed: 1 });
const network = { ...wiring, weights: new Float64Array(30).fill(0.1) };
const map = engram.jitterMap(score, network);
const inputs = engram.inputsOf(wiring, undefined, 0);
const problem = { score, wiring, template: engram.defaultTemplate, objective: 'l2' };
const bytes = new TextEncoder().encode('nothing');
const unsorted = [f64(3, 1), f64(), f64()];
const with_ = (over: object) => ({ ...network, ...over });
const changed = (values: Float64Array, at: number, value: number) => values.map((old, i) => (i === at ? value : old));
const wire = { neurons: 3, inputs: 4, outputs: 4, synapses: 9, delays: [0.1, 5], seed: 1 };
const badWires = [
  { ...wire, neurons: 0 },
  { ...wire, neurons: 2.5 },
  { ...wire, seed: undefined },
  { ...wire, seed: NAN },
  { ...wire, seed: 1.5 },
  { ...wire, seed: 2 ** 53 },
  { ...wire, delays: [5, 0.1] },
  { ...wire, delays: [NAN, 1] },
  { ...wire, delays: 3 },
  undefined,
];
const potential = {
  score,
  inputs,
  weights: new Float64Array(10),
  neuron: 0,
  template: engram.defaultTemplate,
  cuts: [],
  tau0: 0.005,
};
const raster = { score, trains, prompt: 1, promptTime: 20, periods: 1, tau0: 0.005, subtitle: [] };
const stamp = { program: 'test', seed: 1, tau0: 0.005 };
const playable = {
  score,
  network,
  model: { model: 'reset', reset: 0 },
  tau0: 0.005,
  dataFile: 'a.npz',
  program: 'test',
};
const test = { score, network, seed: 1, promptTime: 20, periods: 1, trials: [{ prompt: 1, noise: 0 }] };
const explained = {
  status: 'infeasible',
  violation: 0,
  kkt: 0,
  boundNeeded: 1,
  cuts: [],
  multipliers: f64(),
  unreached: [],
};
const prompt = { prompt: 1, jitter: 0, missing: 0, extra: 0 };
const trial = { seed: 1, index: 0 };

const badModels = [
  { model: 'lif-exp' },
  { model: 'lif' },
  { model: 'lif', current: 'exp', membrane: 2, synapse: 0.4, reset: 0 },
  { current: 'exp', membrane: 2, synapse: 0.4, reset: 0, refractory: 0.4 },
  { model: 'reset' },
  { model: 'continuation', tau: 1 },
  { model: 'continuation', beta: [1, 1, 1] },
  { resett: 1 },
  { threshold: NAN },
  { beta: f64(1) },
  'reset',
];
const badNetworks = [
  ...none,
  {},
  with_({ weights: changed(network.weights, 7, NAN) }),
  with_({ weights: network.weights.slice(0, 5) }),
  with_({ weights: Array.from(network.weights) }),
  with_({ sources: wiring.sources.map((source, k) => (k === 3 ? 5000 : source)) }),
  with_({ sources: wiring.sources.map((source, k) => (k === 3 ? 3 : source)) }),
  with_({ sources: wiring.sources.slice(1) }),
  with_({ delays: changed(wiring.delays, 2, NAN) }),
  with_({ delays: changed(wiring.delays, 2, -1) }),
  with_({ starts: Uint32Array.of(0, 10, 20, 99999) }),
  with_({ starts: [0, 10, 20, 30] }),
  with_({ starts: new Uint32Array() }),
];
const badScores = [
  ...none,
  { ...score, period: NAN },
  { ...score, period: -1 },
  { ...score, times: Array.from(score.times) },
  { ...score, times: score.times.map(() => NAN) },
  { ...score, starts: Uint32Array.of(0, 1) },
  { ...score, starts: Array.from(score.starts) },
];
const badTrains = [undefined, [], trains.slice(1), unsorted, [[], [], []], [f64(NAN), f64(), f64()]];
const key = engram.streamKey(1, 'test');
const badRuns = [
  ...none,
  {},
  { to: NAN },
  { to: Number.POSITIVE_INFINITY },
  { to: -1, from: 0 },
  { to: 9, from: NAN },
  { to: 9, sigma: 0.1 },
  { to: 9, sigma: NAN, key },
  { to: 9, sigma: 0.1, key: [NAN, 1] },
  { to: 9, sigma: 0.1, key: 7 },
  { to: 9, noise: { failur: 0.5 }, key },
  { to: 9, noise: { failure: 2 }, key },
  { to: 9, noise: { jitter: 0.1 } },
  { to: 9, noise: { background: [{ rate: NAN, weight: 1 }] }, key },
  { to: 9, releases: f64(1) },
  { to: 9, releases: f64(1, NAN, 1) },
  { to: 9, releases: [1, 1, 1] },
  { to: 9, imposed: { times: f64(2, 1), neurons: Uint32Array.of(0, 0) } },
  { to: 9, imposed: { times: f64(1), neurons: Uint32Array.of(3) } },
  { to: 9, imposed: { times: f64(1, 2), neurons: Uint32Array.of(0) } },
  { to: 9, imposed: { times: f64(NAN), neurons: Uint32Array.of(0) } },
  { to: 9, imposed: { times: f64(5), neurons: Uint32Array.of(0) }, releases: f64(1, 1, 1) },
  { to: 9, clamps: { neurons: Uint32Array.of(0), from: f64(), to: f64(1) } },
  { to: 9, clamps: { neurons: Uint32Array.of(7), from: f64(0), to: f64(1) } },
  { to: 9, record: [0] },
  { to: 9, record: Uint32Array.of(3) },
  { to: 9, until: 10 },
];
const simulator = engram.createSimulator(network);
const checkpoint = simulator.start({}).checkpoint();

const engramRefusals: Record<string, Calls> = {
  EngramError: each(
    ['unknown', undefined],
    (code) => new (engram.EngramError as never as new (...a: unknown[]) => object)(code, 'text'),
  ),
  activityOfRate: [() => E.activityOfRate(NAN, 0.1), () => E.activityOfRate(20, 2), () => E.activityOfRate(20, 'a')],
  aimOf: each(
    [
      ...none,
      {},
      { objective: 'l3' },
      { objective: 'l2', robust: { what: 'foo', share: 0.5 } },
      { aim: { kind: 'l3' } },
      { aim: { kind: 'soft' } },
    ],
    (wanted) => E.aimOf(wanted),
  ),
  chanceLevel: [
    ...each(badScores, (bad) => E.chanceLevel(bad, 1)),
    () => E.chanceLevel(score, NAN),
    () => E.chanceLevel(score, 1, 0),
  ],
  channelCount: each(none, (bad) => E.channelCount(bad)),
  channelSimilarity: [
    ...each(badTrains, (bad) => E.channelSimilarity(score, bad, 0)),
    () => E.channelSimilarity(score, trains, NAN),
    () => E.channelSimilarity(score, trains, 0, 'C'),
  ],
  checkScore: each(badScores, (bad) => E.checkScore(bad)),
  checkWiring: each(badNetworks.slice(0, 5).concat(badNetworks.slice(9)), (bad) => E.checkWiring(bad)),
  createSimulator: [
    ...each(badNetworks, (bad) => E.createSimulator(bad)),
    ...each(badModels, (model) => E.createSimulator(network, { model })),
    () => E.createSimulator(network, { modell: {} }),
    () => E.createSimulator(network, { longestWindow: NAN }),
    ...each(badRuns, (run) => simulator.run(run as never)),
    ...each([NAN, Number.POSITIVE_INFINITY, -1, undefined], (until) => simulator.start({}).run(until as never)),
    ...each(
      [
        {},
        null,
        { ...checkpoint, cursors: undefined },
        { ...checkpoint, neurons: f64(1) },
        { ...checkpoint, events: new Uint32Array(1) },
        { ...checkpoint, cursors: new Uint32Array(checkpoint.cursors.length + 12).fill(2 ** 31) },
      ],
      (bad) => simulator.resume({}, bad as never),
    ),
  ],
  daleBounds: [
    () => E.daleBounds(undefined, 0.5, 1, 1),
    () => E.daleBounds(wiring, 2, 1, 1),
    () => E.daleBounds(wiring, NAN, 1, 1),
    () => E.daleBounds(wiring, 0.5, -1, 1),
    () => E.daleBounds(wiring, 0.5, 1, NAN),
  ],
  drawNoise: [
    () => E.drawNoise([], 'ms', []),
    () => E.drawNoise(undefined, 'ms', []),
    () => E.drawNoise([{ noise: 1 }], 'ms', []),
  ],
  drawPotential: [
    () => E.drawPotential(undefined),
    () => E.drawPotential({ ...potential, score: null }),
    () => E.drawPotential({ ...potential, weights: f64(1) }),
    () => E.drawPotential({ ...potential, neuron: 7 }),
    () => E.drawPotential({ ...potential, tau0: NAN }),
  ],
  drawPotentials: [
    () => E.drawPotentials(undefined),
    () => E.drawPotentials({ traces: [], spikes: [f64()], from: 0, to: 1, tau0: 1 }),
    () => E.drawPotentials({ traces: [], spikes: [], from: 0, to: NAN, tau0: 1 }),
  ],
  drawRaster: [
    () => E.drawRaster(undefined),
    () => E.drawRaster({ ...raster, trains: unsorted }),
    () => E.drawRaster({ ...raster, prompt: -1 }),
    () => E.drawRaster({ ...raster, tau0: 0 }),
    () => E.drawRaster({ ...raster, score: { ...score, period: NAN } }),
    () => E.drawRaster({ ...raster, periods: NAN }),
  ],
  drawSpectrum: [
    () => E.drawSpectrum(undefined, []),
    () => E.drawSpectrum({ spectrum: [{ modulus: NAN, im: 0 }] }, []),
  ],
  expectedSpikes: [
    () => E.expectedSpikes(-1, 1),
    () => E.expectedSpikes(20, NAN),
    () => E.expectedSpikes(Number.POSITIVE_INFINITY, 1),
  ],
  explain: [
    () => E.explain(undefined, problem, 0, String),
    () => E.explain(explained, undefined, 0, String),
    () => E.explain(explained, problem, 5, String),
    () => E.explain(explained, problem, 0, undefined),
  ],
  formatMoment: each([NAN, undefined, 'a'], (bad) => E.formatMoment(bad)),
  formatTime: each([NAN, undefined, 'a'], (bad) => E.formatTime(bad)),
  imposePrompt: [
    ...each(badScores, (bad) => E.imposePrompt(bad, network, prompt, 20, 'silent', trial)),
    ...each(badNetworks, (bad) => E.imposePrompt(score, bad, prompt, 20, 'silent', trial)),
    ...each(
      [
        { ...prompt, prompt: 4 },
        { ...prompt, jitter: NAN },
        { ...prompt, missing: 2 },
        { ...prompt, extra: -1 },
        undefined,
      ],
      (bad) => E.imposePrompt(score, network, bad, 20, 'silent', trial),
    ),
    () => E.imposePrompt(score, network, prompt, NAN, 'silent', trial),
    () => E.imposePrompt(score, network, prompt, 20, 'loud', trial),
    () => E.imposePrompt(score, network, prompt, 20, 'silent', { seed: NAN, index: 0 }),
    () => E.imposePrompt(score, network, prompt, 20, 'silent', { seed: 1, index: -1 }),
  ],
  inputsOf: [
    () => E.inputsOf(undefined, undefined, 0),
    ...each([3, -1, NAN], (l) => E.inputsOf(wiring, undefined, l)),
    ...each(badModels.slice(0, 3), (model) => E.inputsOf(wiring, model, 0)),
  ],
  jitterMap: [
    ...each(badScores, (bad) => E.jitterMap(bad, network)),
    ...each(badNetworks, (bad) => E.jitterMap(score, bad)),
    ...each(badModels.slice(0, 3), (model) => E.jitterMap(score, network, model)),
  ],
  jitterStatistics: each(badTrains, (bad) => E.jitterStatistics(score, bad, 0)),
  lagTrack: [
    ...each(badTrains, (bad) => E.lagTrack(score, bad, 0, 1)),
    () => E.lagTrack(score, trains, NAN, 1),
    ...each(badCounts, (n) => E.lagTrack(score, trains, 0, n)),
  ],
  measurePeriod: [
    ...each(badTrains, (bad) => E.measurePeriod(score, bad, 0)),
    () => E.measurePeriod(score, trains, NAN),
  ],
  memorize: [
    ...each(none, (bad) => E.memorize(bad, E.serialMap)),
    () => E.memorize(problem, undefined),
    ...each(
      [
        { template: undefined },
        { template: { ...engram.defaultTemplate, zones: 0.1 } },
        { template: { ...engram.defaultTemplate, shape: 'ramps' } },
        { template: { ...engram.defaultTemplate, overdrive: { level: 3, after: 0.5, at: 0.5 } } },
        { bound: 0.5 },
        { score: { ...score, starts: Uint32Array.of(0, 1) } },
        { wiring: undefined },
        { objective: 'l3' },
        { model: { model: 'foo' } },
        { costs: f64(1) },
        { bounds: {} },
        { robust: { what: 'foo', share: 0.5 } },
        { robust: { what: 'both', share: 5 } },
        { levels: 2 },
        { others: 3 },
        { others: [undefined] },
        { aim: { kind: 'l3' } },
      ],
      (over) => E.memorize({ ...problem, ...(over as object) }, E.serialMap),
    ),
  ],
  memorizeEach: [
    () => E.memorizeEach(undefined, E.serialMap, () => {}),
    () => E.memorizeEach(problem, undefined, () => {}),
    () => E.memorizeEach(problem, E.serialMap, undefined),
    () => E.memorizeEach(problem, E.serialMap, () => {}, -1),
  ],
  mergeTrains: each([undefined, 3, unsorted, [[1]], [f64(NAN)]], (bad) => E.mergeTrains(bad)),
  parseObjective: each(
    none.filter((value) => typeof value !== 'string'),
    (bad) => E.parseObjective(bad),
  ),
  parseTime: each([undefined, 3, 'abc', '-1s'], (bad) => E.parseTime(bad, 'the time')),
  periodWindow: [
    () => E.periodWindow(f64(3, 1), 0, 20),
    () => E.periodWindow([1], 0, 20),
    () => E.periodWindow(f64(), NAN, 20),
    () => E.periodWindow(f64(), 0, 0),
  ],
  predictNoise: [
    () => E.predictNoise(undefined, score, { sigma: 0, seed: 1, periods: 2, order: 1 }),
    ...each([{ sigma: NAN }, { seed: NAN }, { periods: 0 }, { order: 3 }, { foo: 1 }], (over) =>
      E.predictNoise(map, score, { sigma: 0, seed: 1, periods: 2, order: 1, ...(over as object) }),
    ),
    () => E.predictNoise(map, engram.sampleScore(3, 20, 0.2, 9), { sigma: 0, seed: 1, periods: 2, order: 1 }),
  ],
  readMemory: [...each(none, (bad) => E.readMemory(bad, 'file')), () => E.readMemory(bytes, 'file')],
  readNetworkJson: [...each(none, (bad) => E.readNetworkJson(bad, 'file')), () => E.readNetworkJson(bytes, 'file')],
  readNpz: [...each(none, (bad) => E.readNpz(bad, 'file')), () => E.readNpz(bytes, 'file')],
  readScoreCsv: [
    ...each(none, (bad) => E.readScoreCsv(bad, 'file', 0.005)),
    () => E.readScoreCsv(bytes, 'file', 0.005),
    () => E.readScoreCsv(bytes, 'file', NAN),
  ],
  readSpikeArrays: [() => E.readSpikeArrays(undefined, 'file', {}), () => E.readSpikeArrays({}, 'file', {})],
  readSpikeText: [...each(none, (bad) => E.readSpikeText(bad, 'file', {})), () => E.readSpikeText(bytes, 'file', {})],
  readWiringTable: [
    ...each(none, (bad) => E.readWiringTable(bad, 'file', { tau0: 0.005, ids: [0], bound: 1 })),
    () => E.readWiringTable(bytes, 'file', { tau0: 0.005, ids: [0], bound: 1 }),
    () => E.readWiringTable(bytes, 'file', undefined),
  ],
  recallJob: [
    ...each(
      [
        undefined,
        { ...test, score: undefined },
        { ...test, network: { ...network, weights: f64() } },
        { ...test, seed: NAN },
        { ...test, periods: 0 },
        { ...test, trials: undefined },
        { ...test, model: { model: 'foo' } },
      ],
      (bad) => engram.recallJob.prepare(bad as never),
    ),
    ...each([1, -1, NAN], (index) => engram.recallJob.prepare(test)(index as number)),
    () => engram.recallJob.prepare({ ...test, trials: [{ prompt: 9, noise: 0 }] })(0),
    () => engram.recallJob.prepare({ ...test, trials: [{ prompt: 1, noise: NAN }] })(0),
  ],
  repeatTrain: [
    () => E.repeatTrain(f64(3, 1), 20, 0, 1),
    () => E.repeatTrain(f64(), 0, 0, 1),
    () => E.repeatTrain(f64(), 20, NAN, 1),
    () => E.repeatTrain(f64(), 20, 0, Number.POSITIVE_INFINITY),
  ],
  sampleScore: [
    ...each([-1, 0, 1.5, NAN], (n) => E.sampleScore(n, 20, 0.2, 1)),
    ...each([-1, 1.5, NAN, 2 ** 53, undefined, '1'], (seed) => E.sampleScore(2, 20, 0.2, seed)),
    () => E.sampleScore(2, 0, 0.2, 1),
    () => E.sampleScore(2, 20, NAN, 1),
    () => E.sampleScore(2, 20, 0.2, 1, -1),
  ],
  scoreOf: [
    () => E.scoreOf(undefined, 20),
    () => E.scoreOf([[3, 1]], 20),
    () => E.scoreOf([[NAN]], 20),
    () => E.scoreOf([[1]], NAN),
  ],
  scoreOfSources: [
    ...each(none, (bad) => E.scoreOfSources(bad, { stretch: { tau0: 0.005 } })),
    () => E.scoreOfSources([{}], { stretch: { tau0: 0.005 } }),
    () => E.scoreOfSources([E.sourceOf(bytes, 'file')], undefined),
    () => E.scoreOfSources([E.sourceOf(bytes, 'file')], { stretch: { tau0: NAN } }),
    () => E.scoreOfSources([E.sourceOf(bytes, 'file')], { stretch: { tau0: 0.005 } }),
  ],
  sourceOf: [...each(none, (bad) => E.sourceOf(bad, 'file')), () => E.sourceOf(bytes, 3)],
  wiringOfSource: [
    ...each(none, (bad) => E.wiringOfSource(bad, { tau0: 0.005, ids: [0], bound: 1 })),
    () => E.wiringOfSource(E.sourceOf(bytes, 'file'), undefined),
    () => E.wiringOfSource(E.sourceOf(bytes, 'file'), { tau0: NAN, ids: [0], bound: 1 }),
  ],
  scoreOfRecording: [
    () => E.scoreOfRecording(undefined, 'file', { tau0: 0.005 }),
    () => E.scoreOfRecording({ ids: f64(0), times: f64(1), understood: '' }, 'file', undefined),
    () => E.scoreOfRecording({ ids: f64(0), times: f64(1), understood: '' }, 'file', { tau0: NAN }),
  ],
  serialMap: [
    () => E.serialMap(undefined, {}, 1, () => {}),
    () => E.serialMap(engram.recallJob, test, NAN, () => {}),
    () => E.serialMap(engram.recallJob, test, 1, undefined),
  ],
  similarity: [
    ...each(badTrains, (bad) => E.similarity(score, bad)),
    ...each(badScores, (bad) => E.similarity(bad, trains)),
    () => E.similarity(score, trains, 'C'),
  ],
  similarityAt: [
    ...each(badTrains, (bad) => E.similarityAt(score, bad, 0)),
    () => E.similarityAt(score, trains, NAN),
    () => E.similarityAt(score, trains, 0, 'C'),
  ],
  similarityBounds: each(badTrains, (bad) => E.similarityBounds(score, bad)),
  simulateByQueue: [
    ...each(badNetworks, (bad) => E.simulateByQueue(bad, { to: 9 })),
    ...each(badRuns, (run) => E.simulateByQueue(network, run)),
    ...each(badModels, (model) => E.simulateByQueue(network, { to: 9 }, model)),
  ],
  simulatorScript: [
    () => E.simulatorScript('neuron', playable),
    () => E.simulatorScript('brian2', undefined),
    () => E.simulatorScript('brian2', { ...playable, network: badNetworks[7] }),
    () => E.simulatorScript('nest', playable),
    () => E.simulatorScript('brian2', { ...playable, tau0: NAN }),
    () => E.simulatorScript('brian2', { ...playable, model: { model: 'foo' } }),
  ],
  spikesOf: [
    () => E.spikesOf(undefined, 0),
    ...each([-1, 3, 0.5, NAN, undefined], (channel) => E.spikesOf(score, channel)),
  ],
  splitTrains: [
    () => E.splitTrains(undefined, 3),
    () => E.splitTrains({ times: f64(2, 1), neurons: Uint32Array.of(0, 0) }, 3),
    () => E.splitTrains({ times: f64(1), neurons: Uint32Array.of(3) }, 3),
    () => E.splitTrains({ times: f64(1), neurons: Uint32Array.of(0) }, NAN),
  ],
  stabilityOf: [...each(none, (bad) => E.stabilityOf(bad)), () => E.stabilityOf(map, 0), () => E.stabilityOf(map, NAN)],
  streamKey: [
    ...each([-1, 1.5, NAN, 2 ** 53, undefined, '1'], (seed) => E.streamKey(seed, 'test')),
    () => E.streamKey(1, undefined),
  ],
  synapseTable: [
    ...each(badNetworks, (bad) => E.synapseTable(bad, 0.005)),
    () => E.synapseTable(network, NAN),
    () => E.synapseTable(network, 0.005, { lower: f64(1) }),
  ],
  timingErrors: [...each(badTrains, (bad) => E.timingErrors(score, bad, 0)), () => E.timingErrors(score, trains, NAN)],
  trend: each([undefined, 3, [NAN], ['a']], (bad) => E.trend(bad)),
  vanRossum: [
    () => E.vanRossum(f64(3, 1), f64(), 1),
    () => E.vanRossum([1], f64(), 1),
    ...each([0, -1, NAN, Number.POSITIVE_INFINITY], (tau) => E.vanRossum(f64(1), f64(1), tau)),
  ],
  victorPurpura: [
    () => E.victorPurpura(f64(3, 1), f64(), 1),
    () => E.victorPurpura(f64(), [1], 1),
    ...each([-1, NAN, Number.POSITIVE_INFINITY], (q) => E.victorPurpura(f64(1), f64(1), q)),
  ],
  wireFixedIn: [
    ...each(badWires, (bad) => E.wireFixedIn(bad)),
    ...each([...badCounts, 1e12], (count) => E.wireFixedIn({ ...wire, inputs: count })),
  ],
  wireFixedInOut: [
    ...each(badWires, (bad) => E.wireFixedInOut(bad)),
    ...each(badCounts, (count) => E.wireFixedInOut({ ...wire, inputs: count })),
  ],
  wireFixedOut: [
    ...each(badWires, (bad) => E.wireFixedOut(bad)),
    ...each(badCounts, (count) => E.wireFixedOut({ ...wire, outputs: count })),
  ],
  wireFull: each(badWires, (bad) => E.wireFull(bad)),
  wireUniform: [
    ...each(badWires, (bad) => E.wireUniform(bad)),
    ...each(badCounts, (count) => E.wireUniform({ ...wire, synapses: count })),
  ],
  writeMemory: [
    () => E.writeMemory(undefined, [], stamp, () => {}),
    () => E.writeMemory(problem, undefined, stamp, () => {}),
    () => E.writeMemory(problem, [], stamp, () => {}),
    () => E.writeMemory(problem, [], undefined, () => {}),
    () => E.writeMemory(problem, [], stamp, undefined),
  ],
  writeNetworkJson: [
    ...each(badScores, (bad) => E.writeNetworkJson(bad, network, 0.005)),
    ...each(badNetworks, (bad) => E.writeNetworkJson(score, bad, 0.005)),
    () => E.writeNetworkJson(score, network, NAN),
  ],
  writeNpz: [
    () => E.writeNpz(undefined, () => {}),
    () => E.writeNpz({ a: [1] }, () => {}),
    () => E.writeNpz({ a: f64(1) }, undefined),
    () => E.writeNpz({ a: { type: '<f8', length: 2, pieces: [f64(1)] } }, () => {}),
  ],
  writeScoreCsv: [...each(badScores, (bad) => E.writeScoreCsv(bad, 0.005)), () => E.writeScoreCsv(score, NAN)],
};
describeDoor('engram', engram, engramRefusals);
