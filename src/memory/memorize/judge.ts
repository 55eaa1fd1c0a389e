/**
 * The judge: alone it grants "solved" and "infeasible". It sees claims only, numbers that claim.ts has computed from the
 * original data and the plain potential, and knows neither aims nor solvers.
 *
 *   solved       nothing is violated by more than 1e-8 (or what the aim allows), the residual of the optimality conditions is
 *                at most 1e-8, the duality gap, where the objective is not the plain norm, at most 1e-8 (1 + |value|)
 *   infeasible   sum y_i b_i > max over the box of (sum y_i n_i) . w, rounding counted against the proof
 *
 * and both only if the template asks for every row that the multipliers lean on.
 */
import {
  type Claim as Conditions,
  farkasBound,
  kktResidual,
  optimalityGap,
  type Proof,
} from '../../../solvers/index.js';

/** What "solved" promises: of the template in continuous time, and of the optimality conditions. */
export const PROMISE = 1e-8;

/** f(w) + sum price_k |w_k|, or max |w_k|: what an objective is at w. */
export interface Terms {
  value: number;
  /** Of f; none of the largest weight. */
  gradient?: Float64Array;
  price?: Float64Array;
  peak?: boolean;
  /** Curvatures, or what stands for them. */
  metric?: Float64Array;
}

/** The conditions of optimality; of an objective other than the plain norm with its terms and the limits of the rows. */
export interface Optimality
  extends Pick<Conditions, 'weights' | 'multipliers' | 'slacks' | 'equality' | 'combination'> {
  lower: Float64Array;
  upper: Float64Array;
  limits: Float64Array;
  terms?: Terms | undefined;
}

export interface SolvedClaim {
  kind: 'solved';
  /** The worst violation of the box, and of all that is asked of the potential. */
  violation: number;
  /** How much of it counts as none; `PROMISE` unless given. */
  allowed?: number;
  /** Missing where any weights will do. */
  optimality?: Optimality | undefined;
  /** Whether the template asks for every row. */
  justified: boolean;
}

export interface InfeasibleClaim {
  kind: 'infeasible';
  proof: Proof;
  justified: boolean;
}

export type Claim = SolvedClaim | InfeasibleClaim;

export interface Verdict {
  granted: boolean;
  /** Largest residual of the optimality conditions; 0 without an objective. */
  kkt: number;
  /** The duality gap; 0 of the plain norm. */
  gap: number;
  /** Of a proof: the factor by which the box would have to grow, at least, for it to fail; above 1 if it is one, or 0. */
  factor: number;
}

export function judge(claim: Claim): Verdict {
  if (claim.kind === 'infeasible') {
    const factor = claim.justified ? farkasBound(claim.proof) : 0;
    return { granted: factor > 1, kkt: 0, gap: 0, factor };
  }
  const { violation, allowed = PROMISE, optimality, justified } = claim;
  const { kkt, gap, promised } = optimality ? residualsOf(optimality) : { kkt: 0, gap: 0, promised: true };
  return { granted: justified && violation <= allowed && promised, kkt, gap, factor: 0 };
}

/** A point without variables: of a claim about it the rows are left. */
const NONE = new Float64Array();
const NO_WEIGHTS = { weights: NONE, lower: 0, upper: 0, combination: NONE } as const;

function residualsOf({ terms, ...rows }: Optimality) {
  if (!terms) {
    const kkt = kktResidual(rows);
    return { kkt, gap: 0, promised: kkt <= PROMISE };
  }
  const gap = Math.abs(optimalityGap({ ...rows, ...terms })) / (1 + terms.value);
  // Of the largest weight the gap says what stationarity would; its rows are judged alone.
  const kkt = kktResidual(terms.peak ? { ...rows, ...NO_WEIGHTS } : { ...rows, ...terms });
  return { kkt, gap: gap * (1 + terms.value), promised: kkt <= PROMISE && gap <= PROMISE };
}
