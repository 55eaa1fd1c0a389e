/** Any value as a cell of a table: its structured clone in base64. */
import { deserialize, serialize } from 'node:v8';

export const cellOf = (value: unknown): string => serialize(value).toString('base64');
export const bytesOfCell = (cell: unknown): Buffer => Buffer.from(String(cell), 'base64');
/** The value of such bytes; its arrays may be views of them. */
export const valueIn = (bytes: Uint8Array): unknown => deserialize(bytes as Buffer);
