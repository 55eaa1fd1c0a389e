/**
 * Small disturbances of the next spikes, n + eps V, carried along by a run: V is N x k, row after row, and a spike of j does
 *
 *   row_i <- d_i row_i + (1 - d_i) row_j     for every target i,      d = dn'/dn of its kick;
 *
 * the spiker's row stays, because its next spike comes a period later. A kick that fires its target at once has d = 0; one from
 * outside at a fixed time moves nothing, row_i <- d_i row_i. Without these, the vector of ones, all spikes shifted alike, is carried
 * to itself: one exponent is zero. In a chaotic network its rounding errors would grow; a caller who knows that column 0 is
 * that vector leaves it alone (`ones`).
 */
import { demandInteger, EngramError } from '../core/index.js';
import { type Circuit, drivesOf } from './circuit.js';
import { demandStart, demandState } from './demand.js';
import { createEngine, type Engine, type EngineState, engineStart } from './engine.js';
import type { Slopes } from './neuron.js';

/** A run with its disturbances. */
export interface Tangent {
  /** The run itself, which may go on alone before the first `step`. */
  readonly engine: Engine;
  /** Fires one spike and replaces V by its image. */
  step(vectors: Float64Array): void;
}

/** A run from next spikes, or from a state, which carries N x k disturbances along. Throws `usage` with delays or steps of the drive. */
export function createTangent(
  circuit: Circuit,
  from: Float64Array | EngineState,
  k: number,
  { ones = false } = {},
): Tangent {
  if (from instanceof Float64Array) demandStart(circuit, from);
  else demandState(circuit, from);
  demandInteger('disturbances', k, 1);
  const first = ones ? 1 : 0;
  if (circuit.delay || circuit.steps) {
    throw new EngramError('usage', 'exponents are those of networks without delays and without steps of the drive');
  }
  const { neuron } = circuit;
  const drives = drivesOf(circuit);
  const out: Slopes = { d: 0, weight: 0, drive: 0 };
  let vectors: Float64Array = new Float64Array(0);
  let spiker = -1;
  const observer = {
    spike(_: number, j: number) {
      spiker = j;
    },
    kick(i: number, _: number, r: number, after: number, weight: number) {
      out.d = 0;
      if (after > 0) neuron.slopes(r, after, weight, drives[i], out);
      const [a, b] = [i * k, spiker * k];
      const { d } = out;
      const e = 1 - d;
      if (spiker < 0) for (let c = first; c < k; c++) vectors[a + c] *= d;
      else for (let c = first; c < k; c++) vectors[a + c] = d * vectors[a + c] + e * vectors[b + c];
    },
    delivered() {
      spiker = -1;
    },
  };
  const state = from instanceof Float64Array ? engineStart(circuit, from) : from;
  const engine = createEngine(circuit, state, { observer });
  return {
    engine,
    step(given) {
      vectors = given;
      engine.run({ spikes: 1 });
    },
  };
}
