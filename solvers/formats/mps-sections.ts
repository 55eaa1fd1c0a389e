/** The sections of an MPS file, read line by line into a draft of the program. */
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
  maximize: boolean;
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
  ...{ line: 0, section: '', name: '', maximize: false, objective: undefined, constant: 0, inInteger: false },
  ...{ rowOf: new Map(), rows: [], kinds: [], rhs: [], ranges: [] },
  ...{ columnOf: new Map(), columns: [], integer: [], q: [], A: [], P: [], bounds: [] },
  ...{ seen: new Set(), entries: new Set(), sets: new Map() },
});

export function fail(draft: Draft, message: string): never {
  throw new Fault(draft.line, message);
}

/** What a line of data means, by section. Throws `Fault`. */
export const readers: Record<string, (draft: Draft, tokens: string[]) => void> = {
  OBJSENSE: (draft, [sense]) => setSense(draft, sense),
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
    if (tokens[1]?.replace(/'/g, '') === 'MARKER') {
      const marker = tokens[2]?.replace(/'/g, '');
      if (marker !== 'INTORG' && marker !== 'INTEND') fail(draft, `unknown marker "${tokens[2] ?? ''}"`);
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
      once(draft, `${tokens[at]} ${k}`, `the entry of row "${tokens[at]}" and column "${label}"`);
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
      else if (i >= 0) draft.rhs[i] = value;
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
    const [label, text] = tokens.slice(named ? 2 : 1);
    if (label === undefined) fail(draft, 'expected a column');
    inSet(draft, named ? tokens[1] : '');
    const k = column(draft, label);
    const bound = draft.bounds[k];
    const value = bare ? 0 : number(draft, text, true);
    if (kind === 'UP' || kind === 'UI' || kind === 'FX') bound.upper = value;
    if (kind === 'LO' || kind === 'LI' || kind === 'FX') bound.lower = value;
    if (kind === 'FR' || kind === 'MI') bound.lower = Number.NEGATIVE_INFINITY;
    if (kind === 'FR' || kind === 'PL') bound.upper = Number.POSITIVE_INFINITY;
    if (kind === 'BV') Object.assign(bound, { lower: 0, upper: 1 });
    if (kind === 'BV' || kind === 'LI' || kind === 'UI') draft.integer[k] = true;
  },
  QUADOBJ: (draft, tokens) => hessianEntry(draft, tokens, true),
  QSECTION: (draft, tokens) => hessianEntry(draft, tokens, true),
  QMATRIX: (draft, tokens) => hessianEntry(draft, tokens, false),
};

export function setSense(draft: Draft, sense = ''): void {
  if (!/^(min|max)(imi[sz]e)?$/i.test(sense)) fail(draft, `unknown sense "${sense}"; allowed: MIN, MAX`);
  draft.maximize = /^max/i.test(sense);
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
  if (tokens.length !== 3) fail(draft, `expected two columns and a value; got ${tokens.length} fields`);
  const [i, j, value] = [column(draft, tokens[0]), column(draft, tokens[1]), number(draft, tokens[2])];
  const what = `the entry of columns "${tokens[0]}" and "${tokens[1]}"`;
  once(
    draft,
    `P ${half ? Math.min(i, j) : i} ${half ? Math.max(i, j) : j}`,
    half ? `${what} (one half is enough)` : what,
  );
  draft.P.push([i, j, value]);
  if (half && i !== j) draft.P.push([j, i, value]);
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
