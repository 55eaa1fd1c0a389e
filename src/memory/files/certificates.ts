/**
 * The active moments of every neuron in network.npz, one neuron after the other, with their multipliers: of the optimum, or of the
 * proof of infeasibility.
 */
import type { NpyStream } from '../../files/index.js';
import { type Cut, type CutKind, cutKinds } from '../template/index.js';

/** What proves the status of a neuron: the optimum of its weights, or that no weights obey the template. */
export interface Certificate {
  /** Active moments, and what is asked there. */
  cuts: Cut[];
  /** One for each of them. */
  multipliers: Float64Array;
}

/** Gathers the certificates of neurons; `several` tells whether there are several memories, which cuts then name. */
export function certificateColumns(neurons: number, several: boolean) {
  const starts = new Uint32Array(neurons + 1);
  const kinds: Uint8Array[] = [];
  const memories: Uint8Array[] = [];
  const [times, limits, multipliers]: Float64Array[][] = [[], [], []];
  const doubles = (pieces: Float64Array[]): NpyStream => ({ type: '<f8', length: starts[neurons], pieces });
  const bytes = (pieces: Uint8Array[]): NpyStream => ({ type: '|u1', length: starts[neurons], pieces });
  return {
    add(neuron: number, { cuts, multipliers: own }: Certificate) {
      starts[neuron + 1] = starts[neuron] + cuts.length;
      kinds.push(Uint8Array.from(cuts, ({ kind }) => cutKinds.indexOf(kind)));
      if (several) memories.push(Uint8Array.from(cuts, ({ memory = 0 }) => memory));
      times.push(Float64Array.from(cuts, ({ time }) => time));
      limits.push(Float64Array.from(cuts, ({ limit }) => limit));
      // A copy: it may be a view of all that is known of its neuron.
      multipliers.push(own.slice());
    },
    arrays: () => ({
      certificate_starts: starts,
      certificate_times: doubles(times),
      certificate_kinds: bytes(kinds),
      ...(several ? { certificate_memories: bytes(memories) } : {}),
      certificate_limits: doubles(limits),
      certificate_multipliers: doubles(multipliers),
    }),
  };
}

/** Reads an array of a file, or throws. */
export type ArrayReader = <Type extends Float64Array | Uint32Array | Uint8Array>(
  name: string,
  type: abstract new (...args: never[]) => Type,
) => Type;

export const rising = (starts: Uint32Array): boolean =>
  starts.every((start, i) => (i === 0 ? start === 0 : start >= starts[i - 1]));

/** The certificate of each neuron; `others` is the number of further memories. */
export function readCertificates(
  array: ArrayReader,
  has: (name: string) => boolean,
  fail: (problem: string) => never,
  { neurons, others, margin, slope }: { neurons: number; others: number; margin: number; slope: number },
): (neuron: number) => Certificate {
  const starts = array('certificate_starts', Uint32Array);
  const times = array('certificate_times', Float64Array);
  const kinds = array('certificate_kinds', Uint8Array);
  const multipliers = array('certificate_multipliers', Float64Array);
  const active = starts[neurons];
  if (
    starts.length !== neurons + 1 ||
    !rising(starts) ||
    [times, kinds, multipliers].some((values) => values.length !== active) ||
    kinds.some((code) => !cutKinds[code])
  ) {
    fail('the arrays of its certificates contradict each other');
  }
  const memories = others > 0 ? array('certificate_memories', Uint8Array) : undefined;
  if (memories && (memories.length !== active || memories.some((memory) => memory > others))) {
    fail('array "certificate_memories" is broken');
  }
  // Files of the first version have no limits: there they follow from the kind.
  const limits = has('certificate_limits') ? array('certificate_limits', Float64Array) : undefined;
  const usual: Record<CutKind, number> = { spike: 1, above: 1, level: margin - 1, 'slope+': slope, 'slope-': slope };
  return (neuron) => {
    const [first, last] = [starts[neuron], starts[neuron + 1]];
    const cuts = Array.from({ length: last - first }, (_, i): Cut => {
      const kind = cutKinds[kinds[first + i]];
      const moment = { time: times[first + i], kind, limit: limits ? limits[first + i] : usual[kind] };
      return memories ? { ...moment, memory: memories[first + i] } : moment;
    });
    return { cuts, multipliers: multipliers.slice(first, last) };
  };
}
