/**
 * How a stretch without arrivals is held against the template: the extrema of V in silence, of V above the line of a ramp, and of V'
 * around spikes, each in closed form or between brackets (piece.ts). Of every contiguous violated run the worst moment is kept.
 */
import type { CutKind, Violation } from '../cut.js';
import type { Template } from '../template.js';
import { silentLevel } from '../zones.js';
import type { MembraneDynamics } from './dynamics.js';
import { levelAt, riseAt, rootOfRise, slopesOf, stationary, through } from './piece.js';

/** Where a sweep stands: V, I and D at the begin of a stretch. */
export type State = Float64Array;

/** A stretch without arrivals; its ends are times of the circle, never sums, and `step` is its length. */
export interface Stretch {
  place: number;
  stop: number;
  step: number;
  /** Whether a zone ends there: elsewhere the next stretch begins with the same moment. */
  last: boolean;
  /** Whether V is the one that a release sets: no weight's doing. */
  fixed: boolean;
  /** E, F, p and q of the whole of it. */
  readonly whole: Float64Array;
  /** On a ramp, from `place` to its spike. */
  ahead: number | undefined;
}

/** The worst of every run of violations above a tolerance. */
export function collectRuns(period: number) {
  let found: Violation[] = [];
  let run: Violation | undefined;
  let tolerance = 0;
  const close = () => {
    if (run) found.push(run);
    run = undefined;
  };
  return {
    start(least: number) {
      found = [];
      tolerance = least;
    },
    note(kind: CutKind, time: number, limit: number, amount: number, demand: number) {
      if (!(amount > tolerance)) close();
      else if (!run || amount > run.amount) {
        run = { time: time < period ? time : time - period, kind, limit, amount, demand };
      }
    },
    close,
    found: () => found,
  };
}

/**
 * Looks at the stretch that begins with the state now, for a demand that is lowered by so much. One function, longer than
 * most: a few lines for each kind of demand, on the state that they share.
 */
export function inspector(
  dynamics: MembraneDynamics,
  template: Template,
  state: State,
  stretch: Readonly<Stretch>,
  note: ReturnType<typeof collectRuns>['note'],
) {
  const { slope } = template;
  const { membrane, synapse } = dynamics;
  const silent = silentLevel(template, dynamics);
  const points = new Float64Array(2);
  const turns = new Float64Array(2);

  /** Where V' is the slope of the ramp: once at most between two turns of V'. */
  function reachesSlope(): number[] {
    const [v, i, d] = [state[0], state[1], state[2]];
    const slopes = slopesOf(dynamics, v, i, d);
    const count = stationary(dynamics, ...slopes, stretch.step, turns, stretch.whole);
    const ends = [0, ...turns.subarray(0, count), stretch.step];
    const found: number[] = [];
    for (let n = 1; n < ends.length; n++) {
      const rising = riseAt(dynamics, v, i, d, ends[n - 1]) < slope;
      if (rising === riseAt(dynamics, v, i, d, ends[n]) < slope) continue;
      found.push(rootOfRise(dynamics, slopes, slope, [ends[n - 1], ends[n]], rising));
    }
    return found;
  }

  return {
    /** V' is at least the slope. */
    slope(lowered: number, demand: number): void {
      const { place, stop, step, whole } = stretch;
      const v1 = state[1] - state[0] / membrane;
      const i1 = state[2] - state[1] / synapse;
      const d1 = state[2] === 0 ? 0 : -state[2] / synapse;
      const at = (kind: CutKind, time: number, value: number) =>
        note(kind, time, slope, slope - value - lowered, demand);
      at('slope+', place, v1);
      const count = stationary(dynamics, v1, i1, d1, step, points, whole);
      for (let n = 0; n < count; n++) at('slope-', place + points[n], levelAt(dynamics, v1, i1, d1, points[n]));
      at('slope-', stop, through(whole, v1, i1, d1));
    },

    /** V is below the silent level or, where a spike ends a ramp, below the ramp. */
    level(lowered: number, demand: number): void {
      const [v, i, d] = [state[0], state[1], state[2]];
      const { place, stop, step, whole, last, fixed, ahead } = stretch;
      const at = (x: number, time: number) => {
        const most = ahead === undefined ? silent : 1 - slope * (ahead - x);
        const value = x === 0 ? v : x === step ? through(whole, v, i, d) : levelAt(dynamics, v, i, d, x);
        note('level', time, -most, value - most - lowered, demand);
      };
      if (!fixed) at(0, place);
      if (ahead === undefined) {
        const count = stationary(dynamics, v, i, d, step, points, whole);
        for (let n = 0; n < count; n++) at(points[n], place + points[n]);
      } else for (const x of reachesSlope()) at(x, place + x);
      if (last) at(step, stop);
    },

    /** V' at the spike that ends a ramp, which is now, is at least the slope. */
    spike(time: number, lowered: number, demand: number): void {
      note('slope-', time, slope, slope - (state[1] - state[0] / membrane) - lowered, demand);
    },
  };
}
