/**
 * The periodic response of every source, tabled for the kernels (kernel/program.ts): just after a spike the potential that a
 * source's whole past makes, weight 1, is (a + b x) e^{-x}. A row looks up the last spike before t - delay.
 */
import { type Arena, countUntil, decay, exp } from '../../../core/index.js';
import { kernelModule } from '../../kernels.generated.js';
import { channelCount, type Score, spikesOf } from '../../score/index.js';
import { KERNEL_DRIVE } from '../kernel.js';

interface Kernel {
  templateScore(period: number, reach: number, spikes: number, powers: number): void;
  templateSpikes(count: number): void;
}

export interface SpikeTable {
  /** First entry of each source's spikes within the period, and the one behind the last. */
  ranges: number;
  /** Buckets of half a unit of time, in which a source's last spike is found. */
  bucketsOf(source: number): number;
  /** Makes the kernels look things up here. */
  bind(): void;
}

/** Tables a score. @param longest an upper bound on the delays */
export function loadSpikes(arena: Arena, score: Score, longest: number): SpikeTable {
  const kernel = arena.kernels<Kernel>(kernelModule);
  const { period } = score;
  const sources = channelCount(score);
  // A row at time t asks for the last spike before t - delay, modulo the period: spikes of the period before
  // belong in the table as far back as the delays reach, and one more.
  const reach = Math.min(longest, period);
  const buckets = Math.floor((period + reach) * 2) + 2;
  const pastCounts = Array.from({ length: sources }, (_, source) => {
    const spikes = spikesOf(score, source);
    return spikes.length - countUntil(spikes, period - reach, 'left') + 1;
  });
  const entries = score.times.length + pastCounts.reduce((a, b) => a + b, 0);
  const spikeTable = arena.alloc(32 * entries);
  const bucketTable = arena.alloc(4 * sources * buckets);
  const ranges = arena.alloc(8 * sources);
  const powers = arena.alloc(8 * (16 + 737));
  const table = arena.f64(spikeTable, 4 * entries);
  const bucket = arena.u32(bucketTable, sources * buckets);
  const range = arena.u32(ranges, 2 * sources);
  let entry = 0;
  for (let source = 0; source < sources; source++) {
    const spikes = spikesOf(score, source);
    const n = spikes.length;
    const responses = steadyResponse(spikes, period);
    const first = entry;
    for (let i = -pastCounts[source]; i < n; i++, entry++) {
      if (n === 0) {
        // One entry before all times, of a response that is zero.
        table[4 * entry] = -reach - 1;
        continue;
      }
      const spike = ((i % n) + n) % n;
      table[4 * entry] = spikes[spike] + Math.floor(i / n) * period;
      table[4 * entry + 1] = responses[2 * spike];
      table[4 * entry + 2] = responses[2 * spike + 1];
    }
    range.set([first + pastCounts[source], entry], 2 * source);
    let last = first;
    for (let i = 0; i < buckets; i++) {
      while (last + 1 < entry && table[4 * (last + 1)] < (i + 1) / 2 - reach) last++;
      bucket[source * buckets + i] = last;
    }
  }
  const bind = () => kernel.templateScore(period, reach, spikeTable, powers);
  bind();
  kernel.templateSpikes(entries);
  return { ranges, bucketsOf: (source) => bucketTable + 4 * source * buckets, bind };
}

/**
 * The pairs (a, b) such that (a + b x) e^{-x} is the periodic response of a synapse of weight 1 and delay 0,
 * x after each of the source's spikes. The verifier closes the circle by code of its own (kernel.ts).
 */
function steadyResponse(spikes: Float64Array, period: number): Float64Array {
  const pairs = new Float64Array(2 * spikes.length);
  let a = 0;
  let b = 0;
  const passTo = (gap: number) => {
    const shrink = decay(gap);
    a = (a + b * gap) * shrink;
    b *= shrink;
  };
  for (let i = 0; i < spikes.length; i++) {
    if (i > 0) passTo(spikes[i] - spikes[i - 1]);
    b += KERNEL_DRIVE;
  }
  if (spikes.length > 0) {
    // One period turns (a, b) into ((a + b T) q, b q), q = e^{-T}; its geometric sum closes the circle.
    const q = exp(-period);
    b /= 1 - q;
    a = (a + b * period * q) / (1 - q);
    for (let i = 0; i < spikes.length; i++) {
      passTo(i > 0 ? spikes[i] - spikes[i - 1] : spikes[0] + period - spikes[spikes.length - 1]);
      b += KERNEL_DRIVE;
      pairs[2 * i] = a;
      pairs[2 * i + 1] = b;
    }
  }
  return pairs;
}
