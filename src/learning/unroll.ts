/**
 * Backpropagation through time with checkpoints (Griewank 1992; Chen, Xu, Zhang and Guestrin 2016).
 *
 *   s_{t+1} = step(t, s_t),   t = 0 ... T - 1,        a_t = (ds_{t+1} / ds_t)' a_{t+1} + what the loss says about step t
 *
 * Forwards, s_0, s_c, s_2c ... are kept; backwards, each stretch of c steps is run once more from its checkpoint, all of
 * its states are kept, and the adjoint a goes through them. Memory: T / c + c states, least at c = sqrt(T). The same
 * numbers are computed in the same order for any c, so that the bytes of a gradient do not depend on it.
 */
import { demandFunction, EngramError } from '../core/index.js';
import { demandNumbers, type Numbers } from './optimizer.js';

/**
 * One step of a network in time. Its parameters, its inputs, what it reads out and the gradients of its parameters are its
 * own; a step must give the same state and the same readout whenever it is run with the same t and state.
 */
export interface Cell<State extends Numbers> {
  /** Writes s_{t+1}. */
  step(t: number, state: State, next: State): void;
  /**
   * On entry `adjoint` is a_{t+1}, on return a_t. Adds to the gradients of the parameters, and takes in what the loss says
   * about the readout of this step.
   */
  vjp(t: number, state: State, next: State, adjoint: State): void;
}

/** A run with the way back. */
export interface Unrolled<State extends Numbers> {
  /** s_T. */
  readonly last: State;
  /** Carries an adjoint of s_T, in place, to one of s_0. To be called once. */
  backward(adjoint: State): void;
}

/**
 * Runs a cell for T steps.
 * @param spacing steps between checkpoints c (default: about the root of T)
 * @throws EngramError `usage` if the steps or the spacing are no whole number, or below 0 or 1
 */
export function unroll<State extends Numbers>(
  cell: Cell<State>,
  initial: State,
  steps: number,
  spacing = Math.max(1, Math.ceil(Math.sqrt(steps))),
): Unrolled<State> {
  demandFunction('the `step` of a cell', cell?.step);
  demandFunction('the `vjp` of a cell', cell?.vjp);
  demandNumbers('the initial state', initial);
  if (!(Number.isInteger(steps) && steps >= 0 && Number.isInteger(spacing) && spacing >= 1)) {
    throw new EngramError(
      'usage',
      `a cell runs for 0, 1, 2 ... steps with checkpoints 1, 2 ... steps apart; got ${steps} and ${spacing}`,
    );
  }
  const checkpoints: State[] = [initial.slice() as State];
  // The states of one stretch: states[i] is s_{begin + i}.
  const states = Array.from({ length: Math.min(spacing, steps) + 1 }, () => initial.slice() as State);
  const run = (begin: number, end: number) => {
    for (let t = begin; t < end; t++) cell.step(t, states[t - begin], states[t - begin + 1]);
  };
  for (let begin = 0; begin < steps; begin += spacing) {
    if (begin > 0) {
      checkpoints.push(states[spacing].slice() as State);
      states[0].set(states[spacing]);
    }
    run(begin, Math.min(steps, begin + spacing));
  }
  const final = (checkpoints.length - 1) * spacing;
  return {
    last: states[steps - final].slice() as State,
    backward(adjoint) {
      for (let begin = final; begin >= 0; begin -= spacing) {
        const end = Math.min(steps, begin + spacing);
        // The final stretch still stands there.
        if (begin < final) {
          states[0].set(checkpoints[begin / spacing]);
          run(begin, end);
        }
        for (let t = end - 1; t >= begin; t--) cell.vjp(t, states[t - begin], states[t - begin + 1], adjoint);
      }
    },
  };
}
