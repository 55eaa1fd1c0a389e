/** Opening files: a network is taken up, a score is stored. What is wrong with one is said, and all stays as it is. */
import { transfer } from 'comlink';
import { type Crew, type Hired, hire } from './crew.js';
import type { State } from './state.js';
import type { Store } from './store.js';
import { messageOf, type Storing } from './storing.js';
import type { Reading } from './words.js';

/** Bytes of all files together; a page may not take all of a machine. */
const LARGEST = 2 ** 30;

export function createOpening(
  { get, set }: Store<State>,
  { lead }: Crew,
  { again, takeUp }: Storing,
): (files: readonly File[], reading?: Reading) => Promise<void> {
  let turn = 0;
  let reader: Hired | undefined;

  return async (files, reading = {}) => {
    if (files.length === 0) return;
    const own = ++turn;
    const name = files.map((file) => file.name).join(',');
    reader?.end();
    try {
      refuseLarge(files);
      set({ note: `${name}: is being read`, error: undefined, files, reading });
      const sources = await Promise.all(files.map(sourceOf));
      const tau0 = get().outline?.tau0 ?? 0.005;
      const bytes = transfer(
        sources,
        sources.map((source) => source.bytes.buffer),
      );
      // What leads takes a network up; anything else may take its time elsewhere.
      reader = isZip(sources[0].bytes) ? undefined : hire();
      const opened = await (reader
        ? Promise.race([reader.engine.open(bytes, reading, tau0), reader.gone])
        : lead.open(bytes, reading, tau0));
      if (own !== turn) return;
      // A link that waited for this file says what is looked at.
      const looked = get().file === name ? {} : { cue: undefined, show: undefined };
      if (opened.kind === 'network') {
        const { outline } = opened;
        await takeUp(opened, {
          ...looked,
          given: { score: outline.score, name },
          opened: name,
          file: undefined,
          files: undefined,
        });
        return;
      }
      const { channels, duration, rate, ...words } = get().words;
      again({ ...looked, words, given: { score: opened.score, name }, note: opened.note });
    } catch (error) {
      if (own === turn) set({ note: undefined, error: messageOf(error) });
    } finally {
      if (own === turn) reader?.end();
    }
  };
}

async function sourceOf(file: File): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  try {
    return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    throw new Error(`${file.name}: cannot be read; is it a folder?`);
  }
}

function refuseLarge(files: readonly File[]): void {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size <= LARGEST) return;
  const gigabytes = (size / 2 ** 30).toFixed(1);
  throw new Error(`${files[0].name}: ${gigabytes} GB are more than a page takes (1 GB); use the command`);
}

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;
