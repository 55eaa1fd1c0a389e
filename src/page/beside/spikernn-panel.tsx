/** spikeRNN: a task, learned while one watches. */
import { useEffect, useMemo } from 'preact/hooks';
import { Chosen, type PanelProps, Typed } from '../panels/panel.js';
import { useStore } from '../store.js';
import { Chart, EDGE, HEIGHT, WIDTH } from './chart.js';
import { Command } from './command.js';
import type { Lesson, Look } from './spikernn.js';
import { createTrainingRun } from './training-run.js';
import { allOf } from './words.js';

const TASKS = [
  ['go-nogo', 'Go or NoGo'],
  ['xor', 'exclusive or, in time'],
  ['mante', 'two streams, one attended'],
] as const;

export function SpikeRnnPanel({ studio, state }: PanelProps) {
  const said = state.spikernn ?? {};
  const run = useMemo(() => createTrainingRun(said), [said]);
  useEffect(() => run.end, [run]);
  const { lesson, look, error, running } = useStore(run.store);
  const all = allOf('spikernn', said);
  const change = (name: string) => (text: string) => studio.beside('spikernn', { ...said, [name]: text });
  return (
    <>
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <div class="two">
        <Losses lesson={lesson} />
        <Answers look={look} />
      </div>
      <div class="fields">
        <button
          type="button"
          class="main"
          disabled={!lesson || lesson.ended !== undefined}
          aria-pressed={running}
          onClick={run.toggle}
        >
          {running ? 'pause' : 'go on'}
        </button>
        <Chosen name="rate-task" label="task" among={TASKS} said={all.task} change={change('task')} />
        <Typed name="rate-n" label="units" said={all.N} change={change('N')} />
        <Typed name="rate-seed" label="seed" said={all.seed} change={change('seed')} />
      </div>
      <p class="summary" id="summary-spikernn" aria-live={running ? 'off' : 'polite'}>
        {!error && summaryOf(lesson, look)}
      </p>
      <Command neighbour="spikernn" said={said} />
    </>
  );
}

const MEAN_OF = 25;
const meanOfLast = (values: readonly number[]) => {
  const last = values.slice(-MEAN_OF);
  return last.reduce((sum, value) => sum + value, 0) / Math.max(1, last.length);
};

/** Means of the latest values, from every value on. */
const running = (values: readonly number[]) =>
  values.map((_, i) => meanOfLast(values.slice(Math.max(0, i + 1 - MEAN_OF), i + 1)));

function summaryOf(lesson: Lesson | undefined, look: Look | undefined): string {
  if (!lesson) return 'A network is drawn.';
  const { trial, most, losses, plateaus, ended } = lesson;
  const end = ended === 'learned' ? ' It has learned.' : ended ? ' It has not learned.' : '';
  const right = look ? `, ${(100 * look.performance).toFixed(0)} % of ${look.outputs.length} fresh trials right` : '';
  return `Update ${trial} of at most ${most}: loss ${meanOfLast(losses).toFixed(2)} (an output that stays 0: ${meanOfLast(plateaus).toFixed(2)})${right}.${end}`;
}

/** Room for numbers, left of what is drawn. */
const LEFT = 34;
/** Points that a curve has on the screen. */
const POINTS = 300;

const path = (values: ArrayLike<number>, x: (i: number) => number, y: (value: number) => number): string => {
  const stride = Math.max(1, Math.ceil(values.length / POINTS));
  let text = '';
  for (let i = 0; i < values.length; i += stride) {
    text += `${text === '' ? 'M' : 'L'}${x(i).toFixed(1)} ${y(values[i]).toFixed(1)}`;
  }
  return text;
};

function Losses({ lesson }: { lesson: Lesson | undefined }) {
  const { losses = [], plateaus = [] } = lesson ?? {};
  const most = 1.6 * Math.max(1, meanOfLast(plateaus));
  const x = (i: number) => LEFT + ((WIDTH - LEFT - EDGE) * i) / Math.max(50, losses.length - 1);
  const y = (value: number) => EDGE + (HEIGHT - 2 * EDGE) * (1 - Math.min(1, value / most));
  return (
    <Chart label="loss of every update" panel="spikernn">
      <path class="plateau" d={path(running(plateaus), x, y)} />
      <path d={path(running(losses), x, y)} />
      <text x={LEFT - 5} y={y(0) + 3}>
        0
      </text>
      <text x={LEFT - 5} y={y(most) + 8}>
        {most.toFixed(0)}
      </text>
      <text class="unit" x={WIDTH - EDGE} y={HEIGHT - EDGE - 4}>
        {`loss, mean of ${MEAN_OF}; pale: of an output that stays 0`}
      </text>
    </Chart>
  );
}

/** Seconds of a step. */
const STEP = 0.005;

function Answers({ look }: { look: Look | undefined }) {
  const labels = [...new Set(look?.labels ?? [])].sort();
  const steps = look?.outputs[0]?.length ?? 2;
  const [low, high] = [-1.3, 1.3];
  const x = (i: number) => LEFT + ((WIDTH - LEFT - EDGE) * i) / (steps - 1);
  const y = (value: number) =>
    EDGE + ((HEIGHT - 2 * EDGE) * (high - Math.min(high, Math.max(low, value)))) / (high - low);
  return (
    <Chart label="answers to fresh trials" panel="spikernn">
      <line class="zero" x1={LEFT} x2={WIDTH - EDGE} y1={y(0)} y2={y(0)} />
      {look?.outputs.map((output, k) => (
        <path key={k} class={`answer kind${labels.indexOf(look.labels[k])}`} d={path(output, x, y)} />
      ))}
      {[1, 0, -1].map((value) => (
        <text key={value} x={LEFT - 5} y={y(value) + 4}>
          {value}
        </text>
      ))}
      <text class="unit" x={WIDTH - EDGE} y={HEIGHT - EDGE - 2}>
        {`output over ${(steps * STEP).toFixed(1)} s, a colour for each kind of trial`}
      </text>
    </Chart>
  );
}
