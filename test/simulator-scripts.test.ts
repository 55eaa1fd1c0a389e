/**
 * From a score to another simulator: stored, replayed by our own, exported, and run in Brian2 (Debian's python3-brian)
 * and NEST (from PyPI). What a machine does not have is skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import { npzBytes } from '../src/files/index.js';
import { simulatorScript } from '../src/memory/files/index.js';
import { recallJob } from '../src/memory/measure/index.js';
import { memorize } from '../src/memory/memorize/index.js';
import { type LifModel, NEST, type NeuronModel } from '../src/memory/network/index.js';
import { sampleScore } from '../src/memory/score/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';
import { smallProblem } from './helpers.js';

const TAU0 = 0.005;
const CHANNELS = 12;
const PERIOD = 40;
const MAIN = new URL('../dist/src/cli/main.js', import.meta.url).pathname;
const cwd = mkdtempSync(join(tmpdir(), 'engram-script-'));

/** Brian2 takes seconds for each: these have all of its equations between them. */
const IN_BRIAN2 = [
  'lif-exp',
  'lif-exp, equal time constants',
  'lif-alpha, constants per neuron',
  'continuation',
  'reset',
];

/** The first Python that can load a module. */
const pythonWith = (module: string) =>
  ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-W', 'ignore', '-c', `import ${module}`]).status === 0,
  );
const [python, brian2, nest] = ['ast', 'brian2', 'nest'].map(pythonWith);

const lif = (current: 'exp' | 'alpha', constants: Partial<LifModel> = {}): LifModel => ({
  model: 'lif',
  current,
  membrane: NEST.membrane / 5,
  synapse: NEST.synapse / 5,
  reset: 0,
  refractory: NEST.refractory / 5,
  ...constants,
});
const perNeuron = (from: number, to: number) =>
  Float64Array.from({ length: CHANNELS }, (_, l) => from + ((to - from) * l) / (CHANNELS - 1));
const models: Record<string, NeuronModel> = {
  'lif-exp': lif('exp'),
  'lif-alpha': lif('alpha'),
  'lif-exp, equal time constants': lif('exp', { membrane: 1, synapse: 1 }),
  'lif-alpha, constants per neuron': lif('alpha', {
    membrane: perNeuron(1, 3),
    synapse: perNeuron(0.3, 0.6),
    reset: -0.2,
  }),
  continuation: { model: 'continuation' },
  'continuation, constants per neuron': { model: 'continuation', beta: perNeuron(0.6, 1.4) },
  reset: { model: 'reset', reset: -1 },
};

async function store(model: NeuronModel) {
  const { score, wiring } = smallProblem(CHANNELS, PERIOD, 800, 1);
  const problem = { score, wiring, model, template: defaultTemplate, objective: 'l2' as const };
  const { network, neurons } = await memorize(problem, serialMap);
  return { score, network, model, solved: neurons.map(({ status }) => status === 'solved') };
}

const memories = new Map(Object.entries(models).map(([name, model]) => [name, store(model)]));
const stored = (name: string) => memories.get(name) as ReturnType<typeof store>;

/** Writes a script with its data; returns the path of the script. */
function write(
  to: 'brian2' | 'nest',
  name: string,
  { score, network, model }: Awaited<ReturnType<typeof store>>,
): string {
  const file = `${name.replace(/\W+/g, '-')}-${to}`;
  const { script, data } = simulatorScript(to, {
    score,
    network,
    model,
    tau0: TAU0,
    dataFile: `${file}.npz`,
    program: 'engram',
  });
  writeFileSync(join(cwd, `${file}.npz`), npzBytes(data));
  writeFileSync(join(cwd, `${file}.py`), script);
  return join(cwd, `${file}.py`);
}

function run(interpreter: string, script: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(interpreter, ['-W', 'ignore', script, ...args], { encoding: 'utf8' });
  expect(stdout, stderr).toContain('neuron 0: ');
  const found = [
    ...stdout.matchAll(/^neuron (\d+): (\d+) of (\d+) prescribed spikes within [\d.]+ ms, (\d+) others/gm),
  ];
  return { status, stdout, neurons: found.map((match) => match.slice(1).map(Number)) };
}

describe('a stored score, neuron by neuron', () => {
  for (const [name, model] of Object.entries(models)) {
    const memory = stored(name);

    it(`of ${name} neurons is replayed without noise at precision 1, without drift`, async () => {
      const { score, network, solved } = await memory;
      expect(solved.filter((is) => is).length).toBeGreaterThanOrEqual(CHANNELS - 1);
      const trials = [{ prompt: 0, noise: 0, jitter: 0 }];
      const test = { score, network, model, seed: 1, promptTime: PERIOD, periods: 20, trials };
      const { periods, drift } = recallJob.prepare(test)(0);
      expect(periods[19].precision).toBeCloseTo(1, 9);
      expect(periods[19].recall).toBeCloseTo(1, 9);
      expect(Math.abs(drift ?? Number.NaN)).toBeLessThan(1e-11);
    });

    const inBrian2 = it.skipIf(!brian2 || !IN_BRIAN2.includes(name));
    inBrian2(`of ${name} neurons is found by Brian2, every spike within one time step`, async () => {
      const memorised = await memory;
      const script = write('brian2', name, memorised);
      const { neurons } = run(brian2 as string, script, '--codegen', 'numpy', '--dt', '0.1', '--periods', '1');
      expect(neurons.length).toBe(CHANNELS);
      for (const [neuron, found, wanted, others] of neurons) {
        if (memorised.solved[neuron]) expect([neuron, found, others]).toEqual([neuron, wanted, 0]);
      }
      expect(neurons.reduce((sum, [, , wanted]) => sum + wanted, 0)).toBe(memorised.score.times.length);
    });

    it.skipIf(!nest || model.model !== 'lif')(`of ${name} neurons is found by NEST likewise`, async () => {
      const { status, stdout } = run(nest as string, write('nest', name, await memory), '--dt', '0.1');
      expect(stdout).toContain('found every prescribed spike');
      expect(status).toBe(0);
    });
  }

  it.skipIf(!brian2)('is played by Brian2 when the neurons hear nothing but each other', async () => {
    const script = write('brian2', 'free', await stored('lif-exp'));
    const { neurons } = run(brian2 as string, script, '--free', '--codegen', 'numpy', '--dt', '0.1', '--periods', '1');
    const [found, wanted] = [1, 2].map((i) => neurons.reduce((sum, columns) => sum + columns[i], 0));
    // Spikes fall on the grid there, and their errors are handed on.
    expect(found / wanted).toBeGreaterThan(0.8);
  });
});

describe('a script for another simulator', () => {
  it.skipIf(!python)('is valid Python', async () => {
    for (const [to, name] of [
      ['nest', 'lif-exp'],
      ['nest', 'lif-alpha, constants per neuron'],
      ['brian2', 'reset'],
    ] as const) {
      const script = write(to, `${name} compiled`, await stored(name));
      const { status, stderr } = spawnSync(python as string, ['-m', 'py_compile', script], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(status).toBe(0);
    }
  });

  it('states the constants of NEST in ms, mV and pF, and weights as peaks of currents in pA', () => {
    const { score, wiring } = smallProblem(3, 20, 4, 1);
    const network = { ...wiring, weights: wiring.delays.map((_, k) => (k === 0 ? 1 : 0.1)) };
    for (const [current, name] of [
      ['exp', 'iaf_psc_exp'],
      ['alpha', 'iaf_psc_alpha'],
    ] as const) {
      const model = lif(current, { reset: -0.2 });
      const { script, data } = simulatorScript('nest', {
        score,
        network,
        model,
        tau0: TAU0,
        dataFile: 'x.npz',
        program: 'engram',
      });
      expect(script).toContain(`nest.Create('${name}', neurons`);
      for (const text of [
        "'E_L': -70,",
        "'V_th': -55,",
        "'V_reset': -73,",
        "'C_m': 250,",
        "'t_ref': 2,",
        "'tau_m': 10,",
        "'tau_syn_ex': 2,",
      ]) {
        expect(script).toContain(text);
      }
      (data.delay_ms as Float64Array).forEach((ms, k) => expect(ms).toBeCloseTo(5 * wiring.delays[k], 12));
      expect([...(data.target as Uint32Array)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
      // The response of the manual to that current, in mV, at the best of many moments: the threshold above rest.
      const [pA, tenth] = data.weight as Float64Array;
      const response = (t: number) => {
        const d = 1 / 2 - 1 / 10;
        const [slow, fast] = [Math.exp(-t / 10), Math.exp(-t / 2)];
        const alpha = ((Math.E / 2) * ((slow - fast) / d - t * fast)) / d;
        return (pA / 250) * (current === 'exp' ? (slow - fast) / d : alpha);
      };
      const peak = Math.max(...Array.from({ length: 40000 }, (_, i) => response(i / 1000)));
      expect(peak).toBeCloseTo(15, 6);
      expect(tenth / pA).toBeCloseTo(0.1, 12);
    }
  });

  it('is refused by NEST for neurons that it does not have', () => {
    const score = sampleScore(3, 20, 0.2, 1);
    const network = { ...smallProblem(3, 20, 4, 1).wiring, weights: new Float64Array(12) };
    const stored = { score, network, tau0: TAU0, dataFile: 'x.npz', program: 'engram' };
    expect(() => simulatorScript('nest', { ...stored, model: { model: 'reset', reset: 0 } })).toThrow(
      /NEST has no neurons of the reset model, only leaky integrate-and-fire ones; Brian2 takes them: --to brian2/,
    );
  });
});

describe('memorize export', () => {
  const command = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { cwd, encoding: 'utf8' });

  it('writes a script with its arrays, the same bytes each time, and refuses forms that would lose the model', () => {
    const store = [
      '--channels',
      '6',
      '--duration',
      '100ms',
      '--seed',
      '1',
      '--no-recall',
      '--neuron',
      'lif-exp',
      '--out',
      'm',
    ];
    expect(command(...store).status).toBe(0);
    for (const to of ['brian2', 'nest']) {
      expect(command('export', 'm', '--to', to).stdout).toContain(`next     python3 m-${to}/network-${to}.py`);
      expect(command('export', 'm', '--to', to, '--out', `again-${to}`).status).toBe(0);
      expect(readdirSync(join(cwd, `m-${to}`)).sort()).toEqual([`network-${to}.npz`, `network-${to}.py`]);
      for (const name of readdirSync(join(cwd, `m-${to}`))) {
        expect(readFileSync(join(cwd, `m-${to}`, name))).toEqual(readFileSync(join(cwd, `again-${to}`, name)));
      }
    }
    const { status, stderr } = command('export', 'm', '--to', 'json');
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^memorize: --to json is for neurons with the kernel t exp\(1 - t\) that no spike resets.*\n$/,
    );
  });
});
