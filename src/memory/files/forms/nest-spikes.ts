/** The score as NEST's spike recorder writes it: ASCII of version 2, senders and times in ms, in order of time. */
import { EngramError } from '../../../core/index.js';
import { idOf } from '../../score/index.js';
import { type Form, ownersOf } from './form.js';

export const nestSpikes: Form = {
  name: 'nest-spikes',
  files: ['spikes.dat'],
  holds: ['score', 'ids'],
  write: ({ score, tau0, program }) => {
    if (score.ids?.some((id) => typeof id === 'string'))
      throw new EngramError('usage', '--to nest-spikes: NEST numbers its neurons, these have names; use csv or nwb');
    const owners = ownersOf(score.starts);
    const order = Array.from(owners.keys()).sort((a, b) => score.times[a] - score.times[b] || owners[a] - owners[b]);
    const lines = order.map((i) => `${idOf(score, owners[i])}\t${score.times[i] * tau0 * 1e3}`);
    const head = [
      `# NEST version: none, written by ${program}`,
      '# RecordingBackendASCII version: 2',
      'sender\ttime_ms',
    ];
    return [`${[...head, ...lines].join('\n')}\n`];
  },
  next: ([file], { score, tau0 }) =>
    `npx memorize --score ${file} --duration ${Number((score.period * tau0 * 1e3).toPrecision(15))}ms`,
};
