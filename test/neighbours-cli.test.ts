/** Commands of the rate networks and of the rule: what is asked for is done, and what cannot be is refused. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { paperSchema } from '../experiments/spikernn/spikernn-paper/config.js';
import { schema as ruleSchema } from '../experiments/srnn/rule-2afc/config.js';
import { type Invocation, openWork, type Run, requestOf } from '../src/app/index.js';
import { createScreen } from '../src/app/screen.js';
import { mappingOf } from '../src/cli/spikernn/mapping.js';
import { loadModel } from '../src/cli/spikernn/model.js';
import { demandFile, modelOf, type TrainOptions, trainOptions } from '../src/cli/spikernn/options.js';
import { optionsOfTrained } from '../src/cli/srnn/flags.js';
import { sayAccuracy } from '../src/cli/srnn/training-results.js';
import { type MatValue, readTensors, withMat } from '../src/files/index.js';
import {
  advanceRate,
  lifModel,
  rateModelBytes,
  rateTask,
  readRateModel,
  spikernnDefaults,
  startRate,
  withWeights,
} from '../src/spikernn/index.js';
import { checkpointBytes, DEFAULTS, drawWeights, type Outcome, readCheckpoint } from '../src/srnn/index.js';

const ENGRAM = new URL('../dist/src/cli/engram.js', import.meta.url).pathname;
const folder = () => mkdtempSync(join(tmpdir(), 'engram-neighbours-'));
const engram = (cwd: string, line: string) =>
  spawnSync(process.execPath, [ENGRAM, ...line.split(' ')], { cwd, encoding: 'utf8' });

const hold = {
  name: 'xor-late',
  steps: 20,
  stimuli: [{ channel: 0, on: 0, lasts: 10, of: [1] }],
  answers: [{ on: 0, lasts: 10, sign: 0 }],
};
const settings = { ...spikernnDefaults, task: hold, units: 10, trials: 1, seed: 2, least: 0 };
const trained = startRate(settings);
advanceRate(trained, settings);
const bytes = rateModelBytes(trained, settings);

describe('engram spikernn', () => {
  it('records the trial that it plays, stimulated or not, and says how far outputs go where they are judged', () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'a.mat'), bytes);
    writeFileSync(join(cwd, 'task.json'), JSON.stringify(hold));
    const asked =
      '--task task.json --scale 30 --trials 1 --seed 1 --record 1 --stimulate exc:300..1500 --stimulated 0,3';
    expect(engram(cwd, `spikernn map a.mat ${asked} --out m`)).toMatchObject({ status: 0, stderr: '' });
    const tensor = (file: string, name: string) => {
      const found = readTensors(readFileSync(join(cwd, 'm', file)), file)[name];
      return typeof found === 'string' ? [] : Array.from(found.values, Number);
    };
    const [rates, output] = [tensor('traces.npz', 'trial_0_rate'), tensor('spikes.npz', 'trial_0_output')];
    const { wOut } = readRateModel(bytes, 'a.mat').network;
    expect(output).toHaveLength(2000);
    output.forEach((out, step) => {
      const read = wOut.reduce((sum, w, i) => sum + (w / 30) * rates[10 * step + i], 0);
      expect(Math.abs(read - out)).toBeLessThan(1e-12);
    });
    const [, row] = readFileSync(join(cwd, 'm', 'trials.csv'), 'utf8').split('\n');
    const judged = output.slice(0, 1000);
    expect(row.split(',').slice(3, 5).map(Number)).toEqual([Math.min(...judged), Math.max(...judged)]);
  });

  it.each([
    ['map a.mat --task task.json --scale 30 --stimulated exc', /--stimulated must be given beside --stimulate/],
    ['train --mode eval --output_dir . --task task.json --out e --quiet', undefined],
  ] as const)('%s', (line, error) => {
    const cwd = folder();
    writeFileSync(join(cwd, 'a.mat'), bytes);
    writeFileSync(join(cwd, 'task.json'), JSON.stringify(hold));
    const { status, stderr } = engram(cwd, `spikernn ${line}`);
    expect(status).toBe(error ? 2 : 0);
    expect(stderr).toMatch(error ?? /^$/);
  });

  it('names the file of a model that is none', () => {
    const of = (name: string, value: MatValue) => () => readRateModel(withMat(bytes, 'a', [[name, value]]), 'a.mat');
    const doubles = (...values: number[]): MatValue & { kind: 'numeric' } => ({
      ...{ kind: 'numeric', dtype: 'f8', dims: [1, values.length] },
      values: Float64Array.from(values),
    });
    expect(of('taus', doubles(20, 4))).toThrow(/a.mat: taus must .* do not fall.*got 20, 4/);
    expect(of('taus', { ...doubles(4, 20), imaginary: new Float64Array(2) })).toThrow(
      /a.mat: taus is no array of real/,
    );
    expect(of('activation', doubles(1))).toThrow(/a.mat: activation is no text/);
    expect(of('taus', doubles(4))()).toMatchObject({ network: { taus: [4] } });
  });

  it('asks for a model where none is named', () => {
    for (const none of [undefined, '']) expect(() => demandFile(none)).toThrow(/give the .mat of a model/);
  });

  it('takes the task from the name of the model, not from a part of another name', () => {
    const cwd = folder();
    const named = (...path: string[]) => {
      mkdirSync(join(cwd, ...path.slice(0, -1)), { recursive: true });
      writeFileSync(join(cwd, ...path), bytes);
      return loadModel(join(cwd, ...path)).task;
    };
    expect(named('models', 'xor', 'Task_xor_N_10_Tau_4.0_Act_sigmoid_2026_01_01_000000.mat')).toBe('xor');
    expect(named('models', 'xor-late', 'Task_xor-late_N_10_Tau_4.0_Act_sigmoid_2026_01_01_000000.mat')).toBeUndefined();
    expect(named('polished_xor-late.mat')).toBeUndefined();
    expect(named('xor', 'polished_mante.mat')).toBe('mante');
    expect(named('go-nogo-old', 'sine', 'a.mat')).toBe('sine');
    expect(named('spikernn-go-nogo.mat')).toBe('go-nogo');
  });

  it('takes the newest model of a folder, whatever it is called', () => {
    const cwd = folder();
    const written = (name: string, moment: Date) => {
      writeFileSync(join(cwd, name), bytes);
      utimesSync(join(cwd, name), moment, moment);
    };
    written('zz.mat', new Date(2025, 4, 1));
    written('Task_xor_N_10_Tau_4.0_Act_sigmoid_2026_01_02_030405.mat', new Date(2024, 0, 1));
    expect(loadModel(cwd).file).toContain('030405.mat');
    written('a.mat', new Date(2026, 0, 2, 3, 4, 6));
    expect(loadModel(cwd).file).toContain('a.mat');
  });

  it('writes no model that it could not read', () => {
    const { network } = trained;
    const far = { ...network, wOut: network.wOut.map(() => 1e39) };
    expect(() => rateModelBytes({ ...trained, network: far }, settings)).toThrow(/diverged: wOut has come to 1e\+39/);
    expect(() => withWeights(bytes, 'a.mat', far, 30)).toThrow(/diverged/);
  });

  it('does not take the factor of the trained network for that before its training', () => {
    const options = { ...modelOf({ neuron: 'lif' } as never), neuron: 'lif', filter: 'double', downsample: 1 } as const;
    const of = (initial: boolean) =>
      mappingOf({ ...options, initial }, trained.network, rateTask(hold), 25, 1, lifModel).told;
    expect(of(false)).toContain('25, the best of its grid');
    expect(of(true)).toContain('foretold');
  });

  it('goes on with the task file that it began with, from wherever it is resumed', () => {
    const cwd = folder();
    const task = join(cwd, 'task.json');
    writeFileSync(task, JSON.stringify(hold));
    const before = process.cwd();
    const options = { n_trials: 3, task: 'task.json' } as unknown as TrainOptions;
    const args = ['train', '--n_trials', '3', '--task', 'task.json'];
    const invocation = { args, version: '0.0.0', started: 0 } satisfies Invocation;
    const directory = join(cwd, 'run');
    mkdirSync(`${directory}.partial`);
    const results = { scratch: (name: string) => join(`${directory}.partial`, name) } as Run<never>['results'];
    const cwdOf = vi.spyOn(process, 'cwd').mockReturnValue(cwd);
    try {
      const named = { ...options, task } as TrainOptions;
      openWork(directory, { results }, { options: named, invocation, continued: false }, 1, trainOptions).close();
      cwdOf.mockReturnValue(before);
      const command = { program: 'engram spikernn', name: 'train', options: trainOptions, result: 'losses.csv' };
      const again = { ...invocation, args: ['train', '--resume', directory] };
      const resume = () => requestOf({ resume: directory } as TrainOptions, again, command).options;
      expect(resume()).toMatchObject({ task, n_trials: 3, seed: 1 });
      writeFileSync(task, JSON.stringify({ ...hold, steps: 21 }));
      expect(resume).toThrow(/is not the file that the run began with/);
    } finally {
      cwdOf.mockRestore();
    }
  });

  it('tells a long label from its text', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const screen = createScreen({ lines: true, progress: false });
    for (const label of ['task', 'abandoned', 'not learned']) screen.line(label, 'text');
    const said = write.mock.calls.map(([text]) => text);
    write.mockRestore();
    expect(said).toEqual(['task     text\n', 'abandoned text\n', 'not learned text\n']);
  });
});

describe('configurations of experiments', () => {
  const read = (system: string, file: string) =>
    JSON.parse(readFileSync(new URL(`../experiments/${system}/${file}.json`, import.meta.url), 'utf8'));

  it('vary what there is: another word is no silent synonym of the usual one', () => {
    for (const name of ['quick', 'full', 'least', 'lesions', 'mante', 'polish', 'softplus']) {
      expect(paperSchema.safeParse(read('spikernn/spikernn-paper', name)).error).toBeUndefined();
    }
    const [study] = read('spikernn/spikernn-paper', 'lesions').studies;
    const said = (change: object, more: object[] = []) =>
      paperSchema.safeParse({ seed: 1, studies: [{ ...study, ...change }, ...more] }).error?.issues[0].message;
    expect(said({ values: ['none', 'exc 20 %'] })).toMatch(/may be none, exc 10 %.*got exc 20 %/);
    expect(said({ vary: 'dale', values: ['false'] })).toMatch(/yes, no; got false/);
    expect(said({ vary: 'neuron', values: [1] })).toMatch(/got 1/);
    expect(said({ vary: 'units', values: ['many'] })).toMatch(/may be numbers; got many/);
    expect(said({ vary: 'fixedTau', values: ['trained', 35] })).toBeUndefined();
    expect(said({ vary: 'tauMax', values: [10], taus: [4, 10] })).toMatch(/at least 5 times/);
    expect(said({}, [study])).toMatch(/two studies have one name/);
  });

  it('train as many batches as the report says', () => {
    const config = read('srnn/rule-2afc', 'quick');
    for (const name of ['quick', 'full']) {
      expect(ruleSchema.safeParse(read('srnn/rule-2afc', name)).error).toBeUndefined();
    }
    const of = (change: object) => ruleSchema.safeParse({ ...config, ...change }).error?.issues[0].message;
    expect(of({ batches: 3, blocks: 4 })).toMatch(/multiple of blocks/);
    expect(of({ variants: [{ name: 'a' }, { name: 'a' }] })).toMatch(/two variants have one name/);
  });
});

describe('engram srnn', () => {
  it('goes on with the network that it was given when a seed is given up', () => {
    const cwd = folder();
    const weights = drawWeights({ ...DEFAULTS, neurons: 8 }, 9);
    writeFileSync(join(cwd, 'w.npz'), checkpointBytes(weights));
    const small = '--hidden_size 8 --batch_size 4 --batch_num 1 --epochs 4 --learning_rate 1e-12 --nodo_plot';
    const asked = `${small} --load --load_path w.npz --attempts 2 --give_up 1 --seed 1 --workers 1 --out s --quiet`;
    expect(engram(cwd, `srnn train ${asked}`)).toMatchObject({ status: 0, stderr: '' });
    const { seeds_given_up } = JSON.parse(readFileSync(join(cwd, 's', 'summary.json'), 'utf8'));
    expect(seeds_given_up).toBe(1);
    const end = readCheckpoint(readFileSync(join(cwd, 's', 'snn_PFC-final.npz')), 'final');
    end.recurrent.forEach((w, e) => expect(w).toBeCloseTo(weights.recurrent[e], 9));
    expect(end.base).toEqual(weights.base);
    const without = asked.replace('--load ', '').replace('--out s', '--out t');
    expect(engram(cwd, `srnn train ${without}`).stderr).toMatch(/not used without --load/);
  });

  it('says nothing of trials that there were none of', () => {
    const said: string[] = [];
    const screen = {
      line: (label: string, text: string) => said.push(`${label}: ${text}`),
    } as unknown as Run<string>['screen'];
    const [one, none] = [
      { right: 1, of: 1 },
      { right: 0, of: 0 },
    ];
    const accuracy = { all: one, congruent: one, incongruent: none, conditions: [one, none] };
    sayAccuracy({ screen }, accuracy, { read: 3, unread: Number.NaN } as Outcome);
    expect(said).toEqual([
      'accuracy: 100.0 % of 1 trials · congruent 100.0 % · incongruent -',
      'by cond.: 100 -',
      'rates: 3.0 Hz in neurons that are read out, - Hz in the others',
    ]);
  });

  it('offers for a trained network no flag that would not change it', () => {
    const names = optionsOfTrained().map(({ flags }) => flags.split(' ')[0]);
    for (const name of ['--beta', '--cueing_delay', '--ei_ratio', '--rand_voltage_std']) expect(names).toContain(name);
    for (const name of ['--rho', '--sfa_ratio', '--current_base_mu', '--alpha']) expect(names).not.toContain(name);
  });
});
