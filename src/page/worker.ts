/** What a worker does for the page. */
import { expose } from 'comlink';
import { archive } from './archive.js';
import { oneNeuron } from './one-neuron.js';
import { recall } from './recall.js';
import { solver } from './solver.js';

const engine = { ...solver, ...recall, ...oneNeuron, ...archive };
export type Engine = typeof engine;

expose(engine);
