/**
 * The energy of a periodic potential, a quadratic form of the weights:
 *
 *   (1/T) int_0^T z(t)^2 dt = w'Q w,     Q_kj = (1/T) sum over arrivals s of k, t of j, and periods n of c(t - s + n T),
 *
 *   c(x) = int h(u) h(u + |x|) du = e^2/4 (1 + |x|) e^{-|x|},     h(t) = t e^{1-t}.
 *
 * What the earlier arrivals of one synapse contribute at a moment, c summed over them, has the form (a + b x) e^{-x}, x
 * after the last of them. One sweep over all arrivals per synapse gives F, the part of Q with s before t, the arrival
 * itself included; the rest is its mirror image.
 */
import { decay, exp } from '../../../core/index.js';
import type { Arrivals } from '../arrivals.js';
import { everyPeriod, KERNEL_DRIVE } from '../kernel.js';

/** Q, n x n, row-major, for n synapses; in thresholds squared per weight squared. */
export function energyMatrix({ times, synapses, period }: Arrivals, n: number): Float64Array {
  const count = times.length;
  const gaps = times.map((time, i) => time - (i > 0 ? times[i - 1] : times[count - 1] - period));
  const shrinks = gaps.map(decay);
  // The state just after the last arrival of a period, from that period, then from all before it.
  const [a, b] = [new Float64Array(n), new Float64Array(n)];
  const own = new Float64Array(n);
  for (let i = 0; i < count; i++) {
    const age = times[count - 1] - times[i];
    a[synapses[i]] += (1 + age) * exp(-age);
    b[synapses[i]] += exp(-age);
    own[synapses[i]]++;
  }
  const F = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    let [level, drive] = everyPeriod(a[k], b[k], period);
    const row = F.subarray(n * k, n * (k + 1));
    for (let i = 0; i < count; i++) {
      level = (level + drive * gaps[i]) * shrinks[i];
      drive *= shrinks[i];
      if (synapses[i] === k) {
        level++;
        drive++;
      }
      row[synapses[i]] += level;
    }
  }
  const unit = (KERNEL_DRIVE * KERNEL_DRIVE) / (4 * period);
  const Q = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < k; j++) Q[n * k + j] = Q[n * j + k] = unit * (F[n * k + j] + F[n * j + k]);
    Q[n * k + k] = unit * (2 * F[n * k + k] - own[k]);
  }
  return Q;
}
