/** What a form of export is: one file, and one line in the list. */
import type { Network, NeuronModel } from '../../network/index.js';
import type { Score } from '../../score/index.js';
import type { Box } from '../../template/index.js';

/** A network that is written for another program. */
export interface Exported {
  /** What it stores. */
  readonly score: Score;
  /** Further scores in the same weights. */
  readonly others: readonly Score[];
  readonly network: Network;
  readonly model: NeuronModel;
  /** Seconds per refractory period. */
  readonly tau0: number;
  /** Largest absolute weight of its template. */
  readonly bound: number;
  readonly bounds: Box | undefined;
  readonly costs: Float64Array | undefined;
  /** What it has recalled, per channel, in refractory periods, if that is to be written too. */
  readonly recalled: readonly Float64Array[] | undefined;
  /** Name and version of what writes. */
  readonly program: string;
}

/** What not all networks have, and not every form can hold. */
export type Part = 'memories' | 'ids' | 'bounds' | 'costs' | 'model' | 'synapses' | 'score' | 'delays' | 'recalled';

/** A file of a form: its bytes, or what writes them piece by piece. */
export type Content = Uint8Array | string | ((sink: (bytes: Uint8Array) => void) => void);

export interface Form {
  readonly name: string;
  readonly files: readonly string[];
  /** What it holds of a network, beside what all networks have. */
  readonly holds: readonly Part[];
  /** The contents, in the order of the files. Throws `usage` where the form cannot hold the network. */
  write(network: Exported): Content[] | Promise<Content[]>;
  /** What a person may do next; `quoted` are the paths of the files, fit for a shell. */
  next(quoted: readonly string[], network: Exported): string;
}

/** To whom each entry belongs of arrays in CSR form. */
export function ownersOf(starts: Uint32Array): Uint32Array {
  const owners = new Uint32Array(starts[starts.length - 1]);
  for (let l = 0; l + 1 < starts.length; l++) owners.fill(l, starts[l], starts[l + 1]);
  return owners;
}

/** Options by which `memorize` reads again what was written. */
export const readAgain = ({ tau0, bound }: Exported, usual: number): string => {
  const refractory = tau0 === 0.005 ? '' : ` --refractory ${Number((tau0 * 1e3).toPrecision(15))}ms`;
  return `${refractory}${bound === usual ? '' : ` --bound ${bound}`}`;
};
