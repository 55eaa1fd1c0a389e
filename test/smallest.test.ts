/** The smallest prompt, and the recall map: what a part of the score makes of the rest. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import { carriesFrom, findSmallest, meanMap, recallMapJob } from '../src/memory/measure/index.js';
import { memorize } from '../src/memory/memorize/index.js';
import { type Network, type NeuronModel, wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore } from '../src/memory/score/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';

describe('the search for the smallest size', () => {
  it('finds a threshold wherever it lies, with the sizes beside it, in few steps', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 520 }), async (most, least) => {
        const found = await findSmallest(most, async (size, from, to) => (size >= least ? to - from : 0), {
          trials: 20,
        });
        expect(found.smallest?.size).toBe(least <= most ? least : undefined);
        expect(found.failing?.size).toBe(least === 1 ? undefined : Math.min(most, least - 1));
        expect(found.tried.length).toBeLessThanOrEqual(Math.ceil(Math.log2(most)) + 1);
        const sizes = found.tried.map(({ size }) => size);
        expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
      }),
    ));

  it('tries a size again while its interval holds the wanted rate, and asks for every trial once', async () => {
    const asked: number[][] = [];
    const rates = async (size: number, from: number, to: number) => {
      asked.push([size, from, to]);
      return size === 2 ? 18 : 0;
    };
    const { smallest, failing } = await findSmallest(2, rates, { trials: 20 });
    expect(asked).toEqual([...[0, 20, 40, 60, 80].map((from) => [2, from, from + 20]), [1, 0, 20]]);
    expect(smallest).toMatchObject({ size: 2, success: 90, trials: 100 });
    expect(failing).toMatchObject({ size: 1, success: 0, trials: 20 });
    expect(smallest?.interval?.[0]).toBeLessThan(0.9);
    expect(failing?.interval?.[1]).toBeLessThan(0.9);
  });

  it('is content with a size as soon as its interval lies above the wanted rate, and takes none below it', async () => {
    const sure = await findSmallest(1, async (_, from, to) => to - from, { trials: 20 });
    expect(sure.smallest).toMatchObject({ success: 40, trials: 40 });
    const poor = await findSmallest(1, async () => 8, { trials: 10 });
    expect(poor.smallest).toBeUndefined();
    expect(poor.failing).toMatchObject({ size: 1 });
  });

  it('asks once where all trials are the same', async () => {
    const { smallest } = await findSmallest(1, async (_, from, to) => to - from, { trials: 20, fixed: true });
    expect(smallest).toEqual({ size: 1, success: 1, trials: 1, interval: null });
  });
});

describe('the recall map', () => {
  const score = sampleScore(50, 40, 0.2, 5);
  const wiring = wireFixedIn({ neurons: 50, inputs: 600, delays: [0.1, 10], seed: 2 });
  const shares = [0, 0.3, 0.6, 0.9, 1];
  let network: Network;
  beforeAll(async () => {
    const memory = await memorize({ score, wiring, template: defaultTemplate, objective: 'l2' }, serialMap);
    expect(memory.neurons.every(({ status }) => status === 'solved')).toBe(true);
    network = memory.network;
  });
  const mapOf = (net: Network, model?: NeuronModel, seed = 1) => {
    const task = recallMapJob.prepare({ score, network: net, model, seed, shares });
    return shares.map((_, index) => task(index));
  };

  it('hits every spike where all play, and as good as none by chance where nobody does', () => {
    const found = mapOf(network);
    expect(found.map(({ playing }) => playing)).toEqual(shares);
    expect(found[4].hit).toBe(1);
    expect(found[0].hit).toBeLessThan(0.2);
    for (let i = 1; i < 5; i++) expect(found[i].hit).toBeGreaterThan(found[i - 1].hit);
    expect(mapOf(network)).toEqual(found);
    expect(mapOf(network, undefined, 2)[1].hit).not.toBe(found[1].hit);
  });

  it('hits nothing without weights, whatever the neurons are', () => {
    const none = { ...wiring, weights: new Float64Array(wiring.sources.length) };
    const lif: NeuronModel = {
      model: 'lif',
      current: 'exp',
      membrane: new Float64Array(50).fill(2),
      synapse: 0.4,
      reset: 0,
      refractory: 0.4,
    };
    for (const model of [undefined, lif]) expect(mapOf(none, model).every(({ hit }) => hit === 0)).toBe(true);
  });

  it('takes time constants of single neurons for what they are', () => {
    const beta = new Float64Array(50).fill(1);
    expect(mapOf(network, { model: 'continuation', beta })).toEqual(mapOf(network));
  });

  it('carries itself from where on more is hit than plays', () => {
    const points = (hits: number[]) => hits.map((hit, i) => ({ playing: (i + 1) / 5, hit }));
    expect(carriesFrom(points([0.1, 0.5, 0.7, 0.9]))).toBe(0.4);
    expect(carriesFrom(points([0.3, 0.3, 0.7, 0.9]))).toBe(0.6);
    expect(carriesFrom(points([0.1, 0.2, 0.3, 0.4]))).toBeUndefined();
    expect(meanMap([...points([0.1]), ...points([0.3])])).toEqual([{ playing: 0.2, hit: 0.2 }]);
  });
});
