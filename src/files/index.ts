export { type NpyArray, type NpyStream, npzBytes, readNpz, writeNpz } from './npz.js';
export { readTable, type Table } from './table.js';
export { crc32, readGzip } from './zip.js';
