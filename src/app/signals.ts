/** Signals that ask a program to stop. */
import { EngramError } from '../core/index.js';

/**
 * The first signal is handed on; a second one ends the process on the spot, unless it is TERM, which schedulers send several
 * times over.
 */
export function onSignal(first: (signal: string) => void): void {
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (++signals === 1) first(signal);
      else if (signal !== 'SIGTERM') process.exit(130);
    });
  }
}

/** Rejects with `interrupted` at the first signal, and is for a race with work; never resolves. */
export function interruption(): Promise<never> {
  const requested = new Promise<never>((_, reject) => {
    onSignal((signal) => reject(new EngramError('interrupted', `interrupted by ${signal}`)));
  });
  requested.catch(() => {});
  return requested;
}
