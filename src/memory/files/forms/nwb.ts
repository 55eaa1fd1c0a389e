/** The score, and what was recalled of it, as units of an NWB file. */
import { nwbBytes, type UnitTable } from '../../../files/index.js';
import { channelCount, idOf, type Score, scoreOf } from '../../score/index.js';
import type { Form } from './form.js';

const unitsOf = (score: Score, ids: Pick<Score, 'ids'>, tau0: number): UnitTable => ({
  ids: Array.from({ length: channelCount(score) }, (_, channel) => idOf(ids, channel)),
  starts: score.starts,
  times: score.times.map((time) => time * tau0),
  observed: [0, score.period * tau0],
});

export const nwb: Form = {
  name: 'nwb',
  files: ['spikes.nwb'],
  holds: ['score', 'ids', 'recalled'],
  write: async ({ score, tau0, recalled, program }) => {
    const last = recalled?.reduce((most, train) => Math.max(most, train.at(-1) ?? 0), 0) ?? 0;
    const content = {
      description: 'spike trains that a recurrent network stores, one period',
      program,
      units: unitsOf(score, score, tau0),
      recalled: recalled && unitsOf(scoreOf(recalled, Math.max(last + 1, score.period)), score, tau0),
    };
    return [await nwbBytes(content)];
  },
  next: ([file]) => `npx memorize --score ${file}`,
};
