/** What holds of every file, good or bad: it is read, or refused in one line that names it, soon. */
import { writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { EngramError } from '../../src/core/index.js';
import { loadNetworkFile, loadScoreFile, loadWiringFile } from '../../src/memory/files/node.js';
import { checkScore, type Score } from '../../src/memory/score/index.js';

const readers: Record<string, (path: string) => Score | undefined> = {
  score: (path) => loadScoreFile(path, { tau0: 0.005 }).score,
  wiring: (path) => {
    loadWiringFile(path, { tau0: 0.005, ids: [0, 1, 2], bound: 0.2 });
    return undefined;
  },
  network: (path) => loadNetworkFile(path).score,
};

/** The longest time, in ms, that reading or refusing one of these small files may take: a hang is far above it. */
const SOON = 1000;

/** Reads a file in every role; returns what it holds as a score, or undefined if it was refused. */
export function readOrRefuse(path: string, bytes: Uint8Array): Score | undefined {
  writeFileSync(path, bytes);
  let score: Score | undefined;
  for (const [role, read] of Object.entries(readers)) {
    const begin = performance.now();
    try {
      const found = read(path);
      if (found) checkScore(found);
      if (role === 'score') score = found;
    } catch (error) {
      expect(error, `${role}: ${error}`).toBeInstanceOf(EngramError);
      const { code, message } = error as EngramError;
      expect(['input', 'usage']).toContain(code);
      expect(message.startsWith(path), message).toBe(true);
      expect(message).not.toMatch(/\n|undefined|\[object/);
      expect(message.length, message).toBeLessThan(path.length + 400);
    }
    expect(performance.now() - begin).toBeLessThan(SOON);
  }
  return score;
}
