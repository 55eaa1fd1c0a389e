/**
 * What has been finished, one record after the other, so that an interrupted run can go on. A record is
 *
 *   length u32 | CRC-32 of the content u32 | content (the structured clone of a value)
 *
 * and counts only if it is whole; whatever follows a broken one is overwritten. Node only.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from './zip.js';

export interface Journal<Value> extends Iterable<Value> {
  /** How many records there are. */
  readonly count: number;
  append(value: Value): void;
  close(): void;
}

/** Bytes, and records, after which what was written is flushed to the disk: what a power cut may take. */
const FLUSH_BYTES = 32 * 2 ** 20;
const FLUSH_RECORDS = 64;

/** Opens or makes the journal in `file` and goes to the end of what is whole in it. */
export function openJournal<Value>(file: string): Journal<Value> {
  const handle = openSync(file, 'a+');
  let [count, end, unflushed] = [0, 0, 0];
  for (let next = recordAt(handle, end); next; next = recordAt(handle, end)) {
    end += 8 + next.length;
    count++;
  }
  ftruncateSync(handle, end);
  return {
    get count() {
      return count;
    },
    append(value) {
      const content = serialize(value);
      const record = Buffer.alloc(8 + content.length);
      record.writeUInt32LE(content.length, 0);
      record.writeUInt32LE(crc32(content), 4);
      content.copy(record, 8);
      for (let done = 0; done < record.length; ) done += writeSync(handle, record, done);
      end += record.length;
      count++;
      unflushed += record.length;
      if (unflushed < FLUSH_BYTES && count % FLUSH_RECORDS > 0) return;
      fsyncSync(handle);
      unflushed = 0;
    },
    *[Symbol.iterator]() {
      let at = 0;
      for (let next = recordAt(handle, at); next; next = recordAt(handle, at)) {
        yield deserialize(next) as Value;
        at += 8 + next.length;
      }
    },
    close: () => closeSync(handle),
  };
}

/** The content of the record at a position, if it is whole. */
function recordAt(handle: number, at: number): Buffer | undefined {
  const head = Buffer.alloc(8);
  if (readSync(handle, head, 0, 8, at) < 8) return undefined;
  const length = head.readUInt32LE(0);
  if (at + 8 + length > fstatSync(handle).size) return undefined;
  const content = Buffer.alloc(length);
  for (let done = 0; done < length; ) done += readSync(handle, content, done, length - done, at + 8 + done);
  return crc32(content) === head.readUInt32LE(4) ? content : undefined;
}
