/**
 * Spikes, nodes and edges as SONATA, one population `memory`, in one file. The sorting of spikes is not written, because it is an
 * enumeration, which the library does not write; texts of attributes are of fixed length, as libsonata wants them.
 */
import type * as Library from 'h5wasm';
import { hdf5Bytes } from '../hdf5.js';
import { type Own, writeOwn } from './own.js';

const POPULATION = 'memory';
const MAGIC = 0x0a7a;

/** What a SONATA file is made of. */
export interface SonataContent {
  readonly nodes: number;
  /** Of each spike, its node, and its time in ms. */
  readonly spikes: { readonly nodes: Uint32Array; readonly times: Float64Array };
  /** Of each synapse, its ends, its delay in ms and its weight. */
  readonly edges: {
    readonly sources: Uint32Array;
    readonly targets: Uint32Array;
    readonly delays: Float64Array;
    readonly weights: Float64Array;
  };
  readonly own: Own;
}

/** The bytes of a SONATA file. Equal contents are equal bytes. */
export const sonataBytes = ({ nodes, spikes, edges, own }: SonataContent): Promise<Uint8Array> =>
  hdf5Bytes((file) => {
    file.create_attribute('magic', MAGIC, [], '<I');
    file.create_attribute('version', Uint32Array.of(0, 1));
    const played = file.create_group('spikes').create_group(POPULATION);
    const times = played.create_dataset({ name: 'timestamps', data: spikes.times });
    times.create_attribute('units', 'ms', [], 'S2');
    played.create_dataset({ name: 'node_ids', data: wide(spikes.nodes) });
    const population = file.create_group('nodes').create_group(POPULATION);
    const numbers = Uint32Array.from({ length: nodes }, (_, node) => node);
    population.create_dataset({ name: 'node_id', data: wide(numbers) });
    put(population, 'node', numbers);
    const pair = file.create_group('edges').create_group(`${POPULATION}_to_${POPULATION}`);
    for (const [name, ends] of [
      ['source_node_id', edges.sources] as const,
      ['target_node_id', edges.targets] as const,
    ]) {
      const made = pair.create_dataset({ name, data: wide(ends) });
      made.create_attribute('node_population', POPULATION, [], `S${POPULATION.length}`);
    }
    const values = put(
      pair,
      'edge',
      Uint32Array.from({ length: edges.sources.length }, (_, edge) => edge),
    );
    values.create_dataset({ name: 'delay', data: edges.delays });
    values.create_dataset({ name: 'syn_weight', data: edges.weights });
    writeOwn(file, own);
  });

const wide = (values: Uint32Array) => BigUint64Array.from(values, BigInt);

/** Type and place of nodes or edges, all of one type, in one group, which is returned. */
function put(population: Library.Group, what: 'node' | 'edge', numbers: Uint32Array): Library.Group {
  population.create_dataset({ name: `${what}_type_id`, data: new BigInt64Array(numbers.length) });
  population.create_dataset({ name: `${what}_group_id`, data: new BigUint64Array(numbers.length) });
  population.create_dataset({ name: `${what}_group_index`, data: wide(numbers) });
  return population.create_group('0');
}
