/**
 * What the spiking network does on the average, without a spike: every unit fires at the rate f of its current, in steps of 5 ms,
 *
 *   I_i <- I_i + (sum_j W_ij f_j / s - I_i) / tau_i,   r_i <- r_i + (f_i / s - r_i) / tau_i,   f_i = f(I_i + (W_in u)_i),   out = w_out r
 *
 * with f the curve of firing rates (predict.ts). Where s is too large activity dies before the answer, where it is too small it runs away:
 * in between lies the stretch of s in which the answers are right, and its middle is farthest from both.
 */
import type { Connections, RateNetwork } from './network.js';
import { isRight, type RateTask } from './tasks.js';

/** Candidates s, in shares of the one that matches unit by unit. */
const CANDIDATES = Array.from({ length: 21 }, (_, k) => 0.3 + 0.05 * k);

interface MeanField {
  readonly network: RateNetwork;
  readonly connections: Connections;
  readonly tau: Float64Array;
  /** f in Hz. */
  readonly firing: (current: number) => number;
}

/** The output of a trial at s, a number a step. */
export function meanFieldOutput(
  { network, connections, tau, firing }: MeanField,
  input: Float64Array,
  s: number,
): Float64Array {
  const { units: n, inputs, wIn, wOut } = network;
  const { starts, senders, weights } = connections;
  const [current, rate, fired] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  return Float64Array.from({ length: input.length / inputs }, (_, t) => {
    for (let i = 0; i < n; i++) {
      let drive = current[i];
      for (let k = 0; k < inputs; k++) drive += wIn[i * inputs + k] * input[t * inputs + k];
      fired[i] = firing(drive) / s;
    }
    let out = 0;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let e = starts[i]; e < starts[i + 1]; e++) sum += weights[e] * fired[senders[e]];
      current[i] += (sum - current[i]) / tau[i];
      rate[i] += (fired[i] - rate[i]) / tau[i];
      out += wOut[i] * rate[i];
    }
    return out;
  });
}

/** The middle of the longest stretch of candidates with the most right trials; `matched` itself where no trial is right. */
export function middleOfRight(
  field: MeanField,
  { task, answers }: RateTask,
  matched: number,
  seed: number,
  trials: number,
): number {
  if (field.network.inputs === 0) return matched;
  const drawn = Array.from({ length: trials }, (_, trial) => task.trial(seed, trial));
  const right = CANDIDATES.map((share) =>
    drawn.reduce((sum, { input, label }) => {
      const output = meanFieldOutput(field, input, share * matched);
      return sum + Number(answers(label).every(({ wanted, from, to }) => isRight(wanted, output, from, to)));
    }, 0),
  );
  const most = Math.max(...right);
  if (most === 0) return matched;
  let [begin, length] = [0, 0];
  for (let from = 0; from < right.length; from++) {
    let to = from;
    while (right[to] === most) to++;
    if (to - from > length) [begin, length] = [from, to - from];
  }
  return (matched * (CANDIDATES[begin] + CANDIDATES[begin + length - 1])) / 2;
}
