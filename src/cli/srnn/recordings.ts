/** Recordings as npy, all arrays in one pass: what a step did is written as it comes. */
import type { Run } from '../../app/index.js';
import { descrOf, headerOf, npyBytes } from '../../files/index.js';
import {
  cyclePlan,
  prepared,
  type RecordedStep,
  recordTrials,
  type SrnnSettings,
  type Weights,
} from '../../srnn/index.js';

/** Beside z as bytes and the readouts, which are always written. */
export type Contents = 'spikes' | 'all';

const FILES = {
  trials: { dtype: 'f4', width: () => 5, of: (step: RecordedStep) => step.input, always: true },
  lif0_z: { dtype: 'u1', width: (n: number) => n, of: (step: RecordedStep) => step.z, always: true },
  lif0_v: { dtype: 'f8', width: (n: number) => n, of: (step: RecordedStep) => step.v, always: false },
  lif0_i: { dtype: 'f8', width: (n: number) => n, of: (step: RecordedStep) => step.i, always: false },
  readout_v: { dtype: 'f8', width: () => 2, of: (step: RecordedStep) => step.readV, always: true },
  readout_i: { dtype: 'f8', width: () => 2, of: (step: RecordedStep) => step.readI, always: true },
} as const;

/** Takes the bytes of a file as they come. */
export type Sink = (bytes: Uint8Array) => void;

/** The names of all files of a recording. */
export const recordingNames = (prefix: string): string[] => [
  ...Object.keys(FILES).map((name) => `${prefix}_${name}.npy`),
  `${prefix}_targets.npy`,
  `${prefix}_preds.npy`,
  `${prefix}_wrec.npy`,
  `${prefix}_desc.json`,
];

/** Runs so many trials and writes what they did. */
export function writeRecording(
  results: Pick<Run<string>['results'], 'write'>,
  prefix: string,
  settings: SrnnSettings,
  weights: Weights,
  purpose: string,
  count: number,
  contents: Contents,
): void {
  const task = prepared({ ...settings, draw: 'uniform' });
  const plan = cyclePlan(task, purpose, 0, count);
  const shown = plan.conditions.map((condition) => task.conditions[condition]);
  const preds = new BigInt64Array(count);
  const files = Object.entries(FILES).filter(([, { always }]) => always || contents === 'all');
  const sinks: Sink[] = [];
  // One file is opened inside the other, so that all are open while the trials run.
  const open = (k: number): void => {
    if (k === files.length) {
      recordTrials(settings, weights, plan, (step, t) => {
        files.forEach(([, { of }], f) => {
          const { buffer, byteOffset, byteLength } = of(step);
          sinks[f](new Uint8Array(buffer, byteOffset, byteLength));
        });
        if (t === task.steps - 1)
          preds.forEach((_, b) => (preds[b] = BigInt(step.readV[2 * b + 1] > step.readV[2 * b])));
      });
      return;
    }
    const [name, { dtype, width }] = files[k];
    results.write(`${prefix}_${name}.npy`, (sink) => {
      sinks[k] = sink;
      sink(headerOf(descrOf(dtype), [task.steps, count, width(settings.neurons)]));
      open(k + 1);
    });
  };
  open(0);
  const targets = BigInt64Array.from(shown, ({ truth }) => BigInt(truth));
  results.write(`${prefix}_targets.npy`, npyBytes({ dtype: 'i8', shape: [count], values: targets }));
  results.write(`${prefix}_preds.npy`, npyBytes({ dtype: 'i8', shape: [count], values: preds }));
  const shape = [settings.neurons, settings.neurons];
  results.write(`${prefix}_wrec.npy`, npyBytes({ dtype: 'f8', shape, values: weights.recurrent }));
  const described = shown.map(({ cues, context, aud, light, truth }) => ({ cc: cues, c: context, aud, light, truth }));
  results.write(`${prefix}_desc.json`, `${JSON.stringify(described)}\n`);
}
