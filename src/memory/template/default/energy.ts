/**
 * The energy of a periodic potential, a quadratic form of the weights:
 *
 *   (1/T) int_0^T z(t)^2 dt = w'Q w,     Q_kj = (1/T) sum over arrivals s of k, t of j, and periods n of c(t - s + n T),
 *
 *   c(x) = int h(u) h(u + |x|) du = e^2/4 (1 + |x|) e^{-|x|},     h(t) = t e^{1-t}.
 *
 * What the earlier arrivals of one synapse contribute at a moment, c summed over them, has the form (a + b x) e^{-x}, x
 * after any moment since the last of them. One sweep over all arrivals per synapse, in the kernel (kernel/energy.ts), gives F, the part
 * of Q with s before t, the arrival itself included; the rest is its mirror image. The verifier has a way of its own (energy-check.ts).
 */
import { type Arena, decay, exp, freshBuffers } from '../../../core/index.js';
import { kernelModule } from '../../kernels.generated.js';
import type { Arrivals } from '../arrivals.js';
import { everyPeriod, KERNEL_DRIVE } from '../kernel.js';

interface Kernel {
  energyMatrix(
    n: number,
    windows: number,
    count: number,
    arrivals: number,
    left: number,
    own: number,
    unit: number,
    column: number,
    out: number,
  ): void;
}

/** Length of a window: a and b count from its begin, so that they lose less than a digit where they cancel. */
const WINDOW = 8;

/** Q, n x n, row-major, for n synapses; in thresholds squared per weight squared. It is worked out in an arena, which gets its room back. */
export function energyMatrix(
  arena: Arena,
  { times, synapses, period }: Arrivals,
  n: number,
  buffers = freshBuffers,
): Float64Array {
  const kernel = arena.kernels<Kernel>(kernelModule);
  const count = times.length;
  const padded = 8 * Math.ceil(n / 8);
  const most = Math.ceil(period / WINDOW) + 1;
  const mark = arena.mark();
  const pointers = [24 * most, 24 * count, 16 * padded, 8 * n, 64 * n, 8 * n * n].map((bytes) => arena.alloc(bytes));
  const [windows, arrivals, left, own, column, out] = pointers;
  // What one period leaves at its end, then what all leave.
  const states = arena.f64(left, 2 * padded).fill(0);
  const counts = arena.f64(own, n).fill(0);
  const steps = arena.f64(arrivals, 3 * count);
  const words = arena.u32(arrivals, 6 * count);
  const windowSteps = arena.f64(windows, 3 * most);
  const windowWords = arena.u32(windows, 6 * most);
  let [used, begin, rest] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const now = WINDOW * Math.floor(times[i] / WINDOW);
    if (used === 0 || now > begin) {
      windowSteps[3 * used] = now - begin;
      windowSteps[3 * used + 1] = decay(now - begin);
      used++;
      begin = now;
      rest = exp(begin - period);
    }
    windowWords[6 * used - 2] = i + 1;
    const synapse = synapses[i];
    const since = times[i] - begin;
    const e = decay(since);
    steps[3 * i] = e;
    steps[3 * i + 1] = since * e;
    words[6 * i + 4] = synapse;
    const fade = rest / e;
    states[2 * synapse] += (1 + period - times[i]) * fade;
    states[2 * synapse + 1] += fade;
    counts[synapse]++;
  }
  for (let k = 0; k < n; k++) states.set(everyPeriod(states[2 * k], states[2 * k + 1], period), 2 * k);
  const unit = (KERNEL_DRIVE * KERNEL_DRIVE) / (4 * period);
  kernel.energyMatrix(n, windows, used, arrivals, left, own, unit, column, out);
  const Q = buffers.f64('energy', n * n);
  Q.set(arena.f64(out, n * n));
  arena.release(mark);
  return Q;
}
