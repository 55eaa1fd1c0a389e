/** What a stored network is put to, and what the report says of it, on networks and rows that are made up. */
import { describe, expect, it } from 'vitest';
import { schema } from '../experiments/memory/recall-by-design/config.js';
import quick from '../experiments/memory/recall-by-design/quick.json' with { type: 'json' };
import { conclude } from '../experiments/memory/recall-by-design/report.js';
import { stressed } from '../experiments/memory/recall-by-design/stress.js';
import type { Row } from '../src/campaign/index.js';
import { wilson } from '../src/memory/measure/index.js';
import { wireFixedIn } from '../src/memory/network/index.js';

const wiring = wireFixedIn({ neurons: 20, inputs: 30, delays: [0.1, 10], seed: 3 });
const network = { ...wiring, weights: Float64Array.from(wiring.sources, (_, k) => ((k * 37) % 101) / 50 - 1) };
const own = (weights: Float64Array, neuron: number) =>
  weights.subarray(wiring.starts[neuron], wiring.starts[neuron + 1]);
const neurons = Array.from({ length: 20 }, (_, neuron) => neuron);

describe('a stress', () => {
  it('silences a share of the neurons exactly, the same ones for equal seeds, and more of them by adding', () => {
    const silent = (amount: number, seed: number) => {
      const { weights } = stressed(network, { kind: 'silenced', amount }, seed);
      return neurons.filter((neuron) => own(weights, neuron).every((w) => w === 0));
    };
    expect(silent(0.1, 1)).toHaveLength(2);
    expect(silent(0.25, 1)).toHaveLength(5);
    expect(silent(0.25, 1)).toEqual(expect.arrayContaining(silent(0.1, 1)));
    expect(silent(0.25, 2)).not.toEqual(silent(0.25, 1));
  });

  it('rounds to so many levels per neuron, by half a step at most, and keeps the largest weight', () => {
    for (const amount of [2, 5, 16]) {
      const { weights } = stressed(network, { kind: 'levels', amount }, 1);
      for (const neuron of neurons) {
        const [before, after] = [own(network.weights, neuron), own(weights, neuron)];
        const most = Math.max(...Array.from(before, Math.abs));
        expect(new Set(Array.from(after, (w) => w.toFixed(9))).size).toBeLessThanOrEqual(amount);
        expect(Math.max(...Array.from(after, Math.abs))).toBeCloseTo(most, 12);
        after.forEach((w, k) => {
          expect(Math.abs(w - before[k])).toBeLessThanOrEqual(most / (amount - 1) + 1e-12);
        });
      }
    }
  });

  it('leaves the weights alone where it is none of the two, and those of a silent neuron', () => {
    for (const kind of ['none', 'failure', 'periods'] as const)
      expect(stressed(network, { kind, amount: 0.5 }, 1).weights).toBe(network.weights);
    const silent = { ...network, weights: new Float64Array(network.weights.length) };
    expect(stressed(silent, { kind: 'levels', amount: 4 }, 1).weights).toEqual(silent.weights);
  });

  it('is a share below 1, or a whole number, or refused', () => {
    const of = (kind: string, amount: number) =>
      schema.safeParse({ ...quick, stress: { ...quick.stress, list: [{ kind, amount }] } }).success;
    expect(of('failure', 0.5) && of('levels', 2) && of('periods', 1)).toBe(true);
    expect([of('failure', 1), of('silenced', 1), of('levels', 1), of('levels', 2.5), of('periods', 0)]).toEqual(
      Array(5).fill(false),
    );
  });
});

describe('the report', () => {
  // Of four networks `aim` is recalled in 4 without stress, 3 at 5 %, 1 at 20 %; least norm in none.
  const successes: Record<string, Record<string, number>> = {
    'least norm': { 'none 0': 0, 'failure 0.05': 0, 'failure 0.2': 0 },
    aim: { 'none 0': 4, 'failure 0.05': 3, 'failure 0.2': 1 },
  };
  const list = [
    { kind: 'none' as const, amount: 0 },
    { kind: 'failure' as const, amount: 0.05 },
    { kind: 'failure' as const, amount: 0.2 },
  ];
  const config = schema.parse({ ...quick, networks: 4, stress: { ...quick.stress, list } });
  const rows = Object.entries(successes).flatMap(([design, bySetting]) =>
    Object.entries(bySetting).flatMap(([setting, found]) =>
      [0, 1, 2, 3].map((network): Row => {
        const [stress, amount] = setting.split(' ');
        const success = Number(network < found);
        const told = { stress, amount: Number(amount), trials: 1, success };
        return { part: 'stress', design, inputs: 300, network, ...told, precision: 0.5 + 0.4 * success, recall: 0.9 };
      }),
    ),
  );
  const { tables, figures } = conclude(config, rows);

  it('counts the networks that are recalled under every stress, with the interval of their share', () => {
    const table = tables[tables.length - 1];
    expect(table.title).toBe('What recall survives: K = 300, 50 % prompted, noise 0.1 thresholds');
    const cells = (found: number, stress: string, design: string) => {
      const [low, high] = wilson(found, 4).map((end) => Math.round(100 * end));
      const precision = (0.5 + 0.1 * found).toFixed(3);
      return [design, stress, `${found} of 4`, `${low}–${high} %`, precision, '0.900'];
    };
    const told = ['none', '5 % of the transmissions fail', '20 % of the transmissions fail'];
    expect(table.rows).toEqual([
      ...told.map((stress) => cells(0, stress, 'least norm')),
      ...[4, 3, 1].map((found, i) => cells(found, told[i], 'aim')),
    ]);
  });

  it('draws every kind that has several amounts, from nothing on', () => {
    const figure = figures.find(({ name }) => name === 'stress');
    const text = JSON.stringify(figure?.spec);
    expect(text).toContain('transmissions that fail');
    expect(text).not.toContain('neurons silenced');
  });
});
