/** Forms in which other programs read a network, each a file and a line here. */
import type { Form } from './form.js';
import { nwb } from './nwb.js';
import { csv, json, npz } from './plain.js';
import { brian2, nest } from './scripts.js';

export const forms: readonly Form[] = [npz, csv, json, brian2, nest, nwb];
