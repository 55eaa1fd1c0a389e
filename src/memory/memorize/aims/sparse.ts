/**
 * Few synapses: the least sum c_k |w_k|, then `REWEIGHTINGS` times again with prices c_k e / (|w_k| + e), e a tenth of the bound
 * (Candes, Wakin and Boyd 2008). A local optimum, in which the last prices are an optimum's.
 */
import { type Norm, priced } from './norm.js';

/** Few weights that are not zero, by reweighted sums of absolute values. */
export interface Sparse {
  /** Name of the aim. */
  readonly kind: 'sparse';
}

const REWEIGHTINGS = 4;

export const sparse: Norm<Sparse, 'sparse'> = {
  kind: 'sparse',
  spelled: 'sparse',
  help: 'sparse',
  parse: (parameter) => (parameter === undefined ? { kind: 'sparse' } : undefined),
  spell: () => 'sparse',
  takesCosts: true,
  improve(_, { answer, separable, costs, weights: start, bound }) {
    const small = bound / 10;
    let prices = costs;
    let left = REWEIGHTINGS;
    const refined = separable(
      { price: costs, metric: costs },
      {
        centre: start,
        reprice(weights: Float64Array) {
          if (left-- === 0) return undefined;
          prices = costs.map((cost, k) => (cost * small) / (Math.abs(weights[k]) + small));
          return prices;
        },
      },
    );
    return answer(refined, prices);
  },
  terms: (_, { weights, costs, prices }) => priced(weights, prices ?? costs),
};
