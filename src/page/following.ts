/** The address follows the state, and the state an address that is typed or gone back to. */
import type { State } from './state.js';
import type { Store } from './store.js';

/** How long nothing must change before the address is written, in milliseconds. */
const CALM = 400;

/** What an address tells. */
const TOLD = ['words', 'cue', 'noise', 'show', 'story', 'given', 'opened', 'sparseprop', 'spikernn'] as const;

/**
 * @param link the address of what is shown
 * @param go shows what the part of another address after # asks for
 */
export function followAddress(
  { get, subscribe }: Store<State>,
  link: () => Promise<{ url: string }>,
  go: (hash: string) => void,
): void {
  let timer = 0;
  let before = get();
  subscribe(() => {
    const now = get();
    if (TOLD.every((name) => now[name] === before[name])) return;
    before = now;
    clearTimeout(timer);
    timer = window.setTimeout(async () => {
      const { url } = await link();
      if (before === now) history.replaceState(undefined, '', url);
    }, CALM);
  });
  addEventListener('hashchange', () => {
    clearTimeout(timer);
    go(location.hash);
  });
}
