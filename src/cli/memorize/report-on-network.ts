/** The pages of the commands on a stored network: what each asks, answers and shows, out of its summary.json. */
import { formatTime } from '../../core/index.js';
import type { NoiseComparison, RecallSummary, Returned } from '../../memory/summary/index.js';
import type { Table } from '../../plot/index.js';
import { type PromptSummary, promptSaid } from './prompt.js';
import { againstNoise, type Drawn, recallReport } from './report-recall.js';

/** What every summary of such a command begins with. */
export interface NetworkSummary {
  program: string;
  seed: number;
  channels: number;
  spikes: number;
  synapses: number;
  period_s: number;
  refractory_s: number;
}

/** The page of one command. `summary` is what the command has written, and holds the key that marks it. */
export interface NetworkPage<S extends NetworkSummary = NetworkSummary> {
  readonly key: string;
  readonly question: string;
  answer(summary: S): string;
  /** Figures that the run has drawn: file and caption. */
  readonly drawn: readonly (readonly [string, string])[];
  /** Figures out of the numbers. */
  figures?(summary: S): Promise<Drawn[]>;
  tables(summary: S): Table[];
  notes(summary: S): string[];
  settings(summary: S): [string, string][];
  readonly files: readonly (readonly [string, string])[];
}

const ALL_NUMBERS = ['summary.json', 'all numbers'] as const;
const count = (part: number, whole: number) => (part === whole ? `all ${whole}` : `${part} of ${whole}`);
const decimals = (value: number | null, digits: number) =>
  value === null || Number.isNaN(value) ? '–' : value.toFixed(digits).replace(/^-(0\.0+)$/, '$1');

interface RecallFound extends NetworkSummary {
  prompt: PromptSummary;
  periods: number;
  recall: RecallSummary[];
  chance: { precision: number };
}
const recall: NetworkPage<RecallFound> = {
  key: 'chance',
  question: 'Does a prompt bring the memory back, and how surely, how soon and how precisely?',
  answer({ prompt, periods, recall: rows, period_s: period }) {
    const said = rows.map(({ noise, success, trials, precision, recall: found }) => {
      const precise =
        precision === null || found === null ? '' : `, precision ${precision.toFixed(3)}, recall ${found.toFixed(3)}`;
      const trial = success === 1 ? 'in its one trial' : 'not in its one trial';
      return `at noise ${noise} ${trials === 1 ? trial : `in ${count(success, trials)} trials`}${precise}`;
    });
    return `After a prompt of ${promptSaid(prompt)}, and then free for ${formatTime(periods * period)}, the score is recalled ${said.join('; ')}.`;
  },
  drawn: [['recall.svg', 'The first trial under the strongest noise: the prescribed spikes, and what came.']],
  figures: async ({ recall: rows }) => [await againstNoise(rows)],
  tables: ({ recall: rows }) => [recallReport(rows)],
  notes: ({ chance, periods }) => [
    `Unrelated activity of the same rates has a precision of ${chance.precision.toFixed(3)}.`,
    `Precision and recall are those of the last of ${periods} free periods; timing error and drift are of trials that recall the score.`,
  ],
  settings: ({ prompt, periods }) => [
    ['prompt', promptSaid(prompt)],
    ['free periods', String(periods)],
  ],
  files: [['trials.csv', 'every trial'], ['spikes.csv', 'the spikes of the trial that is drawn'], ALL_NUMBERS],
};

interface StabilityFound extends NetworkSummary {
  stability: { status: string; radius: number; exponent_per_s: number; gain: number; least_slope: number };
  noise: NoiseComparison[];
  basin?: { jitter: (Returned & { jitter_s: number })[]; missing: (Returned & { share: number })[] };
  recall_map?: { map: { playing: number; hit: number }[]; carries_from: number | null };
}
const stability: NetworkPage<StabilityFound> = {
  key: 'stability',
  question: 'Does the replay correct small errors, how much noise does it stand, and how large a disturbance?',
  answer({ stability: { status, radius, exponent_per_s: exponent }, noise, channels, recall_map: map }) {
    const held = noise.filter(({ simulated }) => simulated.held === simulated.periods).map((row) => row.noise);
    const jitter =
      status === 'rounding'
        ? 'Small jitter is gone within a period'
        : `Small jitter ${radius < 1 ? 'dies away' : 'grows'}: spectral radius ${radius.toExponential(2)} a period, exponent ${exponent.toFixed(1)} per second`;
    const holds =
      held.length > 0 ? `the replay holds up to noise ${Math.max(...held)}` : 'the replay holds at no noise tried';
    const carries =
      map?.carries_from == null
        ? []
        : [`one step hits more than play from ${Math.round(map.carries_from * channels)} channels on`];
    return `${[jitter, holds, ...carries].join('; ')}.`;
  },
  drawn: [
    ['spectrum.svg', 'Eigenvalues of the map that carries small shifts of spikes from one period to the next.'],
    ['noise.svg', 'Precision and drift under noise: predicted by the linear and the curved theory, and simulated.'],
    [
      'recall-map.svg',
      'What one step makes of a prompt: the share of spikes in time against the share of channels that play.',
    ],
  ],
  tables({ noise, basin }) {
    const returned = ({ returned: n, trials }: Returned) => `${n} of ${trials}`;
    const disturbed = basin && [
      ...basin.jitter.map((entry) => [`jitter of ${formatTime(entry.jitter_s)}`, returned(entry)]),
      ...basin.missing.map((entry) => [`${Math.round(100 * entry.share)} % of the spikes missing`, returned(entry)]),
    ];
    return [
      {
        title: 'Noise: simulated, beside the curved and the linear prediction',
        columns: ['noise', 'periods held', 'precision', 'curved', 'linear', 'timing error (ms)', 'drift (ms/s)'],
        rows: noise.map(({ noise: level, simulated, curved, linear }) => [
          level,
          count(simulated.held, simulated.periods),
          decimals(simulated.precision, 3),
          decimals(curved.precision, 3),
          decimals(linear.precision, 3),
          decimals(simulated.timing_error_ms, 3),
          decimals(simulated.drift_ms_per_s, 2),
        ]),
      },
      ...(disturbed
        ? [{ title: 'Disturbed pasts that return, without noise', columns: ['past', 'returned'], rows: disturbed }]
        : []),
    ];
  },
  notes: ({ stability: { status, gain, least_slope: slope } }) => [
    `Within a period a disturbance grows by at most ${gain.toFixed(2)}; the least slope at a spike is ${slope.toFixed(2)} thresholds per refractory period.`,
    ...(status === 'converged' || status === 'rounding' ? [] : ['The spectrum has not converged: it is an estimate.']),
  ],
  settings: ({ noise }) => [['noise', noise.map((row) => row.noise).join(', ')]],
  files: [ALL_NUMBERS],
};

interface SimulationFound extends NetworkSummary {
  until_s: number;
  start: string;
  prompt: PromptSummary;
  noise: { threshold: number };
  simulated_spikes: number;
  rate_hz: number;
  last_period: { precision: number; recall: number } | null;
  drift_ms_per_s: number | null;
}
const simulation: NetworkPage<SimulationFound> = {
  key: 'until_s',
  question: 'What does the network do when it runs?',
  answer({ until_s: until, rate_hz: rate, simulated_spikes: spikes, last_period: last, drift_ms_per_s: drift }) {
    const played = last
      ? `in the last whole period it plays the score with precision ${last.precision.toFixed(3)} and recall ${last.recall.toFixed(3)}${drift === null ? '' : `, drifting by ${decimals(drift, 2)} ms/s`}`
      : 'it ran for less than a period';
    return `In ${formatTime(until)} it fires ${spikes} spikes (${rate.toPrecision(3)} Hz a neuron); ${played}.`;
  },
  drawn: [
    ['raster.svg', 'The spikes of the first periods, and those prescribed.'],
    ['potentials.svg', 'The potentials that were recorded, with threshold and spikes.'],
  ],
  tables: () => [],
  notes: () => [],
  settings: ({ start, prompt, noise }) => [
    ['start', start],
    ['prompt', promptSaid(prompt)],
    ['noise of the thresholds', String(noise.threshold)],
  ],
  files: [
    ['spikes.npz', 'the simulated spikes; for numpy.load'],
    ['potentials.npz', 'the pieces of the recorded potentials'],
    ALL_NUMBERS,
  ],
};

interface SmallestFound extends NetworkSummary {
  wanted: number;
  smallest: {
    noise: number;
    channels: { smallest: { size: number } | null };
    duration_s: { smallest: { size: number } | null };
  }[];
}
const smallest: NetworkPage<SmallestFound> = {
  key: 'smallest',
  question: 'How few channels, and how short a prompt, bring the memory back?',
  answer({ smallest: rows, channels }) {
    const said = rows.map(({ noise, channels: few, duration_s: short }) => {
      const who = few.smallest ? `${few.smallest.size} of ${channels} channels` : 'no number of channels tried';
      const long = short.smallest ? `a prompt of ${formatTime(short.smallest.size)}` : 'no duration tried';
      return `at noise ${noise} ${who}, and ${long}`;
    });
    return `Enough are ${said.join('; ')}.`;
  },
  drawn: [['smallest.svg', 'Share of trials that recall the score, against the size of the prompt.']],
  tables: () => [],
  notes: ({ wanted }) => [`Enough means that ${Math.round(100 * wanted)} % of the trials recall the score.`],
  settings: () => [],
  files: [['smallest.csv', 'every size that was tried'], ALL_NUMBERS],
};

/** A command more is an entry more. */
const PAGES = [recall, smallest, stability, simulation] as unknown as readonly NetworkPage[];

/** The page of the command that wrote the summary, or undefined where none of these did. */
export const networkPageOf = (summary: object): NetworkPage | undefined => PAGES.find(({ key }) => key in summary);
