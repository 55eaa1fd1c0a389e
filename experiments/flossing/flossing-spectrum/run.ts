/**
 * What flossing does to the surrogate spectrum of binary networks (figure 1 of the talk): lambda_1 update by update, and all
 * exponents before and after, by how many were flossed.
 */
import type { Row } from '../../../src/campaign/index.js';
import { activationOf, DEFAULTS, flossOnly, spectrumOf, startFlossing } from '../../../src/flossing/index.js';
import type { Experiment } from '../../common/experiment.js';
import { units } from '../common/units.js';
import { type Config, schema, type Task } from './config.js';
import { conclude } from './report.js';

export const flossingSpectrum: Experiment<Config, Task> = {
  name: 'flossing-spectrum',
  module: import.meta.url,
  title: 'Spectra before and after flossing',
  question: 'Which exponents does flossing move, how far, and how soon?',
  units,
  schema,
  columns: ['sharpness', 'exponents', 'network', 'what', 'at', 'value'],
  tasks({ sharpnesses, flossed, networks }) {
    const pairs = [
      ...flossed.map((exponents) => ({ sharpness: sharpnesses[0], exponents })),
      ...sharpnesses.slice(1).map((sharpness) => ({ sharpness, exponents: 1 })),
    ];
    return pairs.flatMap((pair) => Array.from({ length: networks }, (_, network): Task => ({ ...pair, network })));
  },
  cost: ({ exponents }, { units: n, updates, steps }) =>
    updates * (4e-3 + 55 * n * n * exponents * 1.6e-9) + 2 * steps * n * n * n * 2e-9,
  prepare(config) {
    const { units: n, gain, updates, steps, seed } = config;
    return ({ sharpness, exponents, network }) => {
      const own = 1000 * seed + network;
      const settings = {
        ...DEFAULTS,
        units: n,
        gain,
        sharpness,
        exponents,
        mode: 'pre' as const,
        first: updates,
        seed: own,
      };
      const activation = activationOf('binary', settings.surrogate, sharpness);
      const trained = startFlossing(settings);
      const plan = { exponents: n, steps, skip: 100, seed: own };
      const before = spectrumOf(trained.parameters, activation, plan);
      const course = flossOnly(trained, settings, updates);
      const after = spectrumOf(trained.parameters, activation, plan);
      const rows = (what: string, values: Float64Array, first: number): Row[] =>
        [...values].map((value, i) => ({ sharpness, exponents, network, what, at: first + i, value }));
      return [...rows('lambda_1', course, 0), ...rows('before', before, 1), ...rows('after', after, 1)];
    };
  },
  conclude,
};
