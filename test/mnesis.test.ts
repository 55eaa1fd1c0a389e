/** MNESIS's task: its measure, its cues, and the rows of a campaign against their definitions. */
import { readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as Store from '../experiments/memory/common/store.js';
import { agreementInBins } from '../experiments/memory/mnesis/bins.js';
import { type Config, schema } from '../experiments/memory/mnesis/config.js';
import { corruptions, cueOf } from '../experiments/memory/mnesis/cue.js';
import { momentOf, type Raster, sampleRaster, scoreOfRaster } from '../experiments/memory/mnesis/raster.js';
import { mnesis } from '../experiments/memory/mnesis/run.js';
import { wireFixedIn } from '../src/memory/network/index.js';
import { spikesOf } from '../src/memory/score/index.js';

const raster = (steps: number, trains: number[][]): Raster => ({
  steps,
  trains: trains.map((t) => Uint32Array.from(t)),
});
const played = (trains: number[][], tau: number) => trains.map((t) => Float64Array.from(t, (ms) => ms / tau));

const dist = new URL('../dist/', import.meta.url).href;

describe('F1 in bins', () => {
  it('counts cells that are played and prescribed', () => {
    const wanted = raster(10, [[1, 5, 8], [3], []]);
    // Neuron 0: one hit in bin 5, bin 8 is missed, and a spike too many in bin 7; neuron 1 a bin late; neuron 2 one too many.
    const { precision, recall, f1 } = agreementInBins(wanted, played([[5.9, 7.1], [4], [6.5]], 2.5), 2.5, 2);
    expect(precision).toBe(1 / 4);
    expect(recall).toBe(1 / 3);
    expect(f1).toBeCloseTo((2 * (1 / 4) * (1 / 3)) / (1 / 4 + 1 / 3), 12);
  });

  it('forgives no lag, counts a cell once, and leaves out what lies outside its stretch', () => {
    const wanted = raster(10, [[2, 6]]);
    expect(agreementInBins(wanted, played([[2.5, 6.5]], 5), 5, 0).f1).toBe(1);
    expect(agreementInBins(wanted, played([[3.5, 7.5]], 5), 5, 0).f1).toBe(0);
    expect(agreementInBins(wanted, played([[2.1, 2.9, 6.5]], 5), 5, 0).precision).toBe(1);
    expect(agreementInBins(wanted, played([[0.5, 6.5, 12]], 5), 5, 4)).toEqual({ precision: 1, recall: 1, f1: 1 });
  });

  it('says what nothing counts', () => {
    expect(agreementInBins(raster(4, [[]]), played([[]], 1), 1, 0)).toEqual({ precision: 1, recall: 1, f1: 1 });
    expect(agreementInBins(raster(4, [[1]]), played([[]], 1), 1, 0)).toEqual({ precision: 1, recall: 0, f1: 0 });
    expect(agreementInBins(raster(4, [[]]), played([[1.5]], 1), 1, 0)).toEqual({ precision: 0, recall: 1, f1: 0 });
  });

  it('is the harmonic mean of its precision and recall, and 1 for the raster itself', () => {
    const trains = fc.array(fc.uniqueArray(fc.nat(29), { maxLength: 8 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(trains, trains, fc.constantFrom(1, 2.5, 5), (a, b, tau) => {
        const wanted = raster(30, a);
        const middle = (t: number[]) => Float64Array.from(t, (step) => momentOf(step, tau));
        expect(agreementInBins(wanted, a.map(middle), tau, 0).f1).toBe(1);
        const { precision: p, recall: r, f1 } = agreementInBins(wanted, b.map(middle), tau, 0);
        if (a.some((t) => t.length > 0) && b.some((t) => t.length > 0))
          expect(f1).toBeCloseTo(p + r === 0 ? 0 : (2 * p * r) / (p + r), 12);
      }),
    );
  });
});

describe('rasters', () => {
  it('come at their rate, never within the dead steps around the circle, each memory another', () => {
    const plan = { neurons: 400, steps: 1000, rate: 0.004, dead: 6 };
    const { trains } = sampleRaster(plan, 3, 0);
    const count = trains.reduce((sum, fired) => sum + fired.length, 0);
    // About 1600, with a standard deviation of about 40.
    expect(Math.abs(count - 1600)).toBeLessThan(160);
    for (const fired of trains)
      fired.forEach((step, i) => {
        const next = i + 1 < fired.length ? fired[i + 1] : fired[0] + 1000;
        if (fired.length > 1) expect(next - step).toBeGreaterThanOrEqual(6);
      });
    expect(sampleRaster(plan, 3, 1).trains[0]).not.toEqual(trains[0]);
    expect(sampleRaster(plan, 3, 0).trains).toEqual(trains);
  });

  it('lie in the middles of their steps as scores', () => {
    const score = scoreOfRaster(raster(10, [[0, 7], []]), 5);
    expect(score.period).toBe(2);
    expect([...spikesOf(score, 0)]).toEqual([0.1, 1.5]);
  });
});

describe('cues', () => {
  const { steps, trains } = sampleRaster({ neurons: 2000, steps: 1000, rate: 0.004, dead: 6 }, 1, 0);
  const cue = (kind: (typeof corruptions)[number]) => cueOf({ steps, trains }, 41, kind, { seed: 1, name: 'a' });
  const whole = trains.map((fired) => fired.filter((step) => step < 41));
  const countOf = (all: readonly Uint32Array[]) => all.reduce((sum, fired) => sum + fired.length, 0);

  it('are the first steps of all neurons, or three quarters of them', () => {
    expect(cue('none')).toEqual({ length: 41, trains: whole });
    const { length, trains: short } = cue('shortened');
    expect(length).toBe(31);
    expect(short).toEqual(trains.map((fired) => fired.filter((step) => step < 31)));
  });

  it('lose an eighth of their neurons, whatever these would have fired', () => {
    const { trains: left } = cue('silenced');
    const silent = left.filter((fired, neuron) => fired.length === 0 && whole[neuron].length > 0).length;
    const firing = whole.filter((fired) => fired.length > 0).length;
    expect(Math.abs(silent - firing / 8)).toBeLessThan(4 * Math.sqrt(firing / 8));
    left.forEach((fired, neuron) => {
      if (fired.length > 0) expect(fired).toEqual(whole[neuron]);
    });
  });

  it('are drawn anew in a quarter of their cells: spikes are lost and as many come', () => {
    const { trains: anew } = cue('resampled');
    const kept = countOf(anew.map((fired, neuron) => fired.filter((step) => whole[neuron].includes(step))));
    const all = countOf(whole);
    expect(Math.abs(kept - 0.75 * all)).toBeLessThan(4 * Math.sqrt(0.19 * all));
    expect(Math.abs(countOf(anew) - kept - 0.25 * all)).toBeLessThan(5 * Math.sqrt(0.25 * all));
  });
});

describe('the campaign', async () => {
  const quick = JSON.parse(readFileSync(new URL('../experiments/memory/mnesis/quick.json', import.meta.url), 'utf8'));
  const part = {
    part: 'task',
    designs: ['sharp'],
    channels: 32,
    inputs: 800,
    rates: [8],
    memories: [2],
    networks: 1,
    noises: [0],
    trials: 1,
  };
  const config: Config = schema.parse({ ...quick, steps: 200, parts: [part] });
  const rows = (await Promise.all(mnesis.tasks(config).map(mnesis.prepare(config)))).flat();

  it('has one row per corruption, noise, memory and trial, whose figures agree with each other', () => {
    expect(rows.length).toBe(corruptions.length * 2);
    for (const row of rows) {
      const [p, r] = [row.bin_precision as number, row.bin_recall as number];
      expect(row.f1).toBeCloseTo(p + r === 0 ? 0 : (2 * p * r) / (p + r), 9);
      expect(row.stored).toBe(row.neurons);
    }
  });

  it('recalls a whole cue without noise in the very bins', () => {
    for (const row of rows.filter(({ corruption }) => corruption === 'none')) {
      expect(row.f1).toBeGreaterThan(0.95);
      expect(row.precision).toBeGreaterThan(0.9);
      expect(Math.abs(row.lag as number)).toBeLessThan(0.5);
    }
  });

  it('tells its means in figures, tables and a sentence', () => {
    const { answer, tables, figures, notes } = mnesis.conclude(config, rows);
    const own = rows.filter(({ corruption }) => corruption === 'none').map(({ f1 }) => f1 as number);
    expect(answer).toContain(`none ${((own[0] + own[1]) / 2).toFixed(3)}`);
    expect(tables[0].rows.length).toBe(corruptions.length);
    expect(figures.length).toBe(1);
    expect(JSON.stringify([answer, tables, notes])).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it('refuses parts of designs that are not listed, and a cue as long as the pattern', () => {
    expect(() => schema.parse({ ...quick, parts: [{ ...part, designs: ['other'] }] })).toThrow(/designs of the list/);
    expect(() => schema.parse({ ...quick, cue: quick.steps })).toThrow(/shorter than the pattern/);
  });
});

describe('storing on threads', () => {
  it('gives the bytes of one thread', async () => {
    // The package has experiments in its programs alone: compiled here, on the modules of `dist`, which threads can load.
    const store = readFileSync(new URL('../experiments/memory/common/store.ts', import.meta.url), 'utf8');
    const { code } = transformSync(store.replaceAll('../../../src/', `${dist}src/`), { loader: 'ts' });
    const { storeOnThreads, storeProblem }: typeof Store = await import(
      `data:text/javascript,${encodeURIComponent(code)}`
    );
    const raster = sampleRaster({ neurons: 256, steps: 60, rate: 0.03, dead: 6 }, 3, 0);
    const problem = {
      score: scoreOfRaster(raster, 5),
      wiring: wireFixedIn({ neurons: 256, inputs: 20, delays: [0.2, 8], seed: 3 }),
      template: { margin: 1, slope: 2, zone: 0.2, bound: 2 },
      objective: 'l2' as const,
      soft: true,
    };
    const [alone, together] = [storeProblem(problem), await storeOnThreads(problem)];
    expect(together.network.weights).toEqual(alone.network.weights);
    expect(together.solved).toBe(alone.solved);
    expect(alone.network.weights.some((w) => w !== 0)).toBe(true);
  });
});
