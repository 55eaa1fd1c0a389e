/** What flossing refuses. */
import * as flossing from '../../src/flossing/index.js';
import { badCounts, type Calls, describeDoor, each, NAN, none, type Untyped } from './door.js';

const F = flossing as unknown as Untyped;
const sizes = { units: 4, inputs: 1, outputs: 1, batch: 2 };
const draw = { gain: 1, mean: 0, shape: 'gauss' as const };
const activation = flossing.activationOf('binary', 'atan', 1);
const parameters = flossing.drawParameters(sizes, draw, activation, 1);
const plan = { exponents: 2, steps: 5, skip: 0, seed: 1 };
const settings = { ...flossing.DEFAULTS, ...sizes, steps: 9, delay: 2, epochs: 1, exponents: 2, seed: 1 };
const trained = flossing.startFlossing(settings);
const badParameters = [
  ...none,
  { ...parameters, bias: parameters.bias.map(() => NAN) },
  { ...parameters, bias: Array.from(parameters.bias) },
  { ...parameters, recurrent: parameters.recurrent.slice(1) },
  { ...parameters, offset: new Float64Array(3) },
  { ...parameters, start: parameters.start.slice(1) },
];
const badSettings = [
  ...none,
  { ...settings, units: 0 },
  { ...settings, epochs: 1.5 },
  { ...settings, rate: NAN },
  { ...settings, clip: 0 },
  { ...settings, mode: 'often' },
  { ...settings, clipping: 'hard' },
  { ...settings, cell: 'spiking' },
  { ...settings, surrogate: 'cosine' },
  { ...settings, steps: 4 },
  { ...settings, mode: 'pre', exponents: 5 },
  { ...settings, mode: 'pre', skip: 60 },
  { ...settings, shape: 'round' },
  { ...settings, gain: -1 },
  { ...settings, seed: NAN },
];

const refusals: Record<string, Calls> = {
  activationOf: [
    ...each([...none, 'spiking'], (cell) => F.activationOf(cell, 'atan', 1)),
    ...each([...none, 'cosine'], (surrogate) => F.activationOf('binary', surrogate, 1)),
    ...each([0, -1, NAN, 'a', undefined], (sharpness) => F.activationOf('binary', 'atan', sharpness)),
  ],
  drawParameters: [
    ...each([...none, { ...sizes, units: 0 }, { ...sizes, batch: 1.5 }], (of) =>
      F.drawParameters(of, draw, activation, 1),
    ),
    ...each([...none, { ...draw, gain: NAN }, { ...draw, shape: 'round' }], (of) =>
      F.drawParameters(sizes, of, activation, 1),
    ),
    ...each([...none, { send: () => 0 }], (of) => F.drawParameters(sizes, draw, of, 1)),
    ...each(badCounts, (seed) => F.drawParameters(sizes, draw, activation, seed)),
  ],
  statesPerUnit: each(none, (of) => F.statesPerUnit(of)),
  spectrumOf: [
    ...each(badParameters, (of) => F.spectrumOf(of, activation, plan)),
    ...each(none, (of) => F.spectrumOf(parameters, of, plan)),
    ...each(
      [
        ...none,
        { ...plan, exponents: 5 },
        { ...plan, exponents: 0 },
        { ...plan, steps: 0 },
        { ...plan, skip: -1 },
        { ...plan, seed: NAN },
      ],
      (of) => F.spectrumOf(parameters, activation, of),
    ),
  ],
  startFlossing: each(badSettings, (of) => F.startFlossing(of)),
  advanceFlossing: [
    ...each([...none, { ...trained, parameters: {} }], (of) => F.advanceFlossing(of, settings)),
    ...each(none, (of) => F.advanceFlossing(trained, of)),
    ...each([-1, 0.5, NAN], (until) => F.advanceFlossing(trained, settings, until)),
  ],
  flossOnly: [
    ...each([...none, { ...trained, parameters: {} }], (of) => F.flossOnly(of, settings, 1)),
    ...each(none, (of) => F.flossOnly(trained, of, 1)),
    ...each(badCounts, (updates) => F.flossOnly(trained, settings, updates)),
  ],
  logOf: each(none, (of) => F.logOf(of)),
};
describeDoor('flossing', flossing, refusals);
