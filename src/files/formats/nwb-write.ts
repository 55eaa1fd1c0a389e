/**
 * Spike trains as an NWB file, schema 2.8: a table of units, and if wanted a second one of what was recalled, in the processing module
 * `recall`. Index columns are unsigned and refer to their target, and every unit says when it was observed, as pynwb and neo
 * want it. The begin of the session is not known: it is that of 1970.
 */
import type * as Library from 'h5wasm';
import { hdf5Bytes } from '../hdf5.js';
import { crc32 } from '../zip.js';

/** The column with the names of units that are called by names. */
export const NAMES = 'neuron_name';

/** Trains that are written as a table of units. */
export interface UnitTable {
  readonly ids: readonly (number | string)[];
  readonly starts: Uint32Array;
  /** In seconds, ascending within each unit. */
  readonly times: Float64Array;
  /** From when to when the units were observed, in seconds. */
  readonly observed: readonly [number, number];
}

/** What an NWB file is made of. */
export interface NwbContent {
  /** What the session is, in a sentence. */
  readonly description: string;
  /** What wrote it. */
  readonly program: string;
  readonly units: UnitTable;
  readonly recalled?: UnitTable | undefined;
}

const BEGIN = '1970-01-01T00:00:00+00:00';

/** The bytes of an NWB file. Equal contents are equal bytes. */
export const nwbBytes = ({ description, program, units, recalled }: NwbContent): Promise<Uint8Array> =>
  hdf5Bytes((file) => {
    const identifier = `engram-${sumOf(units.times, units.starts, recalled?.times ?? new Float64Array())}`;
    const typed = (at: Library.Group | Library.Dataset, type: string, namespace = 'core') => {
      at.create_attribute('namespace', namespace);
      at.create_attribute('neurodata_type', type);
      at.create_attribute('object_id', uuidOf(identifier + at.path));
    };
    typed(file, 'NWBFile');
    file.create_attribute('nwb_version', '2.8.0');
    const texts = { identifier, session_description: description, session_start_time: BEGIN };
    for (const [name, data] of Object.entries({ ...texts, timestamps_reference_time: BEGIN }))
      file.create_dataset({ name, data, shape: [] });
    file.create_dataset({ name: 'file_create_date', data: [BEGIN] });
    for (const name of ['acquisition', 'analysis', 'general', 'processing']) file.create_group(name);
    const stimulus = file.create_group('stimulus');
    for (const name of ['presentation', 'templates']) stimulus.create_group(name);
    (file.get('general') as Library.Group).create_dataset({ name: 'source_script', data: program, shape: [] });
    (file.get('general/source_script') as Library.Dataset).create_attribute('file_name', 'memorize');
    writeUnits(file.create_group('units'), units, 'the prescribed spike trains, one period', typed);
    if (!recalled) return;
    const module = (file.get('processing') as Library.Group).create_group('recall');
    module.create_attribute('description', 'what the network has played');
    typed(module, 'ProcessingModule');
    writeUnits(
      module.create_group('recalled_units'),
      recalled,
      'the spike trains that the network has recalled',
      typed,
    );
  });

type Typed = (at: Library.Group | Library.Dataset, type: string, namespace?: string) => void;

function writeUnits(
  group: Library.Group,
  { ids, starts, times, observed }: UnitTable,
  about: string,
  typed: Typed,
): void {
  const named = ids.some((id) => typeof id === 'string');
  group.create_attribute('colnames', [...(named ? [NAMES] : []), 'spike_times', 'obs_intervals']);
  group.create_attribute('description', about);
  typed(group, 'Units');
  const column = (name: string, data: Library.GuessableDataTypes, description: string, shape?: number[]) => {
    const made = group.create_dataset({ name, data, ...(shape ? { shape } : {}) });
    typed(made, 'VectorData', 'hdmf-common');
    made.create_attribute('description', description);
    return made;
  };
  const index = (target: Library.Dataset, name: string, ends: Uint32Array) => {
    const made = group.create_dataset({ name, data: ends });
    typed(made, 'VectorIndex', 'hdmf-common');
    made.create_attribute('description', `where the entries of each unit end in ${target.path.replace(/.*\//, '')}`);
    made.create_attribute('target', target.create_reference());
  };
  const numbers = ids.map((id, unit) => (named ? unit : (id as number)));
  typed(
    group.create_dataset({ name: 'id', data: BigInt64Array.from(numbers, BigInt) }),
    'ElementIdentifiers',
    'hdmf-common',
  );
  if (named) column(NAMES, ids.map(String), 'what the recording calls each unit');
  index(column('spike_times', times, 'the spike times of each unit in seconds'), 'spike_times_index', starts.slice(1));
  const seen = Float64Array.from({ length: 2 * ids.length }, (_, i) => observed[i % 2]);
  const intervals = column('obs_intervals', seen, 'when each unit was observed, in seconds', [ids.length, 2]);
  index(
    intervals,
    'obs_intervals_index',
    Uint32Array.from(ids.keys(), (unit) => unit + 1),
  );
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);
const hex = (value: number) => value.toString(16).padStart(8, '0');

/** Of the same trains the same, so that the same file is written. */
const sumOf = (...arrays: (Float64Array | Uint32Array)[]) => arrays.map((array) => hex(crc32(bytesOf(array)))).join('');

/** A UUID, version 8, of a text. */
function uuidOf(text: string): string {
  const words = [0, 1, 2, 3].map((part) => hex(crc32(new TextEncoder().encode(`${part}${text}`)))).join('');
  return `${words.slice(0, 8)}-${words.slice(8, 12)}-8${words.slice(13, 16)}-8${words.slice(17, 20)}-${words.slice(20)}`;
}
