/** The network of a task: sampled and stored, or read from a file of the user's. Node only. */
import { loadNetworkFile } from '../../../src/memory/files/node.js';
import { kept, type Stored, type StoreSpec, storeSampled } from './store.js';

/** @param file a stored network of any format that `memorize recall` reads, or null */
export function storedFor(file: string | null, spec: StoreSpec): Stored {
  if (file === null) return storeSampled(spec);
  return kept(file, () => {
    const { score, network, statuses } = loadNetworkFile(file);
    const neurons = score.starts.length - 1;
    return { score, network, solved: statuses?.filter((status) => status === 'solved').length ?? neurons };
  });
}
