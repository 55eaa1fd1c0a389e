/** `memorize report`: the results of a run as one page, with figures. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScreen, defineCommand, grouped, type Invocation } from '../../app/index.js';
import { EngramError, formatTime } from '../../core/index.js';
import { checkTarget, PLAN, writeWhole } from '../../files/node.js';
import { unitsOf } from '../../memory/figures/index.js';
import { loadNetworkFile, type StoredNetwork } from '../../memory/files/node.js';
import { jitterMap, stabilityOf } from '../../memory/measure/index.js';
import { findLeastRelaxation } from '../../memory/memorize/index.js';
import { delayRange, neuronCount } from '../../memory/network/index.js';
import { channelCount, idOf, spikesOf } from '../../memory/score/index.js';
import { byMemory, type MemoryRecall, type RecallSummary, type SwitchingSummary } from '../../memory/summary/index.js';
import { inputsOf } from '../../memory/template/index.js';
import { changedWarning, warnOfChanges } from './changed.js';
import { type PromptSummary, promptSaid } from './prompt.js';
import { type NetworkPage, type NetworkSummary, networkPageOf } from './report-on-network.js';
import { againstNoise, type Drawn, recallReport, switchingAgainstNoise, switchingReport } from './report-recall.js';
import { problemOf } from './stored-problem.js';

/** What is read of summary.json. */
interface Summary {
  program: string;
  seed: number;
  solved: number;
  infeasible: number;
  undecided: number;
  worst_violation: number;
  /** None of a trained network. */
  kkt_residual?: number;
  objective?: string;
  /** Of a trained network: method and settings, and how many neurons fire their train on the prescribed input. */
  training?: Record<string, string | number | boolean>;
  learned?: number;
  prompt?: PromptSummary;
  replay?: { periods: number; precision: number; lag_change_refractory: number | null };
  recall?: RecallSummary[];
  /** Of several memories, instead: every block of the schedule at every noise. */
  switching?: SwitchingSummary[];
}

export const reportCommand = defineCommand({
  name: 'report',
  about: 'the results of a run as one page: raster, potentials, noise, spectrum, histograms',
  argument: ['<dir>', 'directory of results'],
  work: runReport,
});

async function runReport(_: object, { version }: Invocation, directory: string): Promise<number> {
  const screen = createScreen({ lines: true, progress: false });
  const found = readSummary(directory);
  const file = join(directory, 'report.html');
  checkTarget(file, { force: true });
  const page = networkPageOf(found);
  if (page) {
    writeWhole(file, await networkReport(directory, found as NetworkSummary, page, version));
    screen.line('report', file);
    return 0;
  }
  const summary = found as Summary;
  const stored = loadNetworkFile(directory);
  const scores = [stored.score, ...(stored.memory?.others ?? [])];
  const switching = summary.switching && byMemory(summary.switching);
  const { reportHtml } = await import('../../plot/index.js');
  const durations = scores.map(({ period }) => formatTime(period * stored.tau0));
  const channels = channelCount(stored.score);
  const html = reportHtml({
    title: `${grouped(channels)} channels, ${durations.join(' and ')}`,
    question:
      scores.length > 1
        ? 'Are the scores stored in the same weights, and does each prompt call up its own?'
        : 'Is the score stored, and does the network recall it?',
    answer: [changedWarning(stored), answerOf(summary, channels)].filter(Boolean).join('. When they were: '),
    figures: await figuresOf(directory, summary, stored, switching),
    tables: [
      ...(summary.recall ? [recallReport(summary.recall)] : []),
      ...(switching ? [switchingReport(switching)] : []),
    ],
    notes: notesOf(summary),
    settings: settingsOf(summary, stored),
    repeat: [commandOf(directory, summary.seed)],
    files: [
      ['network.npz', 'weights, delays, sources, score, certificates; for numpy.load'],
      ['score.csv', 'the prescribed spikes'],
      ['summary.json', 'all numbers'],
    ],
    program: `engram ${version}`,
    units: unitsOf(stored.tau0),
  });
  warnOfChanges(screen, stored);
  writeWhole(file, html);
  screen.line('report', file);
  return 0;
}

/** The page of a command on a stored network. */
async function networkReport(
  directory: string,
  summary: NetworkSummary,
  page: NetworkPage,
  version: string,
): Promise<string> {
  const { reportHtml } = await import('../../plot/index.js');
  const { channels, period_s: period, refractory_s: tau0, spikes, synapses, seed } = summary;
  const drawn = page.drawn.flatMap(([name, caption]) => {
    const svg = readFigure(directory, name);
    return svg === undefined ? [] : [{ caption, svg }];
  });
  return reportHtml({
    title: `${grouped(channels)} channels, ${formatTime(period)}`,
    question: page.question,
    answer: page.answer(summary),
    figures: [...drawn, ...((await page.figures?.(summary)) ?? [])],
    tables: page.tables(summary),
    notes: page.notes(summary),
    settings: [
      ['channels', grouped(channels)],
      ['period', formatTime(period)],
      ['refractory period', formatTime(tau0)],
      ['spikes', grouped(spikes)],
      ['synapses', grouped(synapses)],
      ...page.settings(summary),
      ['seed', String(seed)],
    ],
    repeat: [commandOf(directory, seed)],
    files: page.files.filter(([name]) => existsSync(join(directory, name))),
    program: `engram ${version}`,
    units: unitsOf(tau0),
  });
}

/** What the run has drawn, and what its results show. */
async function figuresOf(
  directory: string,
  summary: Summary,
  stored: StoredNetwork,
  switching: MemoryRecall[] | undefined,
): Promise<Drawn[]> {
  const figures: Drawn[] = [];
  const raster = readFigure(directory, 'recall.svg');
  if (raster !== undefined) {
    const first = stored.memory?.others.length ? ' of the first memory' : '';
    figures.push({
      caption: `Prompted recall${first} under the strongest noise tried: the prescribed spikes, and what came.`,
      svg: raster,
    });
  }
  const loss = readFigure(directory, 'loss.svg');
  if (loss !== undefined) figures.push({ caption: 'How the loss fell, epoch by epoch.', svg: loss });
  figures.push(...(await potentials(directory, stored)));
  if (summary.recall && summary.recall.length > 0) figures.push(await againstNoise(summary.recall));
  if (switching) figures.push(await switchingAgainstNoise(switching));
  const spectrum = await spectrumOf(stored, summary);
  if (spectrum) figures.push(spectrum);
  figures.push(await histograms(stored));
  return figures;
}

/** What must be known to read the numbers rightly. */
const notesOf = ({ kkt_residual: kkt, worst_violation: worst, prompt }: Summary): string[] => [
  kkt === undefined
    ? `Learned means that a neuron fires its prescribed spikes, to a quarter of a refractory period, and no others while it hears the prescribed trains. The template is left by up to ${worst.toPrecision(2)}.`
    : `Stored means that the potential of a neuron keeps its template at every moment, to ${worst.toExponential(0)} in the worst neuron, as checked outside the solver (optimality to ${kkt.toExponential(0)}).`,
  `Noise x: each threshold is drawn from N(1, x²) after each spike${typeof prompt?.jitter_s === 'number' ? '' : ', and the prompt is jittered by x refractory periods'}.`,
];

function settingsOf(summary: Summary, { score, network, template, tau0, memory }: StoredNetwork): [string, string][] {
  const channels = channelCount(score);
  const scores = [score, ...(memory?.others ?? [])];
  const synapses = network.sources.length;
  const list = (settings: object) =>
    Object.entries(settings)
      .map(([key, value]) => `${key} ${value}`)
      .join(', ');
  const { overdrive, ...plain } = template;
  const delays = delayRange(network).map((delay) => formatTime(Number((delay * tau0).toPrecision(3))));
  return [
    ['channels', grouped(channels)],
    ...(score.ids ? [['ids', `${idOf(score, 0)} to ${idOf(score, channels - 1)}`] as [string, string]] : []),
    ['period', scores.map(({ period }) => formatTime(period * tau0)).join(', ')],
    ['refractory period', formatTime(tau0)],
    ['spikes', scores.map(({ times }) => grouped(times.length)).join(', ')],
    ['synapses', `${grouped(synapses)} (${grouped(Math.round(synapses / channels))} per neuron)`],
    ['delays', delays.join(' to ')],
    [
      'template',
      list(overdrive ? { ...plain, overdrive: `${overdrive.level} at ${formatTime(overdrive.after * tau0)}` } : plain),
    ],
    summary.training ? ['training', list(summary.training)] : ['objective', summary.objective ?? ''],
    ['seed', String(summary.seed)],
  ];
}

function readSummary(directory: string): Summary | NetworkSummary {
  const file = join(directory, 'summary.json');
  if (!existsSync(file)) {
    const partial = `${directory.replace(/\/$/, '')}.partial`;
    const problem = existsSync(join(partial, 'summary.json'))
      ? `the run of ${directory} was interrupted; what it has stored is in ${partial}: memorize report ${partial}`
      : existsSync(join(partial, PLAN))
        ? `the run of ${directory} was interrupted before there was anything to report; go on with --resume ${directory} (of the command that began it)`
        : `${directory} is no directory of results: ${file} does not exist`;
    throw new EngramError('usage', problem);
  }
  try {
    const summary = JSON.parse(readFileSync(file, 'utf8')) as Summary;
    if (networkPageOf(summary)) return summary;
    if (typeof summary.solved === 'number' && typeof summary.worst_violation === 'number') return summary;
  } catch {
    // Said below.
  }
  throw new EngramError(
    'input',
    `${file} is not the summary of a run of memorize, or of recall, stability or simulate`,
  );
}

const readFigure = (directory: string, name: string): string | undefined =>
  existsSync(join(directory, name)) ? readFileSync(join(directory, name), 'utf8') : undefined;

function answerOf(summary: Summary, channels: number): string {
  const { solved, infeasible, undecided, recall, prompt, switching, training, learned = 0 } = summary;
  const rest = [
    ...(infeasible > 0 ? [`${infeasible} are proved impossible`] : []),
    ...(undecided > 0 ? [`${undecided} are undecided`] : []),
  ];
  const count = (number: number) => (number === channels ? `All ${channels}` : `${number} of ${channels}`);
  const stored = training
    ? `${count(learned)} neurons have learned their trains by ${training.method}; ${solved} obey the template`
    : `${count(solved)} neurons are stored${rest.length > 0 ? `, ${rest.join(', ')}` : ''}`;
  if (switching && prompt) {
    const failed = switching.filter(({ success, trials }) => success < trials).map(({ noise }) => noise);
    const best = switching.map(({ noise }) => noise).filter((noise) => !failed.includes(noise));
    return `${stored}; prompted one after the other by ${promptSaid(prompt)}, ${best.length > 0 ? `every memory is called up in all trials up to noise ${Math.max(...best)}` : 'not every memory is called up at any noise tried'}.`;
  }
  const good = recall?.filter(({ success, trials }) => success === trials).at(-1);
  if (!recall || !prompt) return `${stored}.`;
  return `${stored}; after a prompt of ${promptSaid(prompt)} the network ${good ? `recalls the score in all trials up to noise ${good.noise}, with a precision of ${good.precision.toFixed(3)}` : 'recalls the score in no series of trials as a whole'}.`;
}

/** The potential of a stored neuron, as the run drew it, and the best that an impossible one can do. */
async function potentials(directory: string, stored: StoredNetwork): Promise<Drawn[]> {
  const { score, network, template, tau0, statuses, memory } = stored;
  const drawn = readFigure(directory, 'potential.svg');
  const kind = memory?.header.training ? 'trained' : 'stored';
  const figures: Drawn[] = drawn
    ? [{ caption: `The potential of a ${kind} neuron in its template, where it has most spikes.`, svg: drawn }]
    : [];
  const neuron = statuses?.indexOf('infeasible') ?? -1;
  if (neuron < 0) return figures;
  const plain = { ...problemOf(stored), robust: undefined, soft: undefined, levels: undefined };
  const { reached, report } = findLeastRelaxation(plain, neuron);
  const { drawPotential } = await import('../../memory/figures/index.js');
  const share = `${Number((100 * reached).toPrecision(3))} %`;
  figures.push({
    caption: `An impossible neuron${score.ids ? `, ${idOf(score, neuron)},` : ''} beside it: the best potential of its inputs keeps the template only if all demands are lowered by ${share}.`,
    svg: await drawPotential({
      score,
      inputs: inputsOf(network, stored.model, neuron),
      weights: report.weights,
      neuron,
      template,
      cuts: memory?.certificate(neuron).cuts ?? [],
      tau0,
      subtitle: [
        `impossible: ${spikesOf(score, neuron).length} spikes a period, demands lowered by ${share}`,
        'marked: the moments whose demands contradict each other',
      ],
    }),
  });
  return figures;
}

/** Undefined where a neuron is not stored: the network has no jitter map then. */
async function spectrumOf({ score, network, model }: StoredNetwork, { solved }: Summary): Promise<Drawn | undefined> {
  if (solved < neuronCount(network) || score.times.length === 0) return undefined;
  const stability = stabilityOf(jitterMap(score, network, model));
  const { drawSpectrum } = await import('../../plot/index.js');
  const radius = stability.radius.toExponential(2);
  return {
    caption: `Eigenvalues of the map that carries small shifts of spikes from one period to the next. The largest has modulus ${radius}: below 1, jitter dies away.`,
    svg: await drawSpectrum(stability, [`spectral radius ${radius}, ${grouped(stability.spikes)} spikes a period`]),
  };
}

async function histograms({ network, template, tau0 }: StoredNetwork): Promise<Drawn> {
  const { histogramOf, histogramsSpec, renderSvg } = await import('../../plot/index.js');
  const largest = network.weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), template.bound);
  const [shortest, longest] = delayRange(network).map((delay) => delay * tau0 * 1e3);
  const atBound = network.weights.reduce(
    (sum, weight) => sum + Number(Math.abs(weight) >= template.bound * (1 - 1e-9)),
    0,
  );
  const share = `${Number(((100 * atBound) / Math.max(1, network.weights.length)).toPrecision(2))} %`;
  const spec = histogramsSpec(
    'Weights and delays',
    [`${share} of the weights are at their bound`],
    [
      histogramOf('weight (thresholds)', network.weights, -largest, largest),
      histogramOf(
        'delay (ms)',
        network.delays.map((delay) => delay * tau0 * 1e3),
        shortest,
        longest > shortest ? longest : shortest + 1,
      ),
    ],
  );
  return { caption: 'How the weights and the delays of all synapses are distributed.', svg: await renderSvg(spec) };
}

/** The command of the run, where run.json tells it. */
function commandOf(directory: string, seed: number): string {
  try {
    const { arguments: args } = JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')) as {
      arguments: string[];
    };
    const seeded = args.some((arg) => arg.startsWith('--seed')) ? args : [...args, '--seed', String(seed)];
    return `npx memorize ${seeded.join(' ')}`;
  } catch {
    return `npx memorize --seed ${seed} ...`;
  }
}
