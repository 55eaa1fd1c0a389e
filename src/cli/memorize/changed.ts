/** What is said of weights that have been changed since they were proved. */
import type { Screen } from '../../app/index.js';
import type { StoredNetwork } from '../../memory/files/node.js';

const NAMED = 10;

/** The warning, or undefined where all weights are as they were. */
export function changedWarning({ changed, network }: Pick<StoredNetwork, 'changed' | 'network'>): string | undefined {
  if (changed.length === 0) return undefined;
  const list = `${changed.slice(0, NAMED).join(' ')}${changed.length > NAMED ? ' ...' : ''}`;
  return `these weights are not the ones that were proved: ${changed.length} of ${network.starts.length - 1} neurons no longer keep their template (${list})`;
}

/** Prints it where there is something to say. */
export function warnOfChanges(screen: Screen, stored: Pick<StoredNetwork, 'changed' | 'network'>): void {
  const warning = changedWarning(stored);
  if (warning) screen.line('warning', warning);
}
