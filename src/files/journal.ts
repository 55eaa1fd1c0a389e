/**
 * What has been finished, one record after the other, so that an interrupted run can go on. A record is
 *
 *   length u32 | CRC-32 of the content u32 | content (the structured clone of a value)
 *
 * and counts only if it is whole; whatever follows a broken one is overwritten. Node only.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { EngramError } from '../core/index.js';
import { crc32 } from './zip.js';

export interface Journal<Value> extends Iterable<Value> {
  /** How many records there are. */
  readonly count: number;
  /** The value of a record, 0 for the first. */
  at(place: number): Value;
  append(value: Value): void;
  close(): void;
}

/** Bytes, and records, after which what was written is flushed to the disk: what a power cut may take. */
const FLUSH_BYTES = 32 * 2 ** 20;
const FLUSH_RECORDS = 64;

/** Opens or makes the journal in `file` and goes to the end of what is whole in it. */
export function openJournal<Value>(file: string): Journal<Value> {
  const handle = openSync(file, 'a+');
  const starts: number[] = [];
  let [end, unflushed] = [0, 0];
  for (let next = recordAt(handle, end); next; next = recordAt(handle, end)) {
    starts.push(end);
    end += 8 + next.length;
  }
  ftruncateSync(handle, end);
  const at = (place: number): Value => {
    const content = recordAt(handle, starts[place]);
    if (!content) throw new EngramError('input', `${file}: record ${place} has changed since it was written`);
    return deserialize(content) as Value;
  };
  return {
    get count() {
      return starts.length;
    },
    at,
    append(value) {
      const content = serialize(value);
      const record = Buffer.alloc(8 + content.length);
      record.writeUInt32LE(content.length, 0);
      record.writeUInt32LE(crc32(content), 4);
      content.copy(record, 8);
      for (let done = 0; done < record.length; ) done += writeSync(handle, record, done);
      starts.push(end);
      end += record.length;
      unflushed += record.length;
      if (unflushed < FLUSH_BYTES && starts.length % FLUSH_RECORDS > 0) return;
      fsyncSync(handle);
      unflushed = 0;
    },
    *[Symbol.iterator]() {
      for (let place = 0; place < starts.length; place++) yield at(place);
    },
    close: () => closeSync(handle),
  };
}

/** The content of the record at a position, if it is whole. */
function recordAt(handle: number, at: number): Buffer | undefined {
  const head = Buffer.alloc(8);
  if (readSync(handle, head, 0, 8, at) < 8) return undefined;
  const length = head.readUInt32LE(0);
  // Zeros, as a power cut leaves them behind what was written, are no record of nothing.
  if (length === 0 || at + 8 + length > fstatSync(handle).size) return undefined;
  const content = Buffer.alloc(length);
  for (let done = 0; done < length; ) done += readSync(handle, content, done, length - done, at + 8 + done);
  return crc32(content) === head.readUInt32LE(4) ? content : undefined;
}
