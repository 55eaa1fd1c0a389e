export {
  type MatCell,
  type MatChar,
  type MatNumeric,
  type MatOther,
  type MatStruct,
  type MatValue,
  matLines,
} from './mat.js';
export { readMat } from './mat-read.js';
export { matBytes, withMat } from './mat-write.js';
export { type Dtype, descrOf, headerOf, npyBytes, numbersOf, readNpy, type Tensor, type TypedArray } from './npy.js';
export {
  type NpyArray,
  type NpyEntry,
  type NpyStream,
  npzBytes,
  readNpz,
  readTensors,
  writeNpz,
} from './npz.js';
export { readTable, type Table } from './table.js';
export { crc32, readGzip } from './zip.js';
