/** An experiment: a question, the work that answers it, and what its rows say. */
import type { z } from 'zod';
import type { Row, Work } from '../../src/campaign/index.js';
import type { Findings } from '../../src/plot/index.js';

export interface Experiment<Config, Task, Rows extends Row[] | Promise<Row[]> = Row[]>
  extends Work<Config, Task, Rows> {
  readonly title: string;
  readonly question: string;
  /** In which units its numbers are where none is named, as a sentence. */
  readonly units: string;
  /** What a configuration may say; `quick.json` and `full.json` in the experiment's folder do. */
  readonly schema: z.ZodType<Config>;
  conclude(config: Config, rows: readonly Row[]): Findings;
}

// biome-ignore lint/suspicious/noExplicitAny: every experiment has its own configuration and tasks; its name ties them together
export type AnyExperiment = Experiment<any, any, any>;
