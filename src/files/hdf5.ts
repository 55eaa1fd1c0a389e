/**
 * HDF5, read in ranges and written whole, by NIST's build of the HDF5 library, which is loaded when first used. Nothing in
 * a file is believed: every path, type, length and reference is looked at before it is followed, sizes are held against
 * the size of the file, and whatever the library throws becomes one line.
 */
import type * as Library from 'h5wasm';
import { EngramError } from '../core/index.js';
import { brokenHead, signatureAt } from './hdf5-superblock.js';
import { refuseBomb } from './inflate.js';
import type { Source } from './source.js';

/** A value of an attribute, as far as it is a plain one. */
export type Attribute = string | number | readonly string[] | readonly number[];

/** One dataset of a file, of any number of dimensions; entries are counted along the first one. */
export interface Column {
  readonly path: string;
  readonly shape: readonly number[];
  /** Entries along the first dimension; 1 of a single value. */
  readonly length: number;
  /** Entries that are read at a time, at least. */
  readonly block: number;
  readonly kind: 'number' | 'text' | 'reference' | 'other';
  /** Entries from one to before another, as doubles, row after row. Throws `input` where they are no numbers. */
  numbers(from?: number, to?: number): Float64Array;
  /** All entries as text; references as the path of what they point to. Throws `input` where they are neither. */
  words(): string[];
}

/** An open file. Paths begin with a slash. */
export interface Hdf5 {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** What lies at a path. */
  kind(path: string): 'group' | 'dataset' | undefined;
  /** The names in a group. */
  keys(path: string): string[];
  attribute(path: string, name: string): Attribute | undefined;
  /** Where an attribute that is an object reference points to. */
  target(path: string, name: string): string | undefined;
  /** A dataset; throws `input` where there is none. */
  column(path: string): Column;
  fail(problem: string): never;
}

const MOST_READ = 2 ** 30;
/** Bytes that are read at a time of a dataset without chunks, and how many blocks are kept. */
const BLOCK = 2 ** 16;
const FEW_BLOCKS = 4;

/** Whether a file is HDF5, by its signature. */
export const isHdf5 = (source: Source): boolean => signatureAt(source) >= 0;

let mounted = 0;

async function load(): Promise<typeof Library> {
  const library = await import('h5wasm');
  const module = await library.ready;
  // Else the library prints its stack of errors, and goes on.
  module.activate_throwing_error_handler();
  return library;
}

/** Opens a file, does something with it, and closes it. Throws `input` where it is no HDF5 or broken. */
export async function withHdf5<Value>(source: Source, body: (file: Hdf5) => Value | Promise<Value>): Promise<Value> {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${source.name}: ${problem}`);
  };
  const broken = brokenHead(source);
  if (broken) fail(`not readable as HDF5: ${broken}`);
  const library = await load();
  const path = `/${++mounted}.h5`;
  mount(library, path, source);
  let file: Library.File | undefined;
  try {
    file = new library.File(path, 'r');
    return await body(opened(library, file, source, fail));
  } catch (error) {
    if (error instanceof EngramError) throw error;
    return fail(`not readable as HDF5: ${reasonOf(error)}`);
  } finally {
    try {
      file?.close();
    } catch {
      // A broken file may be beyond closing; what matters has been said.
    }
    (library.FS as unknown as Files).unlink(path);
  }
}

/** The library tells its whole stack of errors, of which the deepest says what went wrong. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split('\n').filter((one) => one.trim() !== '');
  const stack = lines.filter((one) => /^\s*#\d+: /.test(one));
  const deepest = stack.at(-1)?.replace(/^.*\(\): /, '') ?? lines[0] ?? 'broken';
  return deepest.trim().slice(0, 120);
}

/** What is needed of Emscripten's file system. */
interface Files {
  createFile(parent: string, name: string, properties: object, canRead: boolean, canWrite: boolean): Node;
  readFile(path: string): Uint8Array;
  unlink(path: string): void;
}
interface Node {
  stream_ops: {
    read(stream: unknown, buffer: Uint8Array, offset: number, length: number, position: number): number;
  };
}

/** A file of the library's own file system whose bytes come from a source, range by range. */
function mount(library: typeof Library, path: string, source: Source): void {
  const node = (library.FS as unknown as Files).createFile('/', path.slice(1), {}, true, false);
  Object.defineProperty(node, 'usedBytes', { get: () => source.size, set: () => {}, configurable: true });
  node.stream_ops = {
    ...node.stream_ops,
    read(_stream, buffer, offset, length, position) {
      const bytes = source.read(position, Math.max(0, Math.min(length, source.size - position)));
      buffer.set(bytes, offset);
      return bytes.length;
    },
  };
}

function opened(library: typeof Library, file: Library.File, source: Source, fail: Hdf5['fail']): Hdf5 {
  /** What lies at a path, if anything does; the library throws for some of what does not. */
  const entity = (path: string) => {
    try {
      return file.get(path);
    } catch {
      return null;
    }
  };
  const attributeOf = (path: string, name: string): Library.Attribute | undefined => {
    const at = entity(path);
    if (!(at instanceof library.Group || at instanceof library.Dataset)) return undefined;
    return at.attrs[name];
  };
  /** Datasets that are read, and the bytes that they come to. */
  const seen = new Set<string>();
  let all = 0;
  const claim = (path: string, bytes: number) => {
    if (seen.has(path)) return;
    seen.add(path);
    all += bytes;
    refuseBomb(source.size, all, () => fail(`its datasets claim ${all} bytes, in a file of ${source.size}`));
  };
  const pathOf = (reference: unknown, where: string): string => {
    if (!(reference instanceof library.Reference)) return fail(`${where} is no object reference`);
    try {
      return library.Module.get_referenced_name(file.file_id, reference.ref_data, true) || fail('');
    } catch {
      return fail(`${where} refers to nothing that is there`);
    }
  };
  return {
    name: source.name,
    size: source.size,
    fail,
    kind: (path) => {
      const at = entity(path);
      if (at instanceof library.Group) return 'group';
      return at instanceof library.Dataset ? 'dataset' : undefined;
    },
    keys: (path) => {
      const at = entity(path);
      return at instanceof library.Group ? at.keys() : [];
    },
    attribute: (path, name) => {
      const found = attributeOf(path, name);
      if (!found || found.metadata.size * found.metadata.total_size > source.size) return undefined;
      return plain(found.json_value);
    },
    target: (path, name) => {
      const found = attributeOf(path, name);
      const value = found?.value;
      return found ? pathOf(Array.isArray(value) ? value[0] : value, `${path}: ${name}`) : undefined;
    },
    column: (path) => {
      const at = entity(path);
      if (!(at instanceof library.Dataset)) return fail(`${path} is missing${at ? ': a group stands there' : ''}`);
      return columnOf(at, path, source.size, fail, claim, (reference) => pathOf(reference, path));
    },
  };
}

function plain(value: unknown): Attribute | undefined {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (!Array.isArray(value)) return undefined;
  const kinds = new Set(value.map((one) => typeof one));
  return kinds.size <= 1 && (value.length === 0 || kinds.has('string') || kinds.has('number')) ? value : undefined;
}

const KINDS: Record<number, Column['kind']> = { 0: 'number', 1: 'number', 8: 'number', 3: 'text', 7: 'reference' };

function columnOf(
  dataset: Library.Dataset,
  path: string,
  fileSize: number,
  fail: Hdf5['fail'],
  claim: (path: string, bytes: number) => void,
  pathOf: (reference: unknown) => string,
): Column {
  const { metadata } = dataset;
  const shape = metadata.shape ?? fail(`${path} is empty`);
  const [length = 1, ...inner] = shape;
  const width = inner.reduce((product, one) => product * one, 1);
  const kind = KINDS[metadata.type] ?? 'other';
  const row = metadata.size * width;
  const claimed = Math.max(
    length * row,
    (metadata.chunks ?? []).reduce((product, one) => product * one, metadata.size),
  );
  refuseBomb(fileSize, claimed, () => fail(`${path} claims ${claimed} bytes, in a file of ${fileSize}`));
  const slice = (from: number, to: number): unknown => {
    claim(path, claimed);
    if ((to - from) * row > MOST_READ) fail(`${path}: more than ${MOST_READ} bytes are not read at once`);
    return shape.length === 0 ? dataset.value : dataset.slice([[from, to], ...inner.map((one) => [0, one])] as never);
  };
  const read = (from: number, to: number): Float64Array => {
    const values = slice(from, to);
    if (typeof values === 'number' || typeof values === 'bigint') return Float64Array.of(Number(values));
    if (!ArrayBuffer.isView(values) || (values as Float64Array).length !== (to - from) * width)
      return fail(`${path} does not hold the ${(to - from) * width} numbers that it claims`);
    return doublesOf(values as Float64Array, path, fail);
  };
  const block = metadata.chunks?.[0] ?? Math.max(1, Math.floor(BLOCK / Math.max(1, row)));
  const blocks = blocksOf(length, block, read);
  return {
    path,
    shape,
    length,
    block,
    kind,
    numbers(from = 0, to = length) {
      if (kind !== 'number') fail(`${path} holds no numbers`);
      if (!(from >= 0 && from <= to && to <= length))
        fail(`${path} has ${length} entries; ${from} to ${to} are asked for`);
      if (from === to || width === 0) return new Float64Array();
      // What lies in few blocks is taken with its neighbours, which are wanted next.
      if (blocks.count(from, to) > FEW_BLOCKS) return read(from, to);
      const values = new Float64Array((to - from) * width);
      for (let at = from; at < to; ) {
        const [begin, near] = blocks.at(at);
        const end = Math.min(to, begin + near.length / width);
        values.set(near.subarray((at - begin) * width, (end - begin) * width), (at - from) * width);
        at = end;
      }
      return values;
    },
    words() {
      if (kind !== 'text' && kind !== 'reference') fail(`${path} holds no text`);
      if (length === 0) return [];
      const values = slice(0, length);
      const list = Array.isArray(values) ? values : [values];
      return kind === 'text' ? list.map(String) : list.map(pathOf);
    },
  };
}

/** The entries of a dataset in blocks, of which the last few that were read are kept. */
function blocksOf(length: number, size: number, read: (from: number, to: number) => Float64Array) {
  const kept = new Map<number, Float64Array>();
  return {
    count: (from: number, to: number) => Math.floor((to - 1) / size) - Math.floor(from / size) + 1,
    at(entry: number): [begin: number, block: Float64Array] {
      const place = Math.floor(entry / size);
      const found = kept.get(place) ?? read(place * size, Math.min(length, (place + 1) * size));
      kept.delete(place);
      kept.set(place, found);
      if (kept.size > FEW_BLOCKS) kept.delete(kept.keys().next().value as number);
      return [place * size, found];
    },
  };
}

/** Numbers of any type as doubles. */
function doublesOf(values: Float64Array | BigInt64Array, path: string, fail: Hdf5['fail']): Float64Array {
  if (values instanceof Float64Array) return values;
  const doubles = new Float64Array(values.length);
  for (let i = 0; i < doubles.length; i++) doubles[i] = Number(values[i]);
  if (values instanceof BigInt64Array || (values as unknown) instanceof BigUint64Array) {
    const large = doubles.findIndex((value) => !Number.isSafeInteger(value));
    if (large >= 0) fail(`${path}: the integer ${values[large]} is too large`);
  }
  return doubles;
}

/** What a file is written with: the library, for its types, and the file. */
export type Hdf5Writer = (file: Library.File, library: typeof Library) => void;

/** The bytes of a new file. Times that the library puts into it are those of 1970, so that equal contents are equal bytes. */
export async function hdf5Bytes(write: Hdf5Writer): Promise<Uint8Array> {
  const library = await load();
  const path = `/${++mounted}.h5`;
  const files = library.FS as unknown as Files;
  const now = Date.now;
  // The library asks the clock while it writes, and offers no setting; nothing else runs meanwhile.
  Date.now = () => 0;
  try {
    const file = new library.File(path, 'w');
    write(file, library);
    file.flush();
    file.close();
  } finally {
    Date.now = now;
  }
  const bytes = files.readFile(path).slice();
  files.unlink(path);
  return bytes;
}
