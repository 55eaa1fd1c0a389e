// Native codes through their Python packages: a Python process (bench/native/peers.py) that solves one problem per
// request, so that its runs can be interleaved with ours.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../native/peers.py', import.meta.url));

/**
 * Starts an interpreter. Resolves to { peers, versions, missing, python, stop }: the codes whose packages it has, as
 * { name, solve }, and those that it has not. `tag` is added to the names.
 */
export async function nativePeers(interpreter, tag) {
  const folder = mkdtempSync(join(tmpdir(), 'engram-bench-'));
  const child = spawn(interpreter, [SCRIPT], { stdio: ['pipe', 'pipe', 'ignore'] });
  const broken = new Promise((_, reject) => child.once('error', reject));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await Promise.race([lines.next(), broken]);
    if (done) throw new Error(`${interpreter} ended: does it have numpy and scipy?`);
    return JSON.parse(value);
  };
  const { versions, missing, python } = await next();

  const files = new WeakMap();
  const fileOf = (problem) => {
    let file = files.get(problem);
    if (!file) {
      const { n, m, equalities, bound, limits, rows } = problem;
      file = join(folder, `${fileCount++}.f64`);
      const head = Float64Array.of(n, m, equalities, bound);
      writeFileSync(
        file,
        Buffer.concat(
          [head, limits, rows].map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
        ),
      );
      files.set(problem, file);
    }
    return file;
  };
  let fileCount = 0;

  const peers = Object.keys(versions).map((peer) => ({
    name: tag ? `${peer} (${tag})` : peer,
    async solve(problem, patience) {
      child.stdin.write(`${JSON.stringify({ peer, problem: fileOf(problem), limit: patience / 1000 })}\n`);
      const { milliseconds, failure, iterations, x, y } = await next();
      if (failure) return { milliseconds: milliseconds ?? undefined, failure };
      return { milliseconds, iterations, x: Float64Array.from(x), y: Float64Array.from(y) };
    },
  }));
  const stop = () => {
    child.stdin.end();
    rmSync(folder, { recursive: true, force: true });
  };
  return { peers, versions, missing, python, stop };
}
