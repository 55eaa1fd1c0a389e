/**
 * Choices that were right, apart for congruent and incongruent trials: a network that ignores the rule is right in all congruent trials and in half
 * of the others, 0.75 together.
 */
import { demandArray, demandInteger, demandList, demandObject, wilson } from '../core/index.js';
import type { RuleCondition } from '../tasks/index.js';

/** So many of so many. */
export interface Share {
  /** How many were right. */
  readonly right: number;
  /** How many there were. */
  readonly of: number;
}

/** Right choices, apart by what the trials ask for. */
export interface Accuracy {
  /** Of all trials. */
  readonly all: Share;
  /** Of those in which both modalities ask for the same side. */
  readonly congruent: Share;
  /** Of the others, in which the rule decides. */
  readonly incongruent: Share;
  /** By condition of the task. */
  readonly conditions: readonly Share[];
}

/**
 * Accuracies of trials, in all and apart.
 * @param conditions those of the task
 * @param outcome the number of the condition of each trial, and whether it was right
 */
export function accuracyOf(
  conditions: readonly RuleCondition[],
  outcome: { plan: { conditions: readonly number[] }; right: Uint8Array },
): Accuracy {
  demandList('the conditions', conditions);
  demandObject('the outcome', outcome);
  const { plan, right } = outcome;
  demandList('the conditions of the trials', plan?.conditions);
  demandArray('what was right', right, Uint8Array, plan.conditions.length);
  const share = (of: (condition: RuleCondition, number: number) => boolean): Share => {
    const among = plan.conditions.flatMap((number, trial) => (of(conditions[number], number) ? [right[trial]] : []));
    return { right: among.reduce((sum, one) => sum + one, 0), of: among.length };
  };
  return {
    all: share(() => true),
    congruent: share(({ aud, light }) => aud === light),
    incongruent: share(({ aud, light }) => aud !== light),
    conditions: conditions.map((_, c) => share((_condition, number) => number === c)),
  };
}

/** The share itself; NaN of nothing. */
export function shareOf(share: Share): number {
  demandShare(share);
  return share.right / share.of;
}

function demandShare(share: Share): void {
  demandObject('a share', share);
  demandInteger('how many there are', share.of);
  demandInteger('how many were right', share.right, 0, share.of);
}

/** With its interval at 95 %. */
export function intervalOf(share: Share): {
  /** The share itself. */
  value: number;
  /** Lower bound. */
  low: number;
  /** Upper bound. */
  high: number;
} {
  const value = shareOf(share);
  const [low, high] = wilson(share.right, share.of);
  return { value, low, high };
}

/** Whether the rule was learned: incongruent trials above chance beyond doubt. */
export function hasRule(accuracy: Accuracy): boolean {
  demandObject('the accuracy', accuracy);
  return intervalOf(accuracy.incongruent).low > 0.5;
}
