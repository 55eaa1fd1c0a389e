/** Files, in a worker: what is heavy is loaded when a file is asked for. */
import type { NeuronReport } from '../memory/memorize/index.js';
import { current } from './solver.js';

declare const ENGRAM_VERSION: string;

export const archive = {
  /** network.npz, the same bytes as the command's. */
  async save(reports: readonly NeuronReport[]): Promise<Uint8Array<ArrayBuffer>> {
    const { writeMemory } = await import('../memory/files/index.js');
    const { problem, seed, tau0 } = current();
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    writeMemory(problem, reports, { program: `engram ${ENGRAM_VERSION}`, seed, tau0, hidden: 0 }, (bytes) =>
      pieces.push(bytes.slice()),
    );
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  },
};
