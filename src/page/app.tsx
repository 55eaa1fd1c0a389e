/** The screen, from left to right as the data flows: score, network, solve, recall; below, one neuron. */
import { Beside } from './panels/beside.js';
import { Kept, later } from './panels/kept.js';
import { NetworkPanel } from './panels/network.js';
import { NeuronPanel } from './panels/neuron.js';
import { RecallPanel } from './panels/recall.js';
import { ScorePanel } from './panels/score.js';
import { SolvePanel } from './panels/solve.js';
import { TakeAway } from './panels/take-away.js';
import { useStore } from './store.js';
import type { Studio } from './studio.js';

const Stories = later(() => import('./panels/stories.js').then(({ Stories }) => Stories));

export function App({ studio }: { studio: Studio }) {
  const state = useStore(studio.store);
  const parts = { studio, state };
  const other = state.theme === 'dark' ? 'light' : 'dark';
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: who drops no file opens one by a button
    <div
      class="page"
      data-phase={state.phase}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        studio.open([...(event.dataTransfer?.files ?? [])]);
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
          <button type="button" onClick={() => studio.theme(other)}>
            {other}
          </button>
        </div>
        <Kept
          {...parts}
          panel={TakeAway}
          looksAt={['phase', 'words', 'outline', 'given', 'reading', 'opened', 'cue', 'noise']}
        />
      </header>
      {state.story !== undefined && <Stories {...parts} />}
      {state.error && (
        <p class="error" role="alert">
          {state.error}
        </p>
      )}
      <div class="flow">
        <Kept
          {...parts}
          panel={ScorePanel}
          looksAt={['words', 'outline', 'given', 'note', 'files', 'reading', 'theme']}
        />
        <Kept {...parts} panel={NetworkPanel} looksAt={['words', 'outline', 'reports', 'done', 'view', 'parts']} />
        <Kept
          {...parts}
          panel={SolvePanel}
          looksAt={['reports', 'done', 'seconds', 'phase', 'show', 'opened', 'theme']}
        />
        <Kept
          {...parts}
          panel={RecallPanel}
          looksAt={['phase', 'outline', 'tape', 'now', 'cue', 'periods', 'noise', 'playing', 'theme']}
        />
      </div>
      <Kept
        {...parts}
        panel={NeuronPanel}
        looksAt={['words', 'outline', 'reports', 'show', 'view', 'rounds', 'round', 'spike', 'parts', 'theme']}
      />
      <Kept {...parts} panel={Beside} looksAt={['sparseprop', 'spikernn', 'theme']} />
    </div>
  );
}
