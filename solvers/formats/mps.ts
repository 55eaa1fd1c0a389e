/**
 * MPS and QPS files, free and fixed.
 *
 *   ROWS N objective (the first; further ones are dropped), E, L, G    COLUMNS with integer markers
 *   RHS, that of the objective being minus the constant                RANGES [r, r + |R|] for G and E with R > 0,
 *   BOUNDS UP LO FX FR MI PL BV LI UI                                    [r - |R|, r] for L and E with R < 0
 *   QUADOBJ, QSECTION one half of P, QMATRIX all of it                 OBJSENSE MIN, MAX
 *
 * Variables lie in [0, infinity) unless BOUNDS says otherwise, in [0, 1] if they are integers without bounds; a
 * negative UP with no LO opens the lower side. Fixed files are those whose names contain blanks; all others read the
 * same either way.
 */
import { EngramError } from '../../src/core/index.js';
import type { SparseProblem } from './sparse-problem.js';

const SECTIONS = [
  'NAME',
  'OBJSENSE',
  'ROWS',
  'COLUMNS',
  'RHS',
  'RANGES',
  'BOUNDS',
  'QUADOBJ',
  'QSECTION',
  'QMATRIX',
  'ENDATA',
];
/** Columns at which the fields of a fixed file begin and end. */
const FIELDS: [number, number][] = [
  [1, 3],
  [4, 12],
  [14, 22],
  [24, 36],
  [39, 47],
  [49, 61],
];
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(inity)?$/i;

/** A fault, with the line at which it was found. */
class Fault extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** Reads the text of a file; `name` is how errors call it. Throws `input` with the line number. */
export function readMps(text: string, name: string): SparseProblem {
  try {
    return parse(text, name, false);
  } catch (free) {
    if (!(free instanceof Fault)) throw free;
    let fault = free;
    try {
      return parse(text, name, true);
    } catch (fixed) {
      if (!(fixed instanceof Fault)) throw fixed;
      if (fixed.line > free.line) fault = fixed;
    }
    throw new EngramError('input', `${name}:${fault.line}: ${fault.message}`);
  }
}

function parse(text: string, file: string, fixed: boolean): SparseProblem {
  let lineNumber = 0;
  const fail = (message: string): never => {
    throw new Fault(lineNumber, message);
  };
  let modelName = '';
  let maximize = false;
  let section = '';
  const seen = new Set<string>();
  /** Row number of a name; -1 for the objective, -2 for further free rows. */
  const rowOf = new Map<string, number>();
  const rows: string[] = [];
  const kinds: string[] = [];
  const rhs: number[] = [];
  const ranges: (number | undefined)[] = [];
  let objective: string | undefined;
  let constant = 0;
  const columnOf = new Map<string, number>();
  const columns: string[] = [];
  const integer: boolean[] = [];
  const q: number[] = [];
  const A: SparseProblem['A'] = [];
  const P: SparseProblem['P'] = [];
  const entries = new Set<string>();
  const bounds: { lower?: number; upper?: number }[] = [];
  const sets = new Map<string, string>();
  let inInteger = false;

  const number = (token: string | undefined, infinite = false): number => {
    const endless = INFINITE.exec(token ?? '');
    if (infinite && endless) return endless[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    if (token === undefined || !NUMBER.test(token)) return fail(`expected a number; got "${token ?? ''}"`);
    const value = Number(token.replace(/[dD]/, 'e'));
    return Number.isFinite(value) ? value : fail(`the number ${token} is too large`);
  };
  const row = (token: string): number => rowOf.get(token) ?? fail(`unknown row "${token}"`);
  const column = (token: string): number => columnOf.get(token) ?? fail(`unknown column "${token}"`);
  const once = (key: string, what: string) => {
    if (entries.has(key)) fail(`${what} is given twice`);
    entries.add(key);
  };
  /** The first set of a section counts; a second one would be another problem. */
  const inSet = (set: string) => {
    const first = sets.get(section) ?? set;
    sets.set(section, first);
    if (set !== first) fail(`a second set "${set}" in ${section}; only one ("${first}") is taken`);
  };

  const readers: Record<string, (tokens: string[]) => void> = {
    OBJSENSE: ([sense]) => setSense(sense),
    ROWS(tokens) {
      if (tokens.length !== 2) fail(`expected a type and a name; got ${tokens.length} fields`);
      const [kind, label] = [tokens[0].toUpperCase(), tokens[1]];
      if (!'NELG'.includes(kind) || kind.length !== 1) fail(`unknown type of row "${tokens[0]}"; allowed: N, E, L, G`);
      if (rowOf.has(label)) fail(`row "${label}" is given twice`);
      if (kind === 'N') {
        rowOf.set(label, objective === undefined ? -1 : -2);
        objective ??= label;
      } else {
        rowOf.set(label, rows.length);
        rows.push(label);
        kinds.push(kind);
        rhs.push(0);
        ranges.push(undefined);
      }
    },
    COLUMNS(tokens) {
      if (tokens[1]?.replace(/'/g, '') === 'MARKER') {
        const marker = tokens[2]?.replace(/'/g, '');
        if (marker !== 'INTORG' && marker !== 'INTEND') fail(`unknown marker "${tokens[2] ?? ''}"`);
        inInteger = marker === 'INTORG';
        return;
      }
      if (tokens.length !== 3 && tokens.length !== 5) fail(`expected a column and one or two rows with values`);
      const label = tokens[0];
      let k = columnOf.get(label);
      if (k === undefined) {
        k = columns.length;
        columnOf.set(label, k);
        columns.push(label);
        integer.push(inInteger);
        q.push(0);
        bounds.push({});
      } else if (k !== columns.length - 1) fail(`the entries of column "${label}" do not stand together`);
      for (let at = 1; at < tokens.length; at += 2) {
        const i = row(tokens[at]);
        const value = number(tokens[at + 1]);
        once(`${tokens[at]} ${k}`, `the entry of row "${tokens[at]}" and column "${label}"`);
        if (i === -1) q[k] = value;
        else if (i >= 0 && value !== 0) A.push([i, k, value]);
      }
    },
    RHS(tokens) {
      const pairs = setAndPairs(tokens);
      for (const [label, value] of pairs) {
        const i = row(label);
        once(`rhs ${label}`, `the right-hand side of row "${label}"`);
        if (i === -1) constant = -value;
        else if (i >= 0) rhs[i] = value;
      }
    },
    RANGES(tokens) {
      for (const [label, value] of setAndPairs(tokens)) {
        const i = row(label);
        once(`range ${label}`, `the range of row "${label}"`);
        if (i < 0) fail(`a range on the free row "${label}"`);
        ranges[i] = value;
      }
    },
    BOUNDS(tokens) {
      const kind = tokens[0].toUpperCase();
      const bare = ['FR', 'MI', 'PL', 'BV'].includes(kind);
      if (!bare && !['UP', 'LO', 'FX', 'LI', 'UI'].includes(kind)) {
        fail(`type of bound "${tokens[0]}" is not taken; allowed: UP, LO, FX, FR, MI, PL, BV, LI, UI`);
      }
      // The name of the set may be left out.
      const named = bare ? tokens.length >= 3 && columnOf.has(tokens[2]) : tokens.length >= 4;
      const [label, text] = tokens.slice(named ? 2 : 1);
      if (label === undefined) fail('expected a column');
      inSet(named ? tokens[1] : '');
      const k = column(label);
      const bound = bounds[k];
      const value = bare ? 0 : number(text, true);
      if (kind === 'UP' || kind === 'UI' || kind === 'FX') bound.upper = value;
      if (kind === 'LO' || kind === 'LI' || kind === 'FX') bound.lower = value;
      if (kind === 'FR' || kind === 'MI') bound.lower = Number.NEGATIVE_INFINITY;
      if (kind === 'FR' || kind === 'PL') bound.upper = Number.POSITIVE_INFINITY;
      if (kind === 'BV') Object.assign(bound, { lower: 0, upper: 1 });
      if (kind === 'BV' || kind === 'LI' || kind === 'UI') integer[k] = true;
    },
    QUADOBJ: (tokens) => hessianEntry(tokens, true),
    QSECTION: (tokens) => hessianEntry(tokens, true),
    QMATRIX: (tokens) => hessianEntry(tokens, false),
  };

  function setSense(sense = ''): void {
    if (!/^(min|max)(imi[sz]e)?$/i.test(sense)) fail(`unknown sense "${sense}"; allowed: MIN, MAX`);
    maximize = /^max/i.test(sense);
  }

  function setAndPairs(tokens: string[]): [string, number][] {
    const named = tokens.length % 2 === 1;
    inSet(named ? tokens[0] : '');
    const rest = named ? tokens.slice(1) : tokens;
    if (rest.length !== 2 && rest.length !== 4) fail('expected one or two rows with values');
    const pairs: [string, number][] = [];
    for (let at = 0; at < rest.length; at += 2) pairs.push([rest[at], number(rest[at + 1])]);
    return pairs;
  }

  function hessianEntry(tokens: string[], half: boolean): void {
    if (tokens.length !== 3) fail(`expected two columns and a value; got ${tokens.length} fields`);
    const [i, j, value] = [column(tokens[0]), column(tokens[1]), number(tokens[2])];
    const what = `the entry of columns "${tokens[0]}" and "${tokens[1]}"`;
    once(`P ${half ? Math.min(i, j) : i} ${half ? Math.max(i, j) : j}`, half ? `${what} (one half is enough)` : what);
    P.push([i, j, value]);
    if (half && i !== j) P.push([j, i, value]);
  }

  for (const raw of text.split('\n')) {
    lineNumber++;
    const line = raw.replace(/\r$/, '').replace(/^\uFEFF/, '');
    if (line.startsWith('*') || line.trim() === '') continue;
    if (!/^\s/.test(line)) {
      const [word, ...rest] = line.trim().split(/\s+/);
      section = word.toUpperCase();
      if (!SECTIONS.includes(section)) fail(`unknown section "${word}"; allowed: ${SECTIONS.join(', ')}`);
      if (seen.has(section)) fail(`section ${section} is given twice`);
      if (section === 'COLUMNS' && !seen.has('ROWS')) fail('COLUMNS before ROWS');
      if (['RHS', 'RANGES', 'BOUNDS', 'QUADOBJ', 'QSECTION', 'QMATRIX'].includes(section) && !seen.has('COLUMNS')) {
        fail(`${section} before COLUMNS`);
      }
      if (section.startsWith('Q') && P.length > 0) fail('a second quadratic section');
      seen.add(section);
      if (section === 'NAME') modelName = rest.filter((word) => word !== 'FREE').join(' ');
      if (section === 'OBJSENSE' && rest.length > 0) setSense(rest[0]);
      if (section === 'ENDATA') break;
      continue;
    }
    const read = readers[section];
    if (!read) fail(section === '' ? 'data before the first section' : `unexpected data in section ${section}`);
    read(fixed ? fields(line, section) : line.trim().split(/\s+/));
  }
  if (section !== 'ENDATA') fail('the file ends without ENDATA');
  if (objective === undefined) fail('no row of type N: there is no objective');
  if (columns.length === 0) fail('no columns');

  const symmetric = new Map(P.map(([i, j, value]) => [`${i} ${j}`, value]));
  for (const [i, j, value] of P) {
    if (symmetric.get(`${j} ${i}`) !== value) {
      fail(`QMATRIX is not symmetric in columns "${columns[i]}" and "${columns[j]}"`);
    }
  }
  const sign = maximize ? -1 : 1;
  const range = ranges.map((value, i) =>
    value === undefined
      ? undefined
      : { size: Math.abs(value), down: kinds[i] === 'L' || (kinds[i] === 'E' && value < 0) },
  );
  return {
    name: modelName || file,
    rows,
    columns,
    integer,
    maximize,
    A,
    P: P.map(([i, j, value]) => [i, j, sign * value]),
    q: Float64Array.from(q, (cost) => sign * cost),
    l: Float64Array.from(rhs, (value, i) => {
      const spread = range[i];
      if (spread) return spread.down ? value - spread.size : value;
      return kinds[i] === 'L' ? Number.NEGATIVE_INFINITY : value;
    }),
    u: Float64Array.from(rhs, (value, i) => {
      const spread = range[i];
      if (spread) return spread.down ? value : value + spread.size;
      return kinds[i] === 'G' ? Number.POSITIVE_INFINITY : value;
    }),
    lb: Float64Array.from(bounds, ({ lower, upper }) =>
      lower === undefined ? (upper !== undefined && upper < 0 ? Number.NEGATIVE_INFINITY : 0) : lower,
    ),
    ub: Float64Array.from(bounds, ({ lower, upper }, k) =>
      upper === undefined ? (integer[k] && lower === undefined ? 1 : Number.POSITIVE_INFINITY) : upper,
    ),
    constant: sign * constant,
  };
}

/** The fields of a line by columns; names keep their inner blanks. */
function fields(line: string, section: string): string[] {
  const cells = FIELDS.map(([from, to]) => line.slice(from, to).trim());
  const kind = section === 'ROWS' || section === 'BOUNDS';
  const used = kind ? cells : cells.slice(1);
  while (used.length > 0 && used[used.length - 1] === '') used.pop();
  return used;
}
