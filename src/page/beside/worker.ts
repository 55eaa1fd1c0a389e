/** What a worker does for the neighbours' panels. */
import { expose } from 'comlink';
import { sparseprop } from './sparseprop.js';
import { spikernn } from './spikernn.js';

const engine = { ...sparseprop, ...spikernn };
export type BesideEngine = typeof engine;

expose(engine);
