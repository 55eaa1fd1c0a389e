export { type MemoryFile, type MemoryHeader, readMemory, writeMemory } from './memory-file.js';
export { type NpyArray, readNpz, writeNpz } from './npz.js';
export { readReference } from './reference.js';
export { readScoreCsv, writeScoreCsv } from './score-csv.js';
