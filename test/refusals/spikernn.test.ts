/** What spikeRNN refuses: its functions, and its commands in one line each. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serialMap } from '../../src/core/index.js';
import { matBytes } from '../../src/files/index.js';
import * as spikernn from '../../src/spikernn/index.js';
import { badCounts, type Calls, describeDoor, each, f64, NAN, none, type Untyped } from './door.js';

const S = spikernn as unknown as Untyped;
const draw = { ...spikernn.spikernnDefaults, units: 6, inputs: 1, inhibitoryShare: 0.5 };
const settings: spikernn.TrainingSettings = { ...draw, trials: 2, seed: 2, least: 0 };
const network = spikernn.drawNetwork(draw, 2);
const trained = spikernn.startRate(settings);
const task = spikernn.rateTask('go-nogo');
const own = {
  name: 'own',
  steps: 30,
  stimuli: [{ channel: 0, on: 0, lasts: 5, of: [1, -1] }],
  answers: [{ on: 20, lasts: 9, sign: 0 }],
};
const how = { kind: 'l2', count: 1, seed: 1, round: 0 };
const plan = { network, task: 'go-nogo', scales: [20], trials: 1, seed: 1 };
const badNetworks = [
  ...none,
  { ...network, w: network.w.map(() => NAN) },
  { ...network, w: network.w.slice(1) },
  { ...network, taus: [0.5] },
  { ...network, taus: [9, 4] },
  { ...network, activation: 'cosine' },
  { ...network, inhibitory: [] },
];
const badDraws = [
  ...none,
  { ...draw, units: 1 },
  { ...draw, inhibitoryShare: 1.5 },
  { ...draw, inhibitoryShare: 0 },
  { ...draw, inhibitoryShare: 1 },
  { ...draw, connectedShare: 0 },
  { ...draw, taus: [0.9, 4] },
  { ...draw, taus: [] },
  { ...draw, som: 7 },
  { ...draw, gain: NAN },
];
const badSettings = [
  ...none,
  ...badDraws.slice(none.length).map((one) => ({ ...settings, ...(one as object) })),
  { ...settings, task: 'tango' },
  { ...settings, task: { name: 'own' } },
  { ...settings, trials: 0 },
  { ...settings, loss: 'l3' },
  { ...settings, rate: 0 },
  { ...settings, batch: 0 },
  { ...settings, clip: 0 },
  { ...settings, loss: 'l1', squared: true },
  { ...settings, times: { delay: 3 } },
  { ...settings, times: { steps: 80 } },
];

const refusals: Record<string, Calls> = {
  drawNetwork: [
    ...each(badDraws, (of) => S.drawNetwork(of, 2)),
    ...each(badCounts, (seed) => S.drawNetwork(draw, seed)),
  ],
  tausOf: each(badNetworks.slice(0, 5), (of) => S.tausOf({ ...(of as object), taus: 3 })),
  createRatePass: [
    ...each(badNetworks, (of) => S.createRatePass(of)),
    ...each([...none, { input: f64(1), start: f64(1), noise: f64(1) }], (trial) =>
      spikernn.createRatePass(network).run(trial as spikernn.TrialInput),
    ),
  ],
  drawTrial: [
    () => S.drawTrial(0, f64(1), 9, [1, 2], 0),
    () => S.drawTrial(3, 'u', 9, [1, 2], 0),
    () => S.drawTrial(3, f64(1), 1, [1, 2], 0),
    () => S.drawTrial(3, f64(1), 9, 7, 0),
    () => S.drawTrial(3, f64(1), 9, [1, 2], -1),
  ],
  evaluateRate: [
    ...each(badNetworks, (of) => S.evaluateRate(of, task, how)),
    () => S.evaluateRate(network, {}, how),
    ...each([...none, { ...how, kind: 'l3' }, { ...how, count: 0 }, { ...how, round: -1 }], (of) =>
      S.evaluateRate(network, task, of),
    ),
  ],
  correlationWithRate: each([undefined, null, 3, 'text'], (of) => S.correlationWithRate(network, task, 1, of)),
  lesioned: [
    ...each(badNetworks, (of) => S.lesioned(of, {}, 1)),
    ...each(
      [
        ...none,
        { weightNoise: -1 },
        { silenced: { kind: 'all', share: 0.1 } },
        { silenced: { kind: 'any', share: 2 } },
      ],
      (of) => S.lesioned(network, of, 1),
    ),
  ],
  aliveShare: each(badNetworks, (of) => S.aliveShare(of)),
  tauSummary: each(badNetworks, (of) => S.tauSummary(of)),
  spectralReach: each(badNetworks, (of) => S.spectralReach(of)),
  rateModelBytes: [
    ...each(badSettings, (of) => S.rateModelBytes(trained, { ...(of as object), trials: 0 })),
    ...each([...none, { ...trained, network: {} }], (of) => S.rateModelBytes(of, settings)),
  ],
  readRateModel: each([...none, new Uint8Array(), matBytes([])], (of) => S.readRateModel(of, 'a.mat')),
  withScale: [
    () => S.withScale(new Uint8Array(), 'a', { scales: [1], performances: [1], best: 1 }),
    () => S.withScale(matBytes([]), 'a', { scales: 1, performances: [1], best: 1 }),
    () => S.withScale(matBytes([]), 'a', { scales: [1], performances: [1], best: 0 }),
  ],
  firingCurve: each([null, 3, 'text', [], { ...spikernn.lifModel, neuron: 'hh' }], (of) => S.firingCurve(of)),
  firingAt: [...each(none, (of) => S.firingAt(of, 1)), () => S.firingAt(spikernn.firingCurve(), NAN)],
  predictScale: each(badNetworks, (of) => S.predictScale(of, task, { seed: 1 })),
  scaleJob: [
    ...each([...none, { ...plan, scales: 3 }, { ...plan, scales: [0] }, { ...plan, trials: 0 }], (of) =>
      spikernn.scaleJob.prepare(of as spikernn.ScalePlan),
    ),
  ],
  searchScale: each([...none, { ...plan, scales: [-1] }], (of) => S.searchScale(of, serialMap)),
  bestOf: each([undefined, null, 3, 'text'], (of) => S.bestOf(of)),
  leastOf: each(none, (of) => S.leastOf(of)),
  mapNetwork: [
    ...each(badNetworks, (of) => S.mapNetwork(of, { scale: 20 })),
    ...each([...none, { scale: 0 }, { scale: f64(1) }], (of) => S.mapNetwork(network, of)),
    ...each(
      [
        null,
        3,
        { ...spikernn.lifModel, filter: 'triple' },
        { ...spikernn.lifModel, reset: 9 },
        { ...spikernn.lifModel, downsample: 0 },
      ],
      (of) => S.mapNetwork(network, { scale: 20 }, of),
    ),
    () => spikernn.mapNetwork(network, { scale: 20 }).run(f64(1), [1, 2], 0),
    () =>
      spikernn.mapNetwork(network, { scale: 20 }).run(f64(1, 2), [1, 2], 0, {
        stimulation: { mode: 'exc', units: [6], on: 0, off: 1 },
      }),
  ],
  isRight: [() => S.isRight(2, f64(1), 0), () => S.isRight(1, 'o', 0), () => S.isRight(1, f64(1), 1)],
  rateTask: [
    ...each(none, (of) => S.rateTask(of)),
    () => S.rateTask('xor', null),
    () => S.rateTask('xor', { offset: 1 }),
    () => S.rateTask('sine', { delay: 1 }),
    () => S.rateTask(own, { steps: 30 }),
    () => S.rateTask({ ...own, steps: 20 }),
    () => S.rateTask({ ...own, answers: [{ on: 20, lasts: 9, same: [0, 2] }] }),
    () => S.rateTask({ ...own, answers: [{ on: 20, lasts: 9 }] }),
    () => S.rateTask({ ...own, typo: 1 }),
  ],
  nameOfTask: each([undefined, null], (of) => S.nameOfTask(of)),
  readOwnTask: [
    () => S.readOwnTask('{', 'a.json'),
    () => S.readOwnTask('[]', 'a.json'),
    () => S.readOwnTask('{"name": "a"}', 'a.json'),
  ],
  rateActivity: [
    ...each(badNetworks, (of) => S.rateActivity(of, task, 1, 0)),
    () => S.rateActivity(network, task, 1, -1),
  ],
  spikingActivity: each(none, (of) => S.spikingActivity(of, task, 1, 0)),
  polished: [
    ...each(badNetworks, (of) =>
      S.polished(of, { scale: 20 }, spikernn.lifModel, task, { trials: 1, rate: 1, seed: 1 }),
    ),
    ...each([...none, { trials: 0, rate: 1, seed: 1 }, { trials: 1, rate: 0, seed: 1 }], (of) =>
      S.polished(network, { scale: 20 }, spikernn.lifModel, task, of),
    ),
    () => S.polished(network, { scale: f64(1) }, spikernn.lifModel, task, { trials: 1, rate: 1, seed: 1 }),
  ],
  withWeights: [
    () => S.withWeights(new Uint8Array(), 'a', network, 20),
    () => S.withWeights(matBytes([]), 'a', {}, 20),
    () => S.withWeights(matBytes([]), 'a', network, 0),
  ],
  principalComponents: [
    ...each(none, (of) => S.principalComponents(of, 2)),
    () => S.principalComponents(f64(1, 2, 3), 2),
    () => S.principalComponents(f64(1, 2), 2, 0),
  ],
  targetedAxes: [
    () => S.targetedAxes(task, 1, 6, []),
    () => S.targetedAxes({}, 1, 6, []),
    () => S.targetedAxes(spikernn.rateTask('mante'), 1, 6, []),
    () => S.targetedAxes(spikernn.rateTask('mante'), 1, 6, 'runs'),
  ],
  separationOf: each([undefined, null, 3, 'text'], (of) => S.separationOf(of)),
  eigenvaluesOf: each(badNetworks, (of) => S.eigenvaluesOf(of)),
  simulatorScript: [
    ...each(none, (of) => S.simulatorScript('brian2', of)),
    () => S.simulatorScript('neuron', { network, task, seed: 1 }),
    () => S.simulatorScript('nest', { network, mapping: { scale: 20 }, model: spikernn.qifModel, task, seed: 1 }),
  ],
  speaks: [() => S.speaks({}, 0), () => S.speaks([], 0)],
  judgedSteps: [
    ...each(none, (of) => S.judgedSteps(task, 1, of)),
    () => S.judgedSteps(task, 1, f64(1)),
    () => S.judgedSteps({}, 1, f64(1)),
    () => S.judgedSteps(task, 1, new Float64Array(20000), 0),
  ],
  spikingRight: [
    ...each(none, (of) => S.spikingRight(task, 1, of)),
    () => S.spikingRight(task, 1, f64(1)),
    () => S.spikingRight({}, 1, f64(1)),
  ],
  startRate: each(badSettings, (of) => S.startRate(of)),
  advanceRate: [
    ...each(none, (of) => S.advanceRate(of, settings)),
    ...each(none, (of) => S.advanceRate(trained, of)),
    ...each([-1, 0.5, NAN], (until) => S.advanceRate(trained, settings, until)),
  ],
};
describeDoor('spikernn', spikernn, refusals);

const ENGRAM = new URL('../../dist/src/cli/engram.js', import.meta.url).pathname;

describe('engram spikernn', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'engram-spikernn-'));
  writeFileSync(
    join(cwd, 'foreign.mat'),
    matBytes([['x', { kind: 'numeric', dtype: 'f8', dims: [1, 1], values: f64(1) }]]),
  );
  writeFileSync(join(cwd, 'bad.json'), '{"name": "bad"}');
  writeFileSync(join(cwd, 'model-go-nogo.mat'), spikernn.rateModelBytes(trained, settings));
  writeFileSync(join(cwd, 'cut.mat'), spikernn.rateModelBytes(trained, settings).subarray(0, 5000));
  const cases: [string, number, string][] = [
    ['train --task tango', 2, '--task must be go-nogo, xor, mante, sine or a file .json; got "tango"'],
    ['train --task none.json', 3, 'none.json: there is no such file'],
    ['train --task bad.json', 3, 'bad.json: steps: '],
    ['train --P_inh 1.2', 2, '--P_inh must be a share from 0 to 1; got "1.2"'],
    ['train --N 1', 2, '--N must be an integer from 2 to 16384; got "1"'],
    ['train --decay_taus 0.5 3', 2, '--decay_taus must be at least one step of 5 ms; got "0.5"'],
    ['train --P_inh 0 --N 20', 2, 'no inhibitory unit among 20'],
    ['train --P_inh 1 --N 20', 2, 'no excitatory unit among 20'],
    ['train --apply_dale maybe', 2, '--apply_dale must be yes, true, t, y, 1 or no, false, f, n, 0; got "maybe"'],
    [
      'map foreign.mat --task go-nogo',
      3,
      'foreign.mat: no model of spikeRNN: N, w, w_in, w_out, m, som_m, inh, taus, taus_gaus missing',
    ],
    ['scale cut.mat --task go-nogo', 3, 'cut.mat: '],
    ['eval none.mat', 3, 'none.mat: there is no such file'],
    ['eval model-go-nogo.mat --task mante', 2, 'has 1 inputs and the task mante 4'],
  ];

  it.each(cases)('%s ends with one clear line', (args, status, message) => {
    const ran = spawnSync(process.execPath, [ENGRAM, 'spikernn', ...args.split(' ')], { cwd, encoding: 'utf8' });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
    expect(ran.status).toBe(status);
  });
});
