/** A value that many look at: what changes is told to all who asked. */
import { useEffect, useState } from 'preact/hooks';

export interface Store<State> {
  get(): State;
  set(change: Partial<State>): void;
  /** Calls back after every change; returns what ends that. */
  subscribe(told: () => void): () => void;
}

export function createStore<State extends object>(first: State): Store<State> {
  let state = first;
  const all = new Set<() => void>();
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      for (const told of all) told();
    },
    subscribe(told) {
      all.add(told);
      return () => void all.delete(told);
    },
  };
}

/** The state of a store in a component, which is drawn again after every change, once a frame at most. */
export function useStore<State extends object>(store: Store<State>): State {
  const [, redraw] = useState(0);
  useEffect(() => {
    let frame = 0;
    return store.subscribe(() => {
      if (frame === 0) {
        frame = requestAnimationFrame(() => {
          frame = 0;
          redraw((n) => n + 1);
        });
      }
    });
  }, [store]);
  return store.get();
}
