/** A score as CSV: header `channel,time_s`, one line per spike; the period stands in the first line as a comment. */
// The browser's build brings its own Buffer, so that this file runs anywhere.
import { parse } from 'csv-parse/browser/esm/sync';
import { EngramError } from '../core/index.js';
import { channelCount, type Score, scoreOf, spikesOf } from '../score/index.js';

/** `tau0` is the refractory period in seconds. */
export function writeScoreCsv(score: Score, tau0: number): string {
  const lines = [`# period_s=${score.period * tau0} channels=${channelCount(score)}`, 'channel,time_s'];
  for (let channel = 0; channel < channelCount(score); channel++) {
    for (const time of spikesOf(score, channel)) lines.push(`${channel},${time * tau0}`);
  }
  return `${lines.join('\n')}\n`;
}

/** More than any machine solves; a larger number is a broken file. */
const MOST_CHANNELS = 1_000_000;

/** Reads what `writeScoreCsv` writes. Throws `input` with file and line. */
export function readScoreCsv(text: string, file: string, tau0: number): Score {
  const fail = (line: number, problem: string): never => {
    throw new EngramError('input', `${file}:${line}: ${problem}`);
  };
  const first = /^\uFEFF?# period_s=(\S+) channels=(\d+)\r?\n/.exec(text);
  if (!first) fail(1, 'the first line must read "# period_s=... channels=..."');
  const [, period, channels] = first as RegExpExecArray;
  if (!(Number(channels) <= MOST_CHANNELS && Number(period) > 0 && Number.isFinite(Number(period)))) {
    fail(1, `period_s must be a positive number and channels at most ${MOST_CHANNELS}`);
  }
  const trains: number[][] = Array.from({ length: Number(channels) }, () => []);
  let records: { record: string[]; info: { lines: number } }[] = [];
  try {
    // With `info` a record comes with its line number, which the declared type does not know.
    records = parse(text, { bom: true, comment: '#', info: true, skip_empty_lines: true }) as unknown as typeof records;
  } catch (error) {
    const { lines, message } = error as { lines?: number; message: string };
    fail(lines ?? 1, message);
  }
  records.forEach(({ record, info: { lines } }, i) => {
    if (i === 0) {
      if (record.join() !== 'channel,time_s')
        fail(lines, `the header must read "channel,time_s"; got "${record.join()}"`);
      return;
    }
    const channel = Number(record[0]);
    const time = record[1]?.trim() ? Number(record[1]) : Number.NaN;
    if (!Number.isInteger(channel) || !trains[channel]) {
      fail(lines, `channel "${record[0]}" is not an integer from 0 to ${Number(channels) - 1}`);
    }
    if (!(time >= 0 && time < Number(period))) fail(lines, `time "${record[1]}" is not in [0, ${period}) seconds`);
    trains[channel].push(time / tau0);
  });
  return scoreOf(
    trains.map((train) => Float64Array.from(train).sort()),
    Number(period) / tau0,
  );
}
