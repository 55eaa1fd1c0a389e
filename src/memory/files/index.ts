export { networkArrays, synapseTable, writeNetworkJson } from './export.js';
export { type MemoryFile, type MemoryHeader, readMemory, type Stamp, writeMemory } from './memory-file.js';
export { type PublishedNetwork, readNetworkJson } from './networks-json.js';
export { type Imported, type Stretch, scoreOfRecording } from './recording.js';
export { readScoreCsv, writeScoreCsv } from './score-csv.js';
export { type Playable, type SimulatorScript, simulatorScript } from './simulator-script.js';
export { type Recording, readSpikeArrays, readSpikeText, type SpikeHints, type TimeUnit, timeUnits } from './spikes.js';
export { readWiringTable, type WiredTable, type WiringOptions } from './wiring-csv.js';
