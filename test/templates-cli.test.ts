/** Robust, soft and quantised weights from the command line: what is printed, what is stored, what is refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, hashes, run } from './command.js';

const small = ['--channels', '8', '--duration', '80ms', '--seed', '1', '--no-recall'];
const summaryOf = (cwd: string) => JSON.parse(readFileSync(join(cwd, 'memory-1', 'summary.json'), 'utf8'));

describe('memorize', () => {
  it.each([
    [['--robust', 'most'], /--robust must be margin, slope, both or noise/],
    [['--robust', 'both:100%'], /below 100%/],
    [['--robust', 'both:0%'], /above 0%/],
    [['--robust', 'both', '--grid', '0.25ms'], /--grid and --robust contradict each other/],
    [['--soft', '--grid', '0.25ms'], /--grid and --soft contradict each other/],
    [['--levels', '8'], /--levels must be an odd number from 3/],
    [['--levels', '1'], /--levels must be an odd number from 3/],
    [['--levels', '7', '--soft'], /--levels and --soft contradict each other/],
    [['--levels', '7', '--aim', 'recall'], /--aim and --levels contradict each other/],
    [['--levels', '7', '--design', 'recall'], /--design and --levels contradict each other: .* not on levels/],
    [['--margin', '2', '--design', 'recall'], /--design and --margin contradict each other: a design chooses/],
  ])('refuses %j', (options, message) => {
    const { status, stderr } = run([...small, ...options]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('multiplies templates neuron by neuron, and explains a neuron by its own', () => {
    const { status, stdout, cwd } = run([...small, '--inputs', '600', '--robust', 'both:30%']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/robust {3}margins and slopes .* 30 % of the way to the most/);
    expect(summaryOf(cwd).robust).toMatchObject({ what: 'both', share: 0.3 });
    expect(summaryOf(cwd).robust.least).toBeGreaterThan(1);
    const explained = run(['explain', 'memory-1', '--neuron', '2'], cwd).stdout;
    const allowed = /highest in silence (\S+) \(allowed (\S+),/.exec(explained);
    expect(Number(allowed?.[2])).toBeLessThan(0);
    expect(Number(allowed?.[1])).toBeLessThanOrEqual(Number(allowed?.[2]) + 1e-3);
  });

  it('keeps an overdrive, tells how well, and names it on the page', () => {
    const { cwd } = run([...small, '--inputs', '600', '--design', 'recall']);
    expect(run(['explain', 'memory-1', '--neuron', '2'], cwd).stdout).toMatch(/^ +lowest overdrive \d\S* \(asked 4, /m);
    expect(run(['report', 'memory-1'], cwd).status).toBe(0);
    const page = readFileSync(join(cwd, 'memory-1', 'report.html'), 'utf8');
    expect(page).toContain('overdrive 4 at 2.5 ms');
    expect(page).not.toContain('[object');
  });

  it('says what impossible neurons pay, in the summary and when asked to explain', () => {
    const { status, stdout, cwd } = run([...small, '--inputs', '40', '--soft']);
    expect(status).toBe(4);
    expect(stdout).toMatch(
      /soft {5}channel \d+ has its best weights; lowered are (silence|the slope|the threshold) at /,
    );
    const [first] = summaryOf(cwd).unsolved;
    expect(first.status).toBe('infeasible');
    expect(first.pays[0].amount).toBeGreaterThan(0);
    const explained = run(['explain', 'memory-1', '--neuron', String(first.channel)], cwd).stdout;
    expect(explained).toMatch(/pays .* is lowered by /);
  });

  it('puts together what goes together: bytes do not depend on the number of workers', () => {
    const options = ['--robust', 'slope', '--levels', '31', '--also', '60ms', '--excitatory', '60%', '--inputs', '400'];
    const [one, three] = ['1', '3'].map((workers) => {
      const cwd = folder();
      run([...small, ...options, '--workers', workers], cwd);
      return hashes(join(cwd, 'memory-1'));
    });
    expect(Object.keys(one)).toContain('network.npz');
    expect(one).toEqual(three);
  });

  it('prices the demands of several memories, and names the memory', () => {
    const { cwd } = run([...small, '--inputs', '60', '--also', '60ms', '--soft']);
    const memories = summaryOf(cwd).unsolved.flatMap(({ pays = [] }: { pays?: { memory: number }[] }) =>
      pays.map(({ memory }) => memory),
    );
    expect(new Set(memories)).toEqual(new Set([1, 2]));
  });
});
