/**
 * Whether a problem has parts that mean nothing, such as a misspelt option, which would be passed over. Apart from `problem.ts`, because
 * the page, which makes its problems itself, need not load it.
 */
import { demandObject, demandOneOf } from '../../core/index.js';
import type { Problem } from './problem.js';

const PROBLEM = ['score', 'others', 'wiring', 'model', 'template', 'costs', 'bounds'];
const WANTED = ['aim', 'objective', 'robust', 'soft', 'levels'];
const TEMPLATE = ['margin', 'slope', 'zone', 'bound', 'grid', 'leeway', 'shape', 'overdrive'];

/** Throws `usage` where a problem, its template or the overdrive has a part of another name, or the shape is none. */
export function checkParts(problem: Problem): void {
  demandObject('the problem', problem, [...PROBLEM, ...WANTED]);
  demandObject('the template', problem.template, TEMPLATE);
  const { shape, overdrive } = problem.template;
  if (shape !== undefined) demandOneOf('the shape', shape, ['window', 'ramp']);
  if (overdrive !== undefined) demandObject('the overdrive', overdrive, ['level', 'after']);
}
