/** Scores and networks in the formats of the field: what is written is read back, by us and by the reference libraries. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { hdf5Bytes } from '../src/files/hdf5.js';
import { type MatValue, matBytes, sourceOf } from '../src/files/index.js';
import { wiringOfSource } from '../src/memory/files/index.js';
import { withIds } from '../src/memory/score/index.js';
import { ids, network, read, score, tau0, trains, trainsOf, written } from './exported.js';
import { askPython, pythonWith } from './python.js';

const folder = mkdtempSync(join(tmpdir(), 'engram-formats-'));
describe('a score that is exported', () => {
  it.each([
    ['nwb', 0, ids, {}],
    ['mat', 0, ids, {}],
    ['parquet', 1, ids, {}],
    ['csv', 1, ids, {}],
    ['sonata', 0, ids, {}],
    ['nir', 0, ids, {}],
    ['npz', 0, ids, {}],
  ] as const)('as %s is read back: trains, silent neurons, ids, period', async (name, file, own, stretch) => {
    const imported = await read((await written(name))[file], 'f', {}, stretch);
    expect(imported.ids).toEqual(own);
    expect(trainsOf(imported.score)).toEqual(trains);
    expect(imported.score.period).toBeCloseTo(60, 9);
  });

  it.each(['nwb', 'mat', 'parquet', 'sonata', 'nir'])('as %s keeps the names of neurons', async (name) => {
    const names = ['V1/1', 'V1/2', 'M, left/1'];
    const content = await written(name, { score: { ...score, ids: names } });
    const imported = await read(content[name === 'parquet' ? 1 : 0]);
    expect(imported.ids).toEqual(['M, left/1', 'V1/1', 'V1/2']);
    expect(trainsOf(imported.score)).toEqual([trains[2], trains[0], trains[1]]);
  });

  it('for NEST is read back with its times in ms', async () => {
    const imported = await read((await written('nest-spikes'))[0], 'spikes.dat', {}, { duration: 0.3 });
    expect(imported.ids).toEqual([3, 9]);
    expect(trainsOf(imported.score)).toEqual([trains[0], trains[2]]);
    expect(imported.notes[0]).toMatch(/times in ms/);
  });

  it.each(['nwb', 'sonata', 'mat', 'parquet', 'nir'])('as %s is the same bytes again', async (name) => {
    const [one, two] = [await written(name), await written(name)];
    one.forEach((bytes, i) => expect(Buffer.compare(bytes, two[i])).toBe(0));
  });
});

describe('a wiring that is exported', () => {
  it.each([
    ['mat', 0, ids],
    ['parquet', 0, ids],
    ['csv', 0, ids],
    ['sonata', 0, ids],
    ['nir', 0, ids],
    ['npz', 0, ids],
    ['sonata', 0, ['a', 'b', 'c']],
    ['nir', 0, ['a', 'b', 'c']],
    ['mat', 0, ['a', 'b', 'c']],
    ['parquet', 0, ['a', 'b', 'c']],
  ] as const)('as %s is read back, file %i of neurons %j', async (name, file, own) => {
    const bytes = (await written(name, { score: withIds(score, own) }))[file];
    const { wiring, notes } = await wiringOfSource(sourceOf(bytes, 'f'), { tau0, ids: own, bound: 0.2 });
    expect(wiring.starts).toEqual(network.starts);
    expect(wiring.sources).toEqual(network.sources);
    wiring.delays.forEach((delay, k) => expect(delay).toBeCloseTo(network.delays[k], 12));
    if (name !== 'npz') expect(notes.join()).toMatch(/5 synapses · .*delays in m?s/);
  });

  it.each(['csv', 'parquet', 'npz', 'sonata', 'nir'])(
    'as %s keeps bounds and costs of every synapse, and synapses of weight 0',
    async (name) => {
      const bounds = { lower: network.weights.map((w) => w - 0.1), upper: network.weights.map((w) => w + 0.05) };
      const costs = Float64Array.of(1, 2, 0.5, 3, 4);
      const silenced = { ...network, weights: Float64Array.of(0.1, 0, 0.05, 0, -0.125) };
      const bytes = (await written(name, { bounds, costs, network: silenced }))[0];
      const found = await wiringOfSource(sourceOf(bytes, 'f'), { tau0, ids, bound: 0.2 });
      expect([found.wiring.sources, found.bounds, found.costs]).toEqual([network.sources, bounds, costs]);
    },
  );

  it.each(['mat', 'sonata'])('as %s is refused for other neurons', async (name) => {
    const source = sourceOf((await written(name))[0], 'f');
    await expect(wiringOfSource(source, { tau0, ids: [70, 80], bound: 0.2 })).rejects.toThrow(
      /^f: target \d+ of synapse 0 is no neuron; there are 70 to 80$/,
    );
  });
});

describe('SONATA', () => {
  const spikes = (populations: Record<string, { ids: number[]; times: number[]; units?: string }>) =>
    hdf5Bytes((file) => {
      const root = file.create_group('spikes');
      for (const [name, { ids: nodes, times, units }] of Object.entries(populations)) {
        const group = root.create_group(name);
        const made = group.create_dataset({ name: 'timestamps', data: Float64Array.from(times) });
        if (units) made.create_attribute('units', units);
        group.create_dataset({ name: 'node_ids', data: Uint32Array.from(nodes) });
      }
    });

  it('of several populations keeps them apart, and chooses by them', async () => {
    const file = spikes({ V1: { ids: [0, 1, 0], times: [10, 20, 40] }, LGN: { ids: [0], times: [15] } });
    const { ids: found, notes, score: whole } = await read(file);
    expect(found).toEqual(['LGN/0', 'V1/0', 'V1/1']);
    expect(trainsOf(whole)).toEqual([[3], [2, 8], [4]]);
    expect(notes[0]).toMatch(/SONATA, populations LGN, V1 · times in ms .* population and id together are the neuron/);
    expect((await read(file, 'f', { select: 'population=V1 and id<1' })).ids).toEqual(['V1/0']);
  });

  it('in seconds says so, and in what is no unit is refused', async () => {
    const own = (units: string) => spikes({ a: { ids: [0, 1], times: [0.01, 0.02], units } });
    expect(trainsOf((await read(own('s'))).score)).toEqual([[2], [4]]);
    await expect(read(own('weeks'))).rejects.toThrow(/times are in "weeks"; allowed are s, ms, us/);
  });

  it('whose columns differ in length, or without spikes, is refused', async () => {
    await expect(read(spikes({ a: { ids: [0], times: [1, 2] } }))).rejects.toThrow(/has 2 times and 1 node_ids/);
    const edges = hdf5Bytes((file) => {
      const group = file.create_group('edges').create_group('a');
      for (const name of ['source_node_id', 'target_node_id']) group.create_dataset({ name, data: [0] });
    });
    await expect(read(edges)).rejects.toThrow(/a SONATA file of a network, without spikes; give it to --wiring/);
    await expect(wiringOfSource(sourceOf(await edges, 'f'), { tau0, ids: [0], bound: 0.2 })).rejects.toThrow(
      /delay is missing/,
    );
  });
});

describe('MAT', () => {
  const vector = (...values: number[]): MatValue => ({
    kind: 'numeric',
    dtype: 'f8',
    dims: [1, values.length],
    values: Float64Array.from(values),
  });
  const cell = (...cells: MatValue[]): MatValue => ({ kind: 'cell', dims: [1, cells.length], cells });

  it.each([
    ['a cell array', { spikes: cell(vector(0.01, 0.2), vector(), vector(0.1)) }],
    [
      'structs',
      {
        unit: {
          kind: 'struct',
          dims: [1, 3],
          fields: new Map([
            ['depth', [vector(1), vector(2), vector(3)]],
            ['spike_times', [vector(0.01, 0.2), vector(), vector(0.1)]],
          ]),
        },
      },
    ],
  ] as [string, Record<string, MatValue>][])(
    'with %s gives a train for each entry, counted from 1',
    async (_, variables) => {
      const imported = await read(matBytes(Object.entries(variables)));
      expect(imported.ids).toEqual([1, 2, 3]);
      expect(trainsOf(imported.score)).toEqual([[2, 40], [], [20]]);
    },
  );

  it('with a matrix of neuron and time', async () => {
    const matrix: MatValue = {
      kind: 'numeric',
      dtype: 'f8',
      dims: [3, 2],
      values: Float64Array.of(4, 7, 4, 0.01, 0.1, 0.2),
    };
    const imported = await read(matBytes([['a', matrix]]));
    expect(imported.ids).toEqual([4, 7]);
    expect(trainsOf(imported.score)).toEqual([[2, 40], [20]]);
  });

  it.each([
    [
      'as CellExplorer keeps it',
      new Map([
        ['UID', [vector(7, 9)]],
        ['times', [cell(vector(0.01, 0.2), vector(0.1))]],
      ]),
      [7, 9],
    ],
    [
      'without ids',
      new Map([
        ['rate', [vector(3)]],
        ['times', [cell(vector(0.01, 0.2), vector(0.1))]],
      ]),
      [1, 2],
    ],
  ] as const)('with a struct of a whole recording, %s', async (_, fields, own) => {
    const imported = await read(matBytes([['spikes', { kind: 'struct', dims: [1, 1], fields }]]));
    expect(imported.ids).toEqual(own);
    expect(imported.notes[0]).toMatch(/variable spikes: a struct with a cell array of spike times, times/);
    expect(trainsOf(imported.score)).toEqual([[2, 40], [20]]);
  });

  it('with two candidates asks which, and takes the one that is said', async () => {
    const file = matBytes([
      ['left', cell(vector(0.01, 0.1))],
      ['right', cell(vector(0.02, 0.1))],
    ]);
    await expect(read(file)).rejects.toThrow(
      /which variable holds the spike times\? say it with --select variable=left; there are left \(cell 1 x 1\), right/,
    );
    expect(trainsOf((await read(file, 'f', { select: 'variable=right' })).score)).toEqual([[4, 20]]);
  });

  it('with none says what there is', async () => {
    await expect(read(matBytes([['rate', vector(3)]]))).rejects.toThrow(
      /no variable holds spike times: .*there are rate \(numeric 1 x 1\)/,
    );
  });

  it('of version 7.3 is read by the same reader, also when its text calls it 5.0', async () => {
    const inner = hdf5Bytes((file) => {
      const cells = file.create_group('#refs#');
      const refs = [[0.01, 0.2], [0.1]].map((values, i) => {
        const made = cells.create_dataset({
          name: String(i),
          data: Float64Array.from(values),
          shape: [values.length, 1],
        });
        made.create_attribute('MATLAB_class', 'double', [], 'A6');
        return made.create_reference();
      });
      file
        .create_dataset({ name: 'spikes', data: refs, shape: [2, 1] })
        .create_attribute('MATLAB_class', 'cell', [], 'A4');
    });
    for (const version of ['7.3', '5.0']) {
      const bytes = new Uint8Array(512 + (await inner).length);
      bytes.set(new TextEncoder().encode(`MATLAB ${version} MAT-file`));
      bytes.set(await inner, 512);
      expect(trainsOf((await read(bytes)).score)).toEqual([[2, 40], [20]]);
    }
  });
});

describe('NIR', () => {
  it('refuses neurons that it has not, and networks too large for dense matrices', async () => {
    const model = { model: 'continuation' } as const;
    await expect(written('nir', { model })).rejects.toThrow(/these are continuation; store with --neuron lif-exp/);
    const many = { starts: Uint32Array.of(0, 0, 0, 2 ** 23), sources: new Uint32Array(2 ** 23) };
    const large = { ...many, delays: new Float64Array(2 ** 23), weights: new Float64Array(2 ** 23) };
    await expect(written('nir', { network: large })).rejects.toThrow(/dense matrices only.*use sonata/);
  });

  it('of others holds no spikes, and says so', async () => {
    const other = hdf5Bytes((file) => void file.create_group('node').create_group('nodes'));
    await expect(read(other)).rejects.toThrow(/a file of NIR, of which no spikes are read/);
  });

  it('says how long the neurons are dead, for which it has no place', async () => {
    const source = sourceOf((await written('nir'))[0], 'f');
    const { notes } = await wiringOfSource(source, { tau0, ids, bound: 0.2 });
    expect(notes.join()).toMatch(/--neuron says what they are, --dead-time 2ms how long they are dead/);
  });

  const python = pythonWith('nir');
  it.skipIf(!python)(
    'is read by nir, and one neuron of it, integrated by hand, answers one spike with the height of its weight',
    async () => {
      const file = join(folder, 'network.nir');
      writeFileSync(file, (await written('nir'))[0]);
      const script = `
import sys, json, nir
graph = nir.read(sys.argv[1])
cells, delays, weights, lines = (graph.nodes[name] for name in ('neurons', 'delays', 'weights', 'lines'))
print(json.dumps(dict(types=sorted(type(node).__name__ for node in graph.nodes.values()), edges=sorted(map(list, graph.edges)),
    mem=cells.tau_mem.tolist(), syn=cells.tau_syn.tolist(), reset=cells.v_reset.tolist(), delays=delays.delay.tolist(),
    weights=weights.weight.tolist(), lines=lines.weight.tolist())))`;
      const found = askPython(python as string, script, file) as Record<string, number[]>;
      expect(found).toMatchObject({
        types: ['CubaLIF', 'Delay', 'Input', 'Linear', 'Linear', 'Output'],
        mem: [0.01, 0.01, 0.01],
        syn: [0.002, 0.002, 0.002],
        reset: [0, 0, 0],
        delays: [0.0025, 0.01, 0.015, 0.00625, 0.04].map((delay) => expect.closeTo(delay, 12)),
      });
      const weight = (found.weights as unknown as number[][])[0][0];
      let [current, potential, highest] = [weight / found.syn[0], 0, 0];
      const step = 1e-7;
      for (let i = 0; i < 2e5; i++) {
        potential += (step * (current - potential)) / found.mem[0];
        current -= (step * current) / found.syn[0];
        highest = Math.max(highest, potential);
      }
      expect(highest).toBeCloseTo(network.weights[0], 5);
    },
  );
});

describe('Parquet', () => {
  const DOUBLES = [
    { repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
  ];
  /** A table with a column of lists for each that is given, and the units' names if they have any. */
  const listed = (columns: Record<string, (number[] | null)[]>, units?: number[]) => {
    const lists = Object.entries(columns);
    const named = units ? [{ name: 'unit', data: Int32Array.from(units) }] : [];
    const schema = [
      { name: 'root', num_children: lists.length + named.length },
      ...named.map(({ name }) => ({ name, type: 'INT32', repetition_type: 'REQUIRED' })),
      ...lists.flatMap(([name]) => [{ ...DOUBLES[0], name }, ...DOUBLES.slice(1)]),
    ];
    const columnData = [...named, ...lists.map(([name, data]) => ({ name, data }))];
    return new Uint8Array(parquetWriteBuffer({ columnData, schema } as never));
  };

  it('with a list of times per unit is read, units without spikes among them', async () => {
    const times = [[0.01, 0.0425], [], [0.2], null];
    const found = await read(listed({ spike_times: times }, [7, 3, 5, 9]), 'f', { hints: { unit: 's' } });
    expect([found.ids, trainsOf(found.score)]).toEqual([
      [3, 5, 7, 9],
      [[], [40], [2, 8.5], []],
    ]);
    const unnamed = await read(listed({ spike_times: times, depth: times }), 'f', { hints: { unit: 's' } });
    expect([unnamed.ids, trainsOf(unnamed.score)]).toEqual([
      [0, 1, 2, 3],
      [[2, 8.5], [], [40], []],
    ]);
  });

  it('with lists that do not fit each other, or hold no times, is refused with the row', async () => {
    const uneven = listed({ spike_times: [[0.1], [0.1, 0.2]], depth: [[1], [1]] }, [1, 2]);
    await expect(read(uneven)).rejects.toThrow('f:2: the lists of this row have different lengths');
    const none = listed({ spike_times: [[0.1], [0.2, Number.NaN]] }, [1, 2]);
    await expect(read(none)).rejects.toThrow('f:2: "NaN" in column spike_times is not a number');
  });

  it('that is cut off, or claims more than can be in it, is refused in one line', async () => {
    const [, bytes] = await written('parquet');
    for (const length of [12, 60, bytes.length - 1]) {
      const error = await read(bytes.slice(0, length)).catch((reason) => reason);
      expect(error).toMatchObject({ code: 'input', message: expect.stringMatching(/^f: [^\n]+$/) });
    }
  });
});

describe('with the reference libraries', () => {
  const put = (name: string, bytes: Uint8Array) => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  const libraries = pythonWith('libsonata', 'scipy', 'pyarrow', 'h5py');

  it.skipIf(!libraries)(
    'SONATA, MAT and Parquet hold the same values in libsonata, SciPy and Arrow, and back',
    async () => {
      const files = [
        put('memory.h5', (await written('sonata'))[0]),
        put('memory.mat', (await written('mat'))[0]),
        put('score.parquet', (await written('parquet'))[1]),
      ];
      const back = ['py.mat', 'py73.mat', 'py.parquet', 'lists.parquet'].map((name) => join(folder, name));
      const script = `
import sys, json, numpy as np, libsonata, scipy.io, pyarrow, pyarrow.parquet as parquet, h5py
sonata, mat, table, matback, mat73, tableback, listback = sys.argv[1:]
spikes = libsonata.SpikeReader(sonata)['memory']
edges = libsonata.EdgeStorage(sonata).open_population('memory_to_memory')
every = libsonata.Selection([(0, edges.size)])
held = scipy.io.loadmat(mat)
rows = parquet.read_table(table)
trains = [np.array([.01, .2]), np.array([]), np.array([.1])]
cells = np.empty((1, 3), object)
for i, train in enumerate(trains): cells[0, i] = train
scipy.io.savemat(matback, {'spikes': cells}, do_compression=True)
with h5py.File(mat73, 'w', userblock_size=512) as file:
    refs = file.create_group('#refs#')
    out = file.create_dataset('spikes', (3, 1), dtype=h5py.ref_dtype)
    out.attrs['MATLAB_class'] = np.bytes_('cell')
    for i, train in enumerate(trains):
        one = refs.create_dataset(str(i), data=train.reshape(-1, 1) if len(train) else np.array([0, 0], 'u8'))
        one.attrs['MATLAB_class'] = np.bytes_('double')
        if not len(train): one.attrs['MATLAB_empty'] = np.uint8(1)
        out[i, 0] = one.ref
with open(mat73, 'r+b') as file: file.write(b'MATLAB 7.3 MAT-file'.ljust(124) + b'\\x00\\x02IM')
parquet.write_table(pyarrow.table({'unit': [1, 3, 1], 'time (ms)': [10., 100., 200.]}), tableback)
parquet.write_table(pyarrow.table({'unit': [1, 3], 'time (ms)': [[10., 200.], [100.]]}), listback)
print(json.dumps(dict(
    spikes=[[int(n), float(t)] for n, t in spikes.get()], units=spikes.time_units,
    ends=[edges.source_nodes(every).tolist(), edges.target_nodes(every).tolist()], populations=[edges.source, edges.target],
    delays=edges.get_attribute('delay', every).tolist(), weights=edges.get_attribute('syn_weight', every).tolist(),
    cells=[np.ravel(one).tolist() for one in held['spike_times_s'][0]], ids=np.ravel(held['ids']).tolist(),
    channel=rows['channel'].to_pylist(), time=rows['time_s'].to_pylist())))`;
      const found = askPython(libraries as string, script, ...files, ...back) as Record<string, unknown>;
      const close = (values: number[]) => values.map((value) => expect.closeTo(value, 9));
      const byTime = [
        [2, 0.625],
        [0, 10],
        [0, 42.5],
        [0, 151.25],
        [2, 220],
      ];
      expect((found.spikes as number[][]).sort((a, b) => a[1] - b[1])).toEqual(
        byTime.map(([n, t]) => [n, expect.closeTo(t, 9)]),
      );
      expect(found).toMatchObject({
        units: 'ms',
        ends: [
          [1, 2, 0, 0, 2],
          [0, 0, 1, 2, 2],
        ],
        populations: ['memory', 'memory'],
        delays: close([2.5, 10, 15, 6.25, 40]),
        weights: [0.1, -0.2, 0.05, 0.15, -0.125],
        cells: [close([0.01, 0.0425, 0.15125]), [], close([0.000625, 0.22])],
        ids,
        channel: [3, 3, 3, 9, 9],
        time: close([0.01, 0.0425, 0.15125, 0.000625, 0.22]),
      });
      for (const file of back.slice(0, 2)) {
        const imported = await read(readFileSync(file));
        expect(trainsOf(imported.score)).toEqual([[2, 40], [], [20]]);
      }
      for (const file of back.slice(2)) {
        const table = await read(readFileSync(file));
        expect([table.ids, trainsOf(table.score)]).toEqual([
          [1, 3],
          [[2, 40], [20]],
        ]);
      }
    },
  );
});
