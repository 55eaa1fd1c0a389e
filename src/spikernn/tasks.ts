/**
 * The tasks of Kim, Li and Sejnowski, and others, as the two kinds of networks meet them. A rate network is asked at steps 0 ... T - 2, a spiking
 * one in the 100 steps of each column of u that has T + 1 of them, from a column of its own on:
 *
 *   go-nogo   column 100: Go above 0.7; NoGo below 0.3, whatever lies below 0
 *   xor       column 200, mante column 260: above 0.7 for +1, below -0.7 for -1
 *
 * Of sine and tasks of one's own both kinds are asked in the same stretches, and a trial is right where all answers are.
 */
import { demandArray, demandFunction, demandInteger, demandObject, demandOneOf, refuse } from '../core/index.js';
import { goNoGo, goNoGoDefaults, mante, manteDefaults, type Task, timedXor, timedXorDefaults } from '../tasks/index.js';
import { type Answer, checkOwnTask, type OwnTask, ownAnswers, ownTask } from './own-task.js';
import { SINE_STEPS, sine, sineAnswers } from './sine.js';

/** Tasks that have a name. */
export const taskNames = ['go-nogo', 'xor', 'mante', 'sine'] as const;
/** One of them. */
export type TaskName = (typeof taskNames)[number];
/** A task by its name, or one of one's own. */
export type TaskChoice = TaskName | OwnTask;

/** Times of a trial that differ from those of the original, in steps of 5 ms. */
export interface TaskTimes {
  /** Length of a trial T. */
  readonly steps?: number | undefined;
  /** When the stimulus comes. */
  readonly stimOn?: number | undefined;
  /** How long it lasts. */
  readonly stimDur?: number | undefined;
  /** xor: between the stimuli. */
  readonly delay?: number | undefined;
  /** mante: mean of the attended stream. */
  readonly offset?: number | undefined;
}

/** What was drawn in a trial. */
export type Label = string | number;

/** What a task is called. */
export const nameOfTask = (task: TaskChoice): string => rateTask(task).name;

/** A task for both networks. */
export interface RateTask {
  /** What it is called. */
  readonly name: string;
  /** Rate networks: T steps. */
  readonly task: Task<Label>;
  /** Spiking networks: T + 1 columns, trial for trial the same. */
  readonly longer: Task<Label>;
  /** What a spiking network has to say in a trial of this label, by columns of u. */
  answers(label: Label): readonly Answer[];
}

/** Columns between the end of the stimuli and where spiking networks are judged. */
const LATER = { 'go-nogo': 25, xor: 40, mante: 10 } as const;

const wanted = (label: Label): 1 | -1 | 0 => (label === 'same' ? 1 : label === 'diff' ? -1 : (label as 1 | -1 | 0));

/** Throws `usage` for another name, a task that is none, or times that do not fit. */
export function rateTask(choice: TaskChoice, times: TaskTimes = {}): RateTask {
  demandObject('the times of a trial', times);
  if (typeof choice === 'object' && choice !== null) {
    for (const [name, value] of Object.entries(times)) {
      if (value !== undefined) refuse(`a task of one's own has its times in its file; got ${name} ${value} beside it`);
    }
    const own = checkOwnTask(choice);
    return judgedByAnswers(
      (steps) => ownTask(own, steps),
      own.steps,
      (label) => ownAnswers(own, String(label)),
    );
  }
  demandOneOf('the task', choice, taskNames);
  if (choice !== 'sine') return publishedTask(choice, times);
  const { steps = SINE_STEPS, ...others } = times;
  demandInteger('the steps of the task sine', steps, SINE_STEPS / 2, 1e5);
  if (Object.values(others).some((value) => value !== undefined)) {
    refuse('the task sine has no times (--stim-on, --stim-dur, --delay, --offset) but --steps');
  }
  return judgedByAnswers(sine, steps, () => sineAnswers(steps));
}

/** Both networks have to give the same answers. */
function judgedByAnswers(
  make: (steps: number) => Omit<Task<string>, 'accuracy'>,
  steps: number,
  answers: (label: Label) => readonly Answer[],
): RateTask {
  const judged = (length: number): Task<Label> => ({
    ...make(length),
    accuracy: ({ label }, output) =>
      Number(
        answers(label).every(({ wanted, from, to }) => isRight(wanted, output, from, Math.min(to, output.length))),
      ),
  });
  const task = judged(steps);
  return { name: task.name, task, longer: judged(steps + 1), answers };
}

function publishedTask(name: Exclude<TaskName, 'sine'>, times: TaskTimes): RateTask {
  const { steps, stimOn, stimDur, delay, offset } = times;
  if (delay !== undefined && name !== 'xor') refuse(`the task ${name} has no delay (--delay); xor has one`);
  if (offset !== undefined && name !== 'mante') refuse(`the task ${name} has no offset (--offset); mante has one`);
  const set = <Options extends { steps: number; on: number; lasts: number }>(defaults: Options): Options => ({
    ...defaults,
    steps: steps ?? defaults.steps,
    on: stimOn ?? defaults.on,
    lasts: stimDur ?? defaults.lasts,
  });
  const built = () => {
    if (name === 'go-nogo') {
      const options = set(goNoGoDefaults);
      return {
        make: (length: number) => goNoGo({ ...options, steps: length }),
        options,
        end: options.on + options.lasts,
      };
    }
    if (name === 'xor') {
      const options = { ...set(timedXorDefaults), delay: delay ?? timedXorDefaults.delay };
      const end = options.on + 2 * options.lasts + options.delay;
      return { make: (length: number) => timedXor({ ...options, steps: length }), options, end };
    }
    const options = { ...set(manteDefaults), offset: offset ?? manteDefaults.offset };
    return { make: (length: number) => mante({ ...options, steps: length }), options, end: options.on + options.lasts };
  };
  const { make, options, end } = built();
  const judgedFrom = end + LATER[name];
  if (judgedFrom >= options.steps)
    refuse(
      `a trial of ${options.steps} steps ends before the answer of a spiking network is read, at step ${judgedFrom}`,
    );
  return {
    name,
    task: make(options.steps) as unknown as Task<Label>,
    longer: make(options.steps + 1) as unknown as Task<Label>,
    answers: (label) => [{ from: judgedFrom, to: options.steps, wanted: wanted(label) }],
  };
}

/** The least and the greatest size of an output that is an answer, and that is none. */
export const ANSWER = 0.7;
export const QUIET = 0.3;

/** Whether an output is right in the steps [from, to). Below zero nothing counts against a 0. */
export function isRight(answer: 1 | -1 | 0, output: Float64Array, from: number, to = output?.length): boolean {
  demandOneOf('the answer', answer, [1, -1, 0]);
  demandArray('the output', output, Float64Array);
  demandInteger('the first step that counts', from, 0, output.length - 1);
  demandInteger('the end of the steps that count', to, from + 1, output.length);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = from; i < to; i++) {
    if (output[i] < least) least = output[i];
    if (output[i] > most) most = output[i];
  }
  if (answer === 0) return most < QUIET;
  return answer > 0 ? most > ANSWER : least < -ANSWER;
}

/**
 * Where the output of a spiking trial is judged, by steps. They count from 1 in the original: column c begins one step before 100 c. Throws `usage`
 * where downsampling leaves nothing of an answer.
 * @param downsample d of the model: a step lasts 0.05 ms d, a column of u 100 / d steps
 */
export function judgedSteps(
  { task, answers }: RateTask,
  label: Label,
  outputs: Float64Array,
  downsample = 1,
): Answer[] {
  demandFunction('the `answers` of a task', answers);
  demandArray('the output', outputs, Float64Array);
  demandInteger('downsample', downsample, 1, 1000);
  demandInteger('the length of the output', outputs.length, 100 * Math.floor(task.steps / downsample));
  return answers(label).map(({ wanted, from, to }) => {
    const [first, end] = [from, to].map((column) => Math.floor((100 * column) / downsample));
    if (first >= outputs.length)
      refuse(`an answer begins at step ${from} of 5 ms, and of a trial at --downsample ${downsample} less is left`);
    return { wanted, from: Math.max(0, first - 1), to: Math.max(first, 1, Math.min(end, outputs.length)) };
  });
}

/**
 * Whether a spiking network has given all answers of a trial.
 * @param downsample d of the model
 */
export function spikingRight(task: RateTask, label: Label, outputs: Float64Array, downsample = 1): boolean {
  demandObject('the task', task);
  return judgedSteps(task, label, outputs, downsample).every(({ wanted, from, to }) =>
    isRight(wanted, outputs, from, to),
  );
}

/** Whether anything but silence is asked for in a trial of this label. */
export function speaks({ answers }: RateTask, label: Label): boolean {
  demandFunction('the `answers` of a task', answers);
  return answers(label).some(({ wanted }) => wanted !== 0);
}

/** Loss of an output that stays 0, the root of the sum of squares (l2) or the sum of sizes (l1), of the targets but for the last. */
export function plateauOf(target: Float64Array, kind: 'l1' | 'l2'): number {
  let sum = 0;
  for (let k = 0; k < target.length - 1; k++) sum += kind === 'l1' ? Math.abs(target[k]) : target[k] * target[k];
  return kind === 'l1' ? sum : Math.sqrt(sum);
}
