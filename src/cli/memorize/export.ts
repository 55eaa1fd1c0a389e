/** `memorize export`: a network in a form that other programs read. */
import { basename, join } from 'node:path';
import { choice, createScreen, defineCommand, type Invocation, option, quote } from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { writeNpz } from '../../files/index.js';
import { openResults } from '../../files/node.js';
import {
  networkArrays,
  simulatorScript,
  synapseTable,
  writeNetworkJson,
  writeScoreCsv,
} from '../../memory/files/index.js';
import { loadNetworkFile, type StoredNetwork } from '../../memory/files/node.js';
import { defaultTemplate } from '../../memory/template/index.js';
import { warnOfChanges } from './changed.js';

interface ExportOptions {
  to: keyof typeof FILES;
  out?: string;
  force?: boolean;
}

/** What each form consists of. */
const FILES = {
  npz: ['arrays.npz'],
  csv: ['synapses.csv', 'score.csv'],
  json: ['network.json'],
  brian2: ['network-brian2.py', 'network-brian2.npz'],
  nest: ['network-nest.py', 'network-nest.npz'],
} as const;
const FORMS = ['npz', 'csv', 'json', 'brian2', 'nest'] as const;

export const exportCommand = defineCommand<ExportOptions>({
  name: 'export',
  about: 'a network and its score in a form that other programs read',
  argument: ['<network>', 'directory of results, network.npz, or JSON of a network'],
  options: [
    {
      ...option('--to <npz|csv|json|brian2|nest>', 'arrays, tables, or a script that runs', choice(...FORMS)),
      required: true,
    },
    option('--out <dir>', 'directory (default: <network>-<form>)'),
    option('--force', 'replace files in an existing directory'),
  ],
  work: runExport,
});

/** What each form holds of a network that not all networks have. */
const HOLDS: Record<keyof typeof FILES, readonly string[]> = {
  npz: ['memories', 'ids', 'bounds', 'costs'],
  csv: ['ids', 'bounds', 'costs'],
  json: [],
  brian2: ['model'],
  nest: ['model'],
};

/** What a network has and a form cannot hold, in words. */
function leftOut(to: keyof typeof FILES, { score, model, memory }: StoredNetwork): string[] {
  const others = memory?.others.length ?? 0;
  const has: Record<string, string | undefined> = {
    memories: others > 0 ? `${others} of ${others + 1} memories, all but the first` : undefined,
    ids: score.ids && 'the ids of the recording (neurons are numbered from 0 in the same order)',
    bounds: memory?.bounds && 'the bounds of single synapses',
    costs: memory?.costs && 'the costs of synapses',
    model: model && 'what the neurons are',
  };
  return Object.entries(has).flatMap(([part, words]) => (words && !HOLDS[to].includes(part) ? [words] : []));
}

async function runExport({ to, out, force }: ExportOptions, { version }: Invocation, path: string): Promise<number> {
  const stored = loadNetworkFile(path);
  const { score, network, model = { model: 'continuation' }, tau0, template, memory } = stored;
  const { bounds, costs } = memory ?? {};
  if (to === 'json' && (model.model !== 'continuation' || model.beta !== undefined)) {
    throw new EngramError(
      'usage',
      '--to json is for neurons with the kernel t exp(1 - t) that no spike resets: the form knows no others; use npz, csv or brian2',
    );
  }
  const directory = out ?? `${basename(path).replace(/\.(npz|json|json\.gz)$/, '')}-${to}`;
  const results = openResults<(typeof FILES)[typeof to][number]>(directory, FILES[to], { force });
  try {
    if (to === 'npz')
      results.write('arrays.npz', (sink) =>
        writeNpz(
          { ...networkArrays(score, network, tau0, memory?.others), ...bounds, ...(costs ? { costs } : {}) },
          sink,
        ),
      );
    if (to === 'json') results.write('network.json', writeNetworkJson(score, network, tau0));
    if (to === 'csv') {
      results.write('synapses.csv', (sink) => {
        for (const lines of synapseTable(network, tau0, { ...bounds, ...(costs ? { cost: costs } : {}) }, score.ids))
          sink(Buffer.from(lines));
      });
      results.write('score.csv', writeScoreCsv(score, tau0));
    }
    if (to === 'brian2' || to === 'nest') {
      const [script, data] = FILES[to];
      const written = simulatorScript(to, {
        score,
        network,
        model,
        tau0,
        dataFile: data,
        program: `engram ${version}`,
      });
      results.write(script, written.script);
      results.write(data, (sink) => writeNpz(written.data, sink));
    }
    results.commit();
  } finally {
    results.discard();
  }
  const screen = createScreen({ lines: true, progress: false });
  screen.plain(`engram ${version} · ${path} as ${to}`);
  warnOfChanges(screen, stored);
  screen.line('results', FILES[to].map((name) => join(directory, name)).join('  '));
  const lost = leftOut(to, stored);
  if (lost.length > 0) screen.line('left out', `${lost.join('; ')}: ${path} keeps them`);
  const refractory = tau0 === 0.005 ? '' : ` --refractory ${Number((tau0 * 1e3).toPrecision(15))}ms`;
  const bound = template.bound === defaultTemplate.bound ? '' : ` --bound ${template.bound}`;
  const use = {
    npz: `numpy.load('${join(directory, 'arrays.npz')}')['weights']`,
    csv: `npx memorize --score ${quote(join(directory, 'score.csv'))} --wiring ${quote(join(directory, 'synapses.csv'))}${refractory}${bound}`,
    json: `npx memorize explain ${quote(join(directory, 'network.json'))}`,
    brian2: `python3 ${quote(join(directory, FILES.brian2[0]))}`,
    nest: `python3 ${quote(join(directory, FILES.nest[0]))}`,
  };
  screen.line('next', use[to]);
  return 0;
}
