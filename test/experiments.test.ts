/** Experiments: their configurations, what they conclude, and the command that runs them. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLogistic } from '../experiments/common/logistic.js';
import { experimentNamed, experiments, folderOf } from '../experiments/index.js';
import { scoreBits } from '../experiments/memory/storage-capacity/theory.js';
import { type Row, rowsCsv } from '../src/campaign/index.js';
import { configsOf } from '../src/cli/common/experiment-config.js';
import { folder, hashes, run, start, until } from './command.js';

const configOf = (name: string, config: string) =>
  JSON.parse(readFileSync(new URL(`${config}.json`, folderOf(name)), 'utf8'));

/** Storage capacity, small: 12 tasks in a second or two. */
const SMALL = {
  ...configOf('storage-capacity', 'quick'),
  inputs: [60, 120],
  periods: { from: 6, to: 30, step: 8 },
  trials: 8,
  trialsPerTask: 4,
  variations: [{ inputs: [120], excitatory: 0.7 }],
};

/** All rows of an experiment, on this thread. */
function rowsOf(name: string, config: unknown): Row[] {
  const experiment = experimentNamed(name);
  const checked = experiment.schema.parse(config);
  const task = experiment.prepare(checked);
  return experiment.tasks(checked).flatMap((one: unknown) => task(one));
}

describe('every experiment', () => {
  it.each(experiments.map(({ name }) => name))('%s has a page, and configurations that make tasks', (name) => {
    const page = readFileSync(new URL('README.md', folderOf(name)), 'utf8');
    for (const heading of ['## Question', '## Command', '## Expected', '## Run time']) expect(page).toContain(heading);
    expect(page).toContain(`memorize experiment ${name}`);
    const experiment = experimentNamed(name);
    for (const config of configsOf(name)) {
      const parsed = experiment.schema.parse({
        ...configOf(name, config),
        ...(name === 'real-recording' ? { file: 'x' } : {}),
      });
      const tasks: unknown[] = experiment.tasks(parsed);
      expect(tasks.length).toBeGreaterThan(0);
      expect(new Set(tasks.map((task) => JSON.stringify(task))).size).toBe(tasks.length);
      for (const task of tasks) expect(experiment.cost(task, parsed)).toBeGreaterThan(0);
    }
    expect(() => experiment.schema.parse({ ...configOf(name, 'quick'), typo: 1 })).toThrow(/typo/);
  });

  it('says what its ways cost: soft weights beyond capacity 20 times silent neurons, below it about as much', () => {
    const { schema, tasks, cost } = experimentNamed('several-memories');
    const config = schema.parse(configOf('several-memories', 'ways'));
    const costs: [string, number][] = tasks(config).map((task: { way: string; memories: number }) => [
      `${task.way}, ${task.memories}`,
      cost(task, config),
    ]);
    const of = Object.fromEntries(costs);
    expect(of['least norm, soft, 4']).toBeGreaterThan(20 * of['least norm, silent, 4']);
    expect(of['least norm, soft, 2']).toBeLessThan(2 * of['least norm, silent, 2']);
    expect(of['least norm, free, 4']).toBeLessThan(2 * of['least norm, silent, 4']);
    expect(of['aim, 8']).toBeGreaterThan(1.2 * of['least norm, free, 8']);
  });

  const network = { channels: 20, inputs: 300, period: 8 };
  // And one in which few neurons are stored.
  const poor = { ...network, inputs: 120 };
  const small: Record<string, object> = {
    'storage-capacity': SMALL,
    'recall-capacity': {
      ...configOf('recall-capacity', 'quick'),
      channels: 20,
      networks: 1,
      trials: 2,
      margins: [1],
      length: { inputs: 120, periods: [6, 10], prompts: [0.5], promptTime: 1, noises: [0, 0.1] },
      phase: { inputs: 120, period: 8, prompts: [0.5, 1], promptTimes: [1], noises: [0.1] },
      survival: { inputs: 120, period: 8, periods: 4, noises: [0.05] },
    },
    'temporal-stability': {
      ...configOf('temporal-stability', 'quick'),
      ...poor,
      trials: 1,
      decay: { periods: [8], jitter: 0.01, slope: 2 },
    },
    'associative-recall': {
      ...configOf('associative-recall', 'quick'),
      ...network,
      held: { prompted: [10], starts: ['silent', 'random', 'memory'], cycles: 2, noises: [0.1], trials: 2 },
      released: { prompts: [{ prompted: 10, cycles: 1 }], free: 2, noises: [0.1], trials: 2 },
    },
    'several-memories': {
      ...configOf('several-memories', 'quick'),
      channels: 20,
      networks: 1,
      prompted: 15,
      schedule: { memories: 2, period: 8, inputs: [120, 300], noises: [0.1], trials: 1 },
      fit: {
        inputs: 300,
        each: { period: 8, memories: [1, 2] },
        total: { period: 16, memories: [1, 2] },
        noises: [0, 0.1],
        trials: 1,
      },
      ways: { ...configOf('several-memories', 'quick').ways, inputs: 300, period: 8 },
    },
    'noise-limits': { ...configOf('noise-limits', 'quick'), ...network, networks: 1, trials: 1, periods: 2 },
    'sparseprop-scaling': { ...configOf('sparseprop-scaling', 'quick'), sizes: [100, 200], k: 20, networks: 1 },
    'stable-chaos': {
      ...configOf('stable-chaos', 'quick'),
      n: 30,
      k: 10,
      spikesPerNeuron: 2,
      kicks: [1e-6, 1e-2],
      time: 5,
    },
    'spikernn-paper': {
      ...configOf('spikernn-paper', 'quick'),
      studies: [
        {
          ...configOf('spikernn-paper', 'quick').studies[0],
          // None learns in so few trials, and the report says so.
          trials: 60,
          networks: 1,
          spikingTrials: 2,
          scales: [30],
          values: [12, 20],
        },
      ],
    },
    'balanced-tracking': { ...configOf('balanced-tracking', 'quick'), n: 10, batch: 2, epochs: 4, every: 2 },
  };
  it.each(Object.keys(small))('%s gives the same rows whatever ran before, and figures without gaps', (name) => {
    const experiment = experimentNamed(name);
    const config = experiment.schema.parse(small[name]);
    const tasks: unknown[] = experiment.tasks(config);
    const forwards = rowsOf(name, config);
    const backwards = experiment.prepare(config);
    const reversed = tasks.toReversed().map((task) => backwards(task));
    expect(rowsCsv(experiment.columns, reversed.toReversed().flat())).toBe(rowsCsv(experiment.columns, forwards));
    for (const row of forwards) expect(experiment.columns).toEqual(expect.arrayContaining(Object.keys(row)));
    const findings = experiment.conclude(config, forwards);
    expect(findings.answer).toMatch(/\d.*\.$/);
    expect(findings.figures.length).toBeGreaterThan(0);
    expect(JSON.stringify([findings.answer, findings.tables, findings.notes])).not.toMatch(
      /NaN|undefined|Infinity|null/,
    );
  });
});

describe('storage capacity', () => {
  it('falls with the length of the score, and grows with synapses, bounds, and freedom of signs', () => {
    const rows = rowsOf('storage-capacity', {
      ...SMALL,
      trials: 20,
      trialsPerTask: 20,
      inputs: [80, 160],
      variations: [
        { inputs: [80], bound: 0.4 },
        { inputs: [160], excitatory: 0.9 },
      ],
    });
    const solved = (curve: number) =>
      rows.filter((row) => row.curve === curve).reduce((sum, row) => sum + (row.solved as number), 0);
    expect(rows.every((row) => (row.solved as number) + (row.infeasible as number) === row.trials)).toBe(true);
    expect(solved(1)).toBeGreaterThan(solved(0));
    expect(solved(2)).toBeGreaterThan(solved(0));
    expect(solved(3)).toBeLessThan(solved(1));
    const first = rows.filter((row) => row.curve === 1);
    expect(first[0].solved).toBeGreaterThanOrEqual(first.at(-1)?.solved as number);
  });

  it("ends a curve by the authors' rule at the first length with too many infeasible", () => {
    const all = rowsOf('storage-capacity', SMALL);
    const stopped = rowsOf('storage-capacity', { ...SMALL, stop: 0.3 });
    for (const curve of [0, 1, 2]) {
      const counted = new Map<number, number>();
      for (const row of all.filter((one) => one.curve === curve)) {
        counted.set(row.period as number, (counted.get(row.period as number) ?? 0) + (row.infeasible as number));
      }
      const own = stopped.filter((row) => row.curve === curve);
      const end = [...counted].findIndex(([, infeasible]) => infeasible > 0.3 * SMALL.trials);
      expect(own.map((row) => [row.period, row.infeasible])).toEqual(
        [...counted].slice(0, end < 0 ? undefined : end + 1),
      );
    }
  });

  it('counts the bits of a score as the sum over its numbers of spikes does', () => {
    // T = 2.5: no spike, one anywhere, two with both gaps at least 1: volumes 1, T, T (T - 2) / 2.
    const [period, activity, width] = [2.5, 0.3, 0.4];
    const volumes = [1, period, (period * (period - 2)) / 2];
    const weights = volumes.map((volume, n) => activity ** n * volume);
    const z = weights.reduce((a, b) => a + b);
    const entropy = weights.reduce(
      (sum, weight, n) => sum - (weight / z) * Math.log2((activity ** n * width ** n) / z),
      0,
    );
    expect(scoreBits(period, activity, width)).toBeCloseTo(entropy, 10);
  });
});

describe('several memories', () => {
  const config = {
    ...configOf('several-memories', 'quick'),
    channels: 50,
    networks: 1,
    prompted: 38,
    schedule: { memories: 2, period: 25, inputs: [120, 700], noises: [0.05], trials: 2 },
    fit: {
      inputs: 400,
      each: { period: 12, memories: [2, 3] },
      total: { period: 24, memories: [2] },
      noises: [0.05],
      trials: 1,
    },
    ways: {
      ...configOf('several-memories', 'quick').ways,
      inputs: 250,
      period: 25,
      list: configOf('several-memories', 'quick').ways.list.map((way: Row) => ({ ...way, memories: [3] })),
    },
  };
  const rows = rowsOf('several-memories', config);
  const of = (part: string, more: Row = {}) =>
    rows.filter((row) => row.part === part && Object.entries(more).every(([name, value]) => row[name] === value));

  it('are scored cycle by cycle against every memory, in the order of the schedule', () => {
    for (const inputs of [120, 700]) {
      const own = of('schedule', { inputs, trial: 0, against: 1 });
      // A, B, A: each a prompt and three free cycles.
      expect(own.map((row) => [row.block, row.prompted, row.cycle])).toEqual(
        [0, 1, 0].flatMap((memory, block) => [0, 1, 2, 3].map((cycle) => [block, memory, cycle])),
      );
    }
    // Of the others the last free cycle of each block, against every memory.
    expect(of('each', { memories: 3 }).map((row) => [row.block, row.cycle, row.against])).toEqual(
      [0, 1, 2, 3].flatMap((block) => [0, 1, 2].map((against) => [block, 3, against])),
    );
  });

  it('are called up by their own prompts where they are stored, and not where they are not', () => {
    expect(of('schedule', { inputs: 700 }).every((row) => row.stored === 50 && row.success === 1)).toBe(true);
    expect(of('schedule', { inputs: 120 }).every((row) => (row.stored as number) < 50 && row.success === 0)).toBe(true);
    for (const row of of('schedule', { inputs: 700, cycle: 3 })) {
      if (row.against === row.prompted) expect(row.precision).toBeGreaterThan(0.95);
      else expect(row.precision).toBeLessThan(0.4);
    }
  });

  it('are called up by each way at a load where least norm stores few', () => {
    const found = ['aim', 'deep reset'].map((way) =>
      of('ways', { way, cycle: 3 }).filter((r) => r.against === r.prompted),
    );
    for (const rows of found)
      expect(rows.map((row) => [row.block, row.prompted])).toEqual([0, 1, 2, 0].map((m, b) => [b, m]));
    expect(found[1].every((row) => row.stored === 50 && row.success === 1)).toBe(true);
  });

  it('are the same programs as pieces of a length and as wholes of the length of a piece', () => {
    const stored = (part: string) => new Set(of(part, { memories: 2 }).map((row) => row.stored));
    expect(stored('each')).toEqual(stored('total'));
    expect((of('each', { memories: 3 })[0].stored as number) <= (of('each', { memories: 2 })[0].stored as number)).toBe(
      true,
    );
  });
});

describe('the logistic fit', () => {
  it('finds the curve that its counts come from', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 20, max: 200, noNaN: true }),
        fc.double({ min: 0.05, max: 0.3, noNaN: true }),
        (half, slope) => {
          const p = (x: number) => 1 / (1 + Math.exp(slope * (x - half)));
          const data = Array.from({ length: 40 }, (_, i) => half + (i - 20) * (4 / slope / 20)).map((x) => ({
            x,
            success: 1e6 * p(x),
            trials: 1e6,
          }));
          const fit = fitLogistic(data);
          expect(fit?.half).toBeCloseTo(half, 2);
          expect(fit?.slope).toBeCloseTo(-slope, 3);
          expect(fit?.inverse(0.99)).toBeCloseTo(half - Math.log(99) / slope, 1);
          expect(fit?.at(half + 1)).toBeCloseTo(p(half + 1), 3);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('exists where nothing overlaps, lies between, and is undefined where nothing falls', () => {
    const step = fitLogistic([10, 20, 30, 40].map((x) => ({ x, success: x < 25 ? 20 : 0, trials: 20 })));
    expect(step?.half).toBeCloseTo(25, 6);
    expect(Number.isFinite(step?.halfError)).toBe(true);
    expect(fitLogistic([10, 20].map((x) => ({ x, success: x / 10, trials: 20 })))).toBeUndefined();
    expect(fitLogistic([{ x: 1, success: 1, trials: 2 }])).toBeUndefined();
  });
});

/** Checksums of everything that a campaign leaves for people. */
const resultsOf = (directory: string) => {
  const files = readdirSync(directory).filter((name) => statSync(join(directory, name)).isFile());
  const all = { ...hashes(join(directory, 'figures')), ...hashes(join(directory, 'shards')) };
  const bytes = Object.fromEntries(files.map((name) => [name, readFileSync(join(directory, name), 'base64')]));
  return { ...all, ...bytes };
};
const withConfig = () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'small.json'), JSON.stringify(SMALL));
  return cwd;
};
const args = ['experiment', 'storage-capacity', '--config', 'small.json', '--quiet'];

describe('memorize experiment', () => {
  it('gives the same bytes for any number of workers, in parts, and after an interruption', {
    timeout: 240_000,
  }, async () => {
    const cwd = withConfig();
    expect(run([...args, '--out', 'one', '--workers', '1'], cwd)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const whole = resultsOf(join(cwd, 'one'));
    expect(Object.keys(whole)).toEqual(
      expect.arrayContaining(['report.html', 'results.csv', 'results.npz', 'plan.json', 'config.json', 'feasible.svg']),
    );
    expect(run([...args, '--out', 'two', '--workers', '3'], cwd).status).toBe(0);
    expect(resultsOf(join(cwd, 'two'))).toEqual(whole);
    for (const part of ['3/3', '1/3']) expect(run([...args, '--out', 'parts', '--shard', part], cwd).status).toBe(0);
    expect(existsSync(join(cwd, 'parts', 'report.html'))).toBe(false);
    expect(run([...args, '--out', 'parts', '--shard', '2/3'], cwd).status).toBe(0);
    expect(resultsOf(join(cwd, 'parts'))).toEqual(whole);

    const { child, ended } = start([...args, '--out', 'cut', '--workers', '1'], cwd);
    await until(() => existsSync(join(cwd, 'cut', 'claims', '00000')) || child.exitCode !== null);
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(130);
    expect(stderr).toMatch(
      /^memorize: finishing the running tasks; once more to leave at once\nmemorize: interrupted by SIGINT; \d+ of 24 tasks are kept, go on with: npx memorize experiment resume cut\n$/,
    );
    expect(readdirSync(join(cwd, 'cut', 'claims'))).toEqual([]);
    expect(run(['experiment', 'status', 'cut'], cwd).stdout).toMatch(
      /done +\d+ of 24 tasks[\s\S]*next +npx memorize experiment resume cut/,
    );
    expect(run(['experiment', 'resume', 'cut', '--quiet'], cwd).status).toBe(0);
    expect(resultsOf(join(cwd, 'cut'))).toEqual(whole);

    // The same command joins what is finished, and reports again.
    expect(run([...args, '--out', 'cut'], cwd).status).toBe(0);
    expect(resultsOf(join(cwd, 'cut'))).toEqual(whole);
    expect(run(['experiment', 'report', 'cut', '--png'], cwd).status).toBe(0);
    const png = readFileSync(join(cwd, 'cut', 'figures', 'feasible.png'));
    expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(png.length).toBeGreaterThan(20_000);
  });

  it('writes a report that needs no other file and holds no clock', () => {
    const cwd = withConfig();
    run([...args, '--out', 'one'], cwd);
    const page = readFileSync(join(cwd, 'one', 'report.html'), 'utf8');
    expect(page).not.toMatch(/<script|<link|src=|@import|NaN|undefined/);
    expect(page).not.toMatch(/20\d\d-\d\d-\d\d/);
    expect(page.match(/<svg/g)?.length).toBeGreaterThan(0);
    for (const text of ['Storage capacity', 'How to repeat it', 'Settings', 'seed', 'results.csv'])
      expect(page).toContain(text);
    // The configuration beside it repeats it.
    expect(
      run(['experiment', 'storage-capacity', '--config', 'one/config.json', '--out', 'two', '--quiet'], cwd).status,
    ).toBe(0);
    expect(resultsOf(join(cwd, 'two'))).toEqual(resultsOf(join(cwd, 'one')));
  });

  it('lists what there is, and refuses what it does not know, in one line', () => {
    const { stdout, cwd } = run(['experiment', 'list']);
    for (const { name, question } of experiments) {
      expect(stdout).toContain(name);
      expect(stdout).toContain(question);
    }
    for (const [given, status, text] of [
      [['experiment', 'nothing'], 2, /there is no experiment "nothing"; experiments are storage-capacity, /],
      [
        ['experiment', 'storage-capacity', '--config', 'nothing'],
        2,
        /--config must be quick, full, variations or a file/,
      ],
      [['experiment', 'storage-capacity', '--set', 'trails=3'], 2, /there is no trails; there are seed, inputs/],
      [['experiment', 'storage-capacity', '--set', 'trials=0'], 2, /configuration of storage-capacity, trials: /],
      [
        ['experiment', 'recall-by-design', '--set', 'period=0.5'],
        2,
        /recall-by-design, period: .* expected number to be >1/,
      ],
      [['experiment', 'several-memories', '--set', 'channels=50'], 2, /prompted must be at most channels, 50; got 75/],
      [
        ['experiment', 'several-memories', '--set', 'delays=[10,0.1]'],
        2,
        /the end of the range must be above its begin/,
      ],
      [['experiment', 'convex-versus-gradient', '--set', 'neurons.methods=["foo"]'], 2, /there is no method "foo"/],
      [['experiment', 'storage-capacity', '--set', 'trials'], 2, /--set takes key=value/],
      [['experiment', 'storage-capacity', '--shard', '4/3'], 2, /--shard must be a part such as 3\/8/],
      [['experiment', 'status', 'nothing'], 2, /there is no campaign in nothing/],
      [['experiment', 'real-recording'], 2, /needs a recording; give its file: --set file=/],
    ] as const) {
      const failed = run(given, cwd);
      expect([failed.status, failed.stdout]).toEqual([status, '']);
      expect(failed.stderr).toMatch(/^memorize: [^\n]+\n$/);
      expect(failed.stderr).toMatch(text);
    }
    expect(readdirSync(cwd)).toEqual([]);
  });
});
