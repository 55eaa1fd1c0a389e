/**
 * The weights within a template and its box that are nearest to given ones v: minimize 1/2 |w - v|^2. It is the projection by which a
 * descent on something else stays among the weights that store the score; the judge is asked as of any aim.
 */
import { refineSeparable } from '../../../solvers/index.js';
import type { Cut } from '../template/index.js';
import type { AnyAim } from './aims/aim.js';
import { type Norm, normRule, ROUND_LIMIT, sumOver } from './aims/norm.js';
import { tasksOf } from './memorize.js';
import { boundsOf, type Setting } from './setting.js';

interface Nearest extends AnyAim {
  readonly kind: 'nearest';
  /** v, in the order of the synapses that may have a weight. */
  readonly to: Float64Array;
}

const nearest: Norm<Nearest> = {
  kind: 'nearest',
  spelled: 'nearest',
  help: 'nearest',
  parse: () => undefined,
  spell: () => 'nearest',
  takesCosts: false,
  direct: true,
  improve: ({ to }, { arena, order, lower, upper, source, fill, answer }) =>
    answer(
      refineSeparable<Cut>(
        arena,
        { price: fill(0), gain: Float64Array.from(order, (k) => to[k]), metric: fill(1), lower, upper },
        source,
        ROUND_LIMIT,
      ),
    ),
  terms: ({ to }, { weights }) => ({
    value: sumOver(weights, (w, k) => ((w - to[k]) * (w - to[k])) / 2),
    gradient: weights.map((w, k) => w - to[k]),
    metric: new Float64Array(weights.length).fill(1),
  }),
};

/** Projects weights of one neuron; undefined where the judge does not grant that the result is the nearest, or there is none. */
export function createProjection(setting: Setting): (neuron: number, to: Float64Array) => Float64Array | undefined {
  const taskOf = tasksOf(setting);
  const rule = normRule(nearest);
  return (neuron, to) => {
    const { task, place } = taskOf(neuron);
    const { lower, upper } = boundsOf(setting, neuron);
    const kept = to.filter((_, k) => lower[k] !== 0 || upper[k] !== 0);
    const { status, weights } = rule.solve({ kind: 'nearest', to: kept }, task, setting.template);
    return status === 'solved' ? place(weights) : undefined;
  };
}
