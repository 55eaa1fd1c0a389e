/** Figures of a training: its course, its weights, its first trial. */
import {
  curvesSpec,
  drawTraining,
  histogramOf,
  histogramsSpec,
  renderSvg,
  type TrainingFigure,
} from '../../plot/index.js';
import {
  BATCH_COLUMNS,
  columnOf,
  cyclePlan,
  excitatoryOf,
  type Gradients,
  prepared,
  recordTrials,
  type SrnnSettings,
  TRAINED,
  type Trained,
  type Weights,
} from '../../srnn/index.js';

/** Loss and accuracies over batches. */
export function drawCourse(trained: Trained, { neurons, batch, draw }: SrnnSettings): Promise<string> {
  const panels: TrainingFigure['panels'] = [
    ['loss', 'loss'],
    ['congruent', 'right in congruent trials'],
    ['incongruent', 'right in incongruent trials'],
    ['rate', 'rate of all neurons, Hz'],
  ].map(([column, name]) => ({ name, values: columnOf(trained.log, BATCH_COLUMNS, column) }));
  return drawTraining({
    title: 'Learning to choose by a rule',
    subtitle: [
      `${neurons} neurons, batches of ${batch}, ${draw} draw; a network without the rule is right in half of the incongruent trials`,
    ],
    panels,
    unit: 'batch',
  });
}

/** What is trained, or its last gradients. */
export function drawWeights(title: string, arrays: Gradients): Promise<string> {
  const panels = TRAINED.map((name) => {
    const most = arrays[name].reduce((size, value) => Math.max(size, Math.abs(value)), 0) || 1;
    return histogramOf(name, arrays[name], -most, most);
  });
  return renderSvg(histogramsSpec(title, [], panels));
}

/** The first trial: when neurons fire, voltage and current of one of each kind, and the readouts. */
export function drawTrial(settings: SrnnSettings, weights: Weights): Promise<string> {
  const task = prepared({ ...settings, draw: 'uniform' });
  const e = excitatoryOf(settings);
  const shown = [0, Math.min(e, settings.neurons - 1)];
  const names = shown.map((n) => (settings.dale ? `neuron ${n} (${n < e ? 'E' : 'I'})` : `neuron ${n}`));
  const line = () => shown.map(() => [] as { x: number; y: number }[]);
  const [v, i, readV, readI] = [line(), line(), line(), line()];
  const spikes: { x: number; y: number }[] = [];
  recordTrials(settings, weights, cyclePlan(task, 'srnn trial', 0, 1), (step, t) => {
    const x = 1e3 * t * settings.task.dt;
    for (let n = 0; n < settings.neurons; n++) if (step.z[n] > 0) spikes.push({ x, y: n });
    shown.forEach((n, k) => {
      v[k].push({ x, y: 1e3 * step.v[n] });
      i[k].push({ x, y: step.i[n] });
      readV[k].push({ x, y: step.readV[k] });
      readI[k].push({ x, y: step.readI[k] });
    });
  });
  const x = { title: 'ms' };
  const curves = (lines: typeof v, called: readonly string[]) =>
    lines.map((points, k) => ({ name: called[k], points: [], line: points }));
  const sides = ['right', 'left'];
  return renderSvg(
    curvesSpec(
      'The first trial',
      [`audition counts, both streams on the right; ${settings.neurons} neurons`],
      [
        { title: 'spikes', x, y: { title: 'neuron' }, curves: [{ name: 'spike', points: spikes, line: [] }] },
        { title: 'voltage', x, y: { title: 'mV' }, curves: curves(v, names) },
        { title: 'current', x, y: { title: 'current' }, curves: curves(i, names) },
        { title: 'readout, voltage', x, y: { title: 'v' }, curves: curves(readV, sides) },
        { title: 'readout, current', x, y: { title: 'i' }, curves: curves(readI, sides) },
      ],
      { columns: 2 },
    ),
  );
}
