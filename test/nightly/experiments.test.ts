/** The published figures, where the published network is at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { experimentNamed } from '../../experiments/index.js';
import type { Row } from '../../src/campaign/index.js';

const root = new URL('../../experiments/memory/', import.meta.url).pathname;
const configOf = (name: string, config: string) => JSON.parse(readFileSync(join(root, name, `${config}.json`), 'utf8'));

/** All rows of an experiment, on this thread. */
function rowsOf(name: string, config: unknown): Row[] {
  const experiment = experimentNamed(name);
  const checked = experiment.schema.parse(config);
  const task = experiment.prepare(checked);
  return experiment.tasks(checked).flatMap((one: unknown) => task(one));
}

const REFERENCE = new URL('../../../shared/data/reference-network.json.gz', import.meta.url).pathname;

describe.skipIf(!existsSync(REFERENCE))('on the published network (skipped where its file is absent)', () => {
  const column = (rows: readonly Row[], name: string) => rows.map((row) => row[name] as number);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

  it('replays within the intervals that were measured on it', () => {
    const rows = rowsOf('temporal-stability', {
      ...configOf('temporal-stability', 'full'),
      network: REFERENCE,
      trials: 1,
    });
    const precisions = (noise: number) =>
      column(
        rows.filter((row) => row.noise === noise),
        'precision',
      );
    expect(rows[0].radius).toBeCloseTo(1.68097e-4, 8);
    for (const precision of precisions(0)) expect(Math.abs(precision - 0.9933)).toBeLessThan(0.0005);
    for (const [noise, low, high] of [
      [0.05, 0.973, 0.979],
      [0.1, 0.947, 0.96],
      [0.15, 0.915, 0.936],
    ]) {
      for (const precision of precisions(noise)) {
        expect(precision).toBeGreaterThan(low);
        expect(precision).toBeLessThan(high);
      }
    }
    expect(mean(precisions(0.1))).toBeGreaterThan(0.951);
    expect(mean(precisions(0.1))).toBeLessThan(0.956);
  });

  it('is recalled as often as was measured on it, along the published course', () => {
    const full = configOf('associative-recall', 'full');
    const released = { ...full.released, trials: 10 };
    const rows = rowsOf('associative-recall', {
      ...full,
      network: REFERENCE,
      held: { ...full.held, prompted: [] },
      released,
    });
    const of = (prompted: number, cycles: number, cycle: number, group: string) =>
      rows.filter(
        (row) =>
          row.prompted === prompted && row.prompt_cycles === cycles && row.cycle === cycle && row.group === group,
      );
    const successes = (prompted: number, cycles: number) =>
      column(of(prompted, cycles, 0, 'all'), 'success').reduce((a, b) => a + b, 0);
    expect(successes(100, 2)).toBeGreaterThanOrEqual(8);
    expect(successes(100, 4)).toBeGreaterThanOrEqual(9);
    expect(successes(150, 1)).toBeGreaterThanOrEqual(9);
    expect(successes(50, 2)).toBeLessThanOrEqual(1);
    // The ranges of 20 runs, a little wider for means of ten others.
    for (const [cycle, group, name, low, high] of [
      [0, 'prompted', 'precision', 0.83, 0.855],
      [0, 'autonomous', 'precision', 0.646, 0.717],
      [0, 'autonomous', 'recall', 0.379, 0.456],
      [1, 'autonomous', 'precision', 0.784, 0.924],
      [1, 'autonomous', 'recall', 0.638, 0.92],
    ] as const) {
      const value = mean(column(of(100, 2, cycle, group), name));
      expect(value, `cycle ${cycle} ${group} ${name}`).toBeGreaterThan(low);
      expect(value, `cycle ${cycle} ${group} ${name}`).toBeLessThan(high);
    }
  });
});
