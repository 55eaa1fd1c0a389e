/**
 * What is compressed, unpacked with measure: a file may expand to a few megabytes, or to a few times its size, whatever its format;
 * what expands further is no data. Nothing is believed of the size that stands in it: unpacking ends where more comes out.
 */
import { Gunzip, Inflate, Unzlib } from 'fflate';

/** What a file may expand to, whatever its size, and by what factor beyond that; spikes compress by less than 10. */
const ALWAYS = 8 * 2 ** 20;
const MOST_EXPANSION = 20;

/** Calls `refuse` where a file of `packed` bytes would come to `size` bytes, which no real data does. */
export function refuseBomb(packed: number, size: number, refuse: () => never): void {
  if (isBomb(packed, size)) refuse();
}

/** Whether no real data of `packed` bytes comes to `size` bytes. */
export const isBomb = (packed: number, size: number): boolean => size > ALWAYS && size > MOST_EXPANSION * packed;

const STREAMS = { gzip: Gunzip, deflate: Inflate, zlib: Unzlib } as const;
/** What is unpacked at a time; it comes to 16 MB at most. */
const PIECE = 1 << 14;

/** The first `size` bytes that data comes to, fewer where it ends; `over` where there is more. Throws where it is broken. */
export function inflate(
  form: keyof typeof STREAMS,
  data: Uint8Array,
  size: number,
): { content: Uint8Array; over: boolean } {
  const content = new Uint8Array(size);
  let [done, over] = [0, false];
  const stream = new STREAMS[form]((piece) => {
    const room = piece.subarray(0, size - done);
    content.set(room, done);
    done += room.length;
    over ||= room.length < piece.length;
  });
  for (let at = 0; at < data.length && !over; at += PIECE)
    stream.push(data.subarray(at, at + PIECE), at + PIECE >= data.length);
  return { content: done < size ? content.subarray(0, done) : content, over };
}
