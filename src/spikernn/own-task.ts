/**
 * A task of one's own, in plain data. A trial draws a value for each stimulus, all of `of` with equal chances, and shows it on a channel of
 * the input for the steps [on, on + lasts). For each answer the target is, for the steps [on, on + lasts) and 0 at all other times,
 *
 *   same [i, j]    +1 if the values of stimuli i and j are equal, else -1
 *   sign i         the sign of the value of stimulus i: +1, -1 or 0
 *
 * and is read from step `read` to its end: +1 has to exceed 0.7 there at least once, -1 to fall below -0.7, 0 to stay below 0.3.
 * Delayed match to sample has two stimuli and one answer; n-back a row of stimuli, and an answer `same [k - n, k]` after each from the n-th on.
 */
import { z } from 'zod';
import { EngramError, streamKey, uniformStream } from '../core/index.js';
import type { Task } from '../tasks/index.js';

const step = z.int().min(0).max(1e5);
const length = z.int().min(1).max(1e5);
const stimulus = z.strictObject({
  channel: z.int().min(0).max(1023),
  on: step,
  lasts: length,
  of: z.array(z.number()).min(1).max(100),
});
const answer = z
  .strictObject({
    on: step,
    lasts: length,
    read: step.optional(),
    same: z.tuple([step, step]).optional(),
    sign: step.optional(),
  })
  .refine(({ same, sign }) => (same === undefined) !== (sign === undefined), 'takes either `same` or `sign`')
  .refine(({ on, lasts, read = on }) => read >= on && read < on + lasts, '`read` must lie within the answer');
const schema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'takes small letters, digits and dashes'),
    steps: z.int().min(10).max(1e5),
    stimuli: z.array(stimulus).min(1).max(100),
    answers: z.array(answer).min(1).max(100),
  })
  .refine(
    ({ steps, stimuli, answers }) => [...stimuli, ...answers].every(({ on, lasts }) => on + lasts <= steps),
    'stimuli and answers must end within `steps`',
  )
  .refine(
    ({ stimuli, answers }) =>
      answers.every(({ same, sign }) => [...(same ?? []), sign ?? 0].every((i) => i < stimuli.length)),
    'an answer asks about a stimulus that is not there (they count from 0)',
  )
  .refine(
    ({ steps, answers }) => answers.every(({ on, read = on }) => read < steps - 1),
    'an answer must be read before the last step of a trial: a rate network has no output there',
  );

/** A stimulus of a task. */
export interface OwnStimulus {
  /** Channel of the input, from 0. */
  channel: number;
  /** First step, and how many there are. */
  on: number;
  /** Steps. */
  lasts: number;
  /** Values that it may have. */
  of: number[];
}

/** An answer of a task: to `same` or to `sign`. */
export interface OwnAnswer {
  /** First step of the target. */
  on: number;
  /** Steps of the target. */
  lasts: number;
  /** First step that is judged (default: `on`). */
  read?: number | undefined;
  /** Two stimuli that are compared. */
  same?: [number, number] | undefined;
  /** A stimulus whose sign is asked for. */
  sign?: number | undefined;
}

/** A task as its file says it; times in steps of the rate network, 5 ms. */
export interface OwnTask {
  /** Small letters, digits and dashes. */
  name: string;
  /** Length of a trial T. */
  steps: number;
  /** What is shown. */
  stimuli: OwnStimulus[];
  /** What is asked for. */
  answers: OwnAnswer[];
}

/** Reads the text of a task. Throws `input` for what is none, with the file and the place in it. */
export function readOwnTask(text: string, file: string): OwnTask {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new EngramError('input', `${file}: no JSON: ${(error as Error).message}`);
  }
  return checkOwnTask(data, file, 'input');
}

/** Throws unless it is a task. */
export function checkOwnTask(data: unknown, where = 'the task', code: 'input' | 'usage' = 'usage'): OwnTask {
  const { success, data: task, error } = schema.safeParse(data);
  if (success) return task;
  const [{ path, message }] = error.issues;
  throw new EngramError(code, `${where}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`);
}

/** An answer that has to be given, in the steps [from, to). */
export interface Answer {
  /** First step. */
  readonly from: number;
  /** The step behind the last. */
  readonly to: number;
  /** +1, -1 or silence. */
  readonly wanted: 1 | -1 | 0;
}

/** Values of the stimuli, as labels write them. */
const labelOf = (values: readonly number[]) => values.join('/');

/** The answers of a trial with this label. */
export function ownAnswers({ answers }: OwnTask, label: string): Answer[] {
  const values = label.split('/').map(Number);
  return answers.map(({ on, lasts, read = on, same, sign = 0 }) => ({
    from: read,
    to: on + lasts,
    wanted: (same ? (values[same[0]] === values[same[1]] ? 1 : -1) : Math.sign(values[sign])) as 1 | -1 | 0,
  }));
}

/** The task, of so many steps. Labels are the values of the stimuli. */
export function ownTask(own: OwnTask, steps = own.steps): Omit<Task<string>, 'accuracy'> {
  const { name, stimuli, answers } = own;
  const inputs = 1 + Math.max(...stimuli.map(({ channel }) => channel));
  return {
    name,
    steps,
    inputs,
    outputs: 1,
    trial(seed, index) {
      const uniform = uniformStream(streamKey(seed, `task of its own, ${name}`), index);
      const values = stimuli.map(({ of }) => of[Math.floor(uniform() * of.length)]);
      const input = new Float64Array(inputs * steps);
      stimuli.forEach(({ channel, on, lasts }, i) => {
        for (let t = on; t < on + lasts; t++) input[inputs * t + channel] += values[i];
      });
      const target = new Float64Array(steps);
      const label = labelOf(values);
      ownAnswers(own, label).forEach(({ wanted }, i) => {
        target.fill(wanted, answers[i].on, answers[i].on + answers[i].lasts);
      });
      return { input, target, from: 0, label };
    },
  };
}
