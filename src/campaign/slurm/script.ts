/** The scripts that Slurm is handed: an array of tasks, each a part of the work, and what merges their results. */

/** What a script is made of. */
export interface Batch {
  /** What is computed, for the name of the job. */
  readonly name: string;
  /** Where logs go, and the folder in which the work is begun; absolute. */
  readonly logs: string;
  readonly folder: string;
  /** A file that must be seen from the node. */
  readonly seen: string;
  /** Limits as Slurm writes them; what is left out is the site's. */
  readonly time?: string | undefined;
  readonly memory?: string | undefined;
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  readonly processors: number;
  /** Further lines, without `#SBATCH --`. */
  readonly lines: readonly string[];
}

export interface ArrayBatch extends Batch {
  /** Which parts are to be done, of how many; from 1. */
  readonly parts: readonly number[];
  readonly of: number;
  /** So many seconds before the limit the task is told to end. */
  readonly notice: number;
  /** The words of the command that does a part; `k/K` follows `--shard`. */
  readonly work: readonly string[];
}

export interface MergeBatch extends Batch {
  /** The words of the commands: what merges, and what tells why it cannot. */
  readonly merge: readonly string[];
  readonly status: readonly string[];
}

/** As bash reads it. */
const quoted = (word: string) => (/^[\w./,:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
const command = (words: readonly string[]) => words.map(quoted).join(' ');

/** `[1, 2, 3, 5]` as `1-3,5`. */
export function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const n of numbers) {
    const last = runs.at(-1);
    if (last && last[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** A task that has gone on so often without an end has no end. */
const MOST_RESTARTS = 100;

function head(batch: Batch, kind: string, log: string, own: readonly string[]): string[] {
  const { name, logs, folder, time, memory, partition, account, processors, lines, seen } = batch;
  const set = (option: string, value: string | undefined) => (value === undefined ? [] : [`${option}=${value}`]);
  const options = [
    `job-name=engram-${kind}-${name}`,
    ...own,
    ...set('partition', partition),
    ...set('account', account),
    ...set('time', time),
    ...set('mem', memory),
    'nodes=1',
    'ntasks=1',
    `cpus-per-task=${processors}`,
    'requeue',
    'open-mode=append',
    // A name with spaces stands in quotes; a sign of per cent in it is two, else it would be a word of Slurm's.
    `output="${logs.replaceAll('%', '%%')}/${log}"`,
    `chdir="${folder}"`,
    ...lines.map((line) =>
      line
        .trim()
        .replace(/^#SBATCH\s+/, '')
        .replace(/^--/, ''),
    ),
  ];
  return [
    '#!/bin/bash',
    ...options.map((option) => `#SBATCH --${option}`),
    `[ -e ${quoted(seen)} ] || { echo "engram: unseen on $SLURMD_NODENAME"; exit 6; }`,
  ];
}

/**
 * The script of the array. Before its limit, or when it has to make room, a task is told TERM: the running pieces end and are kept,
 * the program leaves with 130, and this task alone is put back into the queue. `$SLURM_JOB_ID` would be the whole array there,
 * and an exit code is heeded by few sites. A task that somebody has cancelled is not put back.
 */
export function arrayScript(batch: ArrayBatch): string {
  const { parts, of, notice, work } = batch;
  return `${[
    ...head(batch, 'part', '%A_%a.log', [`array=${ranges(parts)}`, `signal=B:TERM@${notice}`]),
    'task="$' + '{SLURM_ARRAY_JOB_ID}_$' + '{SLURM_ARRAY_TASK_ID}"',
    `echo "engram: begin $SLURM_ARRAY_TASK_ID/${of} restart \${SLURM_RESTART_COUNT:-0} on $SLURMD_NODENAME"`,
    '# TERM may come several times; it is handed on once.',
    `trap '[ -n "$told" ] || { told=1; kill -TERM "$work" 2>/dev/null; }' TERM`,
    `${command(work)} --shard "$SLURM_ARRAY_TASK_ID/${of}" --workers "\${SLURM_CPUS_PER_TASK:-1}" --quiet &`,
    'work=$!',
    'wait "$work"; code=$?',
    '# 143: TERM has interrupted the wait, not the work.',
    'while [ "$code" = 143 ] && kill -0 "$work" 2>/dev/null; do wait "$work"; code=$?; done',
    "trap '' TERM",
    'echo "engram: end $code"',
    'case $code in 130 | 143)',
    `  if [ "\${SLURM_RESTART_COUNT:-0}" -lt ${MOST_RESTARTS} ] && scontrol show job "$task" | grep -q JobState=RUNNING; then`,
    '    echo "engram: requeue $task"',
    '    scontrol requeue "$task" && { trap \'exit 0\' TERM; for _ in {1..60}; do sleep 1; done; }',
    '  fi ;;',
    'esac',
    'exit $code',
  ].join('\n')}\n`;
}

/** The script of the merge, which looks at the files; whatever became of the tasks. */
export function mergeScript(batch: MergeBatch): string {
  const { merge, status } = batch;
  return `${[
    ...head(batch, 'merge', '%j.log', []),
    `${command(merge)}`,
    'code=$?',
    `[ "$code" = 0 ] || [ "$code" = 4 ] || ${command(status)}`,
    'echo "engram: end $code"',
    'exit $code',
  ].join('\n')}\n`;
}
