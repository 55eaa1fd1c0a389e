/**
 * A recurrent network of CubaLIF neurons as NIR: neurons -> lines (Linear, which source each line hears) -> delays (Delay) ->
 * weights (Linear) -> neurons. A line is one synapse, because NIR has a delay per line and dense matrices only.
 */
import type * as Library from 'h5wasm';
import { hdf5Bytes } from '../hdf5.js';
import { type Own, writeOwn } from './own.js';

/** Neurons and synapses; constants in s, one per neuron. */
export interface NirContent {
  readonly membrane: Float64Array;
  readonly synapse: Float64Array;
  /** The potential after a spike; rest is 0, the threshold 1. */
  readonly reset: number;
  readonly sources: Uint32Array;
  readonly targets: Uint32Array;
  /** In s. */
  readonly delays: Float64Array;
  /** As the matrix of weights has them. */
  readonly weights: Float64Array;
  /** What NIR has no place for. */
  readonly own: Own;
}

/** The bytes of a NIR file. Equal contents are equal bytes. */
export const nirBytes = ({
  membrane,
  synapse,
  reset,
  sources,
  targets,
  delays,
  weights,
  own,
}: NirContent): Promise<Uint8Array> =>
  hdf5Bytes((file) => {
    const neurons = membrane.length;
    const lines = sources.length;
    file.create_dataset({ name: 'version', data: '1.0', shape: [] });
    const graph = file.create_group('node');
    const text = (group: Library.Group, name: string, data: string) => group.create_dataset({ name, data, shape: [] });
    text(graph, 'type', 'NIRGraph');
    graph.create_group('metadata');
    const nodes = graph.create_group('nodes');
    const node = (name: string, type: string, values: Record<string, [Float64Array | BigInt64Array, number[]]>) => {
      const group = nodes.create_group(name);
      text(group, 'type', type);
      for (const [key, [data, shape]] of Object.entries(values)) group.create_dataset({ name: key, data, shape });
    };
    const each = (value: number): [Float64Array, number[]] => [new Float64Array(neurons).fill(value), [neurons]];
    const matrix = (
      rows: number,
      columns: number,
      place: (line: number) => number,
      value: (line: number) => number,
    ) => {
      const values = new Float64Array(rows * columns);
      for (let line = 0; line < lines; line++) values[place(line)] = value(line);
      return [values, [rows, columns]] as [Float64Array, number[]];
    };
    node('neurons', 'CubaLIF', {
      tau_mem: [membrane, [neurons]],
      tau_syn: [synapse, [neurons]],
      r: each(1),
      v_leak: each(0),
      v_threshold: each(1),
      v_reset: each(reset),
      w_in: each(1),
    });
    node('lines', 'Linear', {
      weight: matrix(
        lines,
        neurons,
        (line) => line * neurons + sources[line],
        () => 1,
      ),
    });
    node('delays', 'Delay', { delay: [delays, [lines]] });
    node('weights', 'Linear', {
      weight: matrix(
        neurons,
        lines,
        (line) => targets[line] * lines + line,
        (line) => weights[line],
      ),
    });
    const shape = BigInt64Array.of(BigInt(neurons));
    node('input', 'Input', { shape: [shape, [1]] });
    node('output', 'Output', { shape: [shape, [1]] });
    const loop = ['neurons', 'lines', 'lines', 'delays', 'delays', 'weights', 'weights', 'neurons'];
    const edges = ['input', 'neurons', ...loop, 'neurons', 'output'];
    graph.create_dataset({ name: 'edges', data: edges, shape: [edges.length / 2, 2] });
    writeOwn(file, { ...own, targets });
  });
