/** Files and figures, in a worker: what is heavy is loaded when it is asked for. */
import type { NeuronReport } from '../memory/memorize/index.js';
import { type Score, scoreOf, spikesOf } from '../memory/score/index.js';
import type { Cue } from './address.js';
import { runOf } from './recall.js';
import { current, type Outline, outlineOf, type Report, reasonOf, takeUp } from './solver.js';
import { type Name, type Reading, type Words, withWord } from './words.js';

declare const ENGRAM_VERSION: string;

/** What a file holds: a network that is taken up at once, or a score that is to be stored. */
export type Opened =
  | { kind: 'network'; outline: Outline; reports: Report[]; words: Words; note: string }
  | { kind: 'score'; score: Score; note: string };

export const archive = {
  /** network.npz, the same bytes as the command's. */
  async save(reports: readonly NeuronReport[]): Promise<Uint8Array<ArrayBuffer>> {
    const { writeMemory } = await import('../memory/files/index.js');
    const { problem, seed, tau0 } = current();
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    writeMemory(problem, reports, { program: `engram ${ENGRAM_VERSION}`, seed, tau0, hidden: 0 }, (bytes) =>
      pieces.push(bytes.slice()),
    );
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  },
  /** Opens files of any kind that the commands read; several are one recording. Throws `input` with what is wrong with them. */
  async open(files: readonly { name: string; bytes: Uint8Array }[], reading: Reading, tau0: number): Promise<Opened> {
    const [{ scoreOfSources }, { readNpz, sourceOf }, { askOf }] = await Promise.all([
      import('../memory/files/index.js'),
      import('../files/index.js'),
      import('./reading.js'),
    ]);
    const [{ bytes, name }] = files;
    const isNpz = bytes[0] === 0x50 && bytes[1] === 0x4b;
    if (isNpz && typeof readNpz(bytes, name, ['header']).header === 'string') return openNetwork(bytes, name);
    const sources = files.map((file) => sourceOf(file.bytes, file.name));
    const { score, notes } = await scoreOfSources(sources, askOf(reading, tau0));
    return { kind: 'score', score, note: [`${files.map((file) => file.name).join(', ')}:`, ...notes].join(' ') };
  },
  /** The raster of the recall after a cue, as SVG. */
  async drawRecall(weights: Float64Array, cue: Cue, noise: number, periods: number): Promise<string> {
    const { drawRaster } = await import('../plot/index.js');
    const { problem, tau0 } = current();
    const { score } = problem;
    const { from, to, first, last } = cue;
    const played = runOf(weights, { ...cue, noise }, to + periods * score.period);
    const prompted = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    return drawRaster({
      score: turned(score, from),
      trains: played.map((train) => train.map((time) => time - from)),
      prompt: prompted.length,
      prompted,
      promptTime: to - from,
      periods,
      tau0,
      subtitle: [`channels ${first} to ${last} were prompted; noise ${noise}`],
    });
  },
  /** One neuron's potential in its template, as SVG. */
  async drawNeuron(neuron: number, report: NeuronReport): Promise<string> {
    const [{ drawPotential }, { inputsOf }] = await Promise.all([
      import('../memory/figures/index.js'),
      import('../memory/template/index.js'),
    ]);
    const { problem, tau0 } = current();
    const { score, wiring, model, template } = problem;
    const { weights, cuts } = report;
    return drawPotential({ score, inputs: inputsOf(wiring, model, neuron), weights, neuron, template, cuts, tau0 });
  },
};

/** The score as it is heard from a moment on. */
function turned(score: Score, from: number): Score {
  const trains = Array.from({ length: score.starts.length - 1 }, (_, channel) =>
    spikesOf(score, channel)
      .map((time) => (time >= from ? time - from : time - from + score.period))
      .sort(),
  );
  return from === 0 ? score : scoreOf(trains, score.period);
}

/** Takes up a stored network; what is said to be stored is looked at again. */
async function openNetwork(bytes: Uint8Array, name: string): Promise<Opened> {
  const { changedNeurons, readMemory } = await import('../memory/files/index.js');
  const memory = readMemory(bytes, name);
  const { header, score, others, network, model, bounds, costs, statuses } = memory;
  const { seed, refractory_s: tau0, template, objective, robust, soft, levels } = header;
  const changed = new Set(changedNeurons(memory));
  const problem = { score, others, wiring: network, model, template, bounds, costs, objective, robust, soft, levels };
  takeUp({ problem, seed, tau0 });
  const reports = statuses.map((found, neuron): Report => {
    const status = changed.has(neuron) ? 'stalled' : found;
    const report: Report = {
      ...memory.certificate(neuron),
      status,
      weights: network.weights.slice(network.starts[neuron], network.starts[neuron + 1]),
      violation: memory.violation[neuron],
      kkt: memory.kkt[neuron],
      boundNeeded: memory.boundNeeded[neuron],
      unreached: [],
      counters: { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 },
    };
    if (changed.has(neuron)) return { ...report, reason: 'its weights are not those that were proved' };
    return status === 'solved' ? report : { ...report, reason: reasonOf(report, problem, neuron, tau0) };
  });
  const said = {
    seed: `${seed}`,
    objective,
    margin: `${template.margin}`,
    slope: `${template.slope}`,
    bound: `${template.bound}`,
    refractory: `${Number((tau0 * 1e3).toPrecision(12))}ms`,
  };
  const words = Object.entries(said).reduce<Words>((all, [name, text]) => withWord(all, name as Name, text), {});
  const note = `${name}: a network of ${header.program}, seed ${seed}`;
  return { kind: 'network', outline: outlineOf({ problem, seed, tau0 }, 0), reports, words, note };
}
