/** The neighbours, live: each is fetched and runs once it is asked for. */
import type { FunctionComponent } from 'preact';
import type { Neighbour } from '../beside/words.js';
import { later } from './kept.js';
import type { PanelProps } from './panel.js';

interface Shown {
  title: string;
  about: string;
  panel: FunctionComponent<PanelProps>;
}

const PANELS: Record<Neighbour, Shown> = {
  sparseprop: {
    title: 'SparseProp',
    about: 'A sparse network without a score, run event by event: its raster, and its Lyapunov spectrum.',
    panel: later(() => import('../beside/sparseprop-panel.js').then(({ SparsePropPanel }) => SparsePropPanel)),
  },
  spikernn: {
    title: 'spikeRNN',
    about: 'A rate network learns a task while you watch: its loss, and what it answers.',
    panel: later(() => import('../beside/spikernn-panel.js').then(({ SpikeRnnPanel }) => SpikeRnnPanel)),
  },
};

export function Beside(parts: PanelProps) {
  const { studio, state } = parts;
  return (
    <div class="neighbours">
      {(Object.keys(PANELS) as Neighbour[]).map((name) => {
        const { title, about, panel: Panel } = PANELS[name];
        const open = state[name] !== undefined;
        return (
          <section key={name} class={`panel ${name}`} aria-labelledby={`title-${name}`}>
            <h2 id={`title-${name}`}>
              {title}{' '}
              <button
                type="button"
                aria-expanded={open}
                aria-label={`${open ? 'close' : 'run'} ${title}`}
                onClick={() => studio.beside(name, open ? undefined : {})}
              >
                {open ? 'close' : 'run'}
              </button>
            </h2>
            <p class="about">{about}</p>
            {open && <Panel {...parts} />}
          </section>
        );
      })}
    </div>
  );
}
