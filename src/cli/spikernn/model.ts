/** The model that a command is given: a `.mat`, or the newest below a folder. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EngramError } from '../../core/index.js';
import { readBytes } from '../../files/node.js';
import {
  nameOfTask,
  type RateModel,
  type RateNetwork,
  type RateTask,
  rateTask,
  readRateModel,
  type TaskChoice,
  type TaskName,
  taskNames,
} from '../../spikernn/index.js';
import { type TimesOptions, taskOf, timesOf } from './options.js';

export interface GivenModel extends RateModel {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** By the path, as the original does it; undefined if that does not say it. */
  readonly task: TaskName | undefined;
}

/** Throws `input` for a file that is none, or a folder without any. */
export function loadModel(path: string): GivenModel {
  const file = existsSync(path) && statSync(path).isDirectory() ? newestIn(path) : path;
  const bytes = readBytes(file);
  const model = readRateModel(bytes, file);
  return { ...model, file, bytes, task: taskIn(file) };
}

/**
 * The task that a path names: by the name that we and the original give a model, which may be that of a task of one's own; else the one that is named
 * last, which is nearest to the file.
 */
function taskIn(file: string): TaskName | undefined {
  const [, trained, polished] = /(?:Task_([a-z0-9-]+)_N_\d[^/\\]*|polished_([a-z0-9-]+))\.mat$/i.exec(file) ?? [];
  const own = trained ?? polished;
  if (own !== undefined) return taskNames.find((name) => name === own.toLowerCase());
  const found = [...file.matchAll(new RegExp(`(?<![a-z])(?:${taskNames.join('|')})(?![a-z])`, 'gi'))].at(-1)?.[0];
  return taskNames.find((name) => name === found?.toLowerCase());
}

/** Names end in the moment of their making; that of others is when they were written. Of equal ones the last by name. */
function newestIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mat'));
  if (files.length === 0) throw new EngramError('input', `${folder}: no .mat in it or below`);
  const momentOf = (name: string) => {
    const parts = /(\d{4})_(\d\d)_(\d\d)_(\d\d)(\d\d)(\d\d)\.mat$/.exec(name)?.slice(1).map(Number);
    if (!parts) return statSync(join(folder, name)).mtimeMs;
    const [year, month, ...rest] = parts as [number, number, number, number, number, number];
    return new Date(year, month - 1, ...rest).getTime();
  };
  const all = files.map((name) => ({ name, moment: momentOf(name) }));
  all.sort((a, b) => a.moment - b.moment || (a.name < b.name ? -1 : 1));
  return join(folder, all[all.length - 1].name);
}

/** The task of a command: as plans take it, as networks meet it, and what `--task` calls it. */
export interface GivenTask {
  readonly choice: TaskChoice;
  readonly task: RateTask;
  readonly name: string;
  readonly option: string;
}

/** The task that is asked for, or that the path tells. Throws `usage` where it does not fit the model. */
export function taskFor(model: GivenModel, options: Partial<TimesOptions>): GivenTask {
  const option = options.task ?? model.task;
  if (!option) {
    throw new EngramError(
      'usage',
      `${model.file} does not tell its task; say --task ${taskNames.join(' or ')} or a file`,
    );
  }
  const choice = taskOf(option);
  const task = rateTask(choice, timesOf(options));
  const [own, inputs] = [model.network.inputs, task.task.inputs];
  if (inputs !== own) {
    throw new EngramError(
      'usage',
      `${model.file} has ${own} inputs and the task ${task.name} ${inputs}; say another --task`,
    );
  }
  return { choice, task, name: nameOfTask(choice), option };
}

/** As trained, or as before. Throws `usage` where the file does not hold that. */
export function networkOf(model: GivenModel, initial: boolean | undefined): RateNetwork {
  if (!initial) return model.network;
  if (model.initial) return model.initial;
  throw new EngramError('usage', `${model.file} does not hold the network before its training (w0, taus_gaus0)`);
}
