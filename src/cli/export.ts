/** `memorize export`: a network in a form that other programs read. */
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { networkArrays, synapseTable, writeNetworkJson, writeNpz, writeScoreCsv } from '../io/index.js';
import { loadNetworkFile, openResults } from '../io/node.js';
import { type Invocation, subcommand } from './command.js';
import { quote } from './next.js';
import { choice } from './options.js';
import { createScreen } from './screen.js';

interface ExportOptions {
  to: keyof typeof FILES;
  out?: string;
  force?: boolean;
}

/** What each form consists of. */
const FILES = { npz: ['arrays.npz'], csv: ['synapses.csv', 'score.csv'], json: ['network.json'] } as const;

export const exportCommand = (invocation: Invocation): Command =>
  subcommand('export', 'a network and its score in a form that other programs read')
    .argument('<network>', 'directory of results, network.npz, or JSON of a network')
    .requiredOption('--to <npz|csv|json>', 'form', choice('--to', ['npz', 'csv', 'json'] as const))
    .option('--out <dir>', 'directory (default: <network>-<form>)')
    .option('--force', 'replace files in an existing directory')
    .action((network: string, options: ExportOptions) => invocation.finish(runExport(network, options, invocation)));

async function runExport(path: string, { to, out, force }: ExportOptions, { version }: Invocation): Promise<number> {
  const { score, network, tau0 } = loadNetworkFile(path);
  const directory = out ?? `${basename(path).replace(/\.(npz|json|json\.gz)$/, '')}-${to}`;
  const results = openResults<'arrays.npz' | 'synapses.csv' | 'score.csv' | 'network.json'>(directory, FILES[to], {
    force,
  });
  try {
    if (to === 'npz') results.write('arrays.npz', (sink) => writeNpz(networkArrays(score, network, tau0), sink));
    if (to === 'json') results.write('network.json', writeNetworkJson(score, network, tau0));
    if (to === 'csv') {
      results.write('synapses.csv', (sink) => {
        for (const lines of synapseTable(network, tau0)) sink(Buffer.from(lines));
      });
      results.write('score.csv', writeScoreCsv(score, tau0));
    }
    results.commit();
  } finally {
    results.discard();
  }
  const screen = createScreen({ lines: true, progress: false });
  screen.plain(`engram ${version} · ${path} as ${to}`);
  screen.line('results', FILES[to].map((name) => join(directory, name)).join('  '));
  const refractory = tau0 === 0.005 ? '' : ` --refractory ${Number((tau0 * 1e3).toPrecision(15))}ms`;
  const use = {
    npz: `numpy.load('${join(directory, 'arrays.npz')}')['weights']`,
    csv: `npx memorize --score ${quote(join(directory, 'score.csv'))} --wiring ${quote(join(directory, 'synapses.csv'))}${refractory}`,
    json: `npx memorize explain ${quote(join(directory, 'network.json'))}`,
  };
  screen.line('next', use[to]);
  return 0;
}
