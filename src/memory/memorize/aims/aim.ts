/**
 * An aim: which of the feasible weights are wanted. An aim of its own (l2, l1, levels of ...) stands in a file of its own, with what it
 * refuses, how it is solved, what it claims of its answer, and what it adds to reports and files. Some aims change another one
 * (`of`): soft l2 is { kind: 'soft', of: { kind: 'l2' } }.
 */
import type { Arena, Buffers } from '../../../core/index.js';
import type { Program, Template } from '../../template/index.js';
import type { BareReport } from '../report.js';
import type { NeuronProblem, Setting } from '../setting.js';

/** What all aims have in common. */
export interface AnyAim {
  /** Name of the aim. */
  readonly kind: string;
  /** What it builds on, if it is no measure of weights. */
  readonly of?: AnyAim;
}

/** An aim and what it is of, the outermost first. */
export const chainOf = (aim: AnyAim): AnyAim[] => [aim, ...(aim.of ? chainOf(aim.of) : [])];

/** The measure that an aim is of in the end. */
export const innermost = (aim: AnyAim): AnyAim => (aim.of ? innermost(aim.of) : aim);

/** The work on one neuron. */
export interface Task {
  readonly arena: Arena;
  readonly neuron: NeuronProblem;
  /** The program of the neuron with a template; it takes the place of the one before in the arena. */
  programOf(template: Template): Program;
  readonly buffers: Buffers;
  /** The report of an aim with a template. */
  solve(aim: AnyAim, template: Template): BareReport;
}

/** A number per neuron in network.npz. */
export interface Column {
  /** The array in the file. */
  readonly name: string;
  /** What a file of another length has too few of, in words. */
  readonly values: string;
  /** Of a report; undefined if it has none. */
  of(report: BareReport): number | undefined;
  /** What stands in the file for undefined. */
  readonly none: number;
  /** Left out of files in which no neuron has it. */
  readonly optional?: true;
  /** Written for other readers only. */
  readonly unread?: true;
}

/** An option of the command line by which people ask for an aim. */
export interface AimOption<Value = unknown> {
  readonly flags: string;
  readonly about: string;
  /** The value of a text, undefined if it has none; left out where the flag alone says all. */
  parse?(text: string): Value | undefined;
  /** What is allowed, for messages. */
  readonly allowed?: string;
  readonly byDefault?: Value;
}

/** What an aim tells of the stored neurons. */
export interface Told {
  /** What it adds to summary.json. */
  readonly json: object;
  /** A line of the screen. */
  readonly line?: { readonly label: string; readonly text: string };
}

/** Gathers what an aim has to tell, report by report. */
export interface Tally {
  add(report: BareReport): void;
  tell(): Told;
}

/** A rule is what a file of this folder exports. */
export interface AimRule<A extends AnyAim = AnyAim> {
  readonly kind: A['kind'];
  /** Throws `usage` where the aim contradicts the neurons or the template. */
  checkModel?(aim: A, setting: Pick<Setting, 'model' | 'template'>): void;
  /** Throws `usage` or `input` where the aim contradicts the rest, or itself. */
  check?(aim: A, setting: Setting): void;
  solve(aim: A, task: Task, template: Template): BareReport;
  readonly columns?: readonly Column[];
  readonly option?: AimOption;
  /** @param tau0 the refractory period in seconds */
  tally?(aim: A, tau0: number): Tally;
}
