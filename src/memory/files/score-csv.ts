/** A score as CSV: header `channel,time_s`, one line per spike; the period stands in the first line as a comment. */
import { demandArray, demandPositive, EngramError } from '../../core/index.js';
import { readTable } from '../../files/index.js';
import { channelCount, demandScore, type Score, scoreOf, spikesOf } from '../score/index.js';

/** `tau0` is the refractory period in seconds. */
export function writeScoreCsv(score: Score, tau0: number): string {
  demandScore(score);
  demandPositive('the refractory period in seconds', tau0);
  const { period, times } = score;
  const lines = [
    `# period_s=${period * tau0} channels=${channelCount(score)} spikes=${times.length}`,
    'channel,time_s',
  ];
  for (let channel = 0; channel < channelCount(score); channel++) {
    for (const time of spikesOf(score, channel)) lines.push(`${channel},${time * tau0}`);
  }
  return `${lines.join('\n')}\n`;
}

/** More than any machine solves; a larger number is a broken file. */
const MOST_CHANNELS = 1_000_000;
const FIRST_LINE = /^\uFEFF?# period_s=(\S+) channels=(\d+)(?: spikes=(\d+))?\r?\n/;

const start = (bytes: Uint8Array) => new TextDecoder().decode(bytes.subarray(0, 200));

/** Whether a file begins as `writeScoreCsv` does. */
export const isScoreCsv = (bytes: Uint8Array): boolean => /^\uFEFF?# period_s=/.test(start(bytes));

/** Reads what `writeScoreCsv` writes. Throws `input` with file and line. */
export function readScoreCsv(bytes: Uint8Array, file: string, tau0: number): Score {
  const fail = (line: number, problem: string): never => {
    throw new EngramError('input', `${file}:${line}: ${problem}`);
  };
  demandArray(`the bytes of ${file}`, bytes, Uint8Array);
  demandPositive('the refractory period in seconds', tau0);
  const first =
    FIRST_LINE.exec(start(bytes)) ?? fail(1, 'the first line must read "# period_s=... channels=... spikes=..."');
  const [period, channels] = [Number(first[1]), Number(first[2])];
  if (!(channels <= MOST_CHANNELS && period > 0 && Number.isFinite(period))) {
    fail(1, `period_s must be a positive number and channels at most ${MOST_CHANNELS}`);
  }
  const trains: number[][] = Array.from({ length: channels }, () => []);
  const expected = first[3] === undefined ? undefined : Number(first[3]);
  // Without a spike there is no table to read.
  if (expected === 0) return scoreOf(trains, period / tau0);
  const { header, rows, numbers, lineOf } = readTable(bytes, file);
  if (header?.join() !== 'channel,time_s')
    fail(2, `the header must read "channel,time_s"; got "${header?.join() ?? ''}"`);
  const [owners, times] = [numbers(0), numbers(1)];
  for (let row = 0; row < rows; row++) {
    const [channel, time] = [owners[row], times[row]];
    if (!trains[channel]) fail(lineOf(row), `channel "${channel}" is not an integer from 0 to ${channels - 1}`);
    if (!(time >= 0 && time < period)) fail(lineOf(row), `time "${time}" is not in [0, ${period}) seconds`);
    trains[channel].push(time / tau0);
  }
  if (expected !== undefined && (rows !== expected || bytes[bytes.length - 1] !== 10)) {
    throw new EngramError('input', `${file}: cut off: ${rows} of ${expected} spikes are there`);
  }
  return scoreOf(
    trains.map((train) => Float64Array.from(train).sort()),
    period / tau0,
  );
}
