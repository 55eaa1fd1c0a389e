/** The workers: one leads, which simulates and looks at any time; a team solves; a reader is hired for a file. */
import { type Remote, wrap } from 'comlink';
import type { GivenScore, Outline, Report } from './solver.js';
import type { Words } from './words.js';
import type { Engine } from './worker.js';

/** More workers than these are no faster in a page. */
const MOST_WORKERS = 8;
/** How long a worker may go on with what nobody waits for, in milliseconds; then another one is hired. */
const PATIENCE = 300;

export interface Hired<E = Engine> {
  readonly engine: Remote<E>;
  /** Settles once it is free for something else. */
  free: Promise<unknown>;
  /** Fails when the worker itself does, or is let go. */
  readonly gone: Promise<never>;
  end(): void;
}

export const hire = (): Hired => hired(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));

/** A worker, with what it does. */
export function hired<E>(worker: Worker): Hired<E> {
  let leave: (why: Error) => void = () => {};
  const gone = new Promise<never>((_, reject) => {
    leave = reject;
  });
  gone.catch(() => {});
  worker.onerror = ({ message }) => leave(new Error(message || 'a worker of the page could not start'));
  return {
    engine: wrap<E>(worker),
    free: Promise.resolve(),
    gone,
    end() {
      worker.terminate();
      leave(new Error('given up'));
    },
  };
}

export interface Crew {
  readonly lead: Remote<Engine>;
  /**
   * Stores what words describe: `outline` comes first, then a report of each neuron, in the order in which they are ready.
   * Ends early once nobody wants it.
   */
  store(words: Words, given: GivenScore | undefined, see: See): Promise<void>;
}

export interface See {
  /** Whether somebody still waits. */
  wanted(): boolean;
  outline(outline: Outline): void;
  report(report: Report, neuron: number): void;
}

export function createCrew(): Crew {
  const size = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency ?? 1));
  const team = Array.from({ length: size }, hire);
  const { engine: lead } = hire();

  /** A team of which everyone is free. */
  async function freeTeam(): Promise<readonly Hired[]> {
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    await Promise.all(
      team.map(async (one, i) => {
        const free = await Promise.race([one.free.then(() => true), patience.then(() => false)]);
        if (free || team[i] !== one) return;
        one.end();
        team[i] = hire();
      }),
    );
    return [...team];
  }

  return {
    lead,
    async store(words, given, see) {
      const all = await freeTeam();
      if (!see.wanted()) return;
      /** Asks one of the team, who is busy until the answer is there. */
      const ask = <Answer>(one: Hired, question: Promise<Answer>): Promise<Answer> => {
        one.free = question.catch(() => {});
        return Promise.race([question, one.gone]);
      };
      // A design is fitted once; what is drawn from a seed is drawn by everyone.
      const step = words.design === undefined ? 0 : (await ask(all[0], all[0].engine.pose(words, given))).step;
      if (!see.wanted()) return;
      let [next, neurons] = [0, 0];
      const begin = (outline: Outline) => {
        neurons = outline.score.starts.length - 1;
        see.outline(outline);
      };
      // Who is ready begins: nobody waits for the others to start up.
      await Promise.all([
        lead.pose(words, given, step),
        ...all.map(async (one) => {
          const outline = await ask(one, one.engine.pose(words, given, step));
          if (!see.wanted()) return;
          if (neurons === 0) begin(outline);
          const solve = async () => {
            while (see.wanted() && next < neurons) {
              const neuron = next++;
              const report = await ask(one, one.engine.solve(neuron));
              if (see.wanted()) see.report(report, neuron);
            }
          };
          // One is asked for ahead, so that the worker need not wait for the screen.
          await Promise.all([solve(), solve()]);
        }),
      ]);
    },
  };
}
