/** The neuron that an option names by its id. */
import { EngramError } from '../../core/index.js';
import { channelCount, type Id, idOf, type Score } from '../../memory/score/index.js';

/** The neuron of an id; throws `usage` where there is none. */
export function neuronCalled(flag: string, score: Score, id: Id): number {
  const neurons = channelCount(score);
  const neuron = Array.from({ length: neurons }, (_, l) => String(idOf(score, l))).indexOf(String(id));
  if (neuron >= 0) return neuron;
  const range = score.ids
    ? `one of the ids of the recording, ${idOf(score, 0)} to ${idOf(score, neurons - 1)}`
    : `from 0 to ${neurons - 1}`;
  throw new EngramError('usage', `${flag} must be ${range}; got ${id}`);
}
