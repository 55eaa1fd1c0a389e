/** What is said of weights that have been changed since they were proved. */
import type { Screen } from '../../app/index.js';
import type { StoredNetwork } from '../../memory/files/node.js';
import { channelCount, idOf } from '../../memory/score/index.js';

const NAMED = 10;

type Changed = Pick<StoredNetwork, 'changed' | 'score'>;

/** The warning, or undefined where all weights are as they were. */
export function changedWarning({ changed, score }: Changed): string | undefined {
  if (changed.length === 0) return undefined;
  const list = `${changed
    .slice(0, NAMED)
    .map((l) => idOf(score, l))
    .join(' ')}${changed.length > NAMED ? ' ...' : ''}`;
  return `these weights are not the ones that were proved: ${changed.length} of ${channelCount(score)} neurons no longer keep their template (${list})`;
}

/** Prints it where there is something to say. */
export function warnOfChanges(screen: Screen, stored: Changed): void {
  const warning = changedWarning(stored);
  if (warning) screen.line('warning', warning);
}
