/** A problem: what is given, and the aim; and what is refused of both. */
import { demandArray, demandObject, EngramError, refuse } from '../../core/index.js';
import { checkNeurons, checkWiring, neuronCount } from '../network/index.js';
import { checkScore, demandChannels } from '../score/index.js';
import { type Box, checkTemplate } from '../template/index.js';
import { chainOf } from './aims/aim.js';
import { ruleOf } from './aims/index.js';
import { aimOf, type Wanted } from './aims/spelling.js';
import { checkTemplateOf } from './model.js';
import { type Setting, scoresOf } from './setting.js';

/** The aim is a union, `aim: { kind: 'l1' }`, or is spelled, `objective: 'l1'` (see aims/spelling.ts). */
export type Problem = Setting & Wanted;

/** Throws `usage` where neurons, template and aim contradict each other. */
export function checkModel(problem: Pick<Setting, 'model' | 'template'> & Wanted): void {
  checkTemplateOf(problem);
  for (const aim of chainOf(aimOf(problem)).reverse()) ruleOf(aim).checkModel?.(aim, problem);
}

/** Throws `input` or `usage` on a problem that is not one. */
export function checkProblem(problem: Problem): void {
  demandObject('the problem', problem);
  const { wiring, template, bounds, costs, others } = problem;
  checkTemplate(template);
  checkWiring(wiring);
  if (problem.model) checkNeurons(problem.model, neuronCount(wiring));
  checkModel(problem);
  const neurons = neuronCount(wiring);
  if (others !== undefined && !Array.isArray(others)) refuse('`others` must be a list of scores');
  if (costs) demandArray('costs', costs, Float64Array, wiring.sources.length);
  for (const score of scoresOf(problem)) {
    checkScore(score);
    demandChannels(score, neurons);
  }
  if (bounds) checkBounds(bounds, wiring.sources.length);
  for (const aim of chainOf(aimOf(problem)).reverse()) ruleOf(aim).check?.(aim, problem);
}

function checkBounds({ lower, upper }: Box, synapses: number): void {
  demandArray('the lower bounds', lower, Float64Array);
  demandArray('the upper bounds', upper, Float64Array);
  if (lower.length !== synapses || upper.length !== synapses) {
    throw new EngramError(
      'input',
      `there are ${lower.length} lower and ${upper.length} upper bounds for ${synapses} synapses`,
    );
  }
  for (let k = 0; k < synapses; k++) {
    if (!(Number.isFinite(lower[k]) && Number.isFinite(upper[k]) && lower[k] <= upper[k])) {
      throw new EngramError(
        'input',
        `synapse ${k}: its bounds must be finite, the lower one not above the upper; got ${lower[k]} and ${upper[k]}`,
      );
    }
  }
}
