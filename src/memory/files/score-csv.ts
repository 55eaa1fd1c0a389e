/**
 * A score as CSV: header `channel,time_s`, one line per spike; the period stands in the first line as a comment. Where channels
 * have ids of their own, a second line lists them, as JSON, and `channel` is the id.
 */
import { demandArray, demandPositive, EngramError } from '../../core/index.js';
import { readTable } from '../../files/index.js';
import { channelCount, demandScore, type Id, idOf, type Score, scoreOf, spikesOf, withIds } from '../score/index.js';
import { areNames, cellOf, idsInJson, wordOf } from './ids.js';

/** `tau0` is the refractory period in seconds. */
export function writeScoreCsv(score: Score, tau0: number): string {
  demandScore(score);
  demandPositive('the refractory period in seconds', tau0);
  const { period, times, ids } = score;
  const lines = [
    `# period_s=${period * tau0} channels=${channelCount(score)} spikes=${times.length}`,
    ...(ids ? [`# ids=${JSON.stringify(ids)}`] : []),
    'channel,time_s',
  ];
  const trains = Array.from({ length: channelCount(score) }, (_, channel) => spikesOf(score, channel));
  return `${[...lines, ...spikeLines(trains, score, tau0)].join('\n')}\n`;
}

/** Trains that the channels of a score have played, as a plain table `channel,time_s`; times in refractory periods of `tau0` seconds. */
export function writeSpikesCsv(trains: readonly Float64Array[], score: Score, tau0: number): string {
  demandScore(score);
  demandPositive('the refractory period in seconds', tau0);
  return `${['channel,time_s', ...spikeLines(trains, score, tau0)].join('\n')}\n`;
}

const spikeLines = (trains: readonly Float64Array[], score: Score, tau0: number): string[] =>
  trains.flatMap((train, channel) => Array.from(train, (time) => `${cellOf(idOf(score, channel))},${time * tau0}`));

/** Reads what `writeSpikesCsv` writes, a train per channel of the score. Throws `input` with file and line. */
export function readSpikesCsv(bytes: Uint8Array, file: string, score: Score, tau0: number): Float64Array[] {
  const table = readTable(bytes, file);
  if (table.header?.join() !== 'channel,time_s')
    throw new EngramError(
      'input',
      `${file}: the header must read "channel,time_s"; got "${table.header?.join() ?? ''}"`,
    );
  const trains = new Map(
    Array.from({ length: channelCount(score) }, (_, channel): [string, number[]] => [wordOf(idOf(score, channel)), []]),
  );
  const owners = areNames(score.ids) || table.holdsText(0) ? table.words(0) : table.numbers(0);
  const times = table.numbers(1);
  times.forEach((time, row) => {
    const train = trains.get(wordOf(owners[row]));
    if (!train)
      throw new EngramError('input', `${file}:${table.lineOf(row)}: channel "${owners[row]}" is none of the score`);
    train.push(time / tau0);
  });
  return [...trains.values()].map((train) => Float64Array.from(train).sort());
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
  const named = idsOf(bytes, channels, (problem) => fail(2, problem));
  const ids = named ?? Array.from({ length: channels }, (_, channel) => channel);
  const trains: number[][] = ids.map(() => []);
  const expected = first[3] === undefined ? undefined : Number(first[3]);
  // Without a spike there is no table to read.
  if (expected === 0) return withIds(scoreOf(trains, period / tau0), ids);
  const table = readTable(bytes, file);
  const { header, rows, numbers, lineOf } = table;
  if (header?.join() !== 'channel,time_s')
    fail(2, `the header must read "channel,time_s"; got "${header?.join() ?? ''}"`);
  const trainOf = new Map(ids.map((id, channel) => [wordOf(id), trains[channel]]));
  const owners = areNames(named) || table.holdsText(0) ? table.words(0) : numbers(0);
  const times = numbers(1);
  for (let row = 0; row < rows; row++) {
    const [channel, time] = [owners[row], times[row]];
    const train = trainOf.get(wordOf(channel));
    const allowed = named ? 'none of the ids in line 2' : `not an integer from 0 to ${channels - 1}`;
    if (!train) return fail(lineOf(row), `channel "${channel}" is ${allowed}`);
    if (!(time >= 0 && time < period)) fail(lineOf(row), `time "${time}" is not in [0, ${period}) seconds`);
    train.push(time / tau0);
  }
  if (expected !== undefined && (rows !== expected || bytes[bytes.length - 1] !== 10)) {
    throw new EngramError('input', `${file}: cut off: ${rows} of ${expected} spikes are there`);
  }
  const score = scoreOf(
    trains.map((train) => Float64Array.from(train).sort()),
    period / tau0,
  );
  return withIds(score, ids);
}

/** The ids in the second line, if it has any. */
function idsOf(bytes: Uint8Array, channels: number, fail: (problem: string) => never): Id[] | undefined {
  const begin = bytes.indexOf(10) + 1;
  const end = bytes.indexOf(10, begin);
  const line = new TextDecoder().decode(bytes.subarray(begin, end < 0 ? bytes.length : end));
  if (!line.startsWith('# ids=')) return undefined;
  const ids = idsInJson(line.slice('# ids='.length));
  return ids?.length === channels ? ids : fail(`there must be ${channels} different ids, in JSON`);
}
