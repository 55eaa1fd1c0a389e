/** The problem that a stored network was to solve. */
import type { StoredNetwork } from '../../memory/files/node.js';
import type { Problem } from '../../memory/memorize/index.js';

export function problemOf({ score, network, model, template, memory }: StoredNetwork): Problem {
  const { others, bounds, costs, header } = memory ?? {};
  const { objective = 'l2', robust, soft, levels } = header ?? {};
  return { score, others, wiring: network, model, template, objective, bounds, costs, robust, soft, levels };
}
