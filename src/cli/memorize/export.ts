/** `memorize export`: a network in a form that other programs read. */
import { basename, join } from 'node:path';
import { choice, createScreen, defineCommand, type Invocation, option, path, quote } from '../../app/index.js';
import { openResults, readBytes } from '../../files/node.js';
import { type Exported, type Form, forms, type Part, readSpikesCsv } from '../../memory/files/index.js';
import { loadNetworkFile, type StoredNetwork } from '../../memory/files/node.js';
import { warnOfChanges } from './changed.js';

interface ExportOptions {
  to: string;
  recalled?: string;
  out?: string;
  force?: boolean;
}

const NAMES = forms.map(({ name }) => name);

export const exportCommand = defineCommand<ExportOptions>({
  name: 'export',
  about: 'a network and its score in a form that other programs read',
  argument: ['<network>', 'directory of results, network.npz, or JSON of a network'],
  options: [
    {
      ...option(
        `--to <${NAMES.join('|')}>`,
        'arrays, tables, files of the field, or a script that runs',
        choice(...NAMES),
      ),
      required: true,
    },
    option('--recalled <spikes.csv>', 'with nwb: what the network has played, from `memorize recall`', path),
    option('--out <dir>', 'directory (default: <network>-<form>)'),
    option('--force', 'replace files in an existing directory'),
  ],
  work: runExport,
});

/** What a network has and a form cannot hold, in words. */
function leftOut(
  { holds }: Form,
  { score, others, bounds, costs, recalled }: Exported,
  { model }: StoredNetwork,
): string[] {
  const has: Record<Part, string | undefined> = {
    score: 'the score',
    synapses: 'the synapses',
    delays: 'the delays',
    memories: others.length > 0 ? `${others.length} of ${others.length + 1} memories, all but the first` : undefined,
    ids: score.ids && 'the ids of the recording (neurons are numbered from 0 in the same order)',
    bounds: bounds && 'the bounds of single synapses',
    costs: costs && 'the costs of synapses',
    model: model && 'what the neurons are',
    recalled: recalled && 'what was recalled',
  };
  return Object.entries(has).flatMap(([part, words]) => (words && !holds.includes(part as Part) ? [words] : []));
}

async function runExport(
  { to, recalled, out, force }: ExportOptions,
  { version }: Invocation,
  from: string,
): Promise<number> {
  const stored = loadNetworkFile(from);
  const form = forms.find(({ name }) => name === to) as Form;
  const { score, network, model = { model: 'continuation' }, tau0, template, memory } = stored;
  const exported: Exported = {
    score,
    network,
    model,
    tau0,
    others: memory?.others ?? [],
    bound: template.bound,
    bounds: memory?.bounds,
    costs: memory?.costs,
    recalled: recalled === undefined ? undefined : readSpikesCsv(readBytes(recalled), recalled, score, tau0),
    program: `engram ${version}`,
  };
  const contents = await form.write(exported);
  const directory = out ?? `${basename(from).replace(/\.(npz|json|json\.gz)$/, '')}-${to}`;
  const results = openResults<string>(directory, form.files, { force });
  try {
    form.files.forEach((name, i) => {
      results.write(name, contents[i]);
    });
    results.commit();
  } finally {
    results.discard();
  }
  const screen = createScreen({ lines: true, progress: false });
  screen.plain(`engram ${version} · ${from} as ${to}`);
  warnOfChanges(screen, stored);
  const paths = form.files.map((name) => join(directory, name));
  screen.line('results', paths.join('  '));
  const lost = leftOut(form, exported, stored);
  if (lost.length > 0) screen.line('left out', `${lost.join('; ')}: ${from} keeps them`);
  screen.line('next', form.next(paths.map(quote), exported));
  return 0;
}
