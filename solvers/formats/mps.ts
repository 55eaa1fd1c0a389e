/**
 * MPS and QPS files, free and fixed.
 *
 *   ROWS N objective (the first; further ones are dropped), E, L, G    COLUMNS with integer markers
 *   RHS, that of the objective being minus the constant                RANGES [r, r + |R|] for G and E with R > 0,
 *   BOUNDS UP LO FX FR MI PL BV LI UI                                    [r - |R|, r] for L and E with R < 0
 *   QUADOBJ, QSECTION one half of P, QMATRIX all of it                 OBJSENSE MIN, MAX
 *
 * Variables lie in [0, infinity) unless BOUNDS says otherwise, in [0, 1] if they are integers without bounds; a
 * negative UP with no LO opens the lower side. A word that begins with $ where a row or a second column may stand, or
 * behind the data, begins a comment, unless it is a name of the file. Fixed files are those whose names contain blanks
 * (mps-fixed.ts); all others read the same either way.
 */
import { demandText, EngramError } from '../../src/core/index.js';
import { fixedFields } from './mps-fixed.js';
import { type Draft, emptyDraft, Fault, fail, isSense, readers, setQuadratic, setSense } from './mps-sections.js';
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
/** Sections that speak of columns. */
const AFTER_COLUMNS = SECTIONS.slice(4, -1);

/** Reads the text of a file; `name` is how errors call it. Throws `input` with the line number. */
export function readMps(text: string, name: string): SparseProblem {
  demandText(`the text of ${name}`, text);
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
  const draft = emptyDraft();
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    draft.line++;
    const line = raw.replace(/\r$/, '');
    if (line.startsWith('*') || line.trim() === '') continue;
    if (line.includes('\uFFFD')) fail(draft, 'a byte that is no UTF-8; read the file in the encoding of its names');
    const { section } = draft;
    const sense = section === 'OBJSENSE' && draft.maximize === undefined && isSense(line.trim());
    if (!/^\s/.test(line) && !sense) {
      beginSection(draft, line);
      if (draft.section === 'ENDATA') break;
      continue;
    }
    const read = readers[section];
    if (!read) fail(draft, section === '' ? 'data before the first section' : `unexpected data in section ${section}`);
    // Where places count, that of the sense does not.
    const placed = fixed && section !== 'OBJSENSE';
    const tokens = placed ? fixedFields(draft, line) : withoutComment(draft, line.trim().split(/\s+/));
    read(draft, tokens);
  }
  return finished(draft, file);
}

/** The words of a line up to a comment: a word with $ where a row, a second column or nothing may stand. */
function withoutComment({ section, rowOf, columnOf }: Draft, words: string[]): string[] {
  const first = section === 'ROWS' || section === 'BOUNDS' ? 2 : 1;
  const at = words.findIndex(
    (word, i) => i >= first && word.startsWith('$') && !rowOf.has(word) && !columnOf.has(word),
  );
  return at < 0 ? words : words.slice(0, at);
}

function beginSection(draft: Draft, line: string): void {
  const { seen, P } = draft;
  const [word, ...rest] = line.trim().split(/\s+/);
  const section = word.toUpperCase();
  if (draft.section === 'OBJSENSE' && draft.maximize === undefined) fail(draft, 'OBJSENSE says neither MIN nor MAX');
  draft.section = section;
  if (section === 'QCMATRIX') fail(draft, 'quadratic constraints are not taken; only the objective may be quadratic');
  if (!SECTIONS.includes(section)) fail(draft, `unknown section "${word}"; allowed: ${SECTIONS.join(', ')}`);
  if (seen.has(section)) fail(draft, `section ${section} is given twice`);
  if (section === 'COLUMNS' && !seen.has('ROWS')) fail(draft, 'COLUMNS before ROWS');
  if (AFTER_COLUMNS.includes(section) && !seen.has('COLUMNS')) fail(draft, `${section} before COLUMNS`);
  if (section.startsWith('Q') && P.length > 0) fail(draft, 'a second quadratic section');
  seen.add(section);
  if (section === 'NAME') {
    draft.name = rest.filter((word) => word !== 'FREE').join(' ');
    return;
  }
  const comment = rest.findIndex((word) => word.startsWith('$'));
  const words = comment < 0 ? rest : rest.slice(0, comment);
  if (section === 'OBJSENSE') {
    if (words.length > 0) setSense(draft, words);
  } else if (section.startsWith('Q')) {
    setQuadratic(draft, words.join(' '));
  } else if (words.length > 0) {
    fail(draft, `nothing may follow ${word}; got "${words.join(' ')}"`);
  }
}

/** The problem that a whole file describes. */
function finished(draft: Draft, file: string): SparseProblem {
  const { rows, columns, integer, maximize = false, A, P, q, rhs, ranges, kinds, bounds, constant } = draft;
  if (draft.section !== 'ENDATA') fail(draft, 'the file ends without ENDATA');
  if (draft.objective === undefined) fail(draft, 'no row of type N: there is no objective');
  if (columns.length === 0) fail(draft, 'no columns');

  const symmetric = new Map(P.map(([i, j, value]) => [`${i} ${j}`, value]));
  for (const [i, j, value] of P) {
    if (symmetric.get(`${j} ${i}`) !== value) {
      fail(draft, `QMATRIX is not symmetric in columns "${columns[i]}" and "${columns[j]}"`);
    }
  }
  const sign = maximize ? -1 : 1;
  const range = ranges.map((value, i) =>
    value === undefined
      ? undefined
      : { size: Math.abs(value), down: kinds[i] === 'L' || (kinds[i] === 'E' && value < 0) },
  );
  return {
    name: draft.name || file,
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
