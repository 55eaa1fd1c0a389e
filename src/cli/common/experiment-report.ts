/** What a finished campaign leaves: tables, figures with their specifications, and one page that tells it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { experimentNamed } from '../../../experiments/index.js';
import { loadPng } from '../../app/index.js';
import { type Campaign, mergeRows, rowsCsv, rowsNpz } from '../../campaign/index.js';
import { checkTarget, guard, writeWhole } from '../../files/node.js';
import { type Findings, renderSvg, reportHtml } from '../../plot/index.js';

/** Writes everything; the same bytes for the same plan. */
export async function writeReport(campaign: Campaign, png: boolean): Promise<Findings> {
  const { directory, plan, id } = campaign;
  const experiment = experimentNamed(plan.experiment);
  const rows = mergeRows(campaign);
  const findings = experiment.conclude(plan.config, rows);
  const write = (name: string, data: string | Uint8Array) => writeWhole(join(directory, name), data);
  const about = { schema: 1, program: plan.program, experiment: plan.experiment, seed: plan.seed, plan: id };
  write('results.csv', rowsCsv(experiment.columns, rows));
  write('results.npz', rowsNpz(experiment.columns, rows, about));
  guard(directory, () => mkdirSync(join(directory, 'figures'), { recursive: true }));
  for (const { name } of findings.figures) {
    for (const ending of ['vl.json', 'svg', ...(png ? ['png'] : [])])
      checkTarget(join(directory, 'figures', `${name}.${ending}`), { force: true });
  }
  for (const name of ['report.html', 'config.json']) checkTarget(join(directory, name), { force: true });
  const figures: { caption: string; svg: string }[] = [];
  const pngOf = png ? await loadPng() : undefined;
  for (const { name, caption, spec } of findings.figures) {
    const svg = await renderSvg(spec);
    figures.push({ caption, svg });
    write(join('figures', `${name}.vl.json`), `${JSON.stringify(spec)}\n`);
    write(join('figures', `${name}.svg`), svg);
    if (pngOf) write(join('figures', `${name}.png`), pngOf(svg));
  }
  const settings = Object.entries(plan.config).map(([key, value]) => [key, readable(value)] as const);
  write(
    'report.html',
    reportHtml({
      title: experiment.title,
      question: experiment.question,
      answer: findings.answer,
      figures,
      tables: findings.tables,
      notes: findings.notes,
      settings,
      repeat: [
        `npx memorize experiment ${plan.experiment} --config config.json`,
        '# or, with a seed of your own:',
        `npx memorize experiment ${plan.experiment} --config config.json --set seed=${plan.seed + 1}`,
      ],
      files: [
        ['config.json', 'the configuration, as the command takes it'],
        ['results.csv', `all ${rows.length} rows of results`],
        ['results.npz', 'the same, for numpy.load'],
        ...findings.figures.map(
          ({ name }) => [`figures/${name}.vl.json`, 'the figure as Vega-Lite, with its data'] as const,
        ),
        ['plan.json', 'what was asked, with the list of shards'],
      ],
      program: plan.program,
      units: experiment.units,
    }),
  );
  write('config.json', `${JSON.stringify(plan.config, null, 2)}\n`);
  return findings;
}

const readable = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll('"', '')
    .replaceAll(/([,:])(?=\S)/g, '$1 ');
