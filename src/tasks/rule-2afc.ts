/**
 * Two-alternative choice by a rule: a cue tells whether audition or vision counts; after a delay both modalities play, each on its left or
 * right channel the stream to be chosen (`fire`) and on the other one a regular stream. The choice is the side of `fire` in the modality that counts.
 *
 *     channels   0 audition right   1 audition left   2 vision right   3 vision left   4 cue
 *     order      fixation, cue, delay, stimulus, decision
 *
 * The streams are spikes of currents I_k, k = 0, 1, ... counted in steps from their begin, through v <- v + 0.1 (I_k - v), v = 0 above 1:
 *
 *     cue, audition counts    sin(pi k / 50) (3 + sin(.5 k))
 *     cue, vision counts      the first half of that, twice, reversed in time
 *     second pair of cues     cos(pi k / 100) (3 + cos(.5 k)); its first half, twice
 *     audition                fire 2 + 2 sin(.2 k)          regular 2 + 2 sin(.2 k + pi)
 *     vision                  fire 2.5 + cos(.2 k)          regular 2.5 + cos(.1 k)
 *
 * Half of the eight (with two pairs of cues sixteen) conditions are congruent: both modalities ask for the same side. There a network that ignores the
 * rule is right in all, elsewhere in half: accuracies are to be told apart.
 *
 * Source: X. Xue, R. D. Wimmer, M. M. Halassa, Z. S. Chen, Spiking recurrent neural networks represent task-relevant neural sequences
 * in rule-dependent computation (2022), and its code.
 */
import {
  cos,
  demandNumber,
  demandObject,
  demandOneOf,
  demandPositive,
  EngramError,
  streamKey,
  uniformStream,
} from '../core/index.js';
import { integrateToSpikes } from './encoders.js';
import type { Task, Trial } from './task.js';

/** Times in seconds, and the cues. */
export interface RuleOptions {
  /** Length of a step. */
  dt: number;
  /** First phase: nothing is shown. */
  fixation: number;
  /** Second phase: the cue plays. */
  cue: number;
  /** Third phase: nothing is shown. */
  delay: number;
  /** Fourth phase: both modalities play. */
  stimulus: number;
  /** Last phase: nothing is shown. */
  decision: number;
  /** Pairs of cues. */
  cues: 1 | 2;
  /** How purely the current of a cue is its own, from 0 to 1; the rest is that of its counterpart. */
  coherence: number;
}

/** Those of the source: steps of 2 ms, a trial of 0.8 s. */
export const ruleDefaults: RuleOptions = {
  dt: 0.002,
  fixation: 0.2,
  cue: 0.1,
  delay: 0.4,
  stimulus: 0.1,
  decision: 0,
  cues: 1,
  coherence: 1,
};

/** What one trial shows. Sides are 0 for right and 1 for left. */
export interface RuleCondition {
  /** Which pair of cues is used, from 0. */
  cues: number;
  /** Modality that counts: 0 audition, 1 vision. */
  context: 0 | 1;
  /** Side of `fire` in audition. */
  aud: 0 | 1;
  /** Side of `fire` in vision. */
  light: 0 | 1;
  /** The side to be chosen. */
  truth: 0 | 1;
}

/** The task, with its conditions one by one. */
export interface RuleTask extends Task<RuleCondition> {
  /** All conditions in the order of the source; recordings go through them in turn. */
  readonly conditions: readonly RuleCondition[];
  /** The trial of a condition: nothing in it is random. */
  trialOf(condition: RuleCondition): Trial<RuleCondition>;
}

const CHANNELS = 5;
const RATE = 0.1;
/** Steps at the end that the choice is read from. */
const READ = 5;
const PI = Math.PI;
const sin = (x: number) => cos(x - PI / 2);

/** The task; the output is one value per side, and the choice is the larger one at the last step. Throws on phases that make no trial. */
export function rule2afc(options: RuleOptions = ruleDefaults): RuleTask {
  demandObject('the options of the task', options);
  const { dt, cues, coherence } = options;
  demandPositive('the length of a step', dt);
  demandOneOf('the pairs of cues', cues, [1, 2]);
  for (const phase of ['fixation', 'cue', 'delay', 'stimulus', 'decision'] as const) {
    demandNumber(`the phase \`${phase}\``, options[phase], 0, 1e6);
  }
  const phases = [options.fixation, options.cue, options.delay, options.stimulus, options.decision];
  const [fixation, cue, delay, stimulus, decision] = phases.map((seconds) => Math.round(seconds / dt));
  const steps = fixation + cue + delay + stimulus + decision;
  if (!(steps > 0) || steps % READ !== 0) {
    throw new EngramError(
      'usage',
      `the phases of a trial must add up to a positive multiple of ${READ} steps; got ${steps}`,
    );
  }
  if (!(coherence >= 0 && coherence <= 1)) {
    throw new EngramError('usage', `the coherence of a cue must be from 0 to 1; got ${coherence}`);
  }
  const begin = fixation + cue + delay;
  const cueSpikes = Array.from({ length: cues }, (_, pair) => spikesOfCues(pair, cue, coherence));
  const stream = (current: (k: number) => number) =>
    encoded(Float64Array.from({ length: stimulus }, (_, k) => current(k)));
  const modalities = [
    [stream((k) => 2 + 2 * sin(0.2 * k)), stream((k) => 2 + 2 * sin(0.2 * k + PI))],
    [stream((k) => 2.5 + cos(0.2 * k)), stream((k) => 2.5 + cos(0.1 * k))],
  ];
  const conditions = Array.from({ length: 8 * cues }, (_, i): RuleCondition => {
    const [context, aud, light] = [2, 1, 0].map((bit) => ((i >> bit) & 1) as 0 | 1);
    return { cues: i >> 3, context, aud, light, truth: context === 0 ? aud : light };
  });

  function trialOf(label: RuleCondition): Trial<RuleCondition> {
    const input = new Float64Array(CHANNELS * steps);
    const play = (spikes: Float64Array, channel: number, from: number) =>
      spikes.forEach((spike, k) => {
        input[CHANNELS * (from + k) + channel] = spike;
      });
    play(cueSpikes[label.cues][label.context], 4, fixation);
    [label.aud, label.light].forEach((side, modality) => {
      const [fire, regular] = modalities[modality];
      play(fire, 2 * modality + side, begin);
      play(regular, 2 * modality + 1 - side, begin);
    });
    const target = new Float64Array(2 * steps);
    for (let t = steps - READ; t < steps; t++) target[2 * t + label.truth] = 1;
    return { input, target, from: steps - READ, label };
  }

  return {
    name: 'rule-2afc',
    steps,
    inputs: CHANNELS,
    outputs: 2,
    conditions,
    trialOf,
    trial(seed, index) {
      const uniform = uniformStream(streamKey(seed, 'task rule-2afc'), index);
      return trialOf(conditions[Math.floor(uniform() * conditions.length)]);
    },
    accuracy({ label }, output) {
      const [right, left] = output.subarray(output.length - 2);
      return Number(left > right === (label.truth === 1));
    },
  };
}

const encoded = (currents: Float64Array) => integrateToSpikes(currents, 1, RATE);

/** The spikes of both cues of a pair, each mixed with the other's current. */
function spikesOfCues(pair: number, steps: number, coherence: number): [Float64Array, Float64Array] {
  const own = Float64Array.from({ length: steps }, (_, k) =>
    pair === 0 ? sin((PI * k) / 50) * (3 + sin(0.5 * k)) : cos((PI * k) / 100) * (3 + cos(0.5 * k)),
  );
  const half = Math.floor(steps / 2);
  const twice = own.map((_, k) => own[k % half]);
  const other = pair === 0 ? twice.reverse() : twice;
  const mixed = (a: Float64Array, b: Float64Array) => encoded(a.map((x, k) => coherence * x + (1 - coherence) * b[k]));
  return [mixed(own, other), mixed(other, own)];
}
