/**
 * SONATA (github.com/AllenInstitute/sonata): spikes as /spikes/<population>/{timestamps, node_ids}, `units` ms unless said;
 * edges as /edges/<population>/{source_node_id, target_node_id}, each of a population of nodes, with `delay` in ms and `syn_weight`
 * in the group that `edge_group_id` names, at `edge_group_index`.
 */
import { SECONDS, type TimeUnit, unitOf } from '../../core/index.js';
import type { Hdf5 } from '../hdf5.js';
import type { Ask, Format, Spikes, Synapses } from './format.js';
import { readOwn } from './own.js';
import { type Population, trainsOfPairs } from './pairs.js';

export const sonata: Format = {
  name: 'SONATA',
  is: ({ hdf5 }) => hdf5 !== undefined && ['spikes', 'edges', 'nodes'].some((name) => isPopulated(hdf5, `/${name}`)),
  spikes: ({ hdf5 }, ask) => spikesIn(hdf5 as Hdf5, ask),
  synapses: ({ hdf5 }) => edgesIn(hdf5 as Hdf5),
};

const MEMBERS: Record<string, readonly string[]> = {
  '/spikes': ['timestamps', 'node_ids'],
  '/edges': ['source_node_id', 'target_node_id'],
  '/nodes': ['node_type_id'],
};

const populationsIn = (file: Hdf5, root: string): string[] =>
  file
    .keys(root)
    .filter((name) => MEMBERS[root].some((member) => file.kind(`${root}/${name}/${member}`) === 'dataset'));

/** Files of the first version have no groups of populations. */
const isPopulated = (file: Hdf5, root: string): boolean =>
  populationsIn(file, root).length > 0 || (root === '/spikes' && file.kind('/spikes/timestamps') === 'dataset');

function spikesIn(file: Hdf5, ask: Ask): Spikes {
  const names = populationsIn(file, '/spikes');
  if (names.length === 0) {
    file.fail(
      file.kind('/spikes/timestamps')
        ? 'SONATA spikes of the first version, without populations: write them again with one'
        : 'a SONATA file of a network, without spikes; give it to --wiring',
    );
  }
  const written = names.map((name) => file.attribute(`/spikes/${name}/timestamps`, 'units'));
  const units = written.map((text) => (text === undefined ? 'ms' : unitIn(file, String(text))));
  const unit = ask.unit ?? units[0];
  if (ask.unit === undefined && units.some((one) => one !== unit))
    file.fail('its populations have times in different units');
  const own = names.length === 1 ? readOwn(file) : {};
  const populations = names.map((name): Population => {
    const [times, ids] = ['timestamps', 'node_ids'].map((member) => file.column(`/spikes/${name}/${member}`).numbers());
    if (times.length !== ids.length) file.fail(`/spikes/${name} has ${times.length} times and ${ids.length} node_ids`);
    const nodes = `/nodes/${name}/node_type_id`;
    const neurons = file.kind(nodes) === 'dataset' ? file.column(nodes).length : undefined;
    return { name, ids, times, neurons, called: own.ids };
  });
  const trains = trainsOfPairs(populations, unit, ask, file);
  const together = names.length > 1 ? ' · population and id together are the neuron' : '';
  const from = ask.unit ? '' : written[0] === undefined ? ' (SONATA, unless said)' : ' (as the file says)';
  return {
    ...trains,
    unit,
    sure: ask.unit !== undefined,
    window: ask.window === undefined && own.period ? [0, own.period] : undefined,
    notes: [
      `SONATA, population${names.length > 1 ? 's' : ''} ${names.join(', ')} · times in ${unit}${from}${together}`,
    ],
  };
}

function unitIn(file: Hdf5, text: string): TimeUnit {
  const name = { seconds: 's', second: 's', milliseconds: 'ms', millisecond: 'ms' }[text] ?? text;
  if (!['s', 'ms', 'us'].includes(name))
    file.fail(`times are in "${text.slice(0, 20)}"; allowed are s, ms, us: say --time-unit`);
  return unitOf(name);
}

function edgesIn(file: Hdf5): Synapses {
  const names = populationsIn(file, '/edges');
  if (names.length === 0) file.fail('a SONATA file without edges; give it to --score if it holds spikes');
  const all = names.map((name) => edgesOf(file, `/edges/${name}`));
  const nodes = new Set(all.flatMap(({ from, to }) => [from, to]));
  const called = (population: string) => (id: number) => (nodes.size > 1 ? `${population}/${id}` : id);
  const { ids, lower, upper, cost } = nodes.size === 1 ? readOwn(file) : {};
  return {
    ids,
    own: { lower, upper, cost },
    sources: all.flatMap(({ sources, from }) => Array.from(sources, called(from))),
    targets: all.flatMap(({ targets, to }) => Array.from(targets, called(to))),
    delays: Float64Array.from(all.flatMap(({ delays }) => Array.from(delays, (delay) => delay * SECONDS.ms))),
    weights: Float64Array.from(all.flatMap(({ weights }) => Array.from(weights))),
    notes: [
      `SONATA, edges ${names.join(', ')} · delays in ms${nodes.size > 1 ? ' · population and id together are the neuron' : ''}`,
    ],
  };
}

function edgesOf(file: Hdf5, path: string) {
  const [sources, targets] = ['source_node_id', 'target_node_id'].map((name) =>
    file.column(`${path}/${name}`).numbers(),
  );
  const ofEach = (name: string) =>
    file.kind(`${path}/${name}`) ? file.column(`${path}/${name}`).numbers() : undefined;
  const groups = ofEach('edge_group_id') ?? new Float64Array(sources.length);
  const places = ofEach('edge_group_index') ?? sources.map((_, edge) => edge);
  if ([targets, groups, places].some(({ length }) => length !== sources.length))
    file.fail(`${path}: its columns have different lengths`);
  const each = (name: string) => {
    const columns = new Map<number, Float64Array>();
    return sources.map((_, edge) => {
      const group = `${path}/${groups[edge]}`;
      const column = columns.get(groups[edge]) ?? file.column(`${group}/${name}`).numbers();
      columns.set(groups[edge], column);
      if (!(places[edge] < column.length)) file.fail(`${group}/${name} has no entry ${places[edge]}, of edge ${edge}`);
      return column[places[edge]];
    });
  };
  const nodesOf = (name: string) => String(file.attribute(`${path}/${name}`, 'node_population') ?? 'nodes');
  return {
    sources,
    targets,
    delays: each('delay'),
    weights: file.kind(`${path}/${groups[0]}/syn_weight`) ? each('syn_weight') : new Float64Array(sources.length),
    from: nodesOf('source_node_id'),
    to: nodesOf('target_node_id'),
  };
}
