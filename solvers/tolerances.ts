/**
 * Every tolerance of the solvers, each with its reason. Data are scaled to size 1 before the methods see them, weights of
 * `memorize` have about that size too, and a double keeps 1e-16 of it. Caps on work stand where they are used.
 */

// What the judges demand.
/** "Solved": a million times rounding, and a million times below what anyone reads off an answer. */
export const PROMISE = 1e-9;
/** What steps of models are to leave, where another one can do better: what the other ways leave as a rule. */
export const SHARP = 1e-12;
/** What must vanish in a proof, relative to its terms: 4000 roundings, as scaled sums of that many terms have. */
export const ROUNDING = 2 ** -40;
/** A proof that leans on unbounded variables must hold up to here: no quantity in sensible units is larger. */
export const LEAST_RADIUS = 1e9;
/** Curvature that a Hessian may lack, relative to its diagonal: a semidefinite one from sums of products lacks as much. */
export const INDEFINITE = 1e-12;
/** Data beyond overflow in products, whose halves are split; no quantity in sensible units is as large. */
export const LARGEST_DATA = 1e150;
/** Limits at least this large are none: 1e20, from which files may have taken something. */
export const NO_LIMIT = 1e20 * (1 - ROUNDING);
/** Asked of HiGHS: ten times less than the judge demands, the least that it takes. */
export const HIGHS_FEASIBILITY = 1e-10;
/** Asked of integer programs, whose answers are claims only: what MIP solvers call feasible. */
export const MIP_FEASIBILITY = 1e-6;

// The active set (active-set/active-set.ts).
/** Violation that is left alone, relative to the length of a row and the size of its limit, or to 1 + a bound. */
export const VIOLATION = 1e-12;
/** Squared distance from the span of the held normals, relative to the length, below which a row depends on them. */
export const DEPENDENCE = 1e-11;
/** The same where rows nearly follow from each other: taken on the rows, at the cost of passes, so tried last. */
export const CLOSE_DEPENDENCE = 1e-20;
/** A proof must exceed this part of its own terms before it goes to the judge: far above rounding. */
export const PROOF_MARGIN = 1e-7;
/** Violation that asks for a row, ten times what the kernel leaves alone, lest a row be taken up again and again. */
export const ROW_VIOLATION = 1e-11;
/** The same for a bound that has become a row: its length in another metric may be small. */
export const BOUND_ROW_VIOLATION = 1e-10;

// The active set on quadratic programs (active-set/qp.ts).
/** What the kernel leaves alone there: less, because limits are scaled and the judge measures each of them. */
export const SCALED_VIOLATION = 1e-14;
/** Squared sine of the angle at which scaled normals are told apart: rounding of a Gram matrix of size 1. */
export const SCALED_DEPENDENCE = 1e-14;
/** Violation of a dependent bound that may be rounding. */
export const SMALL_VIOLATION = 1e-7;
/** Entries of proofs and rays that are left over where a sum should vanish, relative to the largest. */
export const LEFTOVER = 1e-13;
/** A pivot below this part of its diagonal entry counts as no curvature: its inverse would cost nine digits. */
export const LEAST_PIVOT = 1e-9;
/** Pivot below which a metric is not positive definite to the last digits. */
export const DEFINITE_PIVOT = 1e-14;
/** Proximal weight, relative to the largest curvature, where curvature is missing: the root of LEAST_PIVOT, or nearly. */
export const PROXIMAL_WEIGHT = 1e-5;
/** Least pivot of P above which the active set goes first: below, its condition costs more than interior points do. */
export const WELL_CURVED = 1e-7;
/** Up to so many variables it goes first anywhere: measured, it is 1.5 to 8 times faster there, and soon gives up where it is not. */
export const FEW_VARIABLES = 400;

// The interior point (interior-point/solve.ts).
/** delta follows mu between these: less than the root of rounding, steps are nearly those of the problem itself. */
export const REGULAR = 1e-7;
export const LEAST_REGULAR = 1e-9;
/** What it may become where factors are worth nothing with less. */
export const MOST_REGULAR = 1e-4;
/** rho, as a part of delta: x drifts farther along flat directions than multipliers do, and what it drifts is left times rho. */
export const PRIMAL_REGULAR = 1e-3;
/** Residuals, relative to the costs, at which the active limits may be the right ones, or nearly: a polish is tried. */
export const EARLY = 1e-7;
/** The same at which an answer is ripe: it may be right without a polish, and that has more than one chance. */
export const RIPE = 1e-10;
/** Regularisation of the polish: its error falls by this factor in every pass. */
export const POLISH_REGULAR = 1e-7;
/** Multipliers below this part of the largest are left out of a proof of infeasibility. */
export const NO_MULTIPLIER = 1e-9;

// Newton's method on the dual (dual-newton/).
/** Row residual, relative to the length of the row, at which it stops; the last step takes it to rounding. */
export const NEWTON_RESIDUAL = 1e-10;
/** Residual from which on rounding may be all that is left. */
export const NEWTON_NEAR = 1e-6;
/** Ridge on the diagonal of H, relative to the length of a row: keeps dependent rows apart. */
export const RIDGE = 1e-9;
/** Lent curvature ends here: rounding of the multipliers, divided by it, would show. */
export const LEAST_LENT = 1e-7;
/** By how much the objective may still fall, relative to its size, where a centre counts as being at rest. */
export const REST = 1e-10;
