/**
 * NIX as Neo writes it (NixIO): /data/<block>/groups/<group> of type neo.segment holds /multi_tags, of which those of type
 * neo.spiketrain are trains: times in positions/data, their `unit` beside, and in metadata/properties the name, t_start, t_stop and
 * what was annotated. Epochs are multi tags with extents; their labels name windows. Of several segments, each with its own
 * trains, one is chosen.
 */
import { SECONDS, type TimeUnit, unitOf } from '../../core/index.js';
import type { Hdf5 } from '../hdf5.js';
import type { Ask, Format, Spikes } from './format.js';
import { packed } from './pairs.js';
import { MOST_UNITS, refuseUnit } from './plausible.js';
import { parseSelection } from './select.js';

export const nix: Format = {
  name: 'NIX',
  is: ({ hdf5 }) => hdf5?.attribute('/', 'format') === 'nix',
  spikes: ({ hdf5 }, ask) => spikesIn(hdf5 as Hdf5, ask),
};

/** A train or an epoch, where it lies, and what is said of it. */
interface Tag {
  path: string;
  segment: string;
  properties: ReadonlyMap<string, string | number>;
}

function spikesIn(file: Hdf5, ask: Ask): Spikes {
  const all = tagsOf(file, 'neo.spiketrain');
  if (all.length === 0) file.fail('a NIX file without spike trains of Neo (multi tags of type neo.spiketrain)');
  if (all.length > MOST_UNITS) file.fail(`${all.length} spike trains; at most ${MOST_UNITS} are read`);
  const conditions = ask.select === undefined ? [] : parseSelection(ask.select);
  for (const { column } of conditions) {
    const columns = new Set(all.flatMap(({ properties }) => [...properties.keys()]));
    if (!columns.has(column)) file.fail(`no spike train has "${column}"; there are ${[...columns].join(', ')}`);
  }
  const tags = all.filter(({ properties }) =>
    conditions.every(({ column, holds }) => holds([properties.get(column) ?? ''])),
  );
  if (tags.length === 0) file.fail(`none of the ${all.length} spike trains fits --select "${ask.select}"`);
  const [{ segment }] = tags;
  const segments = [...new Set(tags.map((tag) => tag.segment))];
  if (segments.length > 1)
    file.fail(
      `which segment? say it with --select "segment=${segment}"; there are ${segments.slice(0, 8).join(', ')}${segments.length > 8 ? ', ...' : ''}`,
    );
  const named = typeof ask.window === 'string' ? epochOf(file, segment, ask.window) : undefined;
  const trains = tags.map((tag) => trainOf(file, tag, ask.unit));
  const longest = trains.reduce((most, train) => (train.times.length > most.times.length ? train : most));
  if (ask.unit === undefined && longest.times.length > 0) {
    const { times, unit } = longest;
    const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
    refuseUnit(file.name, times.length, (last - first) / SECONDS[unit], unit);
  }
  const called = namesOf(tags);
  const { unit } = longest;
  const recorded = ask.window === undefined ? commonStretch(file, tags) : undefined;
  const period = recorded ? ' · the period is from t_start to t_stop' : '';
  const stretch = named ? ` · ${ask.window} is ${named[0]} to ${named[1]} s` : '';
  return {
    ...packed(trains.map(({ times }, i) => ({ called: called[i], times }))),
    unit,
    sure: ask.unit !== undefined,
    window: named ?? recorded,
    notes: [
      `NIX, segment ${segment}, ${tags.length} of ${all.length} spike trains · times in ${unit}${ask.unit ? '' : ' (as the file says)'}${stretch}${period}`,
    ],
  };
}

/** The multi tags of a type in all segments, in the order of the file. */
function tagsOf(file: Hdf5, type: string): Tag[] {
  const inside = (path: string, of: string) =>
    file
      .keys(path)
      .map((key) => `${path}/${key}`)
      .filter((one) => file.attribute(one, 'type') === of);
  const blocks = file.keys('/data').map((key) => `/data/${key}`);
  const segments = blocks.flatMap((block) => inside(`${block}/groups`, 'neo.segment'));
  const names = segments.map((path, i) => String(propertiesOf(file, path).get('name') || i));
  return segments.flatMap((path, i) => {
    const segment = names.indexOf(names[i]) === names.lastIndexOf(names[i]) ? names[i] : `${names[i]} (${i})`;
    return inside(`${path}/multi_tags`, type).map((tag, id) => ({
      path: tag,
      segment,
      properties: new Map<string, string | number>([...propertiesOf(file, tag), ['segment', segment], ['id', id]]),
    }));
  });
}

/** What is said of an object in single values; Neo's own words without their prefix. */
function propertiesOf(file: Hdf5, path: string): Map<string, string | number> {
  const found = new Map<string, string | number>();
  const root = `${path}/metadata/properties`;
  for (const key of file.keys(root)) {
    if (key === 'nix_name') continue;
    const column = file.column(`${root}/${key}`);
    if (column.length !== 1) continue;
    const name = key.replace(/^neo_/, '');
    if (column.kind === 'text') found.set(name, column.words()[0]);
    if (column.kind === 'number') found.set(name, column.numbers()[0]);
  }
  return found;
}

/** A train in seconds, and the unit in which the file has it. */
function trainOf(file: Hdf5, { path }: Tag, said: TimeUnit | undefined): { times: Float64Array; unit: TimeUnit } {
  const unit = said ?? unitAt(file, `${path}/positions`);
  const times = file.column(`${path}/positions/data`).numbers();
  const bad = times.findIndex((time) => !Number.isFinite(time));
  if (bad >= 0) file.fail(`${path}: spike ${bad} is at ${times[bad]}, which is no time`);
  return { times: times.map((time) => time * SECONDS[unit]), unit };
}

function unitAt(file: Hdf5, path: string): TimeUnit {
  const text = String(file.attribute(path, 'unit') ?? '');
  if (['s', 'ms', 'us'].includes(text)) return unitOf(text);
  return file.fail(`times are in "${text.slice(0, 20)}"; allowed are s, ms, us: say --time-unit`);
}

/** By name where all have different ones, else by number. */
function namesOf(tags: readonly Tag[]): (number | string)[] {
  const names = tags.map(({ properties }) => properties.get('name') ?? '');
  return names.every((name) => name !== '') && new Set(names).size === names.length
    ? names
    : tags.map(({ properties }) => properties.get('id') as number);
}

/** From when to when all trains were recorded, in seconds, if all say the same. */
function commonStretch(file: Hdf5, tags: readonly Tag[]): readonly [number, number] | undefined {
  const stretches = tags.map(({ path, properties }) =>
    ['t_start', 't_stop'].map((name) => {
      const unit = file.attribute(`${path}/metadata/properties/${name}`, 'unit');
      const scale = unit === 's' || unit === 'ms' || unit === 'us' ? SECONDS[unit] : Number.NaN;
      return Number(properties.get(name) ?? Number.NaN) * scale;
    }),
  );
  const [[from, to]] = stretches;
  return from < to && stretches.every(([a, b]) => a === from && b === to) ? [from, to] : undefined;
}

/** The stretch of an epoch of a segment, by its name and a label or a number, in seconds. */
function epochOf(file: Hdf5, segment: string, spelling: string): readonly [number, number] {
  const [name, ...rest] = spelling.split(':');
  const which = rest.join(':');
  const epochs = tagsOf(file, 'neo.epoch').filter((tag) => tag.segment === segment);
  const found = epochs.find(({ properties }) => properties.get('name') === name);
  if (!found) {
    const known = epochs.map(({ properties }) => properties.get('name')).join(', ') || 'none';
    return file.fail(`there are no epochs called "${name}"; there are ${known}, and stretches such as 2s..4s`);
  }
  const [begins, lengths] = ['positions', 'extents'].map((part) => {
    const scale = SECONDS[unitAt(file, `${found.path}/${part}`)];
    return file
      .column(`${found.path}/${part}/data`)
      .numbers()
      .map((time) => time * scale);
  });
  const where = `${found.path}/positions/dimensions/1/labels`;
  const labels = file.kind(where) === 'dataset' ? file.column(where).words() : [];
  const rows = Array.from(begins.keys()).filter((row) => labels[row] === which || String(row) === which);
  if (rows.length !== 1 || lengths.length !== begins.length)
    file.fail(
      `${rows.length} of the ${begins.length} epochs ${name} are "${which}"; choose one by its number, such as ${name}:${rows[0] ?? 0}`,
    );
  const [from, to] = [begins[rows[0]], begins[rows[0]] + lengths[rows[0]]];
  if (!(from < to)) file.fail(`the epoch ${spelling} is from ${from} to ${to} s, which is no stretch of time`);
  return [from, to];
}
