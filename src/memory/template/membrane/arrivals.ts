/** All arrivals of a period at one neuron with dynamics of its own, sorted, where the kernels read them (kernel/membrane-row.ts). */
import { type Arena, EngramError, sortSpread } from '../../../core/index.js';
import { kernelModule } from '../../kernels.generated.js';
import { channelCount, type Score } from '../../score/index.js';
import type { MembraneDynamics } from './dynamics.js';

interface Kernel {
  membraneConstants(membrane: number, synapse: number, order: number): void;
  membraneArrivals(period: number, events: number, times: number, from: number, between: number): void;
  membraneBetween(): void;
}

export interface MembraneEvents {
  /** How many arrivals there are in a period. */
  readonly events: number;
  /** Makes the kernels work on them. */
  bind(): void;
}

/** Tables the arrivals of a neuron. Throws `input` on an unknown source. */
export function loadArrivals(
  arena: Arena,
  score: Score,
  sources: Uint32Array,
  delays: Float64Array,
  { membrane, synapse, order }: MembraneDynamics,
): MembraneEvents {
  const kernel = arena.kernels<Kernel>(kernelModule);
  const { period, starts, times: spikeTimes } = score;
  const channels = channelCount(score);
  let events = 0;
  sources.forEach((source, k) => {
    if (!(source < channels)) {
      throw new EngramError(
        'input',
        `synapse ${k} comes from neuron ${source}, but the score has ${channels} channels`,
      );
    }
    events += starts[source + 1] - starts[source];
  });
  const raw = new Float64Array(events);
  const owner = new Uint32Array(events);
  let n = 0;
  for (let k = 0; k < sources.length; k++) {
    const delay = delays[k] % period;
    for (let s = starts[sources[k]]; s < starts[sources[k] + 1]; s++, n++) {
      const time = spikeTimes[s] + delay;
      raw[n] = time < period ? time : time - period;
      owner[n] = k;
    }
  }
  const { sorted, order: place } = sortSpread(raw, 0, period);
  const [times, from, between] = [arena.alloc(8 * events), arena.alloc(4 * events), arena.alloc(32 * events)];
  arena.f64(times, events).set(sorted);
  const synapseOf = arena.u32(from, events);
  for (let e = 0; e < events; e++) synapseOf[e] = owner[place[e]];
  const bind = () => {
    kernel.membraneConstants(membrane, synapse, order);
    kernel.membraneArrivals(period, events, times, from, between);
  };
  bind();
  kernel.membraneBetween();
  return { events, bind };
}
