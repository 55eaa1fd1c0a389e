/**
 * Results of a few tasks in a file that exists whole or not at all: a line per task, then a trailer,
 *
 *   {"task":12,"rows":[...]}
 *   {"end":true,"tasks":n,"plan":"...","sha256":"..."}
 *
 * with the checksum of all lines before it. A file without a valid trailer does not exist for the reader. Finished
 * shards stand in `shards`, begun ones (a prefix of their tasks) in `partial`.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EngramError } from '../core/index.js';
import { guard, writeWhole } from '../files/node.js';
import type { Row } from './experiment.js';
import { type Campaign, sha256 } from './plan.js';

/** Rows of each task of a shard, from its first on. */
export type TaskRows = Row[][];

const nameOf = (shard: number): string => `${String(shard).padStart(5, '0')}.ndjson`;
const pathOf = ({ directory }: Campaign, folder: 'shards' | 'partial', shard: number) =>
  join(directory, folder, nameOf(shard));

/** How many tasks a shard holds. */
export const tasksIn = ({ plan }: Campaign, shard: number): number => plan.shards[shard + 1] - plan.shards[shard];

function textOf(campaign: Campaign, shard: number, results: TaskRows): string {
  const first = campaign.plan.shards[shard];
  const lines = results.map((rows, i) => `${JSON.stringify({ task: first + i, rows })}\n`).join('');
  const trailer = { end: true, tasks: results.length, plan: campaign.id, sha256: sha256(lines) };
  return `${lines}${JSON.stringify(trailer)}\n`;
}

/**
 * Writes what has been found: the finished shard, or as much of it as there is. Throws `output`, and `input` if the
 * shard was finished before with other results, which must not happen.
 */
export function writeShard(campaign: Campaign, shard: number, results: TaskRows): void {
  const whole = results.length === tasksIn(campaign, shard);
  const path = pathOf(campaign, whole ? 'shards' : 'partial', shard);
  const text = textOf(campaign, shard, results);
  if (whole) {
    const before = readText(path);
    if (before !== undefined && parse(campaign, shard, before, path) && before !== text) {
      throw new EngramError('input', `${path}: the same tasks gave other results before; please report this`);
    }
  }
  writeWhole(path, text);
  if (whole) guard(path, () => rmSync(pathOf(campaign, 'partial', shard), { force: true }));
}

/** The results of a finished shard, or undefined. Throws `input` if they belong to another plan. */
export function readShard(campaign: Campaign, shard: number): TaskRows | undefined {
  const path = pathOf(campaign, 'shards', shard);
  const text = readText(path);
  const results = text === undefined ? undefined : parse(campaign, shard, text, path);
  return results?.length === tasksIn(campaign, shard) ? results : undefined;
}

/** How many files of finished shards there are, and their bytes; whether they are whole is seen when they are read. */
export function shardFiles({ directory }: Campaign): { count: number; bytes: number } {
  const folder = join(directory, 'shards');
  const names = readdirSync(folder).filter((name) => /^\d+\.ndjson$/.test(name));
  return { count: names.length, bytes: names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) };
}

/** What there is of a begun shard. */
export function readPartial(campaign: Campaign, shard: number): TaskRows {
  const path = pathOf(campaign, 'partial', shard);
  const text = readText(path);
  return (text === undefined ? undefined : parse(campaign, shard, text, path)) ?? [];
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new EngramError('input', `cannot read ${path}: ${message}`);
  }
}

function parse(campaign: Campaign, shard: number, text: string, path: string): TaskRows | undefined {
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  let trailer: { end?: unknown; tasks?: unknown; plan?: unknown; sha256?: unknown };
  try {
    trailer = JSON.parse(text.slice(end));
  } catch {
    return undefined;
  }
  const lines = text.slice(0, end);
  if (trailer.end !== true || !text.endsWith('\n') || trailer.sha256 !== sha256(lines)) return undefined;
  if (trailer.plan !== campaign.id) {
    throw new EngramError('input', `${path} belongs to another plan; remove it, its tasks will be done again`);
  }
  const results = lines
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { task: number; rows: Row[] });
  const first = campaign.plan.shards[shard];
  const good = results.length === trailer.tasks && results.every(({ task }, i) => task === first + i);
  return good ? results.map(({ rows }) => rows) : undefined;
}
