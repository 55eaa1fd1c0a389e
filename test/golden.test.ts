/**
 * The result files of many commands, byte for byte: what a rebuilding of the house may not change. The hashes stand in
 * golden.json; `GOLDEN=write npx vitest run test/golden.test.ts` writes them anew after a change that is meant to change them.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { expect, it } from 'vitest';
import { folder, run } from './command.js';

const small = 'memorize --channels 12 --duration 100ms --inputs 450 --seed 3 --trials 1 --workers 1';
const wired = 'wiring.csv';

/** Each line is one run in a folder of its own, in which the files below lie; `a && b` runs b on what a left. */
const commands: Record<string, string> = {
  default: `${small} --out m`,
  'objective none': `${small} --objective none --out m`,
  'objective l1': `${small} --objective l1 --out m`,
  'objective linf': `${small} --objective linf --out m`,
  'objective sparse': `${small} --objective sparse --no-recall --out m`,
  'objective elastic': `${small} --objective elastic:0.3 --no-recall --out m`,
  'objective energy': `${small} --objective energy --no-recall --out m`,
  'neuron reset': `${small} --neuron reset:-1 --out m`,
  'neuron reset with a ramp': `${small} --neuron reset:-0.5 --shape ramp --kernel-tau 3ms..6ms --no-recall --out m`,
  'neuron lif-exp': `${small} --neuron lif-exp --out m`,
  'neuron lif-alpha': `${small} --neuron lif-alpha --no-recall --out m && export m --to nest --out n`,
  'kernel of its own': `${small} --kernel-tau 4ms..7ms --no-recall --out m`,
  'robust noise': `${small} --robust noise --no-recall --out m`,
  'robust margin': `${small} --robust margin:30% --no-recall --out m`,
  'robust slope': `${small} --robust slope --no-recall --out m`,
  'robust both': `${small} --robust both --no-recall --out m`,
  soft: 'memorize --channels 12 --duration 200ms --inputs 100 --seed 3 --trials 1 --soft --workers 2 --out m',
  impossible: 'memorize --channels 8 --duration 200ms --inputs 60 --seed 5 --trials 1 --workers 2 --out m',
  levels: 'memorize --channels 6 --duration 60ms --inputs 400 --seed 3 --levels 15 --no-recall --workers 2 --out m',
  also: `${small} --also 60ms,80ms --out m`,
  grid: `${small} --grid 0.25ms --no-recall --out m`,
  excitatory: `${small} --excitatory 80% --no-recall --out m`,
  'wiring with bounds': `memorize --score spikes.csv --wiring ${wired} --window 0ms..40ms --seed 2 --no-recall --workers 1 --out m`,
  recall: `${small} --no-recall --out m && recall m --trials 2 --noise 0,0.1 --jitter 0.2ms --missing 5% --extra 5% --seed 1 --workers 2 --out r`,
  stability: `${small} --no-recall --out m && stability m --periods 4 --vectors 10 --basin-trials 1 --seed 1 --workers 2 --out s`,
  simulate: `${small} --no-recall --out m && simulate m --noise 0.1 --record spikes,potential:0,1 --until 200ms --failure 1% --background 100:0.01 --seed 1 --out s`,
  report: `${small} --out m && report m`,
  explain: `memorize --channels 8 --duration 200ms --inputs 60 --seed 5 --no-recall --workers 1 --out m && explain m`,
  export: `${small} --no-recall --out m && export m --to brian2 --out b && export m --to json --out j && export m --to csv --out c`,
  'train superspike':
    'train --channels 6 --duration 50ms --inputs 80 --epochs 20 --trials 1 --seed 2 --workers 2 --out t',
  'train eventprop':
    'train --method eventprop --channels 6 --duration 50ms --inputs 80 --epochs 2 --trials 1 --seed 2 --workers 1 --out t',
  'train bptt':
    'train --method bptt --channels 4 --duration 50ms --inputs 60 --epochs 4 --trials 1 --seed 2 --workers 1 --out t',
  'train hinge, fp':
    'train --method hinge --channels 4 --duration 50ms --inputs 60 --epochs 10 --no-recall --seed 2 --workers 1 --out t && train --method fp --channels 4 --duration 50ms --inputs 60 --epochs 10 --no-recall --seed 2 --workers 1 --out f',
  'experiment storage-capacity':
    'experiment storage-capacity --set inputs=[40] periods={"from":4,"to":16,"step":4} trials=6 variations=[] --workers 2 --out e',
  'experiment associative-recall':
    'experiment associative-recall --set released.trials=2 held.trials=2 held.cycles=3 --workers 2 --out e',
};

/** Five channels at 40 ms, with bounds, signs and costs on some synapses. */
function inputFiles(directory: string): void {
  const spikes = ['channel,time_ms'];
  for (let channel = 0; channel < 5; channel++) {
    for (const phase of [3, 21]) spikes.push(`${channel},${(phase + 3.37 * channel).toFixed(3)}`);
  }
  writeFileSync(join(directory, 'spikes.csv'), `${spikes.join('\n')}\n`);
  const synapses = ['source,target,delay_ms,lower,upper,sign,cost'];
  for (let target = 0; target < 5; target++) {
    for (let k = 0; k < 120; k++) {
      const bounds = k % 3 === 0 ? '-0.1,0.15,' : k % 3 === 1 ? ',,1' : ',,';
      synapses.push(
        `${k % 5},${target},${(0.5 + ((k * 7 + target * 3) % 97) * 0.31).toFixed(2)},${bounds},${1 + (k % 4)}`,
      );
    }
  }
  writeFileSync(join(directory, wired), `${synapses.join('\n')}\n`);
}

const filesOf = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile() && !/(^|\/)run\.json$/.test(name))
    .map((name) => name.split(sep).join('/'))
    .sort();

/** One hash over the names and bytes of everything that the runs left, and how many files that is. */
function resultOf(lines: string): { hash: string; files: number; status: number[] } {
  const directory = folder();
  inputFiles(directory);
  const status = lines
    .split(' && ')
    .map((line) => run(line.replace(/^memorize /, '').split(' '), directory).status ?? -1);
  const hash = createHash('sha256');
  const files = filesOf(directory);
  for (const name of files)
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(directory, name)))
      .update('\0');
  return { hash: hash.digest('hex').slice(0, 32), files: files.length, status };
}

const stored = new URL('golden.json', import.meta.url);

if (process.env.GOLDEN === 'write') {
  it('writes the hashes anew', { timeout: 600_000 }, () => {
    const results = Object.fromEntries(Object.entries(commands).map(([name, lines]) => [name, resultOf(lines)]));
    writeFileSync(stored, `${JSON.stringify(results, null, 2)}\n`);
  });
} else {
  const golden = JSON.parse(readFileSync(stored, 'utf8')) as Record<string, ReturnType<typeof resultOf>>;
  it('knows the bytes of every command', () => expect(Object.keys(golden)).toEqual(Object.keys(commands)));
  it.for(Object.entries(commands))('%s: the same bytes as ever', ([name, lines]) => {
    expect(resultOf(lines)).toEqual(golden[name]);
  });
}
