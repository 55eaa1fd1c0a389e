/**
 * Numeric cases from the peers' own tests, through one adapter. The file is the one that ENGRAM_ORACLES names,
 * else ../shared/oracles/oracles.json; without it, and for what the engine does not do, cases are skipped by id.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adapters, skipped } from './adapter.js';
import type { Adapter, Case } from './common.js';

const file = process.env.ENGRAM_ORACLES
  ? resolve(process.env.ENGRAM_ORACLES)
  : new URL('../../../shared/oracles/oracles.json', import.meta.url).pathname;
const cases: Case[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).cases : [];

describe.skipIf(cases.length === 0)('oracles (skipped where their file is absent)', () => {
  if (cases.length === 0) it('are not at hand', () => {});
  for (const one of cases) {
    const reason = skipped(one);
    if (reason) it.skip(`${one.id} ${one.op} (${reason})`, () => {});
    else {
      it(`${one.id} ${one.op}`, async () => {
        expect.hasAssertions();
        const adapter: Adapter | undefined = adapters[one.op];
        if (!adapter) throw new Error(`${one.op} needs an adapter, or ${one.id} a reason to be left out`);
        await adapter(one);
      });
    }
  }
});
