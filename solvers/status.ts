/**
 * How a solve ended.
 * - `solved`: the optimum within the tolerances
 * - `infeasible`: no point satisfies the constraints; the multipliers are the proof
 * - `unbounded`: the objective falls for ever along a ray of feasible points; the ray is the proof
 * - `roundLimit`: the cap on rounds or pivots came first; the last point is returned
 * - `stalled`: rounding stopped progress before the tolerances were met; the last point is returned
 */
export type Status = 'solved' | 'infeasible' | 'unbounded' | 'roundLimit' | 'stalled';
