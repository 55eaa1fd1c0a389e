/** The screen, from left to right as the data flows: score, network, solve, recall; below, one neuron. */
import { NetworkPanel } from './panels/network.js';
import { NeuronPanel } from './panels/neuron.js';
import { RecallPanel } from './panels/recall.js';
import { ScorePanel } from './panels/score.js';
import { SolvePanel } from './panels/solve.js';
import { Stories } from './panels/stories.js';
import { TakeAway } from './panels/take-away.js';
import type { State } from './state.js';
import { useStore } from './store.js';
import type { Studio } from './studio.js';

export function App({ studio }: { studio: Studio }) {
  const state = useStore(studio.store);
  const parts = { studio, state };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: who drops no file opens one by a button
    <div
      class="page"
      data-phase={state.phase}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const file = event.dataTransfer?.files[0];
        if (file) studio.open(file);
      }}
    >
      <header>
        <h1>engram</h1>
        <p>Spike trains, stored in a network by convex optimization. Everything runs here; nothing is sent.</p>
        <div class="buttons" role="toolbar" aria-label="the page">
          <button
            type="button"
            aria-pressed={state.story !== undefined}
            onClick={() => studio.tell(state.story === undefined ? 1 : undefined)}
          >
            stories
          </button>
          <button type="button" aria-pressed={state.sound} onClick={() => studio.sound(!state.sound)}>
            sound
          </button>
          <button type="button" onClick={() => studio.theme(isDark(state) ? 'light' : 'dark')}>
            {isDark(state) ? 'light' : 'dark'}
          </button>
        </div>
        <TakeAway {...parts} />
      </header>
      {state.story !== undefined && <Stories {...parts} />}
      {state.error && (
        <p class="error" role="alert">
          {state.error}
        </p>
      )}
      <div class="flow">
        <ScorePanel {...parts} />
        <NetworkPanel {...parts} />
        <SolvePanel {...parts} />
        <RecallPanel {...parts} />
      </div>
      <NeuronPanel {...parts} />
    </div>
  );
}

/** Whether the page is dark: as chosen, or as the system has it. */
const isDark = ({ theme }: State): boolean =>
  theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
