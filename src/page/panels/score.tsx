/** The score: what is to be stored; sampled, drawn by hand, or of a file. */
import { useRef, useState } from 'preact/hooks';
import { type Score, scoreOf } from '../../memory/score/index.js';
import { channelsOf, fit, paintMarks } from '../marks.js';
import { readingNames } from '../words.js';
import { Field, milliseconds, Panel, type PanelProps, Picture, pixelOf, Typed } from './panel.js';

/** Times that are drawn lie on this grid, in refractory periods, so that a link can hold them. */
const GRID = 0.05;
/** A click takes the spike away that is nearer than this, in pixels. */
const NEAR = 5;

export function ScorePanel({ studio, state }: PanelProps) {
  const { outline, given, theme, note } = state;
  const [drawing, draw] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  // A score that is refused stays on the screen.
  const score = given?.score ?? outline?.score;
  const tau0 = outline?.tau0 ?? 0.005;
  const channels = score ? score.starts.length - 1 : 0;
  const from = given ? (given.name ? `, of ${given.name}` : ', drawn by hand') : ', sampled';
  const summary = score
    ? `${channels} channels, ${score.times.length} spikes, ${milliseconds(score.period, tau0)}${from}.`
    : 'No score yet.';
  const paint = (canvas: HTMLCanvasElement) => {
    if (!score) return;
    fit(canvas);
    paintMarks(canvas, { from: 0, to: score.period, channels }, [
      { times: score.times, channels: channelsOf(score.starts), colors: [pixelOf('ink')] },
    ]);
  };
  return (
    <Panel name="score" title="Score" summary={summary}>
      {/* biome-ignore lint/a11y: who has no pointer uses the form below */}
      <div
        class={drawing ? 'stage drawing' : 'stage'}
        onClick={({ currentTarget, clientX, clientY }) => {
          if (drawing && score) studio.draw(touched(score, currentTarget.getBoundingClientRect(), clientX, clientY));
        }}
      >
        <Picture
          paint={paint}
          changes={[score, theme]}
          label="the score, channel over time"
          describedBy="summary-score"
        />
      </div>
      <div class="buttons">
        <button
          type="button"
          onClick={() => {
            draw(false);
            studio.sample(`${(Number(state.words.seed ?? 1) || 0) + 1}`);
          }}
        >
          {given ? 'sample one' : 'another'}
        </button>
        <button
          type="button"
          aria-pressed={drawing}
          title="click: a spike more, or one less"
          onClick={() => draw(!drawing)}
        >
          draw
        </button>
        <button type="button" onClick={() => file.current?.click()}>
          open a file
        </button>
        <input
          ref={file}
          type="file"
          name="file"
          multiple
          hidden
          onChange={({ currentTarget }) => {
            studio.open([...(currentTarget.files ?? [])]);
            currentTarget.value = '';
          }}
        />
      </div>
      {drawing && (
        <Touch toggle={(channel, ms) => score && studio.draw(toggled(score, channel, ms / 1e3 / tau0, GRID / 2))} />
      )}
      <div class="fields">
        <Field studio={studio} state={state} name="channels" label="channels" disabled={given !== undefined} />
        <Field studio={studio} state={state} name="duration" label="period" disabled={given !== undefined} />
        <Field studio={studio} state={state} name="rate" label="rate (Hz)" disabled={given !== undefined} />
        <Field studio={studio} state={state} name="seed" label="seed" />
      </div>
      {state.files && <Reading studio={studio} state={state} />}
      {note && <p class="note">{note}</p>}
    </Panel>
  );
}

const READINGS: Record<(typeof readingNames)[number], readonly [label: string, placeholder: string]> = {
  window: ['window', '2s..4s, trials:3'],
  select: ['units', 'quality=good'],
  'time-unit': ['time unit', 's, ms, us, 0.1ms'],
  columns: ['columns', 'time,channel'],
};

/** How the file that was opened last is read. */
function Reading({ studio, state: { files = [], reading } }: PanelProps) {
  return (
    <div class="fields">
      {readingNames.map((name) => (
        <Typed
          key={name}
          name={name}
          label={READINGS[name][0]}
          placeholder={READINGS[name][1]}
          title={`--${name} of the command`}
          said={reading[name] ?? ''}
          change={(text) => studio.open(files, { ...reading, [name]: text })}
        />
      ))}
    </div>
  );
}

/** A spike by its numbers. */
function Touch({ toggle }: { toggle(channel: number, ms: number): void }) {
  const [channel, setChannel] = useState('0');
  const [ms, setMs] = useState('10');
  return (
    <form
      class="fields"
      onSubmit={(event) => {
        event.preventDefault();
        toggle(Number(channel), Number(ms));
      }}
    >
      <label>
        <span>channel</span>
        <input type="number" min="0" value={channel} onInput={({ currentTarget }) => setChannel(currentTarget.value)} />
      </label>
      <label>
        <span>at (ms)</span>
        <input
          type="number"
          min="0"
          step="any"
          value={ms}
          onInput={({ currentTarget }) => setMs(currentTarget.value)}
        />
      </label>
      <button type="submit">put or take</button>
    </form>
  );
}

/** The score after a click. */
function touched(score: Score, box: DOMRect, x: number, y: number): Score {
  const channels = score.starts.length - 1;
  const channel = Math.min(channels - 1, Math.max(0, Math.floor((channels * (box.bottom - y)) / box.height)));
  return toggled(score, channel, ((x - box.left) / box.width) * score.period, (NEAR / box.width) * score.period);
}

/** The score with a spike more, or without the one that is near. */
function toggled(score: Score, channel: number, time: number, near: number): Score {
  const trains = Array.from({ length: score.starts.length - 1 }, (_, c) =>
    Array.from(score.times.subarray(score.starts[c], score.starts[c + 1])),
  );
  const train = trains[channel];
  if (!train) return score;
  const hit = train.findIndex((one) => Math.abs(one - time) < near);
  if (hit >= 0) train.splice(hit, 1);
  else train.push(Math.min(score.period - GRID, Math.max(0, Number((Math.round(time / GRID) * GRID).toFixed(2)))));
  train.sort((a, b) => a - b);
  return scoreOf(trains, score.period);
}
