/** The results of a finished campaign, in the order of its tasks: the same bytes whatever ran where. */
import { EngramError } from '../core/index.js';
import { type NpyArray, npzBytes } from '../files/index.js';
import type { Cell, Row } from './experiment.js';
import { type Campaign, shardCount } from './plan.js';
import { readShard } from './shards.js';

/** All rows. Throws `usage` if the campaign is not finished. */
export function mergeRows(campaign: Campaign): Row[] {
  const rows: Row[] = [];
  for (let shard = 0; shard < shardCount(campaign.plan); shard++) {
    const results = readShard(campaign, shard);
    if (!results) {
      throw new EngramError(
        'usage',
        `${campaign.directory} is not finished; go on with: npx memorize experiment resume ${campaign.directory}`,
      );
    }
    for (const task of results) for (const row of task) rows.push(row);
  }
  return rows;
}

const quoted = (cell: Cell | undefined): string => {
  const text = cell === null || cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A table as text; what a row leaves out is empty. */
export function rowsCsv(columns: readonly string[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map((column) => quoted(row[column])).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

/**
 * A table as npz: an array per column. Columns of text become indices into their values, which the header lists; what a
 * row leaves out is NaN, or -1 in a column of text.
 */
export function rowsNpz(columns: readonly string[], rows: readonly Row[], about: object): Uint8Array {
  const texts: Record<string, string[]> = {};
  const arrays: Record<string, NpyArray> = {};
  for (const column of columns) {
    const cells = rows.map((row) => row[column] ?? null);
    if (cells.some((cell) => typeof cell === 'string')) {
      const values = [...new Set(cells.filter((cell) => cell !== null).map(String))];
      texts[column] = values;
      arrays[column] = Int32Array.from(cells, (cell) => (cell === null ? -1 : values.indexOf(String(cell))));
    } else {
      arrays[column] = Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)));
    }
  }
  return npzBytes({ header: JSON.stringify({ ...about, rows: rows.length, texts }), ...arrays });
}
