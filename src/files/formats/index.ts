/** The formats of the field, each a file and a line here. */
import { EngramError } from '../../core/index.js';
import { isHdf5, withHdf5 } from '../hdf5.js';
import type { Source } from '../source.js';
import type { Ask, Format, Opened, Spikes, Synapses } from './format.js';
import { mat } from './mat.js';
import { nir } from './nir.js';
import { nix } from './nix.js';
import { nwb } from './nwb.js';
import { sonata } from './sonata.js';

export type { Ask, Spikes, Synapses } from './format.js';

const formats: readonly Format[] = [nwb, sonata, nir, nix, mat];

/** Spikes of a file of one of the formats; undefined if it is of none. Throws `input` where it is broken. */
export const readFieldSpikes = (source: Source, ask: Ask): Promise<Spikes | undefined> =>
  withFormat(source, 'spikes', (format, file) => format.spikes?.(file, ask));

/** Synapses of a file of one of the formats; undefined if it is of none. Throws `input` where it is broken. */
export const readFieldSynapses = (source: Source): Promise<Synapses | undefined> =>
  withFormat(source, 'synapses', (format, file) => format.synapses?.(file));

async function withFormat<Value>(
  source: Source,
  what: 'spikes' | 'synapses',
  read: (format: Format, file: Opened) => Value | undefined | Promise<Value | undefined>,
): Promise<Value | undefined> {
  const chosen = (file: Opened) => {
    const format = formats.find((one) => one.is(file));
    if (!format) return undefined;
    if (format[what]) return read(format, file);
    throw new EngramError('input', `${source.name}: a file of ${format.name}, of which no ${what} are read`);
  };
  if (!isHdf5(source)) return chosen({ source });
  return withHdf5(source, async (hdf5) => {
    const found = await chosen({ source, hdf5 });
    if (found !== undefined) return found;
    const known = formats.map(({ name }) => name).join(', ');
    return hdf5.fail(
      `HDF5 of no known form (known are ${known}); it holds ${hdf5.keys('/').slice(0, 8).join(', ') || 'nothing'}`,
    );
  });
}
