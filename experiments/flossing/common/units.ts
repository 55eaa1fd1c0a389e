/** What the pages of these experiments say of their numbers. */
export const units =
  'Times are steps; exponents are per step, in natural logarithms; |dL/dh0| is the norm of the gradient to the start state of all trials.';
