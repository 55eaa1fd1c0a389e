/**
 * The energy of a periodic potential, a quadratic form of the weights:
 *
 *   (1/T) int_0^T z(t)^2 dt = w'Q w,     Q_kj = (1/T) sum over arrivals s of k, t of j, and periods n of c(t - s + n T),
 *
 *   c(x) = int h(u) h(u + |x|) du = e^2/4 (1 + |x|) e^{-|x|},     h(t) = t e^{1-t}.
 *
 * What the earlier arrivals of one synapse contribute at a moment, c summed over them, has the form (a + b x) e^{-x}, x
 * after the last of them. One sweep over all arrivals per synapse, in the kernel (kernel/energy.ts), gives F, the part of Q with s
 * before t, the arrival itself included; the rest is its mirror image. The verifier has a way of its own (energy-check.ts).
 */
import { type Arena, decay, exp, freshBuffers } from '../../../core/index.js';
import { kernelModule } from '../../kernels.generated.js';
import type { Arrivals } from '../arrivals.js';
import { everyPeriod, KERNEL_DRIVE } from '../kernel.js';

interface Kernel {
  energyMatrix(
    n: number,
    stride: number,
    count: number,
    arrivals: number,
    left: number,
    own: number,
    unit: number,
    table: number,
    out: number,
  ): void;
}

/** Q, n x n, row-major, for n synapses; in thresholds squared per weight squared. It is worked out in an arena, which gets its room back. */
export function energyMatrix(
  arena: Arena,
  { times, synapses, period }: Arrivals,
  n: number,
  buffers = freshBuffers,
): Float64Array {
  const kernel = arena.kernels<Kernel>(kernelModule);
  const count = times.length;
  const stride = 8 * Math.ceil(n / 8);
  const mark = arena.mark();
  const pointers = [24 * count, 16 * stride, 8 * n, 8 * n * stride, 8 * n * n].map((bytes) => arena.alloc(bytes));
  const [arrivals, left, own, table, out] = pointers;
  // The state just after the last arrival of a period, from that period, then from all before it.
  const states = arena.f64(left, 2 * stride).fill(0);
  const counts = arena.f64(own, n).fill(0);
  const steps = arena.f64(arrivals, 3 * count);
  const words = arena.u32(arrivals, 6 * count);
  for (let i = 0; i < count; i++) {
    const gap = times[i] - (i > 0 ? times[i - 1] : times[count - 1] - period);
    steps[3 * i] = gap;
    steps[3 * i + 1] = decay(gap);
    words[6 * i + 4] = synapses[i];
    const age = times[count - 1] - times[i];
    const fade = exp(-age);
    states[2 * synapses[i]] += (1 + age) * fade;
    states[2 * synapses[i] + 1] += fade;
    counts[synapses[i]]++;
  }
  for (let k = 0; k < n; k++) states.set(everyPeriod(states[2 * k], states[2 * k + 1], period), 2 * k);
  const unit = (KERNEL_DRIVE * KERNEL_DRIVE) / (4 * period);
  kernel.energyMatrix(n, stride, count, arrivals, left, own, unit, table, out);
  const Q = buffers.f64('energy', n * n);
  Q.set(arena.f64(out, n * n));
  arena.release(mark);
  return Q;
}
