/** A score in the bytes of any file that `--score` reads, recognised by content. Loaded when a file is opened. */
import { readNpz } from '../files/index.js';
import {
  type Imported,
  readNetworkJson,
  readScoreCsv,
  readSpikeArrays,
  readSpikeText,
  scoreOfRecording,
} from '../memory/files/index.js';
import type { Score } from '../memory/score/index.js';

const begins = (bytes: Uint8Array, ...head: number[]) => head.every((byte, i) => bytes[i] === byte);
export const isNpz = (bytes: Uint8Array): boolean => begins(bytes, 0x50, 0x4b);

/** Throws `input` with what is wrong with the file. */
export function readScore(bytes: Uint8Array, file: string, tau0: number): Pick<Imported, 'score' | 'notes'> {
  const whole = (score: Score) => ({ score, notes: [] });
  if (isNpz(bytes)) {
    return scoreOfRecording(readSpikeArrays(readNpz(bytes, file, ['times', 'channels']), file, {}), file, { tau0 });
  }
  const head = new TextDecoder()
    .decode(bytes.subarray(0, 1000))
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (head.startsWith('# period_s=')) return whole(readScoreCsv(bytes, file, tau0));
  if (head.startsWith('{')) {
    const { score, spikes, tau0: own = tau0 } = readNetworkJson(bytes, file);
    const factor = own / tau0;
    if (score) {
      const times = score.times.map((time) => time * factor);
      return whole(factor === 1 ? score : { ...score, period: score.period * factor, times });
    }
    const ids = Float64Array.from(spikes.flatMap((train, neuron) => Array.from(train, () => neuron)));
    const times = Float64Array.from(spikes.flatMap((train) => Array.from(train, (time) => time * tau0)));
    const understood = 'a network with spikes, in refractory periods';
    return scoreOfRecording({ ids, times, unit: 's', understood, sure: true }, file, { tau0 });
  }
  return scoreOfRecording(readSpikeText(bytes, file, {}), file, { tau0 });
}
