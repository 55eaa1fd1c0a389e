/** Forms in which other programs read a network, each a file and a line here. */
import type { Form } from './form.js';
import { mat } from './mat.js';
import { nestSpikes } from './nest-spikes.js';
import { nir } from './nir.js';
import { nwb } from './nwb.js';
import { parquet } from './parquet.js';
import { csv, json, npz } from './plain.js';
import { brian2, nest } from './scripts.js';
import { sonata } from './sonata.js';

export const forms: readonly Form[] = [npz, csv, json, brian2, nest, nwb, sonata, nir, mat, parquet, nestSpikes];
