/** `--prompt` as a number of channels. */
import { EngramError } from '../../core/index.js';
import { promptedChannels } from '../../memory/summary/index.js';

export type PromptOption = { count: number } | { share: number };

/** Throws `usage` where there are not so many channels. */
export function promptOf(prompt: PromptOption, channels: number): number {
  const count = promptedChannels(prompt, channels);
  if (count <= channels) return count;
  throw new EngramError('usage', `--prompt must be at most the number of channels, ${channels}; got ${count}`);
}
