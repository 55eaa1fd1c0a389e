/**
 * The elastic net: sum c_k ( s B |w_k| + (1 - s)/2 w_k^2 ), 0 < s < 1, with costs c_k of the synapses (1 unless given) and the
 * bound B of the template.
 */
import { type Norm, priced, quadratic } from './norm.js';
import { parameterWithin } from './parameter.js';

/** The least mix of absolute weights and squares (elastic net). */
export interface Elastic {
  /** Name of the aim. */
  readonly kind: 'elastic';
  /** s: of the absolute weights; the rest is that of the squares. */
  readonly share: number;
}

const shareOf = parameterWithin(1e-3, 0.99);

export const elastic: Norm<Elastic, `elastic:${number}`> = {
  kind: 'elastic',
  spelled: 'elastic:s with s from 0.001 to 0.99',
  help: 'elastic[:share]',
  parse(parameter) {
    const share = shareOf(parameter, 0.5);
    return share === undefined ? undefined : { kind: 'elastic', share };
  },
  spell: ({ share }) => `elastic:${share}`,
  takesCosts: true,
  improve: ({ share }, { answer, separable, costs, bound }) =>
    answer(
      separable({
        price: costs.map((cost) => share * bound * cost),
        metric: costs.map((cost) => (1 - share) * cost),
      }),
    ),
  terms({ share }, { weights, costs, bound }) {
    const smooth = quadratic(
      weights,
      costs.map((cost) => (1 - share) * cost),
    );
    const corners = priced(
      weights,
      costs.map((cost) => share * bound * cost),
    );
    return { ...corners, ...smooth, value: smooth.value + corners.value };
  },
};
