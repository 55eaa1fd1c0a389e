/**
 * The sections of an MPS file, read line by line into a draft of the program. Nothing is skipped: what a line holds beyond
 * what its section understands is a fault.
 */
import { NO_LIMIT } from '../tolerances.js';
import type { SparseProblem } from './sparse-problem.js';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(inity)?$/i;

/** A fault, with the line at which it was found. */
export class Fault extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** What has been read so far. */
export interface Draft {
  line: number;
  section: string;
  name: string;
  /** Undefined until OBJSENSE says it. */
  maximize: boolean | undefined;
  /** Row number of a name; -1 for the objective, -2 for further free rows. */
  readonly rowOf: Map<string, number>;
  readonly rows: string[];
  readonly kinds: string[];
  readonly rhs: number[];
  readonly ranges: (number | undefined)[];
  objective: string | undefined;
  constant: number;
  readonly columnOf: Map<string, number>;
  readonly columns: string[];
  readonly integer: boolean[];
  readonly q: number[];
  readonly A: SparseProblem['A'];
  readonly P: SparseProblem['P'];
  readonly bounds: { lower?: number; upper?: number }[];
  /** Sections, entries and the set of each section that have been seen. */
  readonly seen: Set<string>;
  readonly entries: Set<string>;
  readonly sets: Map<string, string>;
  /** Between the markers of integer columns. */
  inInteger: boolean;
}

export const emptyDraft = (): Draft => ({
  ...{ line: 0, section: '', name: '', maximize: undefined, objective: undefined, constant: 0, inInteger: false },
  ...{ rowOf: new Map(), rows: [], kinds: [], rhs: [], ranges: [] },
  ...{ columnOf: new Map(), columns: [], integer: [], q: [], A: [], P: [], bounds: [] },
  ...{ seen: new Set(), entries: new Set(), sets: new Map() },
});

export function fail(draft: Draft, message: string): never {
  throw new Fault(draft.line, message);
}

/** What a line of data means, by section. Throws `Fault`. */
export const readers: Record<string, (draft: Draft, tokens: string[]) => void> = {
  OBJSENSE: (draft, tokens) => setSense(draft, tokens),
  ROWS(draft, tokens) {
    if (tokens.length !== 2) fail(draft, `expected a type and a name; got ${tokens.length} fields`);
    const [kind, label] = [tokens[0].toUpperCase(), tokens[1]];
    if (!'NELG'.includes(kind) || kind.length !== 1)
      fail(draft, `unknown type of row "${tokens[0]}"; allowed: N, E, L, G`);
    if (draft.rowOf.has(label)) fail(draft, `row "${label}" is given twice`);
    if (kind === 'N') {
      draft.rowOf.set(label, draft.objective === undefined ? -1 : -2);
      draft.objective ??= label;
    } else {
      draft.rowOf.set(label, draft.rows.length);
      draft.rows.push(label);
      draft.kinds.push(kind);
      draft.rhs.push(0);
      draft.ranges.push(undefined);
    }
  },
  COLUMNS(draft, tokens) {
    if (tokens[1] === "'MARKER'" || (tokens[1] === 'MARKER' && !draft.rowOf.has('MARKER'))) {
      const words = tokens.slice(2).filter((word) => word !== '');
      const marker = words[0]?.replace(/'/g, '');
      if (words.length !== 1 || (marker !== 'INTORG' && marker !== 'INTEND')) {
        fail(draft, `unknown marker "${words.join(' ')}"; allowed: INTORG, INTEND`);
      }
      draft.inInteger = marker === 'INTORG';
      return;
    }
    if (tokens.length !== 3 && tokens.length !== 5) fail(draft, `expected a column and one or two rows with values`);
    const label = tokens[0];
    let k = draft.columnOf.get(label);
    if (k === undefined) {
      k = draft.columns.length;
      draft.columnOf.set(label, k);
      draft.columns.push(label);
      draft.integer.push(draft.inInteger);
      draft.q.push(0);
      draft.bounds.push({});
    } else if (k !== draft.columns.length - 1) fail(draft, `the entries of column "${label}" do not stand together`);
    for (let at = 1; at < tokens.length; at += 2) {
      const i = row(draft, tokens[at]);
      const value = number(draft, tokens[at + 1]);
      once(draft, `entry ${k} ${tokens[at]}`, `the entry of row "${tokens[at]}" and column "${label}"`);
      if (i === -1) draft.q[k] = value;
      else if (i >= 0 && value !== 0) draft.A.push([i, k, value]);
    }
  },
  RHS(draft, tokens) {
    const pairs = setAndPairs(draft, tokens);
    for (const [label, value] of pairs) {
      const i = row(draft, label);
      once(draft, `rhs ${label}`, `the right-hand side of row "${label}"`);
      if (i === -1) draft.constant = -value;
      if (i < 0) continue;
      const kind = draft.kinds[i];
      if (Math.abs(value) >= NO_LIMIT && kind !== (value > 0 ? 'L' : 'G')) {
        fail(draft, `row "${label}" of type ${kind} cannot be met with ${value}; 1e20 and more mean infinity`);
      }
      draft.rhs[i] = value;
    }
  },
  RANGES(draft, tokens) {
    for (const [label, value] of setAndPairs(draft, tokens)) {
      const i = row(draft, label);
      once(draft, `range ${label}`, `the range of row "${label}"`);
      if (i < 0) fail(draft, `a range on the free row "${label}"`);
      draft.ranges[i] = value;
    }
  },
  BOUNDS(draft, tokens) {
    const kind = tokens[0].toUpperCase();
    const bare = ['FR', 'MI', 'PL', 'BV'].includes(kind);
    if (!bare && !['UP', 'LO', 'FX', 'LI', 'UI'].includes(kind)) {
      fail(draft, `type of bound "${tokens[0]}" is not taken; allowed: UP, LO, FX, FR, MI, PL, BV, LI, UI`);
    }
    // The name of the set may be left out.
    const named = bare ? tokens.length >= 3 && draft.columnOf.has(tokens[2]) : tokens.length >= 4;
    const [label, text, ...more] = tokens.slice(named ? 2 : 1);
    if (label === undefined) fail(draft, 'expected a column');
    inSet(draft, named ? tokens[1] : '');
    const k = column(draft, label);
    // Some writers put a number behind the types that need none.
    const value = bare && text === undefined ? 0 : number(draft, text, true);
    if (more.length > 0) fail(draft, `nothing may follow the bound; got "${more.join(' ')}"`);
    const [lower, upper] = sides(kind, value);
    if (lower === Number.POSITIVE_INFINITY || upper === Number.NEGATIVE_INFINITY) {
      fail(draft, `${kind} of ${text} leaves no value to column "${label}"; 1e20 and more mean infinity`);
    }
    if (lower !== undefined) once(draft, `lower ${k}`, `the lower bound of column "${label}"`);
    if (upper !== undefined) once(draft, `upper ${k}`, `the upper bound of column "${label}"`);
    draft.bounds[k] = { lower: lower ?? draft.bounds[k].lower, upper: upper ?? draft.bounds[k].upper };
    if (kind === 'BV' || kind === 'LI' || kind === 'UI') draft.integer[k] = true;
  },
  QUADOBJ: (draft, tokens) => hessianEntry(draft, tokens, true),
  QSECTION: (draft, tokens) => hessianEntry(draft, tokens, true),
  QMATRIX: (draft, tokens) => hessianEntry(draft, tokens, false),
};

/** The lower and the upper bound that a line sets; undefined where it leaves a side alone. */
function sides(kind: string, value: number): [number | undefined, number | undefined] {
  const limit = Math.abs(value) >= NO_LIMIT ? Math.sign(value) * Number.POSITIVE_INFINITY : value;
  const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (kind === 'FX') return [limit, limit];
  if (kind === 'FR') return [low, high];
  if (kind === 'BV') return [0, 1];
  if (kind === 'MI') return [low, undefined];
  if (kind === 'PL') return [undefined, high];
  return kind === 'LO' || kind === 'LI' ? [limit, undefined] : [undefined, limit];
}

/** Whether a word says which way the objective goes. */
export const isSense = (word: string): boolean => /^(min|max)(imi[sz]e|imi[sz]ation|imum)?$/i.test(word);

export function setSense(draft: Draft, words: string[]): void {
  const [sense = ''] = words;
  if (words.length !== 1 || !isSense(sense)) fail(draft, `unknown sense "${words.join(' ')}"; allowed: MIN, MAX`);
  if (draft.maximize !== undefined) fail(draft, 'the sense of the objective is given twice');
  draft.maximize = /^max/i.test(sense);
}

/** What the quadratic section is about: the row that QSECTION names must be the objective. */
export function setQuadratic(draft: Draft, label: string): void {
  if (label === '') return;
  const i = row(draft, label);
  if (i >= 0) fail(draft, `"${label}" is a quadratic constraint; only the objective may be quadratic`);
  if (i === -2) fail(draft, `"${label}" is a free row, not the objective "${draft.objective}"`);
}

function setAndPairs(draft: Draft, tokens: string[]): [string, number][] {
  const named = tokens.length % 2 === 1;
  inSet(draft, named ? tokens[0] : '');
  const rest = named ? tokens.slice(1) : tokens;
  if (rest.length !== 2 && rest.length !== 4) fail(draft, 'expected one or two rows with values');
  const pairs: [string, number][] = [];
  for (let at = 0; at < rest.length; at += 2) pairs.push([rest[at], number(draft, rest[at + 1])]);
  return pairs;
}

function hessianEntry(draft: Draft, tokens: string[], half: boolean): void {
  if (tokens.length !== 3 && tokens.length !== 5) {
    fail(draft, `expected a column and one or two columns with values; got ${tokens.length} fields`);
  }
  const i = column(draft, tokens[0]);
  for (let at = 1; at < tokens.length; at += 2) {
    const [j, value] = [column(draft, tokens[at]), number(draft, tokens[at + 1])];
    const what = `the entry of columns "${tokens[0]}" and "${tokens[at]}"`;
    const [first, second] = half ? [Math.min(i, j), Math.max(i, j)] : [i, j];
    once(draft, `P ${first} ${second}`, half ? `${what} (one half is enough)` : what);
    draft.P.push([i, j, value]);
    if (half && i !== j) draft.P.push([j, i, value]);
  }
}

function number(draft: Draft, token: string | undefined, infinite = false): number {
  const endless = INFINITE.exec(token ?? '');
  if (infinite && endless) return endless[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (token === undefined || !NUMBER.test(token)) return fail(draft, `expected a number; got "${token ?? ''}"`);
  const value = Number(token.replace(/[dD]/, 'e'));
  return Number.isFinite(value) ? value : fail(draft, `the number ${token} is too large`);
}

const row = (draft: Draft, token: string): number => draft.rowOf.get(token) ?? fail(draft, `unknown row "${token}"`);
const column = (draft: Draft, token: string): number =>
  draft.columnOf.get(token) ?? fail(draft, `unknown column "${token}"`);

function once(draft: Draft, key: string, what: string): void {
  if (draft.entries.has(key)) fail(draft, `${what} is given twice`);
  draft.entries.add(key);
}

/** The first set of a section counts; a second one would be another problem. */
function inSet(draft: Draft, set: string): void {
  const { section, sets } = draft;
  const first = sets.get(section) ?? set;
  sets.set(section, first);
  if (set !== first) fail(draft, `a second set "${set}" in ${section}; only one ("${first}") is taken`);
}
