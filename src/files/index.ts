export { type Ask, readFieldSpikes, readFieldSynapses, type Spikes, type Synapses } from './formats/index.js';
export { type NirContent, nirBytes } from './formats/nir-write.js';
export { type NwbContent, nwbBytes, type UnitTable } from './formats/nwb-write.js';
export { type Condition, parseSelection } from './formats/select.js';
export { type SonataContent, sonataBytes } from './formats/sonata-write.js';
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
export { isParquet, parquetBytes, readParquet } from './parquet.js';
export { demandSource, type Source, sourceOf } from './source.js';
export { numberOf, readTable, type Table } from './table.js';
export { crc32, readGzip, unpacked } from './zip.js';
