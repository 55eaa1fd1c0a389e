/** What solved and trained neurons come to: counts, spreads, reasons and figures of a whole memory. No process is started here. */
import { describe, expect, it } from 'vitest';
import type { TrainedReport } from '../src/memory/gradient/index.js';
import type { NeuronReport, Problem } from '../src/memory/memorize/index.js';
import { createStorageSummary, createTrainingSummary, fitOf, wholeLimit } from '../src/memory/summary/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';

const score = { period: 20, times: Float64Array.of(2, 1, 8, 15, 3), starts: Uint32Array.of(0, 1, 4, 5) };
const wiring = {
  sources: Uint32Array.of(1, 2, 0, 0),
  delays: Float64Array.of(1, 2, 3, 4),
  starts: Uint32Array.of(0, 1, 3, 4),
};
const problem: Problem = { score, wiring, template: defaultTemplate, objective: 'l2' };
const reportOf = (status: NeuronReport['status'], more: Partial<NeuronReport> = {}): NeuronReport => ({
  status,
  weights: Float64Array.of(0.1),
  cuts: [],
  multipliers: new Float64Array(),
  violation: 1e-9,
  kkt: 1e-10,
  boundNeeded: 0,
  unreached: [],
  counters: { rounds: 2, rows: 3, additions: 5, removals: 7, active: 1 },
  ...more,
});

describe('storage', () => {
  it('counts every neuron once, and takes the worst of those that are solved', () => {
    const storage = createStorageSummary(problem, 0.005);
    storage.add(reportOf('solved', { violation: 1e-10 }), 0);
    storage.add(reportOf('solved', { violation: 3e-9, kkt: 2e-9 }), 1);
    storage.add(reportOf('roundLimit', { violation: 0.5, kkt: 1 }), 2);
    expect(storage.counts).toEqual({ solved: 2, infeasible: 0, undecided: 1 });
    expect(storage.worst).toEqual({ violation: 3e-9, kkt: 2e-9 });
    expect(storage.unsolved.map(({ channel }) => channel)).toEqual([2]);
    expect(storage.json()).toMatchObject({ work: { rounds: 6, rows: 9, additions: 15, removals: 21, active: 3 } });
    // The neuron with three spikes, where 5/3 are typical.
    expect(storage.typical?.neuron).toBe(1);
  });

  it('counts as silent who is not stored and has no weights, and nobody else', () => {
    const storage = createStorageSummary(problem, 0.005);
    const none = { weights: new Float64Array(1) };
    storage.add(reportOf('solved', none), 0);
    storage.add(reportOf('stalled'), 1);
    storage.add(reportOf('infeasible'), 2);
    expect(storage.silent).toBe(0);
    storage.add(reportOf('infeasible', none), 2);
    expect(storage.silent).toBe(1);
  });

  it('the aim is told by least, median and most over the solved', () => {
    const storage = createStorageSummary({ ...problem, levels: 15 }, 0.005);
    [0.03, 0.01, 0.02].forEach((share, neuron) =>
      storage.add(reportOf('solved', { share, normRatio: 1 + share }), neuron),
    );
    expect(storage.json()).toMatchObject({
      levels: 15,
      share: { least: 0.01, median: 0.02, most: 0.03 },
      stretch: { least: 1.01, median: 1.02, most: 1.03 },
    });
    expect(storage.told().flatMap(({ line }) => line?.label ?? [])).toEqual(['levels']);
    expect(storage.json()).not.toHaveProperty('robust');
  });

  it('tells apart what is impossible and what is undecided, with the reason', () => {
    const storage = createStorageSummary(problem, 0.005);
    storage.add(reportOf('infeasible'), 0);
    storage.add(reportOf('stalled'), 1);
    storage.add(reportOf('solved'), 2);
    expect(storage.counts).toEqual({ solved: 1, infeasible: 1, undecided: 1 });
    expect(storage.unsolved.map(({ channel, status }) => [channel, status])).toEqual([
      [0, 'infeasible'],
      [1, 'stalled'],
    ]);
    for (const entry of storage.unsolved) {
      expect(entry.reason.length).toBeGreaterThan(10);
      expect(entry).not.toHaveProperty('pays');
    }
    // The one that is stored, though with fewer spikes than most.
    expect(storage.typical?.neuron).toBe(2);
    const json = storage.json();
    expect(json).toMatchObject({ solved: 1, infeasible: 1, undecided: 1, worst_violation: 1e-9, kkt_residual: 1e-10 });
    for (const name of [
      'worst_between_points',
      'robust',
      'duality_gap',
      'synapses_in_use',
      'levels',
      'share',
      'stretch',
    ]) {
      expect(json, name).not.toHaveProperty(name);
    }
  });

  it('says in seconds what the best weights of an impossible neuron do not meet', () => {
    const storage = createStorageSummary({ ...problem, others: [{ ...score, period: 10 }] }, 0.005);
    const shortfalls = [
      { demand: { kind: 'spike', memory: 1 }, time: 12, amount: 0.1, shift: 0.2 },
      { demand: { kind: 'spike' }, time: 22, amount: 0.2, shift: null },
      { demand: { kind: 'silent', ramp: true }, time: 3, amount: 0.3 },
    ] as unknown as NeuronReport['shortfalls'];
    storage.add(reportOf('infeasible', { shortfalls }), 0);
    const [first, second, third] = storage.unsolved[0].pays ?? [];
    expect(first).toMatchObject({ demand: 'spike', memory: 2, amount: 0.1 });
    expect(first.time_s).toBeCloseTo(2 * 0.005, 12);
    expect(first.shift_s).toBeCloseTo(0.001, 12);
    expect(second).toMatchObject({ demand: 'spike', shift_s: null });
    expect(second.time_s).toBeCloseTo(2 * 0.005, 12);
    expect(second).not.toHaveProperty('memory');
    expect(third.demand).toBe('ramp');
    expect(third).not.toHaveProperty('shift_s');
  });

  it('a typical neuron is the first stored one with at least as many spikes as most', () => {
    const storage = createStorageSummary(problem, 0.005);
    storage.add(reportOf('stalled'), 1);
    expect(storage.typical?.neuron).toBe(1);
    storage.add(reportOf('solved'), 0);
    expect(storage.typical?.neuron).toBe(0);
    storage.add(reportOf('solved'), 2);
    expect(storage.typical?.neuron).toBe(0);
    storage.add(reportOf('solved'), 1);
    expect(storage.typical?.neuron).toBe(1);
  });

  it('a neuron with just as many spikes as most is typical', () => {
    const even = { ...score, times: Float64Array.of(2, 8, 3), starts: Uint32Array.of(0, 1, 2, 3) };
    const storage = createStorageSummary({ ...problem, score: even }, 0.005);
    for (const neuron of [0, 1]) storage.add(reportOf('solved'), neuron);
    expect(storage.typical?.neuron).toBe(0);
  });

  it('gaps, synapses in use and violations between points are the worst and the spread over the solved', () => {
    const storage = createStorageSummary(problem, 0.005);
    const optimum = (gap: number) => ({ gap }) as NeuronReport['optimum'];
    storage.add(
      reportOf('solved', { optimum: optimum(2e-9), weights: Float64Array.of(0, 1, 2), betweenPoints: 0.1 }),
      0,
    );
    storage.add(
      reportOf('solved', { optimum: optimum(1e-9), weights: Float64Array.of(0, 0, 2), betweenPoints: 0.3 }),
      1,
    );
    storage.add(reportOf('solved', { optimum: optimum(0), weights: Float64Array.of(0, 0, 0), betweenPoints: 0.2 }), 2);
    expect(storage.worst.betweenPoints).toBe(0.3);
    expect(storage.json()).toMatchObject({
      worst_between_points: 0.3,
      duality_gap: 2e-9,
      synapses_in_use: { least: 0, median: 1, most: 2 },
    });
  });

  it('a robust template is told by its factors, and gains of zero are no gains', () => {
    const storage = createStorageSummary({ ...problem, robust: { what: 'both', share: 0.5 } }, 0.005);
    const robust = (factor: number) => ({ factor }) as NeuronReport['robust'];
    storage.add(reportOf('solved', { robust: robust(2), noise: { plain: 0, gain: 0 } as NeuronReport['noise'] }), 0);
    storage.add(reportOf('solved', { robust: robust(3) }), 1);
    expect(JSON.stringify(storage.told())).not.toContain('gain');
    expect(storage.json()).toMatchObject({ robust: { what: 'both', share: 0.5, least: 2, most: 3 } });
    expect((storage.json() as { robust: object }).robust).not.toHaveProperty('noise_gain_ms');
  });

  it('gains of noise come in milliseconds per threshold', () => {
    const storage = createStorageSummary({ ...problem, robust: { what: 'noise', share: 0.5 } }, 0.005);
    storage.add(reportOf('solved', { noise: { plain: 0.4, gain: 0.2 } as NeuronReport['noise'] }), 0);
    expect(storage.json()).toMatchObject({
      robust: {
        noise_gain_ms: { least: 1, median: 1, most: 1 },
        noise_gain_plain_ms: { least: 2, median: 2, most: 2 },
      },
    });
  });
});

it('training tells what is learned, and the losses of those that are known', () => {
  const training = createTrainingSummary({ score });
  const trained = (loss: number, learned: boolean): TrainedReport =>
    ({
      trained: { loss, epochs: 10 * loss, status: learned ? 'converged' : 'epochLimit', macs: 100, history: [] },
      report: reportOf(learned ? 'solved' : 'roundLimit', { violation: loss }),
      precision: learned ? 1 : 0.5,
      recall: 1,
      learned,
    }) as unknown as TrainedReport;
  training.add(trained(1, true), 0);
  expect(training.typical?.neuron).toBe(0);
  training.add(trained(4, false), 1);
  expect(training.brief()).toEqual({ learned: 1, loss: 1, precision: 0.75 });
  training.add(trained(2, true), 2);
  expect(training.standing()).toMatchObject({ learned: 2, obeyed: 2, worst: 4, macs: 300 });
  expect(training.json()).toMatchObject({ loss: { least: 1, median: 2, most: 4 }, not_learned: [{ channel: 1 }] });
  expect(training.standing()).toMatchObject({
    count: 3,
    recall: 1,
    epochs: { least: 10, median: 20, most: 40 },
    ended: { converged: 2, epochLimit: 1, budget: 0, diverged: 0 },
    missed: [{ channel: 1, precision: 0.5, recall: 1, reason: 'epochLimit' }],
  });
  expect(training.standing().precision).toBeCloseTo(2.5 / 3, 12);
  expect(training.columns()).toEqual({ loss: Float64Array.of(1, 4, 2), epochs: Float64Array.of(10, 40, 20) });
  expect(training.json()).toMatchObject({
    learned: 2,
    solved: 2,
    infeasible: 0,
    undecided: 1,
    forced_recall: 1,
    multiply_adds: 300,
    worst_violation: 4,
  });
  // Learned, though with fewer spikes than most: both come before the one with most spikes that is not.
  expect(training.typical?.neuron).toBe(0);
});

it('a fit finds where the potential is farthest from what is asked', () => {
  // One input, so the potential is w h(t - s - d) around the circle, with its peak of w one time constant after arrival.
  const network = { ...wiring, weights: Float64Array.of(0.2, 0, 0, 0) };
  const { spike, silence, slope, ramp } = fitOf({ score, network }, 0, network.weights.subarray(0, 1), defaultTemplate);
  const h = (t: number) => (t > 0 ? t * Math.exp(1 - t) : 0);
  const potential = (t: number) => {
    let sum = 0;
    for (const source of [1, 8, 15]) for (let turn = -5; turn <= 1; turn++) sum += 0.2 * h(t - source - 1 - 20 * turn);
    return sum;
  };
  expect(spike?.time).toBe(2);
  expect(spike?.value).toBeCloseTo(potential(2), 9);
  expect(silence?.value).toBeCloseTo(
    Math.max(...Array.from({ length: 20000 }, (_, i) => potential(3 + (i * 18) / 20000))),
    5,
  );
  expect(silence?.asked).toBe(0);
  expect(slope?.asked).toBe(defaultTemplate.slope);
  expect(ramp).toBeUndefined();
});

it('a fit takes of several spikes, zones and silences the worst', () => {
  // Neuron 0 plays at 2, 6 and 14, and hears neuron 1 at 1, 5 and 12.5.
  const many = { period: 20, times: Float64Array.of(2, 6, 14, 1, 5, 12.5), starts: Uint32Array.of(0, 3, 6) };
  const network = {
    sources: Uint32Array.of(1),
    delays: Float64Array.of(0.25),
    starts: Uint32Array.of(0, 1, 1),
    weights: Float64Array.of(1.5),
  };
  const h = (t: number) => (t > 0 ? t * Math.exp(1 - t) : 0);
  const potential = (t: number) => {
    let sum = 0;
    for (const source of [1, 5, 12.5])
      for (let turn = -5; turn <= 1; turn++) sum += 1.5 * h(t - source - 0.25 - 20 * turn);
    return sum;
  };
  const { zone } = defaultTemplate;
  const found = fitOf({ score: many, network }, 0, network.weights, defaultTemplate);
  const farthest = [2, 6, 14].reduce((a, b) => (Math.abs(potential(b) - 1) > Math.abs(potential(a) - 1) ? b : a));
  expect(farthest, 'not the first').toBe(6);
  expect(found.spike).toEqual({ time: farthest, asked: 1, value: expect.closeTo(potential(farthest), 9) });
  const grid = (begin: number, end: number) =>
    Array.from({ length: 4001 }, (_, i) => begin + ((end - begin) * i) / 4000);
  const silences = [
    [3, 6 - zone],
    [7, 14 - zone],
    [15, 22 - zone],
  ].map(([begin, end]) => Math.max(...grid(begin, end).map(potential)));
  expect(found.silence?.value).toBeCloseTo(Math.max(...silences), 4);
  const slopes = [2, 6, 14].map((t) =>
    Math.min(...grid(t - zone + 2e-5, t + zone - 2e-5).map((s) => (potential(s + 1e-5) - potential(s - 1e-5)) / 2e-5)),
  );
  expect(Math.abs((found.slope?.value ?? 9) - Math.min(...slopes))).toBeLessThan(0.01);
  expect(Math.min(...slopes)).toBeLessThan(slopes[0] - 0.05);
  expect(found.ramp).toBeUndefined();
});

it('a fit and the limits of cuts are of every memory, each with its own spikes, and of the overdrive', () => {
  // Neuron 0 hears neuron 1 by a weight of 2, which plays at 1 in the first memory and at 4 in the second.
  const one = (own: number, heard: number): typeof score => {
    return { period: 30, times: Float64Array.of(own, heard), starts: Uint32Array.of(0, 1, 2) };
  };
  const network = {
    sources: Uint32Array.of(1),
    delays: Float64Array.of(1),
    starts: Uint32Array.of(0, 1, 1),
    weights: Float64Array.of(2),
  };
  const template = { ...defaultTemplate, overdrive: { level: 3, after: 0.5 } };
  const h = (t: number) => 2 * t * Math.exp(1 - t);
  const both = { score: one(2.2, 1), others: [one(5.1, 4)], network };
  const { spike, overdrive } = fitOf(both, 0, network.weights, template);
  expect(spike).toEqual({ time: 5.1, asked: 1, memory: 1, value: expect.closeTo(h(0.1), 9) });
  expect(overdrive).toEqual({ time: 5.1 + 0.5, asked: 3, memory: 1, value: expect.closeTo(h(0.6), 9) });
  const model = { model: 'reset', reset: -8 } as const;
  const cut = { kind: 'spike', time: 5.6, limit: 0.25, memory: 1 } as const;
  expect(wholeLimit({ ...both, model }, 0)(cut)).toBeCloseTo(0.25 - 8 * Math.exp(-0.5), 12);
});

it('the limit of a cut on the whole potential is that on the weights and what the neuron itself adds', () => {
  const network = { ...wiring, weights: new Float64Array(4) };
  const cut = { kind: 'spike', time: 2, limit: 0.25 } as const;
  expect(wholeLimit({ score, network }, 0)(cut)).toBe(0.25);
  // At the next spike, a period later, e^-20 of the reset is left, and e^-4 of it 4 after the spike.
  const model = { model: 'reset', reset: -1 } as const;
  expect(wholeLimit({ score, network, model }, 0)(cut)).toBeCloseTo(0.25 - Math.exp(-20), 12);
  expect(wholeLimit({ score, network, model }, 0)({ ...cut, time: 6 })).toBeCloseTo(0.25 - Math.exp(-4), 12);
  const ramp = { ...defaultTemplate, shape: 'ramp' } as const;
  const found = fitOf({ score, network, model }, 0, new Float64Array(1), ramp).ramp;
  // Nothing arrives: the potential is what the reset leaves, below the line everywhere.
  expect(found === undefined || found.amount <= 0).toBe(true);
});
