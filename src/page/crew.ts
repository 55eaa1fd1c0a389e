/** The workers: one leads, which poses, simulates and reads files at any time; the others solve. */
import { type Remote, wrap } from 'comlink';
import type { GivenScore, Outline, Report } from './solver.js';
import type { Words } from './words.js';
import type { Engine } from './worker.js';

/** More workers than these are no faster in a page. */
const MOST_WORKERS = 8;

const hire = (): Remote<Engine> =>
  wrap<Engine>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));

export interface Crew {
  readonly lead: Remote<Engine>;
  readonly size: number;
  /**
   * Stores what words describe: `outline` comes first, then a report of each neuron, in the order in which they are ready.
   * What was under way before is given up; false if this was.
   */
  store(words: Words, given: GivenScore | undefined, see: See): Promise<boolean>;
  /** Gives up what is under way. */
  stop(): void;
}

export interface See {
  outline(outline: Outline): void;
  report(report: Report, neuron: number): void;
}

export function createCrew(): Crew {
  const lead = hire();
  const size = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency ?? 1));
  const solvers = Array.from({ length: size }, hire);
  let turn = 0;
  return {
    lead,
    size,
    stop: () => void turn++,
    async store(words, given, see) {
      const own = ++turn;
      // A design is fitted once; what is drawn from a seed is drawn by everyone.
      const posing = lead.pose(words, given);
      const outline = words.design === undefined ? undefined : await posing;
      const ready = solvers.map((solver) => solver.pose(words, given, outline?.step ?? 0));
      for (const one of ready) one.catch(() => {});
      const posed = await posing;
      if (own !== turn) return false;
      see.outline(posed);
      let next = 0;
      const neurons = posed.score.starts.length - 1;
      await Promise.all(
        solvers.map(async (solver, i) => {
          await ready[i];
          while (own === turn && next < neurons) {
            const neuron = next++;
            const report = await solver.solve(neuron);
            if (own === turn) see.report(report, neuron);
          }
        }),
      );
      return own === turn;
    },
  };
}
