/**
 * Recordings: what every neuron does at every step of many trials, step after step over all trials, so that arrays of shape (T, B, N) are written as
 * they come. In double precision where asked for; the numbers are those of the single precision that the network runs in.
 */
import { demandFunction, streamKey } from '../core/index.js';
import { rule2afc } from '../tasks/index.js';
import { demandTrials, type TrialPlan, WIDTH } from './batch.js';
import { createGroup, type Group } from './group.js';
import type { Weights } from './network.js';
import type { SrnnSettings } from './settings.js';

/** What happens in one step, trial after trial. */
export interface RecordedStep {
  /** B x 5. */
  readonly input: Float32Array;
  /** Spikes, B x N. */
  readonly z: Uint8Array;
  /** Voltages, B x N. */
  readonly v: Float64Array;
  /** Currents, B x N. */
  readonly i: Float64Array;
  /** Voltages of the readout, B x 2. */
  readonly readV: Float64Array;
  /** Its currents, B x 2. */
  readonly readI: Float64Array;
}

/** Runs trials, all of them a step at a time, and hands over each step; arrays are used again. */
export function recordTrials(
  settings: SrnnSettings,
  weights: Weights,
  plan: TrialPlan,
  each: (step: RecordedStep, t: number) => void,
): void {
  demandTrials(settings, weights, plan);
  demandFunction('what takes the steps', each);
  const task = rule2afc(settings.task);
  const { neurons } = settings;
  const trials = plan.conditions.length;
  const key = streamKey(settings.seed, plan.purpose);
  const inputs = task.conditions.map((condition) => {
    const { input } = task.trialOf(condition);
    return settings.baseline ? input.fill(0) : input;
  });
  const groups = Array.from({ length: Math.ceil(trials / WIDTH) }, (_, g): Group => {
    const group = createGroup(settings, task.steps, 'f32', false);
    group.load(weights);
    const own = plan.conditions.slice(g * WIDTH, (g + 1) * WIDTH);
    group.start(own.map((condition, k) => ({ input: inputs[condition], key, index: plan.first + g * WIDTH + k })));
    return group;
  });
  const step: RecordedStep = {
    input: new Float32Array(trials * 5),
    z: new Uint8Array(trials * neurons),
    v: new Float64Array(trials * neurons),
    i: new Float64Array(trials * neurons),
    readV: new Float64Array(trials * 2),
    readI: new Float64Array(trials * 2),
  };
  for (let t = 0; t < task.steps; t++) {
    plan.conditions.forEach((condition, b) => step.input.set(inputs[condition].subarray(5 * t, 5 * t + 5), 5 * b));
    groups.forEach((group, g) => {
      group.forward(t, t + 1);
      const scatter = (name: 'v' | 'i' | 'z' | 'readV' | 'readI') => {
        const [from, to] = [group.state(name), step[name]];
        const rows = from.length / WIDTH;
        for (let lane = 0; lane < WIDTH && g * WIDTH + lane < trials; lane++) {
          for (let n = 0; n < rows; n++) to[(g * WIDTH + lane) * rows + n] = from[n * WIDTH + lane];
        }
      };
      for (const name of ['v', 'i', 'z', 'readV', 'readI'] as const) scatter(name);
    });
    each(step, t);
  }
}
