/** Files that would expand without measure, or claim more than they can hold. */
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { hdf5Bytes } from '../src/files/hdf5.js';
import { ids, read, written } from './exported.js';

describe('a file that would expand without measure', () => {
  const zeros = new Uint8Array(2 ** 24);
  const lying = () => {
    const bytes = gzipSync(zeros, { level: 9 });
    new DataView(bytes.buffer).setUint32(bytes.length - 4, 1000, true);
    return bytes;
  };
  it.each([
    ['gzip', () => gzipSync(zeros), /claims to expand from \d+ to 16777216 bytes; if it is no bomb, unpack it first/],
    ['gzip that claims less than is in it', lying, /does not hold what it claims/],
    ['a zip', () => zipSync({ 'times.npy': zeros }), /"times\.npy" claims to expand to 16777216 bytes, in a file of/],
    [
      'a zip of many small entries',
      () => zipSync(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}.npy`, zeros.subarray(0, 2 ** 20)]))),
      /"8\.npy" claims to expand/,
    ],
  ] as [string, () => Uint8Array, RegExp][])('as %s is refused before it does', async (_, make, message) => {
    await expect(read(make())).rejects.toMatchObject({ code: 'input', message: expect.stringMatching(message) });
  });

  it('as SONATA with a million nodes, or as NWB with a million units, is refused by their number', async () => {
    const many = { shape: [1e6], data: new Int32Array(1e6), chunks: [1e6], compression: 9 };
    const sonata = hdf5Bytes((file) => {
      const spikes = file.create_group('spikes').create_group('a');
      for (const name of ['timestamps', 'node_ids']) spikes.create_dataset({ name, data: Float64Array.of(1, 2) });
      file
        .create_group('nodes')
        .create_group('a')
        .create_dataset({ name: 'node_type_id', ...many });
    });
    await expect(read(sonata)).rejects.toThrow(/a has 1000000 neurons; at most 100000 are read/);
    const nwb = hdf5Bytes((file) => {
      file.create_attribute('nwb_version', '2.8.0');
      file.create_group('units').create_dataset({ name: 'id', ...many });
    });
    await expect(read(nwb)).rejects.toThrow(/1000000 units; at most 100000 are read: choose some with --select/);
  });

  it('as cells that refer to one value, or spikes that are all at one time, is refused', async () => {
    const mat = hdf5Bytes((file) => {
      const one = file.create_group('#refs#').create_dataset({ name: 'a', data: Float64Array.of(0.1), shape: [1, 1] });
      one.create_attribute('MATLAB_class', 'double', [], 'A6');
      const data = Array.from({ length: 2000 }, () => one.create_reference());
      const cells = { data, shape: [2000, 1], chunks: [2000, 1], compression: 9 };
      file.create_dataset({ name: 'spikes', ...cells }).create_attribute('MATLAB_class', 'cell', [], 'A4');
    });
    await expect(read(mat)).rejects.toThrow(/\/spikes claims 2000 cells, in a file of \d+/);
    const sonata = hdf5Bytes((file) => {
      const spikes = file.create_group('spikes').create_group('a');
      for (const name of ['timestamps', 'node_ids'])
        spikes.create_dataset({ name, data: new Float64Array(30).fill(7) });
    });
    await expect(read(sonata)).rejects.toThrow(/the 30 spikes of its busiest neuron are at one time/);
    const vast = hdf5Bytes((file) => {
      const spikes = file.create_group('spikes').create_group('a');
      const zeros = { shape: [6e5], data: new Float64Array(6e5), chunks: [6e5], compression: 9 };
      for (const name of ['timestamps', 'node_ids']) spikes.create_dataset({ name, ...zeros });
    });
    await expect(read(vast)).rejects.toThrow(/its datasets claim 9600000 bytes, in a file of \d+/);
  });

  it('as HDF5 is judged by its head, before the library is loaded', async () => {
    const whole = (await written('nwb'))[0];
    const change = (edit: (bytes: Uint8Array) => Uint8Array) => read(edit(whole.slice()));
    const put = (at: number, value: number) => (bytes: Uint8Array) => {
      bytes[at] = value;
      return bytes;
    };
    await expect(change((bytes) => bytes.slice(0, 40))).rejects.toThrow(
      'f: not readable as HDF5: cut off after 40 bytes',
    );
    await expect(change((bytes) => bytes.slice(0, 900))).rejects.toThrow(
      /cut off: it should have \d+ bytes, and has 900/,
    );
    await expect(change(put(8, 77))).rejects.toThrow('its superblock is of version 77; there are 0 to 3');
    await expect(change(put(9, 3))).rejects.toThrow('its addresses are of 3 bytes');
    const behind = new Uint8Array(512 + whole.length);
    behind.set(whole, 512);
    expect((await read(behind)).ids).toEqual(ids);
  });

  it('and does not is read, gzip or not, by the readers of the page too', async () => {
    const text = new TextEncoder().encode('neuron,time_s\n1,0.01\n2,0.02\n1,0.05\n');
    expect((await read(gzipSync(text))).score).toEqual((await read(text)).score);
    const nwb = (await written('nwb'))[0];
    expect((await read(gzipSync(nwb))).ids).toEqual(ids);
  });
});
