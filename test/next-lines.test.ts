/** Every `next` line, run in the situation that prints it: it goes on with what was asked for, and never exits 2. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { suggestAfterStoring } from '../src/cli/memorize/suggest.js';
import { readMemory } from '../src/memory/files/index.js';
import { folder, run } from './command.js';
import { commandsOf, wordsOf } from './next-line.js';

const small = '--channels 10 --duration 60ms --inputs 450 --seed 3 --trials 1 --workers 1';
const few = '--channels 6 --duration 100ms --inputs 30 --seed 5 --workers 1';

/** Runs a line that may fail in what it finds (4), and the commands of its `next` line; gives that line. */
function follow(line: string, cwd: string): string {
  const ran = run(wordsOf(line), cwd);
  expect([0, 4], `${line}: ${ran.stderr}`).toContain(ran.status);
  const next = /^next +(.*)$/m.exec(ran.stdout)?.[1] ?? '';
  const commands = commandsOf(ran.stdout, 'memorize');
  expect(commands.length, next).toBeGreaterThan(0);
  for (const command of commands) {
    const { status, stderr } = run(wordsOf(command), cwd);
    expect([0, 4], `${command}: ${stderr}`).toContain(status);
  }
  return next;
}

const wiring = () => {
  const rows = ['source,target,delay_ms'];
  for (let target = 0; target < 4; target++) {
    for (let k = 0; k < 40; k++) rows.push(`${(k + target) % 4},${target},${(0.5 + 1.13 * k).toFixed(2)}`);
  }
  return `${rows.join('\n')}\n`;
};

it('after storing: more inputs or a recall, with everything else that was asked for', () => {
  const cwd = folder();
  expect(follow(`${small} --noise 0 --bound 0.25 --out m`, cwd)).toMatch(/--noise 0 --bound 0.25 --inputs 900/);
  expect(follow(`${small} --no-recall --out n`, cwd)).not.toContain('--no-recall');
});

it('after storing in vain: the reason, and more inputs, but not of a wiring that a file gives', () => {
  const cwd = folder();
  expect(follow(`${few} --no-recall --out m`, cwd)).toMatch(/explain m; would more inputs do\? .*--inputs 60/);
  writeFileSync(join(cwd, 'wiring.csv'), wiring());
  const next = follow('--channels 4 --duration 60ms --wiring wiring.csv --seed 1 --workers 1 --no-recall --out w', cwd);
  expect(next).not.toContain('--inputs');
});

it('on a network: noise, prompt and memory stay what they were', () => {
  const cwd = folder();
  const { status } = run(
    `${small} --also 50ms --inputs 600 --no-recall --out m`.replace('--inputs 450 ', '').split(' '),
    cwd,
  );
  expect(status).toBe(0);
  const next = follow(
    'recall --memory 2 --noise 0.3 --failure 0.6 --background 20:0.05 --missing 0.2 --trials 1 m --seed 1 --workers 1 --out r',
    cwd,
  );
  for (const kept of ['--memory 2', '--noise 0.3', '--failure 0.6', '--background 20:0.05', '--missing 0.2'])
    expect(next).toContain(kept);
  expect(next).toMatch(/--prompt-time 100ms .*--out r-next/);
  expect(follow('simulate m --memory 2 --until 100ms --seed 1 --out s', cwd)).toContain('stability m --memory 2');
  expect(
    follow('stability m --memory 2 --no-basin --periods 2 --vectors 4 --seed 4 --workers 1 --out t', cwd),
  ).toContain('recall m --memory 2');
});

it('after export the next line stores the same again', () => {
  const cwd = folder();
  run(`${small} --no-recall --out m`.split(' '), cwd);
  follow('export m --to csv', cwd);
});

it('a score without spikes is stored, and nothing is recalled, called stable, or advised', () => {
  const cwd = folder();
  const ran = run('--channels 4 --duration 50ms --rate 0.001 --inputs 20 --seed 1 --workers 1 --out m'.split(' '), cwd);
  expect(ran).toMatchObject({ status: 0 });
  expect(ran.stdout).toMatch(/a score without spikes leaves nothing to recall/);
  expect(ran.stdout).toMatch(/^next .*npx memorize explain m$/m);
  expect(JSON.parse(readFileSync(join(cwd, 'm', 'summary.json'), 'utf8')).recall).toBeUndefined();
  for (const command of ['recall', 'stability']) {
    const { status, stderr, stdout } = run([command, 'm', '--seed', '1', '--out', 'r'], cwd);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/m has no spikes: there is nothing to recall/);
  }
});

it('more noise is advised up to what a threshold can have, more inputs up to what is simulated', () => {
  const counts = { solved: 200, infeasible: 0, undecided: 0 };
  const on = { counts, recallable: true, seed: 1, channels: 200, inputs: 2000, directory: 'm' };
  const after = (noise: number, success: number) =>
    suggestAfterStoring(['--channels', '200'], { ...on, recall: [{ noise, success, trials: 3 }] });
  expect(after(0.1, 3)).toBe(
    'how much noise does it stand? npx memorize --channels 200 --noise 0.2 --seed 1 --out m-next',
  );
  expect(after(0.5, 3)).toContain('--trials 20');
  expect(after(0.1, 2)).toContain('--inputs 4000');
  const large = suggestAfterStoring([], { ...on, channels: 50_000, recall: [{ noise: 0, success: 0, trials: 1 }] });
  expect(large).toContain('npx memorize recall m --prompt 80% --seed 1');
});

it('after training: longer with the same method and test, or the solver on the same task', () => {
  const cwd = folder();
  const training =
    'train --channels 8 --duration 60ms --inputs 300 --excitatory 50% --seed 3 --workers 1 --method hinge';
  const longer = follow(
    `${training} --learning-rate 0.05 --epochs 2 --noise 0.2 --trials 1 --periods 1 --out 'a b'`,
    cwd,
  );
  expect(longer).toContain(
    "longer, from these weights: npx memorize train --from 'a b/network.npz' --method hinge --learning-rate 0.05 --noise 0.2 --trials 1 --periods 1 --epochs 4 --seed 3 --out 'a b-next'",
  );
  const solved = follow(`${training} --epochs 600 --no-recall --out m`, cwd);
  expect(solved).toMatch(
    /--score m\/network.npz --wiring m\/network.npz --margin 1 --slope 2 .*--no-recall --seed 3 --out m-solved$/,
  );
  // The same task has the same signs.
  const signs = (name: string) => readMemory(readFileSync(join(cwd, name, 'network.npz')), name).bounds;
  expect(signs('m')).toBeDefined();
  expect(signs('m-solved')).toEqual(signs('m'));
});

it('after a search for the smallest prompt: the same memory', () => {
  const cwd = folder();
  run(wordsOf(`${small.replace('450', '600')} --also 50ms --no-recall --out m`), cwd);
  const line = 'recall m --memory 2 --find-smallest --trials 2 --noise 0.1 --seed 1 --workers 1 --out s';
  const { stdout } = run(line.split(' '), cwd);
  expect(commandsOf(stdout, 'memorize')).toEqual(['stability m --memory 2 --seed 1']);
  expect(
    run(wordsOf('stability m --memory 2 --seed 1 --no-basin --periods 2 --vectors 4 --workers 1'), cwd).status,
  ).toBe(0);
});

it('explained neuron by neuron, a network is gone through', () => {
  const cwd = folder();
  run(`${few} --no-recall --out m`.split(' '), cwd);
  const first = follow('explain m', cwd);
  expect(first).toMatch(/another one: npx memorize explain m --neuron \d/);
});

it('an experiment by parts: the rest, then its report', () => {
  const cwd = folder();
  const line = ['experiment', 'flossing-spectrum', '--out', 'x', '--workers', '1'];
  run([...line, '--shard', '1/2', '--quiet'], cwd);
  const [rest] = commandsOf(run(['experiment', 'status', 'x'], cwd).stdout, 'memorize');
  expect(rest).toBe('experiment resume x');
  expect(run(wordsOf(`${rest} --workers 1 --quiet`), cwd).status).toBe(0);
});
