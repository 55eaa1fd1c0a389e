// How the time of one neuron grows with its inputs, the period and the activity: program, all rounds and scans,
// without the independent judge. The whole set is measured in passes, so that a disturbance meets every size alike.
import { renderSvg } from '../../dist/src/plot/render.js';
import { digits, round, table } from '../compare.mjs';
import { sampledInstance } from '../instances.mjs';
import { mean, timed } from '../measure.mjs';
import { openInstance } from '../neuron.mjs';

const BASE = { inputs: 1000, period: 100, activity: 0.2 };
const SWEEPS = [
  ['inputs', [500, 700, 1000, 1400, 2000, 2800]],
  ['period', [25, 50, 100, 150, 200, 300]],
  ['activity', [0.05, 0.1, 0.2, 0.3, 0.5]],
];
const TITLES = {
  inputs: 'inputs K',
  period: 'period T (refractory periods)',
  activity: 'activity (per refractory period)',
};
const NEURONS = 10;
const PASSES = 9;
const COUNTERS = ['rounds', 'rows', 'active', 'additions', 'removals'];

/** { text, figure }: the table in Markdown, and the figure as SVG. */
export async function benchScaling(log) {
  const points = SWEEPS.flatMap(([sweep, values]) =>
    values.map((value) => {
      const { inputs, period, activity } = { ...BASE, [sweep]: value };
      const instance = sampledInstance(inputs, period, activity, '');
      return { sweep, value, inputs, period, activity, instance, times: Array.from({ length: NEURONS }, () => []) };
    }),
  );
  for (let pass = 0; pass < PASSES; pass++) {
    log(`scaling, pass ${pass + 1} of ${PASSES}`);
    for (const point of points) {
      // Opened anew in each pass: forty arenas at once would not be fair to the cache of pages.
      const open = openInstance(point.instance);
      if (pass === 0) for (let l = 0; l < NEURONS; l++) open.cold(l);
      point.answers = point.times.map((times, l) => {
        const { milliseconds, result } = timed(() => open.cold(l));
        times.push(milliseconds);
        return result;
      });
    }
  }
  const measured = points.map(({ times, answers, ...point }) => ({
    ...point,
    // A neuron's least time over the passes: other work on the machine only adds, and not alike to every point.
    milliseconds: mean(times.map((passes) => Math.min(...passes))),
    solved: answers.filter(({ status }) => status === 'solved').length,
    work: COUNTERS.map((name) => mean(answers.map(({ counters }) => counters[name]))),
  }));
  const lines = measured.map(({ sweep, inputs, period, activity, milliseconds, solved, work }) => [
    sweep,
    inputs,
    period,
    activity,
    digits(milliseconds),
    `${solved} of ${NEURONS}`,
    ...work.map(round),
  ]);
  const slopes = SWEEPS.map(([sweep]) => {
    const last = measured.filter((point) => point.sweep === sweep).slice(-3);
    return `${sweep} ${exponent(last[0], last[last.length - 1]).toFixed(1)}`;
  });
  const text =
    `${NEURONS} neurons at each point; a neuron's time is the least of ${PASSES} passes over all points. ` +
    `Time grows, over the last three points of each sweep, with these powers: ${slopes.join(', ')}.\n\n` +
    table(['sweep', 'K', 'T', 'activity', 'ms per neuron', 'solved', ...COUNTERS], lines);
  return { text, figure: await drawScaling(measured) };
}

const exponent = (a, b) => Math.log(b.milliseconds / a.milliseconds) / Math.log(b.value / a.value);

function drawScaling(points) {
  const time = points.map(({ milliseconds }) => milliseconds);
  const domain = [Math.min(...time) / 1.3, Math.max(...time) * 1.3];
  const panel = ([sweep, values]) => ({
    width: 230,
    height: 220,
    data: {
      values: points
        .filter((point) => point.sweep === sweep)
        .map(({ value, milliseconds }) => ({ value, milliseconds })),
    },
    mark: { type: 'line', color: '#1f5fa8', point: { color: '#1f5fa8', filled: true, size: 40 } },
    encoding: {
      x: {
        field: 'value',
        type: 'quantitative',
        title: TITLES[sweep],
        scale: { type: 'log', domain: [values[0] * 0.9, values[values.length - 1] * 1.1], nice: false },
        axis: { values, format: '~g', labelOverlap: false },
      },
      y: {
        field: 'milliseconds',
        type: 'quantitative',
        title: sweep === 'inputs' ? 'milliseconds per neuron' : null,
        scale: { type: 'log', domain, nice: false },
        axis: { values: [0.3, 0.5, 1, 2, 3, 5, 10, 20, 30, 50, 100] },
      },
    },
  });
  return renderSvg({
    title: {
      text: 'Time to memorize one neuron',
      subtitle: [
        `K = ${BASE.inputs}, T = ${BASE.period}, activity ${BASE.activity}, one of them varied; both axes logarithmic`,
      ],
    },
    hconcat: SWEEPS.map(panel),
  });
}
