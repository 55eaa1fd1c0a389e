/** The page about the library runs as it stands: its examples, one after the other, as one program. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

it('docs/library.md stores, simulates and recalls, on one thread and on four', () => {
  const page = readFileSync(`${root}docs/library.md`, 'utf8');
  const program = Array.from(page.matchAll(/^```js\n(.*?)^```/gms), ([, code]) => code).join('\n');
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' });
  expect(out).toMatch(/^\d{3,} spikes; the third free period: precision (0\.9\d\d|1\.000), recall (0\.9\d\d|1\.000)$/m);
  expect(out).toContain('left alone, 0 spikes');
  expect(out).toContain('the same weights: true');
});
