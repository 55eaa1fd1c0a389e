/**
 * Neurodata Without Borders: the table /units, one row per unit. `spike_times` in seconds, ascending within each unit, with
 * `spike_times_index` for where each unit's end; https://nwb-schema.readthedocs.io, type Units. Of a long train only the part
 * in the window is read, which is found by bisection.
 */
import { SECONDS } from '../../core/index.js';
import type { Column, Hdf5 } from '../hdf5.js';
import { type DynamicTable, dynamicTable } from './dynamic-table.js';
import type { Ask, Format, Spikes } from './format.js';
import { intervalOf } from './intervals.js';
import { NAMES } from './nwb-write.js';
import { MOST_UNITS, refuseUnit } from './plausible.js';
import { parseSelection } from './select.js';

const UNITS = '/units';
/** Trains of fewer blocks are read whole. */
const SHORT = 3;

export const nwb: Format = {
  name: 'NWB',
  is: ({ hdf5 }) =>
    hdf5 !== undefined &&
    (hdf5.attribute('/', 'neurodata_type') === 'NWBFile' || hdf5.attribute('/', 'nwb_version') !== undefined),
  spikes: ({ hdf5 }, ask) => unitsOf(hdf5 as Hdf5, ask),
};

function unitsOf(file: Hdf5, ask: Ask): Spikes {
  if (file.kind(UNITS) !== 'group') file.fail('an NWB file without sorted units: there is no table /units');
  const table = dynamicTable(file, UNITS);
  if (!ask.select) refuseMany(file, table.rows);
  const trains = trainsOf(file, table);
  const rows = ask.select ? chosen(file, table, ask.select) : Array.from({ length: table.rows }, (_, row) => row);
  if (rows.length === 0) file.fail(`none of the ${table.rows} units fits --select "${ask.select}"`);
  refuseMany(file, rows.length);
  const named = typeof ask.window === 'string' ? intervalOf(file, ask.window) : undefined;
  const observed = ask.window === undefined ? observedOf(table, rows) : undefined;
  const window = (named ?? ask.window) as readonly [number, number] | undefined;
  const unit = ask.unit ?? 's';
  const scale = SECONDS[unit];
  if (ask.unit === undefined) trains.refuseUnit(rows);
  const parts = rows.map((row) =>
    trains.within(
      row,
      window?.map((time) => time / scale),
    ),
  );
  const starts = new Uint32Array(rows.length + 1);
  parts.forEach((part, i) => {
    starts[i + 1] = starts[i] + part.length;
  });
  const times = new Float64Array(starts[rows.length]);
  parts.forEach((part, i) => {
    times.set(scale === 1 ? part : part.map((time) => time * scale), starts[i]);
  });
  const ids = idsOf(file, table, rows);
  const whole = rows.length === table.rows ? `${rows.length} units` : `${rows.length} of ${table.rows} units`;
  const period = observed ? ' · the period is what was observed (obs_intervals)' : '';
  const stretch = named ? ` · ${ask.window} is ${named[0]} to ${named[1]} s` : '';
  return {
    ids,
    starts,
    times,
    unit,
    sure: ask.unit !== undefined,
    window: named ?? observed,
    notes: [`NWB, ${whole} · times in ${unit}${ask.unit ? '' : ' (as NWB has them)'}${stretch}${period}`],
  };
}

function refuseMany(file: Hdf5, units: number): void {
  if (units > MOST_UNITS)
    file.fail(`${units} units; at most ${MOST_UNITS} are read: choose some with --select, such as --select id=1,5,9`);
}

/** What the units are called: by name, where this program has written names, else by id. Throws `input` where two are alike. */
function idsOf(file: Hdf5, table: DynamicTable, rows: readonly number[]): (number | string)[] {
  const names = table.has(NAMES) ? table.cells(NAMES) : undefined;
  const ids = rows.map((row) => names?.(row)[0] ?? table.ids[row]);
  const seen = new Set<number | string>();
  for (const id of ids) {
    if (seen.has(id)) file.fail(`two units have the id ${id}`);
    seen.add(id);
  }
  return ids;
}

/** Where the spikes of each unit lie, and those within a stretch, in the unit of the file. */
function trainsOf(file: Hdf5, table: DynamicTable) {
  if (!table.has('spike_times')) file.fail(`${UNITS} has no column "spike_times"; there are ${table.names.join(', ')}`);
  const times = table.column('spike_times');
  if (times.kind !== 'number') file.fail(`${times.path} holds no numbers`);
  const ends = table.ends('spike_times') ?? file.fail(`${UNITS}/spike_times_index is missing: whose spikes are they?`);
  return {
    /** By the ends of the longest train. */
    refuseUnit(rows: readonly number[]) {
      const count = (row: number) => ends[row] - (row > 0 ? ends[row - 1] : 0);
      const longest = rows.reduce((most, row) => (count(row) > count(most) ? row : most), rows[0]);
      const [from, to] = [ends[longest] - count(longest), ends[longest]];
      if (from === to) return;
      const stretch = times.numbers(to - 1, to)[0] - times.numbers(from, from + 1)[0];
      refuseUnit(file.name, to - from, stretch, 's');
    },
    within(row: number, window?: readonly number[]): Float64Array {
      const [from, to] = [row > 0 ? ends[row - 1] : 0, ends[row]];
      if (!window) return finite(file, times.numbers(from, to), table.ids[row]);
      const [first, last] = to - from > SHORT * times.block ? bracket(times, from, to, window) : [from, to];
      return finite(file, times.numbers(first, last), table.ids[row]).filter(
        (time) => time >= window[0] && time < window[1],
      );
    },
  };
}

/** Throws `input` unless all times are numbers. */
function finite(file: Hdf5, train: Float64Array, id: number): Float64Array {
  for (let i = 0; i < train.length; i++) {
    if (!Number.isFinite(train[i])) file.fail(`unit ${id}: spike ${i} is at ${train[i]}, which is no time`);
  }
  return train;
}

/** Entries of an ascending train that hold all of a window; all of it where what is looked at does not ascend. */
function bracket(times: Column, from: number, to: number, [low, high]: readonly number[]): [number, number] {
  let sorted = true;
  const at = (index: number) => times.numbers(index, index + 1)[0];
  /** The first entry that is not below a limit. */
  const firstFrom = (limit: number) => {
    let [a, b] = [from, to];
    let [below, above] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    while (a < b) {
      const middle = Math.floor((a + b) / 2);
      const time = at(middle);
      if (!(time >= below && time <= above)) sorted = false;
      if (time < limit) [a, below] = [middle + 1, time];
      else [b, above] = [middle, time];
    }
    return a;
  };
  const [first, last] = [firstFrom(low), firstFrom(high)];
  return sorted && first <= last ? [first, last] : [from, to];
}

/** Of one interval that all units were observed in, its ends: then silence in it is silence. */
function observedOf(table: DynamicTable, rows: readonly number[]): readonly [number, number] | undefined {
  if (!table.has('obs_intervals')) return undefined;
  const column = table.column('obs_intervals');
  const ends = table.ends('obs_intervals');
  if (
    !ends ||
    column.kind !== 'number' ||
    column.shape[1] !== 2 ||
    rows.some((row) => ends[row] - (ends[row - 1] ?? 0) !== 1)
  )
    return undefined;
  const values = column.numbers();
  const [from, to] = [values[2 * (ends[rows[0]] - 1)], values[2 * (ends[rows[0]] - 1) + 1]];
  const same = rows.every((row) => values[2 * (ends[row] - 1)] === from && values[2 * (ends[row] - 1) + 1] === to);
  return same && from < to ? [from, to] : undefined;
}

/** Rows that fit; `group` and `electrode_group` find the group of a unit's first electrode where the table has no such column. */
function chosen(file: Hdf5, table: DynamicTable, select: string): number[] {
  const conditions = parseSelection(select);
  const own = conditions.filter(({ column }) => table.has(column) || !/^(electrode_)?group(_name)?$/.test(column));
  const others = conditions.filter((condition) => !own.includes(condition));
  const rows = table.rowsThat(own);
  if (others.length === 0) return rows;
  const where = file.target(`${UNITS}/electrodes`, 'table');
  if (!where) return file.fail(`the units say neither their electrode group nor their electrodes`);
  const groups = dynamicTable(file, where).cells('group_name');
  const electrodes = table.cells('electrodes');
  return rows.filter((row) =>
    others.every(({ holds }) => holds(electrodes(row).flatMap((e) => groups(Number(e)) ?? []))),
  );
}
