/**
 * The program of one neuron: its template as rows for a solver, as many as are asked for. Every family has its own behind
 * the same face (default/program.ts, membrane/program.ts); a cutting-plane loop reads it (memorize/neuron.ts).
 */
import type { Cut, CutKind, Moment, Violation } from './cut.js';
import { type Demand, overdriveTime } from './demands.js';
import type { Template } from './template.js';

export interface Program {
  /** The variables are the synapses sorted by source and delay: variable i is synapse order[i]. */
  readonly order: Uint32Array;
  /** The demands at the spikes, and those of an overdrive after them. */
  readonly spikes: readonly Cut[];
  /** The borders of the silent zones: moments at which the potential of a solution mostly touches the silent level. */
  readonly borders: readonly Cut[];
  /** What is asked, piece by piece (see demands.ts); none of a sampled template. */
  readonly demands: readonly Demand[];
  /**
   * Every violation above `tolerance` of the template by the weights at the pointer: one cut per contiguous
   * violated run, at its worst point. `ease` tells by how much each demand is lowered (none if not given); the
   * limits of the cuts are those of the template all the same.
   */
  scan(weights: number, tolerance: number, ease?: Float64Array): Violation[];
  /** Writes the row of a moment at a pointer to as many doubles as there are variables. */
  writeRow(moment: Moment, row: number): void;
  /** Makes the kernels work on this program again after another one in the same arena. */
  bind(): void;
}

/** Several programs on the same synapses as one: the weights have to obey them all (several memories in a network). */
export function stackPrograms(programs: readonly Program[]): Program {
  if (programs.length === 1) return programs[0];
  const firsts = programs.map((_, m) => programs.slice(0, m).reduce((sum, { demands }) => sum + demands.length, 0));
  const numbered = <Item extends Cut>(memory: number, items: readonly Item[]) =>
    items.map((item) => ({ ...item, memory, demand: firsts[memory] + (item.demand ?? 0) }));
  const of = ({ memory = 0 }: Moment) => {
    programs[memory].bind();
    return programs[memory];
  };
  return {
    order: programs[0].order,
    spikes: programs.flatMap(({ spikes }, memory) => numbered(memory, spikes)),
    borders: programs.flatMap(({ borders }, memory) => numbered(memory, borders)),
    demands: programs.flatMap(({ demands }, memory) => demands.map((demand) => ({ ...demand, memory }))),
    scan: (weights, tolerance, ease) =>
      programs.flatMap((program, memory) => {
        program.bind();
        const own = ease?.subarray(firsts[memory], firsts[memory] + program.demands.length);
        return numbered(memory, program.scan(weights, tolerance, own));
      }),
    writeRow: (moment, row) => of(moment).writeRow(moment, row),
    bind: () => {},
  };
}

/** What the template demands at its spikes; `first` is the number of the first spike's demand. */
export function spikeCuts(spikes: Float64Array, { leeway, grid }: Template, first: number): Cut[] {
  const cuts = (kind: CutKind, limit: number) =>
    Array.from(spikes, (time, i): Cut => ({ time, kind, limit, demand: first + i }));
  if (grid !== undefined) return cuts('above', 1 - (leeway ?? 0));
  if (leeway === undefined) return cuts('spike', 1);
  return [...cuts('above', 1 - leeway), ...cuts('level', -1 - leeway)];
}

/** What the template demands after its spikes; `first` is the number of the first of these demands. */
export function overdriveCuts(spikes: Float64Array, period: number, template: Template, first: number): Cut[] {
  const limit = template.overdrive?.level;
  if (limit === undefined) return [];
  return Array.from(spikes, (spike, i): Cut => {
    return { time: overdriveTime(spike, period, template), kind: 'above', limit, demand: first + i };
  });
}
