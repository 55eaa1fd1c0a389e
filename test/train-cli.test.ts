/** `memorize train`, as a person runs it. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMemory } from '../src/memory/files/index.js';
import { folder, hashes, run, start, until } from './command.js';

const small = ['train', '--channels', '20', '--duration', '100ms', '--inputs', '300', '--seed', '1', '--trials', '1'];
const quick = [...small, '--no-recall', '--quiet'];
const memory = (cwd: string, name: string) => readMemory(readFileSync(join(cwd, name, 'network.npz')), 'n');

describe('memorize train', () => {
  it('learns a score by regression on the template, and says how it went, what to look at and what to do next', () => {
    const { status, stdout, stderr, cwd } = run([...small, '--method', 'hinge', '--epochs', '1500']);
    expect(status).toBe(0);
    for (const part of [
      /^network {2}6 000 synapses · 300 per neuron/m,
      /^method {3}hinge · epochs 1500 · optimizer adam · rate 0\.02/m,
      /^learned {2}20 of 20 · precision 1\.000 · recall 1\.000 when the others play the score$/m,
      /^loss {5}\S+ · \S+ · \S+ \(least, median, most\) · 20 epochLimit · \d+ million multiply-adds$/m,
      /^checked {2}\d+ of 20 obey the template · worst violation 0\.\d+ in continuous time$/m,
      /^ {2}0\.1 {4}1\/1 {6}0\.9/m,
      /^figures {2}trained-1\/loss\.svg {2}trained-1\/potential\.svg {2}trained-1\/recall\.svg$/m,
      /^next {5}what does the solver make of the same task\? npx memorize --score trained-1\/network\.npz/m,
    ]) {
      expect(stdout).toMatch(part);
    }
    expect(stderr).toMatch(/^train 10\/20 · 10 learned · loss \S+ · precision 1\.000$/m);
    const { header, trained, statuses } = memory(cwd, 'trained-1');
    expect(header.training).toMatchObject({ method: 'hinge', epochs: 1500, penalty: 10 });
    expect(trained?.epochs).toEqual(new Float64Array(20).fill(1500));
    expect(new Set(statuses).has('infeasible')).toBe(false);
  });

  it('writes networks that the other commands take', () => {
    const { cwd } = run([...quick, '--method', 'fp', '--out', 'n']);
    const explained = run(['explain', 'n'], cwd);
    expect(explained.stdout).toMatch(/was trained by fp: \d+ epochs · loss \S+ · \d+ spikes/);
    expect(explained.stdout).toMatch(/^solver {3}on the same inputs and bounds the convex solver finds weights/m);
    expect(run(['report', 'n'], cwd).status).toBe(0);
    const report = readFileSync(join(cwd, 'n', 'report.html'), 'utf8');
    expect(report).toMatch(/neurons have learned their trains by fp/);
    const recalled = run(['recall', 'n', '--seed', '1', '--trials', '1', '--noise', '0.05'], cwd);
    expect(recalled.stdout).toMatch(/^trained {2}by fp; \d+ of 20 neurons obey the template$/m);
    expect(run(['stability', 'n', '--seed', '1', '--quiet'], cwd).status).toBe(0);
    // The solver takes the same score and wiring; whether all neurons are possible is another question.
    const solved = run(['--score', 'n/network.npz', '--wiring', 'n/network.npz', '--quiet', '--no-recall'], cwd);
    expect([0, 4]).toContain(solved.status);
  });

  it.each(['superspike', 'hinge', 'fp'])('%s writes the same bytes for any number of workers', (method) => {
    const cwd = folder();
    for (const workers of ['1', '3']) {
      run([...quick, '--method', method, '--epochs', '100', '--workers', workers, '--out', workers], cwd);
    }
    const [one, three] = ['1', '3'].map((name) => hashes(join(cwd, name)));
    expect(Object.keys(one).sort()).toEqual(['loss.svg', 'network.npz', 'potential.svg', 'score.csv', 'summary.json']);
    expect(three).toEqual(one);
  });

  it('that is interrupted keeps what is trained, and goes on to the same bytes', async () => {
    const long = [...quick, '--epochs', '400'];
    const cwd = folder();
    run([...long, '--out', 'whole'], cwd);
    const { child, ended } = start([...long, '--out', 'mine'], cwd);
    const journal = join(cwd, 'mine.partial', 'neurons');
    await until(() => (existsSync(journal) && statSync(journal).size > 0) || child.exitCode !== null);
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(130);
    expect(stderr).toMatch(/; \d+ of 20 neurons are kept, go on with: npx memorize train --resume mine\n$/);
    expect(run(['--resume', 'mine'], cwd).stderr).toMatch(/was begun by another command: memorize train --resume mine/);
    run(['train', '--resume', 'mine', '--workers', '1', '--quiet'], cwd);
    expect(readdirSync(cwd).sort()).toEqual(['mine', 'whole']);
    expect(hashes(join(cwd, 'mine'))).toEqual(hashes(join(cwd, 'whole')));
  });

  it.each([
    ['eventprop', ['--epochs', '12']],
    ['bptt', ['--epochs', '12', '--duration=50ms']],
  ])(
    '%s learns the network as one, keeps its epochs when interrupted, and goes on to the same bytes',
    async (method, more) => {
      const base = quick.filter(
        (arg, i) => !(method === 'bptt' && (arg === '--duration' || quick[i - 1] === '--duration')),
      );
      const args = [...base, '--method', method, ...more];
      const cwd = folder();
      run([...args, '--out', 'whole'], cwd);
      expect(memory(cwd, 'whole').header.training).toMatchObject({ method, epochs: 12 });
      expect(existsSync(join(cwd, 'whole', 'loss.svg'))).toBe(true);
      const { child, ended } = start([...args, '--out', 'mine'], cwd);
      const journal = join(cwd, 'mine.partial', 'neurons');
      await until(() => (existsSync(journal) && statSync(journal).size > 0) || child.exitCode !== null);
      child.kill('SIGINT');
      const { status, stderr } = await ended;
      expect(status).toBe(130);
      expect(stderr).toMatch(/; \d+ epochs are kept, go on with: npx memorize train --resume mine\n$/);
      run(['train', '--resume', 'mine', '--workers', '1', '--quiet'], cwd);
      expect(hashes(join(cwd, 'mine'))).toEqual(hashes(join(cwd, 'whole')));
    },
  );

  it('goes on from the weights of a network, on its score, wiring and template', () => {
    const { cwd } = run([...quick, '--method', 'hinge', '--epochs', '1000', '--bound', '0.3', '--out', 'first']);
    run(['train', '--from', 'first', '--method', 'fp', '--seed', '1', '--no-recall', '--quiet', '--out', 'then'], cwd);
    const [first, then] = ['first', 'then'].map((name) => memory(cwd, name));
    expect(then.header.template).toEqual(first.header.template);
    expect(then.score).toEqual(first.score);
    // Weights that fire within the tolerance already are left as they are.
    const kept = [...then.statuses.keys()].filter((l) => then.trained?.epochs[l] === 1);
    expect(kept.length).toBeGreaterThan(0);
    for (const l of kept) {
      const own = ({ network: { starts, weights } }: typeof first) => weights.slice(starts[l], starts[l + 1]);
      expect(own(then)).toEqual(own(first));
    }
  });

  it.each([
    [['--method', 'genetic'], /--method must be superspike or hinge or fp.*; got "genetic"/],
    [['--method', 'hinge', '--tolerance', '0.2'], /--tolerance is no setting of --method hinge; leave it out/],
    [['--method', 'fp', '--tolerance', '0.5'], /--tolerance must be below 0\.5 refractory periods; got 0\.5/],
    [['--epochs', '0'], /--epochs must be an integer from 1 to/],
    [['--soft'], /unknown option '--soft'/],
  ])('refuses %j with the reason', (args, reason) => {
    const { status, stderr, cwd } = run([...small, ...args]);
    expect([status, readdirSync(cwd)]).toEqual([2, []]);
    expect(stderr).toMatch(reason);
  });

  it('refuses --from beside what the network says', () => {
    const { status, stderr } = run(['train', '--from', 'nowhere', '--bound', '1']);
    expect([status, stderr]).toEqual([
      2,
      'memorize: --bound and --from contradict each other: the network says it already; leave one of them out\n',
    ]);
  });

  it('ends with 4, names the channels and how to go on, where some are not learned', () => {
    const { status, stdout } = run([...small, '--epochs', '3', '--no-recall']);
    expect(status).toBe(4);
    expect(stdout).toMatch(/^ +channel \d+: not learned \(epochLimit\), precision/m);
    expect(stdout).toMatch(
      /^next {5}longer, from these weights: npx memorize train --from trained-1\/network\.npz --method superspike --trials 1 --no-recall --epochs 6 /m,
    );
  });
});
