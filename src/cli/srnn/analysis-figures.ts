/** Figures of an analysis: a neuron under both rules, tuned neurons, trajectories, manipulations. */
import { type Curve, type CurvePanel, curvesSpec, renderSvg, type Spec } from '../../plot/index.js';
import { heatMap, type Manipulation, type Psth, type Trajectories, type Tuned } from '../../srnn/index.js';
import type { Point } from './manipulations.js';

const RULES = ['audition', 'vision'] as const;
/** Steps of a bin, as in the analyses. */
const [BIN, SAMPLE] = [4, 10];

/** Raster and course of a neuron in the delay under both rules. */
export function drawPsth(neuron: number, courses: readonly Psth[], dt: number, from: number): Promise<string> {
  const ms = (bin: number) => 1e3 * dt * (from + BIN * (bin + 0.5));
  const x = { title: 'ms' };
  const raster = courses.map(({ raster: trials }, rule): CurvePanel => {
    const points = trials.flatMap((steps, trial) => steps.map((t) => ({ x: 1e3 * dt * t, y: trial })));
    return { title: RULES[rule], x, y: { title: 'trial' }, curves: [{ name: 'spike', points, line: [] }] };
  });
  const curves = courses.map(({ mean, error }, rule): Curve => {
    const points = [...mean].map((y, b) => ({ x: ms(b), y, low: y - error[b], high: y + error[b] }));
    return { name: RULES[rule], points };
  });
  const panels = [...raster, { title: 'in the delay', x, y: { title: 'Hz' }, curves }];
  return renderSvg(curvesSpec(`Neuron ${neuron} under both rules`, ['right trials; bars are standard errors'], panels));
}

/** Courses of tuned neurons under each rule, in the order of their peaks under each. */
export function drawTuning(tuned: Tuned, dt: number, from: number): Promise<string> {
  const panel = (shown: 0 | 1, sortedBy: 0 | 1) => {
    const values = heatMap(tuned, shown, sortedBy).flatMap(({ values: row }, y) =>
      [...row].map((value, b) => ({
        x: 1e3 * dt * (from + BIN * b),
        x2: 1e3 * dt * (from + BIN * (b + 1)),
        y,
        y2: y + 1,
        value,
      })),
    );
    return {
      title: { text: `${RULES[shown]}, sorted by ${RULES[sortedBy]}`, fontSize: 12 },
      width: 300,
      height: 240,
      data: { values },
      mark: { type: 'rect' as const },
      encoding: {
        x: { field: 'x', type: 'quantitative' as const, title: 'ms', scale: { zero: false, nice: false } },
        x2: { field: 'x2' },
        y: { field: 'y', type: 'quantitative' as const, title: 'tuned neuron', scale: { nice: false, reverse: true } },
        y2: { field: 'y2' },
        color: {
          field: 'value',
          type: 'quantitative' as const,
          title: 'activity',
          scale: { domain: [0, 1], range: ['#f4efe6', '#7fb3c8', '#174a7c'] },
        },
      },
    };
  };
  const spec: Spec = {
    title: {
      text: 'Neurons tuned in the delay',
      subtitle: [`${tuned.tuned} neurons, each from its least to its largest activity`],
    },
    vconcat: [{ hconcat: [panel(0, 0), panel(1, 0)] }, { hconcat: [panel(0, 1), panel(1, 1)] }],
  };
  return renderSvg(spec);
}

/** Mean trajectories of rule x choice in the first three components. */
export function drawTrajectories({ curves, error, explained }: Trajectories): Promise<string> {
  const named = (a: number, b: number): Curve[] =>
    curves.map(({ rule, choice, points }) => ({
      name: `${RULES[rule]}, ${['right', 'left'][choice]}`,
      points: [],
      line: points.map((point) => ({ x: point[a], y: point[b] ?? 0 })),
    }));
  const energy = curves.map(
    ({ rule, choice, energy: values }): Curve => ({
      name: `${RULES[rule]}, ${['right', 'left'][choice]}`,
      points: [],
      line: [...values].map((y, s) => ({ x: SAMPLE * (s + 1), y })),
    }),
  );
  const share = (k: number) => `PC ${k + 1} (${(100 * (explained[k] ?? 0)).toFixed(0)} %)`;
  return renderSvg(
    curvesSpec(
      'Trajectories in the delay',
      [`trajectory error ${error.toFixed(2)} Hz²`],
      [
        { x: { title: share(0) }, y: { title: share(1) }, curves: named(0, 1) },
        { x: { title: share(0) }, y: { title: share(2) }, curves: named(0, 2) },
        { title: 'kinetic energy', x: { title: 'step of the delay' }, y: { title: 'Hz²' }, curves: energy },
      ],
    ),
  );
}

const titleOf = (manipulation: Manipulation): string =>
  manipulation.kind === 'block'
    ? `weights ${manipulation.region}, times`
    : {
        coherence: 'coherence of the cue',
        delay: 'delay, s',
        sparsity: 'share cut',
        rescaled: 'share cut, others rescaled',
        balance: 'inhibition, times',
        perturbation: '',
      }[manipulation.kind];

/** Accuracy over the values of every manipulation. */
export function drawManipulations(points: readonly Point[], neurons: number): Promise<string> {
  const swept = points.filter(({ manipulation }) => manipulation.kind !== 'perturbation');
  const titles = [...new Set(swept.map(({ manipulation }) => titleOf(manipulation)))];
  const panels = titles.map((title): CurvePanel => {
    const own = swept.filter(({ manipulation }) => titleOf(manipulation) === title);
    const curves = (['congruent', 'incongruent'] as const).map(
      (name): Curve => ({
        name,
        points: own.map(({ manipulation: { value }, [name]: { value: y, low, high } }) => ({ x: value, y, low, high })),
      }),
    );
    return { x: { title }, y: { title: 'right', domain: [0, 1.02], format: '.0%' }, curves };
  });
  const subtitle = [`${neurons} neurons, weights otherwise as trained; bars are Wilson intervals at 95 %`];
  return renderSvg(curvesSpec('What the choice survives', subtitle, panels, { columns: 3, width: 240, height: 170 }));
}
