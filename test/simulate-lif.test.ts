/** Leaky integrate-and-fire neurons: against their differential equation, taken in small steps, and what is special. */
import { describe, expect, it } from 'vitest';
import { type LifModel, NEST, type Network, picoamperes, responsePeak } from '../src/memory/network/index.js';
import { createSimulator, mergeTrains, type Run, simulateByQueue, splitTrains } from '../src/memory/simulate/index.js';
import { lcg, randomNetwork, silentRun } from './helpers.js';

const lif = (current: 'exp' | 'alpha', constants: Partial<LifModel> = {}): LifModel => ({
  model: 'lif',
  current,
  membrane: 2,
  synapse: 0.4,
  reset: 0,
  refractory: 0.4,
  ...constants,
});
const CURRENTS = ['exp', 'alpha'] as const;

/** One synapse from neuron 0 to neuron 1. */
const single = (delay: number, weight: number): Network => ({
  starts: Uint32Array.of(0, 0, 1),
  sources: Uint32Array.of(0),
  delays: Float64Array.of(delay),
  weights: Float64Array.of(weight),
});
const kick = (to: number, time = 0): Run => ({
  ...silentRun(2, to),
  imposed: { times: Float64Array.of(time), neurons: Uint32Array.of(0) },
  releases: Float64Array.of(to, 0),
});
/** The spikes of neuron 1, by both simulators. */
const answers = (network: Network, run: Run, model: LifModel) =>
  [createSimulator(network, { model }).run(run), simulateByQueue(network, run, model)].map(
    (spikes) => splitTrains(spikes, 2)[1],
  );

/**
 * The equations of NEST's manual by Runge and Kutta in steps of 0.5 us, for one neuron that hears given arrivals:
 * ms, mV, pF, pA. Knows no closed form and no normalisation: weights are peak currents in pA.
 */
function bySmallSteps(
  { current, membrane, synapse, refractory }: LifModel,
  arrivals: readonly { time: number; pA: number }[],
  until: number,
): number[] {
  const tau0 = 5;
  const [tauM, tauS, hold] = [Number(membrane) * tau0, Number(synapse) * tau0, refractory * tau0];
  const { rest, threshold, capacitance } = NEST;
  // I' = -I / tau_s + J, J' = -J / tau_s; an alpha current jumps in J, an exponential one in I.
  type State = [v: number, i: number, j: number];
  const rate = ([v, i, j]: State): State => [-(v - rest) / tauM + i / capacitance, -i / tauS + j, -j / tauS];
  const along = (s: State, r: State, h: number): State => [s[0] + h * r[0], s[1] + h * r[1], s[2] + h * r[2]];
  const step = (s: State, h: number): State => {
    const a = rate(s);
    const b = rate(along(s, a, h / 2));
    const c = rate(along(s, b, h / 2));
    const d = rate(along(s, c, h));
    return along(s, [0, 1, 2].map((n) => (a[n] + 2 * b[n] + 2 * c[n] + d[n]) / 6) as State, h);
  };
  const spikes: number[] = [];
  let state: State = [rest, 0, 0];
  let [t, release, next] = [0, -1, 0];
  while (t < until) {
    let end = Math.min(t + 5e-4, until);
    if (next < arrivals.length && arrivals[next].time <= end) end = arrivals[next].time;
    if (release > t && release <= end) end = release;
    const after = step(state, end - t);
    if (release > t) after[0] = rest;
    else if (after[0] >= threshold) {
      const crossed = t + ((threshold - state[0]) / (after[0] - state[0])) * (end - t);
      spikes.push(crossed);
      release = crossed + hold;
      after[0] = rest;
    }
    state = after;
    t = end;
    for (; next < arrivals.length && arrivals[next].time === t; next++) {
      const { pA } = arrivals[next];
      state =
        current === 'exp' ? [state[0], state[1] + pA, state[2]] : [state[0], state[1], state[2] + (pA * Math.E) / tauS];
    }
  }
  return spikes;
}

describe('a leaky integrate-and-fire neuron', () => {
  it.each(CURRENTS)('with %s currents obeys the differential equations of NEST in ms, mV, pA and pF', (current) => {
    const model = lif(current, { refractory: NEST.refractory / 5 });
    const random = lcg(3);
    const inputs = 6;
    const trains = Array.from({ length: inputs }, () => Float64Array.from({ length: 8 }, () => 20 * random()).sort());
    const weights = Float64Array.from({ length: inputs }, () => 1.6 * random() - 0.4);
    const delays = Float64Array.from({ length: inputs }, () => 0.2 + random());
    const network: Network = {
      starts: Uint32Array.from({ length: inputs + 2 }, (_, l) => (l <= inputs ? 0 : inputs)),
      sources: Uint32Array.from({ length: inputs }, (_, k) => k),
      delays,
      weights,
    };
    const run = {
      ...silentRun(inputs + 1, 22),
      imposed: mergeTrains([...trains, new Float64Array()]),
      releases: new Float64Array(inputs + 1).fill(22, 0, inputs),
    };
    const { height } = responsePeak(current, 2, 0.4);
    const units = { refractoryPeriod: 5, threshold: NEST.threshold - NEST.rest, capacitance: NEST.capacitance };
    const arrivals = trains
      .flatMap((train, k) =>
        [...train].map((s) => ({ time: 5 * (s + delays[k]), pA: picoamperes(weights[k], height, units) })),
      )
      .sort((p, q) => p.time - q.time);
    const expected = bySmallSteps(model, arrivals, 110);
    const found = splitTrains(createSimulator(network, { model }).run(run), inputs + 1)[inputs];
    expect(expected.length).toBeGreaterThan(10);
    expect(found.length).toBe(expected.length);
    found.forEach((time, i) => expect(5 * time, `spike ${i}`).toBeCloseTo(expected[i], 5));
  });

  it.each([
    ...CURRENTS.map((current) => lif(current)),
    ...CURRENTS.map((current) => lif(current, { membrane: 0.3, synapse: 1.5 })),
    ...CURRENTS.map((current) => lif(current, { membrane: 1, synapse: 1 })),
    ...CURRENTS.map((current) => lif(current, { membrane: 1, synapse: 1 + 1e-7 })),
  ])(
    'at rest answers a weight of 1 with a peak that just touches its threshold: $current $membrane $synapse',
    (model) => {
      const { time } = responsePeak(model.current, Number(model.membrane), Number(model.synapse));
      for (const train of answers(single(0.5, 1 + 1e-9), kick(10), model)) {
        expect(train.length).toBe(1);
        // The peak is flat: 1e-9 above the threshold is some 1e-4 before it.
        expect(train[0]).toBeCloseTo(0.5 + time, 3);
      }
      for (const train of answers(single(0.5, 1 - 1e-9), kick(10), model)) expect(train.length).toBe(0);
    },
  );

  it('keeps its synaptic current through the refractory period, and only that', () => {
    // tau_m = tau_s = 1, e = 1 / height: z = w e t e^{-t} fires at once for a large w; from its release at r on the
    // rest of the current alone drives it: z = w e e^{-r} t e^{-t}.
    const w = 40;
    const model = lif('exp', { membrane: 1, synapse: 1, refractory: 0.7 });
    const first = (strength: number) => {
      let [low, high] = [0, 1];
      for (let i = 0; i < 80; i++) {
        const t = (low + high) / 2;
        if (strength * Math.E * t * Math.exp(-t) >= 1) high = t;
        else low = t;
      }
      return high;
    };
    const expected: number[] = [];
    for (let release = 0; w * Math.exp(-release) > 1; release = expected[expected.length - 1] - 0.5 + 0.7) {
      expected.push(0.5 + release + first(w * Math.exp(-release)));
    }
    expect(expected.length).toBe(5);
    for (const train of answers(single(0.5, w), kick(20), model)) {
      expect(train.length).toBe(expected.length);
      train.forEach((time, i) => expect(time).toBeCloseTo(expected[i], 12));
    }
  });

  it('is reset and held by a spike that is imposed on it', () => {
    const run = {
      ...kick(10),
      imposed: { times: Float64Array.of(0, 0.8), neurons: Uint32Array.of(0, 1) },
      releases: Float64Array.of(10, 0.9),
    };
    // Without the imposed spike it would fire at about 1; its current is not enough for a second start.
    for (const train of answers(single(0.5, 1.05), run, lif('exp'))) expect([...train]).toEqual([0.8]);
    for (const train of answers(single(0.5, 1.05), kick(10), lif('exp'))) expect(train.length).toBe(1);
  });

  it.each(CURRENTS)('with %s currents gives the same spikes in windows of any width', (current) => {
    const network = randomNetwork(8, 12, 5, 0.8);
    const run = {
      ...silentRun(8, 40),
      imposed: mergeTrains(Array.from({ length: 8 }, (_, l) => Float64Array.of(l / 7))),
    };
    run.releases.fill(1.1);
    const model = lif(current);
    const wide = createSimulator(network, { model }).run(run);
    expect(wide.times.length).toBeGreaterThan(50);
    for (const longestWindow of [0.05, 0.013]) {
      const narrow = createSimulator(network, { model, longestWindow }).run(run);
      expect(narrow.neurons).toEqual(wide.neurons);
      narrow.times.forEach((time, i) => expect(Math.abs(time - wide.times[i])).toBeLessThan(1e-11));
    }
  });

  it.each(CURRENTS)('with %s currents loses no digits where both time constants are nearly equal', (current) => {
    const network = randomNetwork(8, 12, 7, 0.8);
    const run = {
      ...silentRun(8, 6),
      imposed: mergeTrains(Array.from({ length: 8 }, (_, l) => Float64Array.of(l / 7))),
    };
    run.releases.fill(1.1);
    const spikes = (synapse: number) =>
      createSimulator(network, { model: lif(current, { membrane: 1, synapse }) }).run(run);
    const equal = spikes(1);
    expect(equal.times.length).toBeGreaterThan(12);
    for (const gap of [1e-4, 1e-8, 1e-12]) {
      const near = spikes(1 + gap);
      expect(near.neurons).toEqual(equal.neurons);
      // Spikes move in proportion to the gap and by nothing else.
      near.times.forEach((time, i) => expect(Math.abs(time - equal.times[i])).toBeLessThan(100 * gap + 1e-13));
    }
  });

  it('leaves no denormal numbers behind in silence, also where its current fades long before its potential', () => {
    const session = createSimulator(single(0.5, 0.5), { model: lif('alpha', { membrane: 20, synapse: 0.2 }) }).start(
      kick(1),
    );
    session.run(2000);
    const { neurons, membranes } = session.checkpoint();
    for (const x of [...neurons, ...membranes]) expect(x === 0 || Math.abs(x) > 1e-300).toBe(true);
  });
});

describe('what the simulator of leaky integrate-and-fire neurons refuses', () => {
  const network = single(0.5, 1);
  it.each([
    [
      () => createSimulator(network, { model: lif('exp', { refractory: 0 }) }),
      /from a spike to its release of at least 0.001/,
    ],
    [
      () => createSimulator(network, { model: lif('exp', { membrane: Float64Array.of(1) }) }),
      /one for each of 2 neurons/,
    ],
    [
      () => createSimulator(network, { model: lif('exp') }).start({ ...kick(1), record: Uint32Array.of(0) }),
      /potential of leaky integrate-and-fire neurons is not recorded/,
    ],
    [
      () => {
        const { checkpoint } = createSimulator(network).start(kick(1));
        createSimulator(network, { model: lif('exp') }).resume(kick(1), checkpoint());
      },
      /its neurons are of another model/,
    ],
  ])('%#', (misuse, message) => {
    expect(misuse).toThrow(message);
  });
});
