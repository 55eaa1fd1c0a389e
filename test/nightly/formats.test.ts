/** A hundred megabytes of units: a window of them takes neither the time nor the memory of the whole. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nwbBytes } from '../../src/files/index.js';

it('a second of 100 MB of units is read within 300 MB', { timeout: 120_000 }, async () => {
  const [units, spikes] = [1000, 12_500];
  const times = Float64Array.from(
    { length: units * spikes },
    (_, i) => (i % spikes) * 0.05 + (Math.floor(i / spikes) % 50) * 1e-3,
  );
  const starts = Uint32Array.from({ length: units + 1 }, (_, u) => u * spikes);
  const ids = Array.from({ length: units }, (_, u) => u);
  const file = join(mkdtempSync(join(tmpdir(), 'engram-large-')), 'large.nwb');
  const table = { ids, starts, times, observed: [0, 700] as const };
  writeFileSync(file, await nwbBytes({ description: 'large', program: 'test', units: table }));
  const script = `
    import { readFileSync } from 'node:fs';
    import { importScore } from ${JSON.stringify(new URL('../../dist/src/memory/files/node.js', import.meta.url).href)};
    const { score } = await importScore(process.argv[1], { stretch: { tau0: 0.005, window: [100, 101] } });
    // Of this process alone: what resourceUsage tells is handed down by the one that started it.
    const kilobytes = Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
    console.log(JSON.stringify({ spikes: score.times.length, kilobytes }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, file], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const { spikes: found, kilobytes } = JSON.parse(stdout);
  expect(found).toBe(units * 20);
  expect(kilobytes).toBeLessThan(300e3);
});
