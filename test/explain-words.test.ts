/** What `explain` says a neuron would need is never what it has. */
import { expect, it } from 'vitest';
import { explain, memorizeJob, type Problem, withEitherSign } from '../src/memory/memorize/index.js';
import { daleBounds, neuronCount, wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore, scoreOf } from '../src/memory/score/index.js';
import { createStorageSummary } from '../src/memory/summary/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';

const report = (boundNeeded: number) => ({
  status: 'infeasible' as const,
  violation: 1,
  kkt: 0,
  boundNeeded,
  cuts: [],
  multipliers: Float64Array.of(),
  unreached: [],
});
const score = scoreOf([Float64Array.of(1)], 8);
const bounds = { lower: Float64Array.of(-0.2), upper: Float64Array.of(0.2) };

it('a wider bound differs from the bound in the digits that are printed', () => {
  const setting = { score, template: defaultTemplate };
  const say = (needed: number, box?: typeof bounds) =>
    explain(report(needed), { ...setting, ...(box ? { bounds: box } : {}) } as never, 0, String);
  expect(say(defaultTemplate.bound * 1.00002)).not.toContain(`at least ${defaultTemplate.bound} instead`);
  expect(say(defaultTemplate.bound * 1.00002, bounds)).toContain('bounds at least 1.00002 times as wide');
  expect(say(defaultTemplate.bound * 2, bounds)).toContain('bounds at least 2 times as wide');
});

/** A few neurons, half of whose sources are excitatory, the others inhibitory. */
function signedProblem(seed: number, inputs: number, bound: number): Problem {
  const score = sampleScore(6, 30, 0.2, seed);
  const wiring = wireFixedIn({ neurons: 6, inputs, delays: [0.1, 10], seed });
  return {
    score,
    wiring,
    template: { ...defaultTemplate, bound },
    bounds: daleBounds(wiring, 0.5, bound, seed),
    objective: 'l2',
  };
}

it('signs are said to be in the way where the proof needs them, and only there', () => {
  const [verdicts, label] = [new Set<string>(), String];
  for (const [seed, inputs, bound] of [
    [1, 250, 0.2],
    [2, 250, 0.2],
    [3, 30, 0.01],
    [4, 120, 0.2],
  ]) {
    const problem = signedProblem(seed, inputs, bound);
    const solve = memorizeJob.prepare(problem);
    const storage = createStorageSummary(problem, 0.005);
    let resting = 0;
    for (let neuron = 0; neuron < neuronCount(problem.wiring); neuron++) {
      const report = solve(neuron);
      storage.add(report, neuron);
      if (report.status !== 'infeasible') {
        expect(report.signed).toBe(undefined);
        continue;
      }
      if (report.signed) resting++;
      const free = withEitherSign(problem, neuron)?.status;
      verdicts.add(`${report.signed} ${free}`);
      // Where the proof holds without signs, nothing can be stored without them.
      if (!report.signed) expect(free).toBe('infeasible');
      const said = explain(report, problem, neuron, label);
      expect(said.includes('synapses of either sign')).toBe(report.signed);
    }
    expect(storage.signed).toBe(resting);
    expect((storage.json() as { resting_on_signs?: number }).resting_on_signs ?? 0).toBe(resting);
  }
  expect(verdicts).toContain('true solved');
  expect(verdicts).toContain('false infeasible');
});

it('without signs nothing is said of them', () => {
  const problem = { ...signedProblem(3, 30, 0.01), bounds: undefined };
  const report = memorizeJob.prepare(problem)(0);
  expect([report.status, report.signed, withEitherSign(problem, 0)]).toEqual(['infeasible', undefined, undefined]);
});

it('what a proof rests on is called by its name, and placed in its memory', () => {
  const other = scoreOf([Float64Array.of(2, 5)], 9);
  const template = { ...defaultTemplate, bound: 10, overdrive: { level: 4, after: 0.5 } };
  const say = (more: object) =>
    explain({ ...report(30), ...more }, { score, others: [other], template } as never, 0, String);
  const cuts = [
    { time: 1, kind: 'spike' as const, limit: 1, memory: 0 },
    { time: 2.5, kind: 'above' as const, limit: 4, memory: 1 },
  ];
  expect(say({ cuts, multipliers: Float64Array.of(1, 2) })).toBe(
    'the spike at 1 of memory 1, the overdrive at 2.5 of memory 2 contradict each other; a weight bound of at least 30 instead of 10 would be needed, or more inputs',
  );
  expect(say({ unreached: [{ time: 5, reach: 0, memory: 1 }] })).toContain(
    'nothing drives the spike at 5 of memory 2 (of 3)',
  );
  const wide = { status: 'stalled', kkt: 1e-15, optimum: { value: 1, gap: 1e-6 } };
  expect(say(wide)).toContain('its duality gap, 1e-6, grows with the bound: one below 10 helps');
  expect(say({ ...wide, optimum: { value: 1, gap: 1e-9 } })).not.toContain('duality gap');
  // Rounding finds such bounds where no bound will do.
  expect(say({ boundNeeded: 2e11 })).toContain('no weight bound of any use would do');
});
