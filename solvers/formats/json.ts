/**
 * Programs as JSON: `{ "P": ..., "q": [...], "A": [[...], ...], "l": [...], "u": [...], "lb": [...], "ub": [...],
 * "constant": 0 }`, P as in `QpProblem` or as rows; a limit that is `null` is none. Either matrix may be one by its columns,
 * `{ "starts": [...], "rows": [...], "values": [...] }`.
 */
import { demandText, EngramError } from '../../src/core/index.js';
import type { QpProblem } from '../problem.js';
import type { SparseMatrix } from '../sparse/csc.js';

const PARTS = ['starts', 'rows', 'values'];
const KEYS = ['P', 'q', 'A', 'l', 'u', 'lb', 'ub', 'constant'];

/** Reads the text of a file; `name` is how errors call it. Throws `input`; what does not fit together throws later. */
export function readJsonProblem(text: string, name: string): QpProblem<Float64Array | SparseMatrix> {
  const fail = (message: string): never => {
    throw new EngramError('input', `${name}: ${message}`);
  };
  demandText(`the text of ${name}`, text);
  let data: Record<string, unknown> = {};
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, '')) as Record<string, unknown>;
  } catch (error) {
    fail(`not JSON: ${(error as Error).message}`);
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) fail('expected an object with q, A, l, u, ...');
  const unknown = Object.keys(data).find((key) => !KEYS.includes(key));
  if (unknown) fail(`unknown key "${unknown}"; allowed: ${KEYS.join(', ')}`);
  const numbers = (key: string, none?: number, value = data[key]): Float64Array | undefined => {
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return fail(`${key} must be a list of numbers`);
    const width = Array.isArray(value[0]) ? value[0].length : undefined;
    const flat = value.flatMap((entry, i) => {
      if (width !== undefined && (!Array.isArray(entry) || entry.length !== width)) {
        fail(`${key}[${i}] must be a row of ${width} numbers`);
      }
      return entry as unknown;
    });
    return Float64Array.from(flat, (entry, i) => {
      if (entry === null && none !== undefined) return none;
      return typeof entry === 'number' ? entry : fail(`${key}[${i}] must be a number; got ${JSON.stringify(entry)}`);
    });
  };
  const matrix = (key: string): Float64Array | SparseMatrix | undefined => {
    const value = data[key];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return numbers(key);
    const parts = value as Record<string, unknown>;
    const strange = Object.keys(parts).find((part) => !PARTS.includes(part));
    if (strange) fail(`unknown key "${strange}" in ${key}; allowed: ${PARTS.join(', ')}`);
    const part = (name: string) =>
      numbers(`${key}.${name}`, undefined, parts[name]) ?? fail(`${key}.${name} is missing`);
    const whole = (name: string) =>
      Int32Array.from(part(name), (entry, i) =>
        Number.isInteger(entry) && entry >= 0 && entry < 2 ** 31
          ? entry
          : fail(`${key}.${name}[${i}] must be a whole number; got ${entry}`),
      );
    return { starts: whole('starts'), rows: whole('rows'), values: part('values') };
  };
  const q = numbers('q') ?? fail('q, the list of costs, is missing');
  const constant = data.constant ?? 0;
  if (typeof constant !== 'number') return fail('constant must be a number');
  return {
    P: data.P === 'identity' ? 'identity' : matrix('P'),
    q,
    A: matrix('A'),
    l: numbers('l', Number.NEGATIVE_INFINITY),
    u: numbers('u', Number.POSITIVE_INFINITY),
    lb: numbers('lb', Number.NEGATIVE_INFINITY),
    ub: numbers('ub', Number.POSITIVE_INFINITY),
    constant,
  };
}
