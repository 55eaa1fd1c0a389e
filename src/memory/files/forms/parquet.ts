/** The score and the synapses as Parquet tables with the columns of the CSV form. */
import { parquetBytes } from '../../../files/index.js';
import { idOf } from '../../score/index.js';
import { defaultTemplate } from '../../template/index.js';
import { type Form, ownersOf, readAgain } from './form.js';

export const parquet: Form = {
  name: 'parquet',
  files: ['synapses.parquet', 'score.parquet'],
  holds: ['score', 'synapses', 'delays', 'ids', 'bounds', 'costs'],
  write: ({ score, network, tau0, bounds, costs }) => {
    const named = score.ids?.some((id) => typeof id === 'string' || id > 2 ** 31 - 1);
    const called = (list: Uint32Array) => {
      const ids = Array.from(list, (l) => idOf(score, l));
      return named ? ids.map(String) : Int32Array.from(ids as number[]);
    };
    const channels = Array.from({ length: score.starts.length - 1 }, (_, channel) => idOf(score, channel));
    const facts = { period_s: String(score.period * tau0), ids: JSON.stringify(channels) };
    const synapses = {
      source: called(network.sources),
      target: called(ownersOf(network.starts)),
      delay_ms: network.delays.map((delay) => delay * tau0 * 1e3),
      weight: network.weights,
      ...bounds,
      ...(costs ? { cost: costs } : {}),
    };
    const times = score.times.map((time) => time * tau0);
    return Promise.all([
      parquetBytes(synapses),
      parquetBytes({ channel: called(ownersOf(score.starts)), time_s: times }, facts),
    ]);
  },
  next: ([synapses, score], network) =>
    `npx memorize --score ${score} --wiring ${synapses}${readAgain(network, defaultTemplate.bound)}`,
};
