/**
 * What a campaign runs: an experiment makes tasks of a configuration, and rows of a task. Rows depend on the
 * configuration and the task alone, never on what ran before or where.
 */
export type Cell = number | string | null;
export type Row = Record<string, Cell>;

/** What a campaign is planned from. */
export interface Tasks<Config, Task> {
  readonly name: string;
  /** All tasks, in the order of the results. */
  tasks(config: Config): Task[];
  /** Seconds that a task takes, roughly: shards and estimates go by it, results do not. */
  cost(task: Task, config: Config): number;
}

/** `Rows`: a promise of them where a task asks threads of its own for help. */
export interface Work<Config, Task, Rows extends Row[] | Promise<Row[]> = Row[]> extends Tasks<Config, Task> {
  /** `import.meta.url` of the module that exports the work: there a worker finds it, by its name. */
  readonly module: string;
  /** Columns of the results, in order; a row may leave some out. */
  readonly columns: readonly string[];
  /** Prepares what tasks share, once per thread, and returns the function that does one. */
  prepare(config: Config): (task: Task) => Rows;
}
